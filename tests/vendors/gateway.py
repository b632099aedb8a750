"""A gateway that takes what the stand-ins send, checks its signatures as ours does, and answers as it is told."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from tests.support.vendors import PUBLIC, SECRET, TOKEN

Answer = Callable[[MultiDict[str]], Awaitable[str] | str]


class SmallGateway:
    """`forms` and `updates` hold what came and was authentic; `twiml` answers a call."""

    def __init__(self) -> None:
        self.forms: list[tuple[str, MultiDict[str]]] = []
        self.updates: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.statuses: list[int] = []  # to answer with, before all is well
        self.answers: dict[str, str] = {}
        app = web.Application()
        app.add_routes(
            [
                web.post("/channels/telegram/webhook", self._take_update),
                web.post("/{path:.*}", self._take_form),
                web.get("/picture.png", self._show_picture),
                web.get("/relay", self._relay),
            ]
        )
        self.server = TestServer(app)
        self.relayed: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return str(self.server.make_url("/")).rstrip("/")

    def sent_to(self, path: str) -> list[MultiDict[str]]:
        return [form for where, form in self.forms if where == path]

    async def _take_form(self, request: web.Request) -> web.Response:
        form: MultiDict[str] = MultiDict((name, str(value)) for name, value in (await request.post()).items())
        signature = request.headers.get("X-Twilio-Signature", "")
        if not RequestValidator(TOKEN).validate(PUBLIC + request.path_qs, form, signature):
            self.refused.append(request.path)
            return web.Response(status=403)
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        self.forms.append((request.path, form))
        text = self.answers.get(request.path, "<Response/>")
        return web.Response(text=text, content_type="text/xml")

    async def _take_update(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
            self.refused.append(request.path)
            return web.Response(status=403)
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        self.updates.append(await request.json())
        return web.Response()

    async def _show_picture(self, _request: web.Request) -> web.Response:
        return web.Response(body=b"\x89PNG", content_type="image/png")

    async def _relay(self, request: web.Request) -> web.WebSocketResponse:
        signature = request.headers.get("X-Twilio-Signature", "")
        url = PUBLIC.replace("http", "ws", 1) + request.path_qs
        assert RequestValidator(TOKEN).compute_signature(url, {}) == signature
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            told = message.json()
            self.relayed.append(told)
            if told["type"] == "prompt":
                await socket.send_json({"type": "text", "token": "You said ", "last": False, "lang": "hi-IN"})
                await socket.send_json({"type": "text", "token": told["voicePrompt"], "last": True})
            if told["type"] == "dtmf":
                await socket.send_json({"type": "end", "handoffData": "{}"})
        return socket
