"""People on Telegram, their private chats with the bot and a group, as updates that Telegram sends to the webhook.

https://core.telegram.org/bots/api#update
"""

import asyncio
import itertools
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from vendors.gateway import GatewayClient, Media, Said
from vendors.journal import Journal
from vendors.stubs import make_stub

WEBHOOK = "/channels/telegram/webhook"
ATTEMPTS = 5
_PAUSE_S = 1.0
_FORMER_ID = 10  # of a chat's first message


@dataclass(frozen=True, slots=True)
class User:
    """Somebody on Telegram; the private chat has the same id."""

    id: int
    name: str

    def as_json(self) -> dict[str, Any]:
        """As a `User`."""
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": "en"}


USERS = (User(700000001, "Asha"), User(700000002, "Bilal"))
BOT = {"id": 700000000, "is_bot": True, "first_name": "Saathi", "username": "saathi_local_bot"}
GROUP = -1001700000009
GROUP_NAME = "Field team"


class People:
    """What users do; each action is one update. Updates go out one after the other, each until it is taken."""

    def __init__(self, journal: Journal, gateway: GatewayClient, secret: str) -> None:
        self._journal = journal
        self._gateway = gateway
        self.webhook = WEBHOOK
        self.secret = secret
        self._updates = itertools.count(secrets.randbelow(10**8) + 10**8)
        self._messages: dict[int, itertools.count[int]] = {}
        self._lock = asyncio.Lock()
        self.files: dict[str, Media] = {}
        self._queries: dict[str, str] = {}  # the entry of the message whose button was tapped

    def make_message_id(self, chat: int) -> int:
        """The next one of a chat: two chats have messages of one id."""
        return next(self._messages.setdefault(chat, itertools.count(_FORMER_ID)))

    def describe_chat(self, chat: int) -> dict[str, Any]:
        """A `Chat`."""
        if chat < 0:
            return {"id": chat, "type": "supergroup", "title": GROUP_NAME}
        name = next((user.name for user in USERS if user.id == chat), str(chat))
        return {"id": chat, "type": "private", "first_name": name}

    async def write(self, user: User, text: str, chat: int | None = None) -> Said:
        """Types a text, in the private chat or in another; `/start <code>` too."""
        content: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return await self._say(user, chat, content, {"text": text, "editable": True})

    async def edit(self, user: User, message_id: int, text: str, chat: int | None = None) -> Said:
        """Changes a text that was sent."""
        where = user.id if chat is None else chat
        message = self._message(user, where, message_id) | {"text": text, "edit_date": int(time.time())}
        self._journal.change(f"telegram:{where}:{message_id}", text=text, edited=True)
        return await self.post({"edited_message": message})

    async def tap(self, user: User, message_id: int, data: str, chat: int | None = None) -> Said:
        """Taps an inline button of the bot's message."""
        where = user.id if chat is None else chat
        key = f"telegram:{where}:{message_id}"
        entry = self._journal.find(key) or {}
        message = {"message_id": message_id, "date": int(time.time()), "chat": self.describe_chat(where)}
        message |= {"from": BOT, "text": entry.get("text", "")}
        if entry.get("buttons"):
            message["reply_markup"] = {"inline_keyboard": entry["buttons"]}
        query: dict[str, Any] = {"id": str(secrets.randbits(62)), "from": user.as_json(), "message": message}
        self._queries[query["id"]] = key
        self._journal.change(key, waiting=data)  # the button turns until the query is answered
        return await self.post({"callback_query": {**query, "chat_instance": str(where), "data": data}})

    async def react(self, user: User, message_id: int, emoji: str) -> Said:
        """Puts an emoji on a message of the private chat, in the place of the one that was there."""
        key = f"telegram:{user.id}:{message_id}"
        former = (self._journal.find(key) or {}).get("reaction")
        self._journal.change(key, reaction=emoji)
        change = {"chat": self.describe_chat(user.id), "message_id": message_id, "user": user.as_json()}
        old, new = ([{"type": "emoji", "emoji": one}] if one else [] for one in (former, emoji))
        changed = {**change, "date": int(time.time()), "old_reaction": old, "new_reaction": new}
        return await self.post({"message_reaction": changed})

    def end_query(self, query: str, text: str) -> None:
        """The bot has answered a tap, maybe with a text that shows for a moment."""
        key = self._queries.pop(query, "")
        self._journal.change(key, waiting=None)
        if text and key:
            self._journal.add(key.rpartition(":")[0], "note", text=text)

    async def send_file(self, user: User, kind: str, caption: str = "", chat: int | None = None) -> Said:
        """Sends a stub: "photo", "voice", "sticker" or "document"."""
        stub = make_stub("image" if kind == "photo" else kind)
        file_id = secrets.token_urlsafe(24)
        self.files[file_id] = stub
        file = {"file_id": file_id, "file_unique_id": file_id[:12], "file_size": len(stub.content)}
        picture = {**file, "width": 96, "height": 96}
        contents: dict[str, dict[str, Any]] = {
            "photo": {"photo": [picture]},
            "voice": {"voice": {**file, "duration": 3, "mime_type": stub.kind}},
            "sticker": {"sticker": {**picture, "type": "regular", "is_animated": False, "is_video": False}},
            "document": {"document": {**file, "file_name": "statement.pdf", "mime_type": stub.kind}},
        }
        content = contents[kind] | ({"caption": caption} if caption else {})
        media = [{"url": f"/page/telegram/{file_id}", "kind": stub.kind}]
        return await self._say(user, chat, content, {"text": caption, "media": media})

    async def send_place(self, user: User, latitude: float = 18.5204, longitude: float = 73.8567) -> Said:
        """Sends a place."""
        content = {"location": {"latitude": latitude, "longitude": longitude}}
        return await self._say(user, None, content, {"text": f"Location {latitude}, {longitude}"})

    async def send_contact(self, user: User) -> Said:
        """Sends somebody's contact."""
        content = {"contact": {"phone_number": "+919800000009", "first_name": "Meera"}}
        return await self._say(user, None, content, {"text": "Contact: Meera"})

    async def post(self, content: dict[str, Any], update_id: int | None = None) -> Said:
        """Sends an update of any kind; again, with pauses, until the webhook takes it or for too long does not."""
        if not self.webhook:
            return Said(0, "no webhook is set")
        update = {"update_id": next(self._updates) if update_id is None else update_id, **content}
        headers = {"Content-Type": "application/json"}
        headers |= {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        body = json.dumps(update).encode()
        async with self._lock:
            for attempt in range(1, ATTEMPTS + 1):
                said = await self._gateway.post(self._gateway.name(self.webhook), body, headers)
                if said.is_taken or attempt == ATTEMPTS:
                    break
                await asyncio.sleep(_PAUSE_S * attempt)
        return said

    async def _say(self, user: User, chat: int | None, content: dict[str, Any], shown: dict[str, Any]) -> Said:
        where = user.id if chat is None else chat
        message_id = self.make_message_id(where)
        key = f"telegram:{where}:{message_id}"
        entry = {"id": key, "message_id": message_id, "name": user.name, "status": "sending", **shown}
        self._journal.add(f"telegram:{where}", "person", **entry)
        said = await self.post({"message": self._message(user, where, message_id) | content})
        self._journal.change(key, status="sent" if said.is_taken else f"not taken: {said.status} {said.text}")
        return said

    def _message(self, user: User, chat: int, message_id: int) -> dict[str, Any]:
        named = {"message_id": message_id, "from": user.as_json(), "chat": self.describe_chat(chat)}
        return named | {"date": int(time.time())}
