"""Telegram as the gateway sees it: a local Bot API that checks each request against its document, and updates to send.

The document is a JSON of all methods and types; without it on this machine requests go unchecked. The whole stand-in
that developers chat with is in `vendors/telegram`; this one is told its faults and asked what it got within the test.
"""

import asyncio
import json
import os
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.splitting import utf16_units
from saathi.settings import ROOT, Settings
from vendors.specification import Misfit, Specification
from vendors.telegram.document import read_specification
from vendors.telegram.markdown import MarkdownFault, read_markdown

TOKEN = "123456:local-bot"
SECRET = "telegram-secret"
_DOCUMENT = Path(os.environ.get("TELEGRAM_API", ROOT.parent / "shared/data/vendor_api/telegram_bot_api.json"))
_PLAIN = {"Integer": 1_700_000_000, "String": "x", "Boolean": True, "Float": 1.5, "True": True}

Json = dict[str, Any]


@cache
def document() -> Json | None:
    return json.loads(_DOCUMENT.read_text(encoding="utf-8")) if _DOCUMENT.exists() else None


@cache
def specification() -> Specification | None:
    """The document as requests are held against it; None where this machine does not have it."""
    return read_specification(_DOCUMENT) if _DOCUMENT.exists() else None


@dataclass(frozen=True)
class Asked:
    """One request of ours. `text` is what the user reads."""

    method: str
    fields: Json
    text: str = ""

    @property
    def chat(self) -> int | None:
        return self.fields.get("chat_id")

    @property
    def buttons(self) -> list[list[Json]]:
        markup = self.fields.get("reply_markup") or {}
        return list(markup.get("inline_keyboard", []))


@dataclass
class BotApi:
    """Keeps what it was asked, in order; `misfits` are the faults of requests that the document does not allow.

    `faults` holds, by chat or by method, what the next requests get: a status, "hang", "drop" (after it was taken),
    seconds to wait as a float, another text as the body of a 200, or None for the true answer. `refused` are those
    that got a fault.
    """

    asked: list[Asked] = field(default_factory=list)
    misfits: list[str] = field(default_factory=list)
    faults: dict[int | str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    refused: list[Asked] = field(default_factory=list)
    port: int | None = None

    def __post_init__(self) -> None:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._answer)
        self.server = TestServer(app, port=self.port)

    @property
    def url(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    def sent(self, chat: int | None = None) -> list[Asked]:
        """The messages that were taken, to one chat or to all."""
        messages = [asked for asked in self.asked if asked.method in {"sendMessage", "sendPhoto"}]
        return [message for message in messages if chat in (None, message.chat)]

    def texts(self, chat: int | None = None) -> list[str]:
        return [message.text for message in self.sent(chat)]

    def methods(self, name: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == name]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        form = {name: str(value) for name, value in (await request.post()).items()}
        self._check(method, form)
        fields = {name: _read(name, value) for name, value in form.items()}
        shown = form.get("text") or form.get("caption", "")
        if form.get("parse_mode") == "MarkdownV2":
            shown = self._unmark(method, shown)
        most = 1024 if method == "sendPhoto" else 4096
        if utf16_units(shown) > most:
            self.misfits.append(f"{method}: {utf16_units(shown)} units")
        asked = Asked(method, fields, shown)
        for key in (fields.get("chat_id"), method):
            fault = self.faults[key].pop(0) if self.faults.get(key) else None
            if fault is not None:
                return await self._fail(request, asked, fault)
        self.asked.append(asked)
        return web.json_response({"ok": True, "result": self._result(method, fields)})

    async def _fail(self, request: web.Request, asked: Asked, fault: Any) -> web.StreamResponse:
        self.refused.append(asked)
        if fault == "hang":
            await asyncio.sleep(30)
        if fault == "drop":
            self.asked.append(asked)
            assert request.transport is not None
            request.transport.abort()
        elif isinstance(fault, str):
            return web.Response(text=fault)
        if isinstance(fault, float):
            wait = {"retry_after": int(fault)}
            body = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": wait}
            return web.json_response(body, status=429)
        status = fault if isinstance(fault, int) else 500
        return web.json_response({"ok": False, "error_code": status, "description": "no"}, status=status)

    def _result(self, method: str, fields: Json) -> Any:
        if method not in {"sendMessage", "sendPhoto"}:
            return True
        chat = {"id": fields["chat_id"], "type": "private"}
        number = len(self.sent(fields["chat_id"]))
        return {"message_id": number, "date": 1_700_000_000, "chat": chat}

    def _check(self, method: str, form: dict[str, str]) -> None:
        try:
            if (known := specification()) is not None:
                known.check_form("POST", f"/bot0/{method}", form.items())
        except Misfit as misfit:
            self.misfits.append(f"{method}: {misfit}")
        for row in json.loads(form.get("reply_markup", "{}")).get("inline_keyboard", []):
            if any(not 1 <= len(button["callback_data"].encode()) <= 64 for button in row):
                self.misfits.append(f"{method}: callback_data of {row}")

    def _unmark(self, method: str, marked: str) -> str:
        """What a reader sees of MarkdownV2."""
        try:
            return read_markdown(marked)[0]
        except MarkdownFault as fault:
            self.misfits.append(f"{method}: {fault}")
            return marked


@asynccontextmanager
async def run_bot_api(port: int | None = None) -> AsyncIterator[BotApi]:
    """A Bot API for the length of the block; fails at its end when a request did not fit the document."""
    api = BotApi(port=port)
    await api.server.start_server(shutdown_timeout=0.1)
    try:
        yield api
    finally:
        await api.server.close()
    assert api.misfits == []


def turn_on(settings: Settings, url: str) -> Settings:
    """The settings with Telegram on, and its API at an address."""
    chosen = {
        "telegram_bot_token": TOKEN,
        "telegram_secret_token": SECRET,
        "telegram_api_base": url,
        "public_url": "https://saathi.example",
    }
    return Settings(_env_file=None, **{**settings.model_dump(), **chosen})


def update(update_id: int, text: str | None = None, chat: int = 77, **content: Any) -> Json:
    """An update with a message of a private chat."""
    return {"update_id": update_id, "message": message(text, chat, update_id, **content)}


def message(text: str | None = None, chat: int = 77, number: int = 1, **content: Any) -> Json:
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


def tap(update_id: int, data: str, chat: int = 77, shown: Json | None = None) -> Json:
    """An update with a tap on a button of a message of ours."""
    sent = message("a question", chat) | (shown or {})
    person = message(None, chat)["from"]
    query = {"id": f"q{update_id}", "from": person, "chat_instance": "1", "data": data, "message": sent}
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


def _read(name: str, value: str) -> Any:
    """A form's field as a value: numbers and what is JSON inside it."""
    if name == "chat_id" or value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
