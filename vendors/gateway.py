"""The way to the assistant's gateway, as the vendors go it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

_DEADLINE_S = 15.0  # Twilio's; Telegram waits longer
_LARGEST_MEDIA = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Said:
    """What the gateway answered; status 0 when it did not, with the reason as text."""

    status: int
    text: str = ""

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Media:
    """A file that the gateway serves."""

    content: bytes
    kind: str


class GatewayClient:
    """Posts to the gateway. Addresses are the public ones; they are reached where the gateway really listens."""

    def __init__(self) -> None:
        self._gateway = self._public = ""
        self._open: aiohttp.ClientSession | None = None

    def find_at(self, gateway: str, public_url: str) -> None:
        """Where it listens, and the address that it goes by."""
        self._gateway, self._public = gateway.rstrip("/"), public_url.rstrip("/")

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Must be, for all that talks to the gateway."""
        async with aiohttp.ClientSession() as self._open:
            yield
        self._open = None

    @property
    def _session(self) -> aiohttp.ClientSession:
        assert self._open is not None, "the application has not started"
        return self._open

    @property
    def is_known(self) -> bool:
        """Whether it has been said where the gateway is; else nothing is told to it."""
        return bool(self._gateway)

    def reach(self, url: str) -> str:
        """Where a public address (http, https, ws or wss) is reached on this machine; others stay as they are."""
        if not url.startswith(("ws:", "wss:")):
            return self._gateway + url.removeprefix(self._public) if url.startswith(self._public) else url
        public = self._public.replace("http", "ws", 1)
        return self._gateway.replace("http", "ws", 1) + url.removeprefix(public) if url.startswith(public) else url

    def name(self, path: str) -> str:
        """The public address of a path of the gateway."""
        return path if "://" in path else self._public + path

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Said:
        """Posts to a public address; never raises."""
        try:
            timeout = aiohttp.ClientTimeout(total=_DEADLINE_S)
            async with self._session.post(self.reach(url), data=body, headers=headers, timeout=timeout) as answer:
                return Said(answer.status, await answer.text(errors="replace"))
        except (aiohttp.ClientError, TimeoutError) as error:
            return Said(0, f"no answer: {str(error) or type(error).__name__}")

    async def fetch(self, url: str) -> Media | None:
        """A file at a public address; None where it cannot be had."""
        try:
            timeout = aiohttp.ClientTimeout(total=_DEADLINE_S)
            async with self._session.get(self.reach(url), timeout=timeout) as answer:
                if not answer.ok or (answer.content_length or 0) > _LARGEST_MEDIA:
                    return None
                return Media(await answer.read(), answer.content_type)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None

    async def connect(self, url: str, headers: Mapping[str, str]) -> aiohttp.ClientWebSocketResponse:
        """Opens a websocket at a public address. Raises `aiohttp.ClientError` or `TimeoutError`."""
        return await asyncio.wait_for(self._session.ws_connect(self.reach(url), headers=headers), _DEADLINE_S)
