"""One virtual user's connection: a message out, and when its last reply is in."""

import asyncio
import itertools
import time
from dataclasses import dataclass
from typing import Protocol, Self

import aiohttp
import jwt

TURN_SECONDS = 15.0


@dataclass(frozen=True)
class Turn:
    """One message and its answer: seconds until the first reply, and how it ended.

    `kind` is "answered", "cited" (with sources), "silent" (no reply at all), "error" or "lost" (no reply in time).
    """

    seconds: float
    kind: str


class Client(Protocol):
    """A user in one conversation; used as an async context manager."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *error: object) -> None: ...

    async def say(self, text: str) -> Turn:
        """Write one message and wait for its answer."""
        ...


class OurClient:
    """The in-app websocket of this assistant."""

    def __init__(self, session: aiohttp.ClientSession, address: str, secret: str, user: str) -> None:
        self._session = session
        self._address = address
        claims = {"sub": user, "exp": int(time.time()) + 3600}
        self._token = jwt.encode(claims, secret, algorithm="HS256")
        self._numbers = itertools.count()

    async def __aenter__(self) -> Self:
        self._socket = await self._session.ws_connect(f"{self._address}/channels/inapp/ws")
        await self._socket.send_json({"type": "auth", "token": self._token})
        await self._socket.send_json({"type": "resume", "after": 0})
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._socket.close()

    async def say(self, text: str) -> Turn:
        number = str(next(self._numbers))
        began = time.perf_counter()
        await self._socket.send_json({"type": "message", "id": number, "text": text})
        try:
            async with asyncio.timeout(TURN_SECONDS):
                kind = await self._answer_to(number)
        except (TimeoutError, TypeError, ValueError):  # TypeError: the socket was closed, there is no text
            kind = "lost"
        return Turn(time.perf_counter() - began, kind)

    async def _answer_to(self, number: str) -> str:
        while True:
            frame = await self._socket.receive_json()
            if frame["type"] == "error":
                return "error"
            if frame["type"] == "message" and frame["reply_to"] == number:
                return "cited" if frame.get("citations") else "answered"


class StockClient:
    """The REST channel of `rasa run`."""

    def __init__(self, session: aiohttp.ClientSession, address: str, user: str) -> None:
        self._session = session
        self._url = f"{address}/webhooks/rest/webhook"
        self._user = user

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def say(self, text: str) -> Turn:
        began = time.perf_counter()
        try:
            async with (
                asyncio.timeout(TURN_SECONDS),
                self._session.post(self._url, json={"sender": self._user, "message": text}) as response,
            ):
                replies = await response.json()
                kind = "error" if response.status != 200 else "answered" if replies else "silent"
        except TimeoutError:
            kind = "lost"
        except aiohttp.ClientError:
            kind = "error"
        return Turn(time.perf_counter() - began, kind)
