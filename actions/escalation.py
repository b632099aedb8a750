"""Counting what did not help and handing over at the limit: each in one transaction, once a message."""

import time
from collections.abc import Callable
from typing import Protocol

from sqlalchemy import Connection

from actions.turn import Turn
from saathi import attempts, handoffs
from saathi.handoffs import Handoff
from saathi.store import Database


class Escalation(Protocol):
    """What actions need of the domain when they could not help. A repeated turn changes nothing and gets the same."""

    async def fail(self, turn: Turn, cause: str, solution: str) -> int | Handoff:
        """Counts a failed attempt; `cause` as in `saathi.attempts`, `solution` is what was tried, for the person who
        takes over. The number of open attempts, or the handoff when that was one too many."""
        ...

    async def close(self, turn: Turn) -> None:
        """Something helped: no attempt is open any more."""
        ...

    async def hand_over(self, turn: Turn) -> Handoff:
        """The user asked for a person: queues the conversation for one."""
        ...


class StoreEscalation:
    """`Escalation` on the project's database. Raises `StoreUnavailable` when that is down."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def fail(self, turn: Turn, cause: str, solution: str) -> int | Handoff:
        """See `Escalation`."""
        now = self._clock()

        def work(connection: Connection) -> int | Handoff:
            count = attempts.add(connection, turn.conversation, turn.message, cause, solution, now)
            if count < attempts.LIMIT and not handoffs.was_opened_by(connection, turn.message):
                return count
            return _open(connection, turn, "failed_attempts", now)

        return await self._database.write(work)

    async def close(self, turn: Turn) -> None:
        """See `Escalation`."""
        await self._database.write(lambda connection: attempts.close(connection, turn.conversation))

    async def hand_over(self, turn: Turn) -> Handoff:
        """See `Escalation`."""
        now = self._clock()
        return await self._database.write(lambda connection: _open(connection, turn, "asked_for_human", now))


def _open(connection: Connection, turn: Turn, reason: str, now: float) -> Handoff:
    return handoffs.open_handoff(connection, turn.conversation, turn.message, reason, turn.slots, now)
