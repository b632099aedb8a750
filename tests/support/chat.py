"""A client of the in-app channel, as an app would have one."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

Frame = dict[str, Any]

SOON_S = 15.0  # how long a busy machine may take; a quick one takes milliseconds


class Chat:
    """One open socket. Frames that were not asked for are kept for later."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.frames: list[Frame] = []

    async def send(self, type_: str, **fields: object) -> None:
        await self.socket.send_json({"type": type_, **fields})

    async def say(self, text: str, id_: str) -> None:
        await self.send("message", id=id_, text=text)

    async def next(self, *types: str, within_s: float = SOON_S) -> Frame:
        """The next frame of one of the types; others are kept in `frames`."""
        end = time.monotonic() + within_s
        while True:
            received = await self.socket.receive(timeout=max(end - time.monotonic(), 0.01))
            if received.type is not WSMsgType.TEXT:
                raise ConnectionError(f"{received.type.name} {self.socket.close_code}")
            frame: Frame = json.loads(received.data)
            self.frames.append(frame)
            if frame["type"] in types:
                return frame

    async def choose(self, choice: str, id_: str) -> Frame:
        """Tap a choice and return the first reply to it."""
        await self.send("choice", id=id_, choice=choice)
        return await self._reply_to(id_)

    async def ask(self, text: str, id_: str) -> Frame:
        """Say something and return the first reply to it."""
        await self.say(text, id_)
        return await self._reply_to(id_)

    async def replies(self, count: int) -> list[Frame]:
        """The next messages, so many."""
        return [await self.next("message") for _ in range(count)]

    async def opened(self) -> None:
        """Return once the gateway serves this socket, shown by its refusal of a rating of nothing."""
        await self.send("feedback", message="none", value="up")
        await self.next("error")

    async def _reply_to(self, id_: str) -> Frame:
        while (frame := await self.next("message", "error"))["type"] == "message" and frame["reply_to"] != id_:
            pass
        return frame

    async def silence(self, for_s: float) -> list[Frame]:
        """The frames that come within a time, `typing` left out."""
        seen = []
        end = time.monotonic() + for_s
        while (left := end - time.monotonic()) > 0:
            try:
                seen.append(await self.next("message", "error", "ack", within_s=left))
            except TimeoutError:
                break
        return seen


@asynccontextmanager
async def open_chat(address: str, partner: str, token: str | None = None) -> AsyncIterator[Chat]:
    """A chat of a partner with a running assistant: of a demo partner, or of the one whose token is given."""
    async with ClientSession(address) as session:
        if token is None:
            async with session.post("/api/demo/token", json={"partner_id": partner}) as answer:
                token = (await answer.json())["token"]
        async with session.ws_connect("/channels/inapp/ws") as socket:
            chat = Chat(socket)
            await chat.send("auth", token=token)
            yield chat
