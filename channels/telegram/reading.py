"""Updates of the Bot API as what they are to us: a message, one friendly line, a rating, or nothing.

https://core.telegram.org/bots/api#update
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from telegram import CallbackQuery, ChatMember, Message, MessageReactionUpdated, ReactionTypeEmoji, Update, User
from telegram.constants import ChatType

from channels.commands import CODE_PLACEHOLDER
from channels.guard import find_fault
from channels.intake import Heard
from channels.telegram import CHANNEL
from language import Language
from saathi import linking

_WEEK_S = 7 * 24 * 3600

_COMMAND = re.compile(r"(/\w+)(?:@\w+)?(?:\s+(.+))?", re.DOTALL)

# A command is another way to say this; the words behind it are said as well.
_COMMANDS: dict[str, dict[Language, str]] = {
    "/start": {"en": "hello", "hi": "नमस्ते"},
    "/help": {"en": "what can you do", "hi": "आप क्या कर सकते हैं"},
    "/language": {"en": "change language", "hi": "भाषा बदलनी है"},
    "/human": {"en": "talk to a person", "hi": "किसी व्यक्ति से बात कराइए"},
    "/stop": {"en": "stop all messages", "hi": "मुझे मैसेज मत भेजो"},
}

# What is no text, as the sentences name it that say what can be done with it (`media_<kind>`). Telegram adds a plainer
# kind for old programs (a document beside an animation, a location beside a venue), so the order counts.
_KINDS = {
    "photo": "picture",
    "animation": "video",
    "video": "video",
    "video_note": "video",
    "story": "video",
    "paid_media": "video",
    "voice": "voice",
    "audio": "voice",
    "document": "document",
    "sticker": "sticker",
    "dice": "sticker",
    "game": "sticker",
    "venue": "location",
    "location": "location",
    "contact": "contact",
    "poll": "other",
    "checklist": "other",
    "giveaway": "other",
    "invoice": "other",
    "rich_message": "other",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A message or a tapped choice, for the intake."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class Noticed:
    """A message that gets the sentence `utter_system_<sentence>` and takes no turn. `language` is the one of the
    person's program, for whoever has not written in words yet."""

    heard: Heard
    sentence: str
    language: Language


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction to one of our messages; `vendor_id` is the message as the sender named it."""

    heard: Heard
    emoji: str
    vendor_id: str


Reading = Said | Noticed | Reacted


def parse(data: Any) -> Update:
    """The update that a webhook's JSON holds.

    Raises:
        ValueError: it is none, or has not the shape of the Bot API's document.
    """
    if not isinstance(data, dict) or not isinstance(data.get("update_id"), int):
        raise ValueError("no update_id")
    try:
        return Update.de_json(data)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"update {data['update_id']}: {type(error).__name__}: {error}") from error


def read(update: Update, bot: str) -> Reading | None:
    """What the update is to us; None where nothing is to be said. `bot` is the bot's own id.

    Edited messages are no new turns, and what comes from other bots gets no answer: two of them would never end.
    """
    if update.callback_query is not None:
        return _read_tap(update, update.callback_query, bot)
    if update.message_reaction is not None:
        return _read_reaction(update.message_reaction, _key(update, bot))
    if (change := update.my_chat_member) is not None:
        has_joined = change.new_chat_member.status in {ChatMember.MEMBER, ChatMember.ADMINISTRATOR}
        return _refuse_group(change.chat.id, change.from_user, bot) if has_joined and not _is_private(change) else None
    message = update.message or update.channel_post
    if message is None or (message.from_user is not None and message.from_user.is_bot):
        return None
    if not _is_private(message):
        return _refuse_group(message.chat.id, message.from_user, bot)
    return _read_message(update, message, bot)


def _is_private(holder: Any) -> bool:
    return bool(holder.chat.type == ChatType.PRIVATE)


def _refuse_group(chat: int, user: User | None, bot: str) -> Noticed:
    # the key names the group, so that its first message alone is answered; what people say there is not kept
    heard = Heard(CHANNEL, str(chat), f"{CHANNEL}:{bot}:group:{chat}", "[group]")
    return Noticed(heard, "group", _language_of(user))


def _read_tap(update: Update, query: CallbackQuery, bot: str) -> Said | None:
    if query.message is None or not _is_private(query.message):
        return None
    data = query.data or ""
    choice = data if find_fault(data) is None else ""  # a forged program may send anything
    return Said(Heard(CHANNEL, str(query.from_user.id), _key(update, bot), _find_title(query), choice))


def _read_reaction(change: MessageReactionUpdated, key: str) -> Reacted | None:
    """The last reaction that stands now; None where all were taken back."""
    emojis = [reaction.emoji for reaction in change.new_reaction if isinstance(reaction, ReactionTypeEmoji)]
    if not emojis or not _is_private(change):
        return None
    return Reacted(Heard(CHANNEL, str(change.chat.id), key), emojis[-1], f"{change.chat.id}:{change.message_id}")


def _find_title(query: CallbackQuery) -> str:
    """What stood on the button, for the language of the answer when we no longer know the choice."""
    markup = query.message.reply_markup if isinstance(query.message, Message) else None
    buttons = [button for row in markup.inline_keyboard for button in row] if markup else []
    return next((button.text for button in buttons if button.callback_data == query.data), "")


def _read_message(update: Update, message: Message, bot: str) -> Reading | None:
    text = message.text or message.caption or ""
    heard = Heard(CHANNEL, str(message.chat.id), _key(update, bot), text)
    if not text:
        return _read_kind(message, heard, bot)
    language = _language_of(message.from_user)
    found = _COMMAND.fullmatch(text.strip())
    name, words = (found[1].lower(), found[2] or "") if found else ("", "")
    if name == "/start" and words:  # from a link or a QR code of the app
        if linking.is_code(linking.fold_code(words)):
            return Said(replace(heard, text=words))
        return Noticed(replace(heard, text=CODE_PLACEHOLDER), "link_wrong", language)
    if name in _COMMANDS:
        return Said(replace(heard, text=f"{_COMMANDS[name][language]} {words}".rstrip()))
    # Telegram marks what it takes for a command; "/5 of the premium" is text
    if any(entity.type == entity.BOT_COMMAND and entity.offset == 0 for entity in message.entities):
        return Noticed(heard, "command_unknown", language)
    return Said(heard)


def _read_kind(message: Message, heard: Heard, bot: str) -> Noticed | None:
    """One line for what somebody sent; none for what Telegram tells of the chat itself."""
    kind = next((ours for theirs, ours in _KINDS.items() if _has(message, theirs)), None)
    if kind is None:
        return None
    heard = replace(heard, text=f"[{kind}]")
    if message.media_group_id:  # an album is many messages and gets one answer
        heard = replace(heard, key=f"{CHANNEL}:{bot}:album:{message.media_group_id}")
    return Noticed(heard, f"media_{kind}", _language_of(message.from_user))


def _has(message: Message, kind: str) -> bool:
    # a kind that is newer than the library lies among what it does not know
    return bool(getattr(message, kind, None) or message.api_kwargs.get(kind))


def _key(update: Update, bot: str) -> str:
    """Names the update for ever. After an idle week Telegram goes on from a random id, which may have been used: the
    week of the message tells the two apart, and is the same in every copy of one update."""
    message = update.effective_message
    week = int(message.date.timestamp()) // _WEEK_S if message is not None else 0
    return f"{CHANNEL}:{bot}:{update.update_id}:{week}"


def _language_of(user: User | None) -> Language:
    """Of their Telegram program, where there is no text to tell it by."""
    code = (user.language_code if user is not None else None) or "en"
    return "hi" if code.startswith("hi") else "en"
