"""What the gateway's handlers work with, under one typed key of the application."""

import asyncio
import time
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from channels.commands import Commands
from channels.delivery import Delivery
from channels.door import Door
from channels.limiter import Limiter
from channels.metrics import Metrics
from channels.sending import Dispatcher
from channels.tokens import Tokens
from channels.traces import Traces
from channels.wording import Wording
from channels.worker import Worker
from saathi import outbox
from saathi.privacy import Masker
from saathi.settings import Settings
from saathi.store import Database, StoreUnavailable

log = structlog.get_logger()


class SentMarks:
    """Notes what has been sent, many at a time. A lost mark only makes a client skip a number that it has seen."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: list[str] = []

    def note(self, ids: list[str]) -> None:
        """Remember that these rows of the outbox have left."""
        self._ids += ids

    async def write_forever(self, every_s: float = 0.2) -> None:
        """Store the marks as they gather."""
        while True:
            await asyncio.sleep(every_s)
            await self.write()

    async def write(self) -> None:
        """Store the marks that there are."""
        ids, self._ids = self._ids, []
        if not ids:
            return
        try:
            await self._database.write(lambda c: outbox.mark_sent(c, ids, time.time()))
        except StoreUnavailable as error:
            self._ids = ids + self._ids
            log.warning("store_unavailable", reason=str(error))


@dataclass(frozen=True)
class Services:
    """The parts of a running gateway. `origins` may open the chat socket; `sockets` are those that are open."""

    settings: Settings
    database: Database
    door: Door
    worker: Worker
    delivery: Delivery
    dispatcher: Dispatcher
    sent: SentMarks
    metrics: Metrics
    masker: Masker
    limiter: Limiter
    tokens: Tokens
    wording: Wording
    commands: Commands
    origins: frozenset[str]
    traces: Traces
    # who has just been told to write more slowly
    notices: Limiter = field(default_factory=lambda: Limiter("1/10 seconds"))
    sockets: set[web.WebSocketResponse] = field(default_factory=set)


SERVICES = web.AppKey("services", Services)
