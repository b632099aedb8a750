"""A gateway in small: the real pages and files, and the in-app channel's frames with faults that a test asks for."""

import asyncio
import base64
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from channels import pictures
from knowledge.articles import Article
from knowledge.articles.model import BulletList, Link, Paragraph, Section, Table
from tests.browser.fake_links import FakeLinks

Frame = dict[str, Any]
WEB = Path(__file__).resolve().parents[2] / "channels" / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class FakeGateway:
    """Answers each message with `answer(text)`'s frames, numbers them, and replays them on `resume`.

    `drop_next` closes the socket instead of acknowledging: "before" the message is kept, or "after".
    """

    def __init__(self) -> None:
        self.answer: Callable[[str], list[Frame]] = lambda text: [{"text": f"echo: {text}"}]
        self.received: list[Frame] = []
        self.sent: list[Frame] = []
        self.drop_next: str | None = None
        self.refuse_tokens = 0
        self.is_closed = False
        self.tokens = 0
        self.policy = POLICY
        self.links = FakeLinks()
        self._known: set[str] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        self._pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(WEB / "pages"), autoescape=True, undefined=jinja2.StrictUndefined
        )
        self.server = TestServer(self._build())

    def _build(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self._show_demo)
        app.router.add_get("/articles/{slug}", self._show_article)
        app.router.add_post("/api/demo/token", self._issue_token)
        app.router.add_get("/channels/inapp/ws", self._serve)
        app.add_routes([*pictures.routes(), *self.links.routes()])
        app.router.add_static("/static", WEB / "static")
        return app

    @property
    def url(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    def of_type(self, type_: str) -> list[Frame]:
        """What the client sent of one type, in order."""
        return [frame for frame in self.received if frame["type"] == type_]

    async def say(self, **fields: object) -> Frame:
        """Send a message that nobody asked for."""
        frame = self._number({"text": "", **fields}, None)
        for socket in list(self._sockets):
            await socket.send_json(frame)
        return frame

    async def send_raw(self, text: str) -> None:
        """Send any text as a frame."""
        for socket in list(self._sockets):
            await socket.send_str(text)

    def forget(self) -> None:
        """Know no message any more, as after one that was refused."""
        self._known.clear()

    async def break_connections(self) -> None:
        """Close each socket, as a gateway that is stopped does."""
        for socket in list(self._sockets):
            await socket.close(code=1012)

    async def _show_demo(self, _request: web.Request) -> web.Response:
        return self._render("demo.html")

    async def _show_article(self, _request: web.Request) -> web.Response:
        return self._render("article.html", article=ARTICLE)

    def _render(self, template: str, **values: object) -> web.Response:
        page = self._pages.get_template(template).render(**values)
        return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": self.policy})

    async def _issue_token(self, request: web.Request) -> web.Response:
        partner = (await request.json())["partner_id"]
        if not partner.startswith("P1"):
            return web.json_response({"error": {"code": "not_found", "message": ""}}, status=404)
        self.tokens += 1
        payload = base64.urlsafe_b64encode(json.dumps({"sub": partner}).encode()).decode().rstrip("=")
        return web.json_response({"token": f"e30.{payload}.{self.tokens}"})

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if self.is_closed:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        first = await socket.receive_json()
        if first["type"] != "auth" or self.refuse_tokens > 0:
            self.refuse_tokens -= 1
            await socket.close(code=4401)
            return socket
        self._sockets.add(socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._take(socket, json.loads(message.data))
        finally:
            self._sockets.discard(socket)
        return socket

    async def _take(self, socket: web.WebSocketResponse, frame: Frame) -> None:
        self.received.append(frame)
        if frame["type"] == "resume":
            for sent in self.sent:
                if sent["seq"] > frame["after"]:
                    await socket.send_json(sent)
        elif frame["type"] in {"message", "choice"}:
            await self._accept(socket, frame)
        else:
            await socket.send_json({"type": "ack", "id": frame.get("id")})

    async def _accept(self, socket: web.WebSocketResponse, frame: Frame) -> None:
        fault, self.drop_next = self.drop_next, None
        if fault == "before":
            await socket.close(code=1012)
            return
        is_known = frame["id"] in self._known
        self._known.add(frame["id"])
        replies = [] if is_known else self.answer(frame.get("text") or frame["choice"])
        numbered = [self._number(reply, frame["id"]) for reply in replies if reply.get("type", "message") == "message"]
        if fault == "after":
            await socket.close(code=1012)
            return
        for refusal in (reply for reply in replies if reply.get("type") == "error"):
            await socket.send_json({**refusal, "id": frame["id"]})
            return
        await socket.send_json({"type": "ack", "id": frame["id"]})
        await socket.send_json({"type": "typing"})
        await asyncio.sleep(0.02)
        for reply in numbered:
            await socket.send_json(reply)

    def _number(self, fields: Frame, reply_to: str | None) -> Frame:
        seq = len(self.sent) + 1
        empty: Frame = {"choices": [], "card": None, "citations": [], "language": "en", "author": "assistant"}
        frame = {"type": "message", "seq": seq, "id": f"m{seq}", "reply_to": reply_to, **empty, **fields}
        self.sent.append(frame)
        return frame


ARTICLE = Article(
    slug="surrender-value",
    title="Surrender value of a life insurance policy",
    product="life-insurance",
    audience=("partner",),
    skill_level="beginner",
    language="en",
    valid_from=date(2024, 10, 1),
    valid_until=None,
    source="Made-up rules of a test, 2024",
    reviewed=date(2026, 1, 5),
    questions=(),
    definition={
        "en": "The surrender value is the money that the insurer pays when a policy is closed early.",
        "hinglish": "Policy beech mein band karne par jo paisa milta hai, wahi surrender value hai.",
        "hi": "पॉलिसी बीच में बंद करने पर जो रकम मिलती है, वही सरेंडर वैल्यू है।",
    },
    sections=(
        Section(
            "How it is worked out",
            (
                Paragraph(("The insurer pays the higher of two values.", "The contract names a <b>minimum</b>.")),
                BulletList(
                    ("The guaranteed value stands in the contract.", "The special value is set each year."), False
                ),
                Table(("Year", "Share of premiums"), (("2", "30 %"), ("3", "35 %"), ("4 to 7", "50 %"))),
            ),
        ),
    ),
    script={
        "en": "If you close it now, you get less than what you have paid in. Shall we look at a loan first?",
        "hinglish": "Abhi band karenge to jitna bhara hai usse kam milega. Pehle loan dekh lein?",
        "hi": "अभी बंद करेंगे तो जितना भरा है उससे कम मिलेगा। पहले लोन देख लें?",
    },
    link=Link("Endowment policy", "/articles/endowment-policy"),
)
