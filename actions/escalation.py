"""Counting what did not help and handing over at the limit: each in one transaction, once a message."""

import time
from collections.abc import Callable
from typing import Protocol

from sqlalchemy import Connection, select

from actions.turn import Turn
from saathi import attempts, handoffs
from saathi.store import Database
from saathi.store.tables import handoffs as handoff_rows


class Escalation(Protocol):
    """What actions need of the domain when they could not help. A repeated turn changes nothing and gets the same."""

    async def fail(self, turn: Turn, cause: str, solution: str) -> int | None:
        """Counts a failed attempt; `cause` as in `saathi.attempts`, `solution` is what was tried, for the person who
        takes over. The number of open attempts, or None when that was one too many and a person takes over."""
        ...

    async def close(self, turn: Turn) -> None:
        """Something helped: no attempt is open any more."""
        ...

    async def hand_over(self, turn: Turn) -> None:
        """The user asked for a person: queues the conversation for one."""
        ...


class StoreEscalation:
    """`Escalation` on the project's database. Raises `StoreUnavailable` when that is down."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def fail(self, turn: Turn, cause: str, solution: str) -> int | None:
        """See `Escalation`."""
        now = self._clock()

        def work(connection: Connection) -> int | None:
            count = attempts.add(connection, turn.conversation, turn.message, cause, solution, now)
            if count < attempts.LIMIT and not _was_handed_over(connection, turn.message):
                return count
            handoffs.open_handoff(connection, turn.conversation, turn.message, "failed_attempts", turn.slots, now)
            return None

        return await self._database.write(work)

    async def close(self, turn: Turn) -> None:
        """See `Escalation`."""
        await self._database.write(lambda connection: attempts.close(connection, turn.conversation))

    async def hand_over(self, turn: Turn) -> None:
        """See `Escalation`."""
        now = self._clock()

        def work(connection: Connection) -> None:
            handoffs.open_handoff(connection, turn.conversation, turn.message, "asked_for_human", turn.slots, now)

        await self._database.write(work)


def _was_handed_over(connection: Connection, message: str) -> bool:
    """Handing over closed the attempts, so a repeated turn cannot tell it from their count."""
    return connection.scalar(select(handoff_rows.c.message).where(handoff_rows.c.message == message)) is not None
