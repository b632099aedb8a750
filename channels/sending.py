"""Sending the outbox to addresses: each address's messages in order, the addresses side by side.

A channel that sends brings a `Sender`. It says what became of a message by returning, or by one of three exceptions;
waiting and trying again are this module's part, per address: one that is slow or limited holds up nobody else.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from channels.metrics import Metrics
from saathi import sending
from saathi.sending import Due
from saathi.store import Database, Share, StoreUnavailable

T = TypeVar("T")

log = structlog.get_logger()

LOOK_EVERY_S = 1.0
BETWEEN_LOOKS_S = 0.05  # what is queued meanwhile is found by one look
WRITES_AT_ONCE = 4  # of all addresses: what is heard goes before what is told
MOST_ATTEMPTS = 14  # with the pauses below, nearly half an hour
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 300.0
_DEADLINE_S = 20.0  # of one call of the vendor


class Postponed(Exception):
    """The vendor did not take the message and may take it later, after `after_s` seconds if it says so."""

    def __init__(self, reason: str, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.after_s = after_s


class Refused(Exception):
    """The vendor will never take this message."""


class Unsure(Exception):
    """Nobody knows whether the vendor took it: the connection broke after the request had gone out."""


class Sender(Protocol):
    """One channel's way to its vendor."""

    def render(self, due: Due) -> list[Any]:
        """The vendor's messages that the row becomes, in order, each within the vendor's limits. Rendering a row twice
        gives the same. Raises `Refused` when there is none that the vendor would take."""
        ...

    async def send(self, due: Due, part: Any) -> str:
        """Hands one of them to the vendor; what the vendor calls it. Raises `Postponed`, `Refused` or `Unsure`."""
        ...


class Dispatcher:
    """Sends what is due on the channels that have a sender."""

    def __init__(self, database: Database, senders: Mapping[str, Sender], metrics: Metrics) -> None:
        self._database = database
        self._share = Share(database, WRITES_AT_ONCE)
        self._senders = senders
        self._metrics = metrics
        self._running: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something new to send."""
        self._woken.set()

    def sender_of(self, channel: str) -> Sender:
        """The channel's way to its vendor, for what a channel tells its vendor besides messages."""
        return self._senders[channel]

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Send for the length of the block; what is under way at its end is finished, within the deadline of a call."""
        if not self._senders:
            yield
            return
        looking = asyncio.create_task(self._look_forever())
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.gather(looking, *self._running.values(), return_exceptions=True)

    async def _look_forever(self) -> None:
        while True:
            self._woken.clear()
            try:
                due = await self._database.read(lambda c: sending.find_due(c, self._senders.keys(), time.time()))
            except StoreUnavailable as error:
                log.warning("store_unavailable", reason=str(error))
                due = []
            for address in due:
                if address not in self._running:
                    task = asyncio.create_task(self._send_all(*address))
                    self._running[address] = task
                    task.add_done_callback(lambda _, address=address: self._running.pop(address))  # type: ignore[misc]
            await asyncio.sleep(BETWEEN_LOOKS_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._woken.wait()

    async def _send_all(self, channel: str, address: str) -> None:
        try:
            due = await self._share.write(lambda c: sending.claim(c, channel, address, time.time()))
            while due is not None:
                with structlog.contextvars.bound_contextvars(outbox=due.outgoing.id, channel=channel):
                    due = await self._send(self._senders[channel], due)
        except StoreUnavailable as error:
            log.warning("store_unavailable", reason=str(error))

    async def _send(self, sender: Sender, due: Due) -> Due | None:
        """Send one row; the address's next one, None where there is none or it has to wait."""
        try:
            parts = sender.render(due)
            for number, part in enumerate(parts[due.outgoing.sent_parts :], due.outgoing.sent_parts):
                async with asyncio.timeout(_DEADLINE_S):
                    vendor_id = await sender.send(due, part)
                if number == len(parts) - 1:
                    return await self._finish(due, number, vendor_id)
                await self._note_part(due, number, vendor_id)
        except Postponed as postponed:
            return await self._postpone(due, postponed)
        except Refused as refused:
            return await self._give_up(due, str(refused))
        except (Unsure, TimeoutError) as unsure:
            return await self._give_up(due, str(unsure) or "no answer in time", is_unknown=True)
        except Exception as error:  # a fault of ours must not hold up the address for ever
            log.exception("sending_broke")
            return await self._give_up(due, type(error).__name__)
        # it became fewer messages than when it was begun
        return await self._end(due, "sent", lambda c: sending.finish(c, due.outgoing, time.time()))

    async def _note_part(self, due: Due, number: int, vendor_id: str) -> None:
        await self._write(lambda c: sending.note_part(c, due.outgoing, number, vendor_id, time.time()))

    async def _finish(self, due: Due, number: int, vendor_id: str) -> Due | None:
        def work(connection: Connection) -> None:
            now = time.time()
            sending.note_part(connection, due.outgoing, number, vendor_id, now)
            sending.finish(connection, due.outgoing, now)

        return await self._end(due, "sent", work)

    async def _postpone(self, due: Due, postponed: Postponed) -> Due | None:
        attempts = due.outgoing.attempts
        if attempts >= MOST_ATTEMPTS:
            return await self._give_up(due, str(postponed))
        pause = min(_FIRST_PAUSE_S * 2 ** (attempts - 1), _LONGEST_PAUSE_S) * random.uniform(0.8, 1.2)  # noqa: S311
        until = time.time() + (postponed.after_s if postponed.after_s is not None else pause)
        log.warning(
            "sending_postponed", reason=str(postponed), attempts=attempts, seconds=round(until - time.time(), 1)
        )
        await self._write(lambda c: sending.postpone(c, due.outgoing, until, str(postponed)))
        self._metrics.count_sending(due.outgoing.channel, "postponed")
        return None

    async def _give_up(self, due: Due, fault: str, *, is_unknown: bool = False) -> Due | None:
        log.warning("sending_failed", reason=fault, is_unknown=is_unknown)
        end = "unknown" if is_unknown else "failed"
        return await self._end(due, end, lambda c: sending.give_up(c, due.outgoing, fault, is_unknown=is_unknown))

    async def _end(self, due: Due, end: str, note: Callable[[Connection], None]) -> Due | None:
        """Note what became of a row, and take the address's next one, in one transaction."""
        channel, address = due.outgoing.channel, str(due.outgoing.address)

        def work(connection: Connection) -> Due | None:
            note(connection)
            return sending.claim(connection, channel, address, time.time())

        following = await self._write(work)
        self._metrics.count_sending(channel, end)
        return following

    async def _write(self, work: Callable[[Connection], T]) -> T:
        """Note what happened however long the database is away: without it the message would be sent again."""
        pause = 0.1
        while True:
            try:
                return await self._share.write(work)
            except StoreUnavailable as error:
                log.warning("sending_waits_for_store", reason=str(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)
