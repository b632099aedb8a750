"""The page where a person plays the vendors' people: its files, its live events, and what it does.

`GET /page/events` is a stream of server-sent events, each a journal's entry; `POST /page/act` takes one action as JSON
and answers `{}` or, for what makes no sense, 422.
"""

import json
import secrets
from collections.abc import Awaitable
from pathlib import Path
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from vendors.journal import Journal
from vendors.media import MediaShelf
from vendors.telegram.people import GROUP, GROUP_NAME, USERS, People, User
from vendors.twilio.call import Call
from vendors.twilio.calls import Calls
from vendors.twilio.messages import Messages
from vendors.twilio.whatsapp import PEOPLE, Person, WhatsApp

FILES = Path(__file__).resolve().parent / "page"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
CALLERS = ("+919800000001", "+919800000002", "+266696687")  # the last is what a withheld number looks like
_LONGEST = 10_000


class _Act(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WhatsAppAct(_Act):
    """Somebody on WhatsApp does something."""

    channel: Literal["whatsapp"]
    who: str
    do: Literal[
        "write", "tap", "pick", "image", "sticker", "voice", "document", "contact", "location", "react", "read", "late"
    ]
    text: str = Field("", max_length=_LONGEST)
    message: str = ""
    choice: str = ""
    more: str = ""


class TelegramAct(_Act):
    """Somebody on Telegram does something, in the private chat or in the group."""

    channel: Literal["telegram"]
    who: int
    in_group: bool = False
    do: Literal["write", "tap", "edit", "photo", "voice", "sticker", "document", "location", "contact", "react"]
    text: str = Field("", max_length=_LONGEST)
    message: int = 0
    choice: str = ""


class CallAct(_Act):
    """A caller does something; `call` is the call's id once there is one."""

    channel: Literal["call"]
    do: Literal["start", "press", "speak", "silence", "hangup", "dial"]
    call: str = ""
    text: str = Field("", max_length=_LONGEST)
    confidence: float = Field(0.92, ge=0, le=1)


Act = Annotated[WhatsAppAct | TelegramAct | CallAct, Field(discriminator="channel")]
_ACTS: TypeAdapter[WhatsAppAct | TelegramAct | CallAct] = TypeAdapter(Act)


class View:
    """The page's server."""

    def __init__(
        self,
        journal: Journal,
        shelf: MediaShelf,
        whatsapp: WhatsApp,
        messages: Messages,
        calls: Calls,
        telegram: People,
    ) -> None:
        self._journal = journal
        self._shelf = shelf
        self._whatsapp = whatsapp
        self._messages = messages
        self._calls = calls
        self._telegram = telegram
        self._run = secrets.token_hex(8)  # tells a page that it now sees another process

    def routes(self) -> list[web.RouteDef]:
        """The page's addresses."""
        files = [web.get(f"/page/{file.name}", self._show_file) for file in FILES.iterdir() if file.is_file()]
        return [
            web.get("/", self._show_page),
            *files,
            web.get("/page/people", self._list_people),
            web.get("/page/events", self._tell),
            web.post("/page/act", self._act),
            web.get("/page/media/{key}", self._show_media),
            web.get("/page/telegram/{key}", self._show_telegram_media),
        ]

    async def _show_page(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(FILES / "index.html", headers=_HEADERS)

    async def _show_file(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(FILES / request.path.rpartition("/")[2], headers=_HEADERS)

    async def _show_media(self, request: web.Request) -> web.Response:
        return _show(self._shelf.find(request.match_info["key"]))

    async def _show_telegram_media(self, request: web.Request) -> web.Response:
        return _show(self._telegram.files.get(request.match_info["key"]))

    async def _list_people(self, _request: web.Request) -> web.Response:
        people = {
            "whatsapp": [{"name": one.name, "id": one.address} for one in PEOPLE],
            "telegram": [{"name": one.name, "id": one.id} for one in USERS],
            "group": {"name": GROUP_NAME, "id": GROUP},
            "callers": CALLERS,
        }
        return web.json_response(people, headers=_HEADERS)

    async def _tell(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={**_HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(f"retry: 500\ndata: {json.dumps({'run': self._run})}\n\n".encode())
        try:
            async for entry in self._journal.listen():
                await response.write(f"data: {json.dumps(entry)}\n\n".encode())
        except ConnectionError:  # the page was closed
            return response
        return response

    async def _act(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":  # another site's page can send any other
            return web.json_response({"error": "send application/json"}, status=415)
        try:
            act = _ACTS.validate_json(await request.read())
            match act:
                case WhatsAppAct():
                    await self._act_on_whatsapp(act)
                case TelegramAct():
                    await self._act_on_telegram(act)
                case CallAct():
                    return await self._act_on_call(act)
        except (ValidationError, LookupError) as error:
            return web.json_response({"error": str(error)}, status=422)
        return web.json_response({})

    async def _act_on_whatsapp(self, act: WhatsAppAct) -> None:
        name = next((one.name for one in PEOPLE if one.address == act.who), act.who.removeprefix("whatsapp:"))
        person, do = Person(name, act.who), self._whatsapp
        match act.do:
            case "write":
                await do.write(person, act.text)
            case "tap":
                await do.tap(person, act.message, act.choice, act.text)
            case "pick":
                await do.pick(person, act.message, act.choice, act.text, act.more)
            case "location":
                await do.send_location(person)
            case "react":
                await do.react(person, act.message, act.text)
            case "read":
                self._messages.mark_read(person.address)
            case "late":
                do.close_window(person.address)
            case kind:
                await do.send_file(person, kind, act.text)

    async def _act_on_telegram(self, act: TelegramAct) -> None:
        user = next((one for one in USERS if one.id == act.who), User(act.who, str(act.who)))
        chat, do = GROUP if act.in_group else None, self._telegram
        match act.do:
            case "write":
                await do.write(user, act.text, chat)
            case "tap":
                await do.tap(user, act.message, act.choice, chat)
            case "edit":
                await do.edit(user, act.message, act.text, chat)
            case "react":
                await do.react(user, act.message, act.text)
            case "location":
                await do.send_place(user)
            case "contact":
                await do.send_contact(user)
            case kind:
                await do.send_file(user, kind, act.text, chat)

    async def _act_on_call(self, act: CallAct) -> web.Response:
        if act.do == "start":
            call = await self._calls.start(act.text)
            return web.json_response({"call": call.sid})
        found = self._calls.find(act.call)
        if found is None:
            raise LookupError(f"there is no call {act.call}")
        await self._do_in_call(act, found)
        return web.json_response({})

    def _do_in_call(self, act: CallAct, call: Call) -> Awaitable[Any]:
        match act.do:
            case "press":
                return self._calls.press(call, act.text)
            case "speak":
                return self._calls.speak(call, act.text, act.confidence)
            case "silence":
                return self._calls.stay_silent(call)
            case "dial":
                return self._calls.answer_dial(call, act.text)
            case _:
                return self._calls.hang_up(call)


_HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def _show(media: Any) -> web.Response:
    if media is None:
        raise web.HTTPNotFound
    return web.Response(body=media.content, content_type=media.kind, headers=_HEADERS)
