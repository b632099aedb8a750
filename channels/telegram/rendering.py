"""A row of the outbox as Telegram's messages: text in MarkdownV2, a picture, choices as an inline keyboard.

What the user reads is exactly our text. https://core.telegram.org/bots/api#markdownv2-style
"""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit
from telegram.helpers import escape_markdown

from channels.splitting import split_text
from language import utf16_units

_SHORT_TITLE = 18  # characters of a button that shares its line with another on a narrow screen


@dataclass(frozen=True, slots=True)
class Part:
    """One message of Telegram. `markdown` is its text, or what stands under the picture at the address `picture`."""

    markdown: str
    picture: str | None = None
    keyboard: InlineKeyboardMarkup | None = None


def render(body: dict[str, Any], origin: str) -> list[Part]:
    """The messages that a row's body becomes, the keyboard at the last; none for a body without text and picture.
    `origin` is where the pictures lie."""
    card = body.get("card") or {}
    text, point = str(body["text"]).strip(), str(card.get("point") or "")
    picture = urljoin(f"{origin}/", card["picture"]) if card.get("picture") else None
    parts = []
    if picture is not None:
        caption = next(iter(split_text(text, MessageLimit.CAPTION_LENGTH, utf16_units)), "")
        parts.append(Part(_mark(caption, point), picture))
        text = text[len(caption) :]
    for piece in split_text(text, MessageLimit.MAX_TEXT_LENGTH, utf16_units):
        parts.append(Part(_mark(piece, "" if parts else point)))
    if parts and body["choices"]:
        parts[-1] = replace(parts[-1], keyboard=_lay_out(body["choices"]))
    return parts


def _mark(text: str, point: str) -> str:
    """The text in MarkdownV2; the sentence that holds what was asked for stands out where the text begins with it."""
    if point and text.startswith(point):
        return f"*{escape_markdown(point, version=2)}*{escape_markdown(text[len(point) :], version=2)}"
    return escape_markdown(text, version=2)


def _lay_out(choices: list[dict[str, str]]) -> InlineKeyboardMarkup:
    """The choices as buttons, two in a line where all are short. A button holds the id of its choice, never the
    payload: `callback_data` is at most 64 bytes, and anybody may forge it."""
    buttons = [InlineKeyboardButton(choice["title"], callback_data=choice["id"]) for choice in choices]
    width = 2 if all(len(button.text) <= _SHORT_TITLE for button in buttons) else 1
    return InlineKeyboardMarkup([buttons[start : start + width] for start in range(0, len(buttons), width)])
