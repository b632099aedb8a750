"""Counting what did not help and handing over where the policy says so: each in one transaction, once a message."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sqlalchemy import Connection

from actions.turn import Turn
from saathi import attempts, handoffs
from saathi.clock import date_in_india
from saathi.escalation_policy import EscalationPolicy, Reason
from saathi.handoffs import Cause, Handoff
from saathi.named import NamedReader
from saathi.store import Database
from saathi.tone import read_signs


class Escalation(Protocol):
    """What actions need of the domain when they could not help. A repeated turn changes nothing and gets the same."""

    async def fail(self, turn: Turn, cause: str, solution: str) -> int | Handoff:
        """Counts a failed attempt; `cause` as in `saathi.attempts`, `solution` is what was tried, for the person who
        takes over. The number of open attempts, or the handoff when that was one too many."""
        ...

    async def note(self, turn: Turn, solution: str) -> None:
        """Remembers a look-up that did not fail ("checked payout history", at most 200 characters) for the person who
        may take over; it counts no attempt."""
        ...

    async def close(self, turn: Turn) -> None:
        """Something helped: no attempt is open any more."""
        ...

    async def hand_over(self, turn: Turn, reason: str | None = None, slots: Mapping[str, Any] | None = None) -> Handoff:
        """Queues the conversation for a person. `reason` is one of `Reason`; without it the intent says it: a topic
        that goes at once, or else the user's wish. `slots` are added to those of the packet."""
        ...


class StoreEscalation:
    """`Escalation` on the project's database, by the committed policy unless another is given.

    Raises `StoreUnavailable` when the database is down, `FileFault` when the policy cannot be read.
    """

    def __init__(
        self, database: Database, clock: Callable[[], float] = time.time, policy: EscalationPolicy | None = None
    ) -> None:
        self._named = NamedReader.load()
        self._database = database
        self._clock = clock
        self._policy = policy or EscalationPolicy.load()

    async def fail(self, turn: Turn, cause: str, solution: str) -> int | Handoff:
        """See `Escalation`."""
        now = self._clock()

        def work(connection: Connection) -> int | Handoff:
            count = attempts.add(connection, turn.conversation, turn.message, cause, solution, now)
            reason = handoffs.find_reason(connection, turn.message) or self._decide(connection, turn, count)
            return count if reason is None else self._open(connection, turn, reason, turn.slots, now)

        return await self._database.write(work)

    async def note(self, turn: Turn, solution: str) -> None:
        """See `Escalation`."""
        now = self._clock()
        await self._database.write(lambda c: attempts.note(c, turn.conversation, turn.message, solution, now))

    async def close(self, turn: Turn) -> None:
        """See `Escalation`."""
        await self._database.write(lambda connection: attempts.close(connection, turn.conversation))

    async def hand_over(self, turn: Turn, reason: str | None = None, slots: Mapping[str, Any] | None = None) -> Handoff:
        """See `Escalation`."""
        now, packed = self._clock(), {**turn.slots, **(slots or {})}
        why = Reason(reason) if reason else self._policy.find_reason(turn.intent)
        return await self._database.write(lambda connection: self._open(connection, turn, why, packed, now))

    def _decide(self, connection: Connection, turn: Turn, count: int) -> Reason | None:
        most = self._policy.frustration.lasts
        recent = read_signs(connection, turn.conversation, turn.message, turn.text, turn.sentiment, most)
        return self._policy.decide(turn.intent, turn.channel, count, recent)

    def _open(self, connection: Connection, turn: Turn, reason: Reason, slots: dict[str, Any], now: float) -> Handoff:
        cause, today = Cause(reason, turn.intent), date_in_india(now)
        return handoffs.open_handoff(
            connection, self._policy, turn.conversation, turn.message, cause, self._named.read(slots, today), now
        )
