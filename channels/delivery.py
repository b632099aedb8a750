"""Waking whoever waits for messages of a conversation: sockets, and calls of the API.

The outbox holds the messages; this only says that there is something to read. Within the process that is a queue, and
between gateways PostgreSQL's NOTIFY. A signal that is lost costs a few seconds: everybody also looks by themselves.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from enum import Enum, auto

import asyncpg
import structlog
from sqlalchemy import Connection, text

log = structlog.get_logger()

NOTIFY_CHANNEL = "saathi_outbox"
LOOK_EVERY_S = 5.0


class Signal(Enum):
    """What a listener is told."""

    TYPING = auto()
    MESSAGES = auto()


class Delivery:
    """The listeners of this process, by conversation."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Queue[Signal]]] = {}
        self._watchers: list[Callable[[], None]] = []

    def watch(self, call: Callable[[], None]) -> None:
        """Call this whenever any conversation has new messages."""
        self._watchers.append(call)

    @contextlib.contextmanager
    def listen(self, conversation: str) -> Iterator[asyncio.Queue[Signal]]:
        """A queue of the conversation's signals, for the length of the block."""
        queue: asyncio.Queue[Signal] = asyncio.Queue()
        self._listeners.setdefault(conversation, set()).add(queue)
        try:
            yield queue
        finally:
            listeners = self._listeners[conversation]
            listeners.discard(queue)
            if not listeners:
                del self._listeners[conversation]

    def tell(self, conversation: str, signal: Signal) -> None:
        """Tell this process's listeners."""
        for queue in self._listeners.get(conversation, ()):
            queue.put_nowait(signal)
        if signal is Signal.MESSAGES:
            for call in self._watchers:
                call()


async def wait_for(queue: asyncio.Queue[Signal]) -> Signal:
    """The next signal; after some seconds without one, a look at the outbox is due anyway."""
    try:
        # Not asyncio.wait_for: in Python 3.11 it loses a cancellation that comes with a signal.
        async with asyncio.timeout(LOOK_EVERY_S):
            return await queue.get()
    except TimeoutError:
        return Signal.MESSAGES


def notify(connection: Connection, conversation: str) -> None:
    """Tell the other gateways at commit, where the database can."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_notify(:channel, :id)"), {"channel": NOTIFY_CHANNEL, "id": conversation})


@contextlib.asynccontextmanager
async def hear_other_gateways(url: str, delivery: Delivery) -> AsyncIterator[None]:
    """Pass on what other gateways notify, for the length of the block; reconnects when the database was away."""
    listening = asyncio.create_task(_listen_forever(url.replace("+asyncpg", ""), delivery))
    try:
        yield
    finally:
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening


async def _listen_forever(url: str, delivery: Delivery) -> None:
    def pass_on(_connection: object, _pid: int, _channel: str, conversation: object) -> None:
        delivery.tell(str(conversation), Signal.MESSAGES)

    while True:
        connection: asyncpg.Connection | None = None
        try:
            connection = await asyncpg.connect(url, timeout=5)
            closed = asyncio.Event()
            connection.add_termination_listener(lambda _, closed=closed: closed.set())
            await connection.add_listener(NOTIFY_CHANNEL, pass_on)
            await closed.wait()
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            log.warning("notifications_unavailable", reason=str(error))
        finally:
            if connection is not None and not connection.is_closed():
                await connection.close(timeout=1)
        await asyncio.sleep(1)
