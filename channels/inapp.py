"""The in-app channel: a websocket with the frames of docs/architecture.md.

What the user sends is stored before it is acknowledged; what the user gets is read from the outbox, by number. So a
socket may break at any moment: the client sends again what was not acknowledged, and resumes after the last number.
"""

import asyncio
import contextlib
import time
from typing import Any

import structlog
from aiohttp import WSCloseCode, WSMsgType, web
from sqlalchemy import Connection

from channels.delivery import Signal, wait_for
from channels.frames import FrameError, Received, read_frame
from channels.guard import Fault, find_fault
from channels.services import SERVICES, Services
from channels.tokens import BadToken, Principal
from language import detect
from saathi import conversations, feedback, outbox
from saathi.messages import Incoming, Purpose
from saathi.outbox import Outgoing
from saathi.settings import Settings
from saathi.store import StoreUnavailable

log = structlog.get_logger()

CHANNEL = "inapp"
AUTH_WITHIN_S = 10.0
LARGEST_FRAME = 64 * 1024  # bytes; 2,000 characters take at most 12,000 as JSON escapes
UNAUTHENTICATED = 4401
# A client that resumes says so at once; one that does not gets what was never sent to it.
RESUME_WITHIN_S = 1.0


def routes(_settings: Settings) -> list[web.RouteDef]:
    """The channel's only address."""
    return [web.get("/channels/inapp/ws", open_socket)]


async def open_socket(request: web.Request) -> web.StreamResponse:
    """Serve one socket until it closes."""
    services = request.app[SERVICES]
    origin = request.headers.get("Origin")
    if origin is not None and origin not in services.origins:
        raise web.HTTPForbidden(text="This origin may not open the chat; add it to ALLOWED_ORIGINS.")
    socket = web.WebSocketResponse(heartbeat=30, max_msg_size=LARGEST_FRAME)
    await socket.prepare(request)
    services.sockets.add(socket)
    try:
        with services.metrics.sockets.track_inprogress():
            await _serve(socket, services)
    except (ConnectionError, RuntimeError) as error:  # the client went away in the middle of a send
        log.info("socket_lost", reason=type(error).__name__)
    finally:
        services.sockets.discard(socket)
    return socket


async def _serve(socket: web.WebSocketResponse, services: Services) -> None:
    try:
        principal = await _authenticate(socket, services)
        conversation, start = await services.database.write(lambda c: _enter(c, principal.subject))
    except BadToken:
        await socket.close(code=UNAUTHENTICATED, message=b"the token is missing, wrong or expired")
        return
    except StoreUnavailable:
        await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"the store is not available")
        return
    client = _Client(socket, services, principal, conversation, start)
    sending = asyncio.create_task(client.send_forever())
    try:
        await client.receive_all()
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending


def _enter(connection: Connection, partner: str) -> tuple[str, int]:
    """The partner's conversation, and the number after which this socket gets messages unless it resumes."""
    conversation = conversations.find_chat(connection, partner, time.time())
    return conversation, outbox.find_start(connection, conversation, CHANNEL)


async def _authenticate(socket: web.WebSocketResponse, services: Services) -> Principal:
    """The bearer of the first frame's token.

    Raises:
        BadToken: no such frame came in time, or its token is no partner's.
    """
    try:
        received = await socket.receive(timeout=AUTH_WITHIN_S)
    except TimeoutError as error:
        raise BadToken("no frame came") from error
    if received.type is not WSMsgType.TEXT:
        raise BadToken("the first frame is no text")
    try:
        frame = read_frame(received.data)
    except FrameError as error:
        raise BadToken(error.code) from error
    principal = services.tokens.verify(frame.get("token") if frame.type == "auth" else None)
    if principal.role is not None:
        raise BadToken("staff have no chat of their own")
    return principal


class _Client:
    """One authenticated socket."""

    def __init__(
        self, socket: web.WebSocketResponse, services: Services, principal: Principal, conversation: str, start: int
    ) -> None:
        self._socket = socket
        self._services = services
        self._principal = principal
        self._conversation = conversation
        self._language = detect("")
        # What this socket has been sent: the numbers above `_from` up to `_upto`.
        self._from = self._upto = start
        self._has_begun = False
        self._resumed = asyncio.Event()

    async def receive_all(self) -> None:
        """Handle the client's frames until it closes, or its token expires."""
        handlers = {
            "message": self._take_message,
            "choice": self._take_choice,
            "resume": self._resume,
            "feedback": self._take_feedback,
            "event": self._take_event,
        }
        while (left := self._principal.expires_at - time.time()) > 0:
            try:
                received = await self._socket.receive(timeout=left)
            except TimeoutError:
                break
            if received.type is not WSMsgType.TEXT:
                if received.type is WSMsgType.BINARY:
                    await self._refuse("bad_frame", None)
                    continue
                return
            await self._dispatch(received.data, handlers)
        await self._socket.close(code=UNAUTHENTICATED, message=b"the token has expired")

    async def _dispatch(self, data: str, handlers: dict[str, Any]) -> None:
        frame: Received | None = None
        try:
            frame = read_frame(data)
            handler = handlers.get(frame.type)
            if handler is None:
                raise FrameError("unknown_type")
            if frame.type != "resume":
                self._resumed.set()
            await handler(frame)
        except FrameError as error:
            await self._refuse(error.code, frame.id if frame else None)
        except StoreUnavailable as error:
            log.warning("store_unavailable", reason=str(error))
            await self._refuse("unavailable", frame.id if frame else None)

    async def _take_message(self, frame: Received) -> None:
        text = frame.text("text")
        fault = find_fault(text)
        if fault is not None:
            raise FrameError(fault.value)
        await self._accept(frame, self._services.masker.mask(text), None)

    async def _take_choice(self, frame: Received) -> None:
        wanted = frame.text("choice")
        if find_fault(wanted) is not None:
            raise FrameError("choice_unknown")
        choice = await self._services.database.read(lambda c: outbox.find_choice(c, self._conversation, wanted))
        if choice is None:
            raise FrameError("choice_unknown")
        await self._accept(frame, *choice.said)

    async def _accept(self, frame: Received, text: str, payload: str | None) -> None:
        await self._limit()
        if payload is None:
            self._language = detect(text, self._language)
        key = f"{CHANNEL}:{self._conversation}:{frame.required_id}"
        incoming = Incoming(self._conversation, CHANNEL, key, text, self._language, payload)
        if payload is not None or await self._services.commands.obey(text, incoming) is None:
            await self._services.worker.accept(incoming)
        await self._send({"type": "ack", "id": frame.required_id})

    async def _resume(self, frame: Received) -> None:
        after = await self._services.database.read(
            lambda c: outbox.find_start(c, self._conversation, CHANNEL, frame.number("after"))
        )
        if not self._has_begun:
            self._from = self._upto = after
        elif after < self._from:
            await self._send_rows(after, self._from)
            self._from = after
        self._resumed.set()

    async def _take_feedback(self, frame: Received) -> None:
        value, reply, reason = frame.get("value"), frame.text("message"), frame.get("reason")
        if value not in {"up", "down"} or not isinstance(reason, str | None) or find_fault(reply) is not None:
            raise FrameError("bad_frame")
        if reason and find_fault(reason) in {Fault.BAD_TEXT, Fault.TOO_LONG}:
            raise FrameError("bad_text")
        await self._limit()
        kept = self._services.masker.mask(reason)[:200] if reason else None
        known = await self._services.database.write(
            lambda c: feedback.rate(c, self._conversation, reply, value, kept, time.time())
        )
        if not known:
            raise FrameError("message_unknown")
        if frame.id:
            await self._send({"type": "ack", "id": frame.id})

    async def _take_event(self, frame: Received) -> None:
        name, data = frame.text("name"), frame.data_text("data", self._services.masker.mask_values)
        if find_fault(name) is not None or len(name) > 64:
            raise FrameError("bad_frame")
        await self._limit()
        await self._services.database.write(
            lambda c: feedback.note_event(c, self._conversation, name, data, time.time())
        )

    async def _limit(self) -> None:
        if not await self._services.limiter.admit(self._principal.subject):
            raise FrameError("too_fast")

    async def send_forever(self) -> None:
        """Send what the outbox holds for this socket, as it comes."""
        with self._services.delivery.listen(self._conversation) as signals:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RESUME_WITHIN_S):
                    await self._resumed.wait()
            while True:
                await self._send_new()
                while await wait_for(signals) is Signal.TYPING:
                    await self._send({"type": "typing"})

    async def _send_new(self) -> None:
        self._has_begun = True
        try:
            await self._send_rows(self._upto, None)
        except StoreUnavailable as error:
            log.warning("store_unavailable", reason=str(error))

    async def _send_rows(self, after: int, upto: int | None) -> None:
        rows = await self._services.database.read(
            lambda c: outbox.find_after(c, self._conversation, CHANNEL, after, upto)
        )
        for row in rows:
            await self._send(_render(row))
            self._upto = max(self._upto, row.seq)
        self._services.sent.note([row.id for row in rows])

    async def _refuse(self, code: str, frame_id: str | None) -> None:
        self._services.metrics.count_refusal(CHANNEL, code)
        text = self._services.wording.say(code, self._language)
        await self._send({"type": "error", "code": code, "text": text, "id": frame_id})

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._socket.send_json(frame)


def _render(row: Outgoing) -> dict[str, Any]:
    return {
        "type": "survey" if row.purpose == Purpose.SURVEY else "message",
        "seq": row.seq,
        "id": row.id,
        "reply_to": row.key.rpartition(":")[2] if row.key else None,
        "author": row.author,
        **row.body,
    }
