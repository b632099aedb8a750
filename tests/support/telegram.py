"""Telegram as tests play it: the updates that it posts, and what its Bot API was asked for."""

import asyncio
import json
import re
from functools import cache
from typing import Any

from sqlalchemy import select

from channels.telegram.webhook import PATH
from channels.telegram.webhook import SECRET as HEADER
from saathi.settings import Settings
from tests.channels.conftest import Gateway
from tests.support.rasa import FakeDoor
from tests.support.vendors import SECRET, SPECS, Running, telegram_settings
from tests.support.waiting import until

CHAT = 77
_DOCUMENT = SPECS / "telegram_bot_api.json"
_PLAIN = {"Integer": 1_700_000_000, "String": "x", "Boolean": True, "Float": 1.5, "True": True}

Json = dict[str, Any]


@cache
def document() -> Json | None:
    """The Bot API's methods and types; None where this machine does not have them."""
    return json.loads(_DOCUMENT.read_text(encoding="utf-8")) if _DOCUMENT.exists() else None


def turn_on(settings: Settings, vendors: Running) -> Settings:
    """The settings with Telegram on."""
    return Settings(_env_file=None, **{**settings.model_dump(), **telegram_settings(vendors.url)})


async def post(gateway: Gateway, body: Any, secret: str | None = SECRET) -> int:
    """An update at the webhook; the status that it was answered with."""
    headers = {HEADER: secret} if secret is not None else {}
    async with gateway.client.post(PATH, json=body, headers=headers) as answer:
        return answer.status


def shown(vendors: Running, chat: int = CHAT) -> list[Json]:
    """The assistant's messages in a chat as its person sees them: `text`, `buttons`, `media`, `message_id`."""
    entries = vendors.vendors.journal.list_thread(f"telegram:{chat}")
    return [entry for entry in entries if entry["side"] == "assistant"]


def texts(vendors: Running, chat: int = CHAT) -> list[str]:
    return [entry["text"] for entry in shown(vendors, chat)]


async def sent(vendors: Running, count: int, chat: int = CHAT) -> list[str]:
    """The texts in a chat once so many have come; a moment later there must be no more."""

    async def have_come() -> bool:
        return len(shown(vendors, chat)) >= count

    await until(have_come)
    await asyncio.sleep(0.2)
    assert len(shown(vendors, chat)) == count
    return texts(vendors, chat)


def said(door: FakeDoor) -> list[str]:
    """What Rasa was asked."""
    return [asked.get("text", asked.get("payload")) for asked in door.asked]


async def read(gateway: Gateway, column: Any) -> list[Any]:
    """A column of the store, all rows."""
    return list(await gateway.services.database.read(lambda c: c.scalars(select(column)).all()))


def update(update_id: int, text: str | None = None, chat: int = CHAT, **content: Any) -> Json:
    """An update with a message of a private chat."""
    return {"update_id": update_id, "message": message(text, chat, update_id, **content)}


def message(text: str | None = None, chat: int = CHAT, number: int = 1, **content: Any) -> Json:
    """A message of a private chat, as Telegram sends it."""
    person = {"id": chat, "is_bot": False, "first_name": "Asha", "language_code": "en"}
    made = {
        "message_id": number,
        "date": 1_700_000_000,
        "chat": {"id": chat, "type": "private", "first_name": "Asha"},
        "from": person,
        **({"text": text} if text is not None else {}),
    }
    return made | content


def tap(update_id: int, data: str, chat: int = CHAT, on: Json | None = None) -> Json:
    """An update with a tap on a button of a message of ours."""
    tapped = message("a question", chat) | (on or {})
    person = message(None, chat)["from"]
    query = {"id": f"q{update_id}", "from": person, "chat_instance": "1", "data": data, "message": tapped}
    return {"update_id": update_id, "callback_query": query}


def make(type_name: str) -> Any:
    """A value of a type of the document, with the fields that it must have."""
    if type_name.startswith("Array of "):
        return [make(type_name.removeprefix("Array of "))]
    if type_name in _PLAIN:
        return _PLAIN[type_name]
    known = document()
    assert known is not None
    described = known["types"][type_name]
    if described.get("subtypes"):
        return make(described["subtypes"][0])
    made = {one["name"]: make(one["types"][0]) for one in described.get("fields", []) if one["required"]}
    for one in described.get("fields", []):  # a fixed value stands in the description alone
        fixed = re.search(r"(?:must be|always) [“\"]?(\w+)", one["description"])
        if fixed and one["name"] in made and one["types"] == ["String"]:
            made[one["name"]] = fixed[1]
    return made
