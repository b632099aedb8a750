"""Taking stored messages to their turns: conversations side by side, the messages of each in order of arrival."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from channels.delivery import Delivery, Signal, notify
from channels.metrics import Metrics
from channels.traces import Traces
from channels.turn import Answered, Turn
from saathi import attempts, choosing, closings, conversations, handoffs, inbox, merging, outbox, outcomes, surveys
from saathi.conversations import Mode
from saathi.escalation_policy import EscalationPolicy
from saathi.inbox import Pending
from saathi.messages import Incoming, Outcome, Reply
from saathi.outcomes import TurnOutcome
from saathi.store import Database, Share, StoreUnavailable
from saathi.tone import read_signs

log = structlog.get_logger()

SWEEP_EVERY_S = 1.0  # also how often leases are renewed: a third of their length
WRITES_AT_ONCE = 4  # of turns that begin or end: what is stored for the first time goes before them
SOLUTIONS = {"failed_turn": "the assistant did not answer in time", "silent_turn": "the assistant had no answer"}


@dataclass(frozen=True, slots=True)
class _Claimed:
    message: Pending
    mode: Mode
    failed_attempts: int


class Worker:
    """Accepts messages and sees to it that each is answered once, also those that another gateway left behind.

    Turns that came to nothing go to a person by the committed policy unless another is given.
    """

    def __init__(
        self,
        database: Database,
        turn: Turn,
        delivery: Delivery,
        metrics: Metrics,
        policy: EscalationPolicy | None = None,
        traces: Traces | None = None,
    ) -> None:
        self._traces = traces
        self._policy = policy or EscalationPolicy.load()
        self._database = database
        self._share = Share(database, WRITES_AT_ONCE)
        self._turn = turn
        self._delivery = delivery
        self._metrics = metrics
        self._owner = uuid.uuid4().hex
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._is_stopping = False

    async def accept(self, incoming: Incoming) -> None:
        """Store a message once and begin its turn; a message that is known already changes nothing.

        Raises:
            StoreUnavailable: it is not stored; the sender must send it again.
        """
        is_new = await self._database.write(lambda c: inbox.store(c, incoming, time.time())) is not None
        self._metrics.count_message(incoming.channel, is_new=is_new)
        if is_new:
            self.wake(incoming.conversation)

    def wake(self, conversation: str) -> None:
        """Have the conversation's messages handled, unless that is under way here or this gateway is stopping."""
        if self._is_stopping:
            return
        if conversation in self._running:
            self._again.add(conversation)
            return
        task = asyncio.create_task(self._handle_all(conversation))
        self._running[conversation] = task
        task.add_done_callback(lambda _: self._leave(conversation))

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Look after leases and forgotten messages for the length of the block; then stop all turns."""
        sweeping = asyncio.create_task(self._sweep_forever())
        try:
            yield
        finally:
            self._is_stopping = True  # a turn that is cancelled must not be followed by the next one
            tasks = [sweeping, *self._running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _leave(self, conversation: str) -> None:
        del self._running[conversation]
        if conversation in self._again:
            self._again.discard(conversation)
            self.wake(conversation)

    async def _sweep_forever(self) -> None:
        while True:
            try:
                if self._running:
                    await self._renew(list(self._running))
                waiting = await self._database.read(lambda c: inbox.find_waiting(c, time.time()))
                for conversation in set(waiting) - self._running.keys():
                    self.wake(conversation)
            except StoreUnavailable as error:
                log.warning("store_unavailable", reason=str(error))
            await asyncio.sleep(SWEEP_EVERY_S)

    async def _renew(self, handled: list[str]) -> None:
        await self._database.write(lambda c: conversations.renew(c, handled, self._owner, time.time()))

    async def _handle_all(self, conversation: str) -> None:
        try:
            claimed = await self._share.write(lambda c: self._claim(c, conversation))
            while claimed is not None:
                claimed = await self._handle(claimed)
        except StoreUnavailable as error:  # the sweep comes back to it
            log.warning("store_unavailable", reason=str(error))
        except Exception:
            log.exception("turn_broke")

    async def _handle(self, claimed: _Claimed) -> _Claimed | None:
        message = claimed.message
        with structlog.contextvars.bound_contextvars(turn=message.id):
            answered = await self._take_turn(claimed) if message.prepared is None else None
            following = await self._finish_surely(message, answered)
            self._delivery.tell(message.conversation, Signal.MESSAGES)
            return following

    async def _take_turn(self, claimed: _Claimed) -> Answered:
        message = claimed.message
        self._delivery.tell(message.conversation, Signal.TYPING)
        queued = (time.time() - message.received_at) * 1000
        try:
            answered = await self._turn.answer(message, claimed.mode, claimed.failed_attempts)
        except Exception:  # the message must not come back for ever and hold up those behind it
            log.exception("turn_broke")
            answered = self._turn.apologise(message)
        answered.milliseconds["queue"] = round(queued, 2)
        if self._traces is not None:
            self._traces.keep(message, answered)
        return answered

    async def _finish_surely(self, message: Pending, answered: Answered | None) -> _Claimed | None:
        """Store the answer however long the database is away: it is the only thing left to do for this message."""
        pause = 0.1
        while True:
            try:
                outcome, following = await self._share.write(lambda c: self._finish(c, message, answered))
            except StoreUnavailable as error:
                log.warning("answer_waits_for_store", reason=str(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
                continue
            if outcome is not None:
                self._metrics.count_turn(outcome)
                log.info("turn_done", outcome=outcome.outcome.value, intent=outcome.intent, **outcome.milliseconds)
            return following

    def _claim(self, connection: Connection, conversation: str) -> _Claimed | None:
        mode = conversations.claim(connection, conversation, self._owner, time.time())
        if mode is None:
            return None
        message = inbox.find_next(connection, conversation)
        if message is None:
            conversations.release(connection, conversation, self._owner)
            return None
        return _Claimed(choosing.resolve(connection, message), mode, attempts.count(connection, conversation))

    def _finish(
        self, connection: Connection, message: Pending, answered: Answered | None
    ) -> tuple[TurnOutcome | None, _Claimed | None]:
        """Store a turn's replies and its outcome, or the prepared replies of a message without one, and take the next
        message, in one transaction."""
        now = time.time()
        # Given back before the look for the next one, and held as a row until the transaction ends: a gateway that has
        # stored a message meanwhile either is seen here or gets the lease.
        if not conversations.release(connection, message.conversation, self._owner):
            return None, None  # the lease ran out; who took it over asks the door, and gets the same answer
        outcome = None
        if inbox.mark_done(connection, message.id):
            if answered is not None:
                outcome = self._end_turn(connection, message, answered, now)
            else:
                _tell(connection, message, [*(message.prepared or ())], now)
            if message.address is None:  # what goes to an address is sent by this very gateway
                notify(connection, message.conversation)
        merging.follow(connection, message.conversation, message.channel, message.address, now)
        return outcome, self._claim_next(connection, message.conversation)

    def _end_turn(self, connection: Connection, message: Pending, answered: Answered, now: float) -> TurnOutcome:
        replies, result = answered.replies, answered.outcome
        if self._count_failure(connection, message, answered, now):
            replies, result = [*replies, self._turn.hand_over(message)], Outcome.HANDED_OVER
        turned = answered.turned
        if turned and surveys.ask_if_due(connection, message, turned.intent, turned.slots, now):
            replies = [*replies, self._turn.ask_for_score(message)]
        _tell(connection, message, replies, now)
        outcome = self._describe(connection, message, answered, result, now)
        outcomes.record(connection, outcome)
        if turned:
            closings.close_chat(connection, message, turned.intent, turned.slots, now)
        return outcome

    def _claim_next(self, connection: Connection, conversation: str) -> _Claimed | None:
        if inbox.find_next(connection, conversation) is None:
            return None
        return self._claim(connection, conversation)

    def _count_failure(self, connection: Connection, message: Pending, answered: Answered, now: float) -> bool:
        """Count a failed or silent turn; True when it was one too many and the conversation was handed over."""
        if answered.failure is None:
            return False
        solution = SOLUTIONS[answered.failure]
        failed = attempts.add(connection, message.conversation, message.id, answered.failure, solution, now)
        intent, sentiment = (answered.turned.intent, answered.turned.sentiment) if answered.turned else (None, None)
        most = self._policy.frustration.lasts
        recent = read_signs(connection, message.conversation, message.id, message.text, sentiment, most)
        reason = self._policy.decide(intent, message.channel, failed, recent)
        if reason is None:
            return False
        slots = {"language": message.language, "failed_attempts": failed}
        cause = handoffs.Cause(reason, intent)
        opened = handoffs.open_handoff(connection, self._policy, message.conversation, message.id, cause, slots, now)
        return opened.state is handoffs.State.OPENED

    def _describe(
        self, connection: Connection, message: Pending, answered: Answered, outcome: Outcome, now: float
    ) -> TurnOutcome:
        turned = answered.turned
        return TurnOutcome(
            turn=message.id,
            at=now,
            partner=message.pseudonym,
            channel=message.channel,
            language=message.language,
            outcome=outcome,
            failed_attempts=attempts.count(connection, message.conversation),
            milliseconds={**answered.milliseconds, "total": round((now - message.received_at) * 1000, 2)},
            route=">".join(turned.actions)[:128] if turned else answered.failure or "relay",
            intent=turned.intent if turned else None,
            confidence=turned.confidence if turned else None,
            citations=answered.citations,
            model=turned.model if turned else None,
            knowledge=answered.knowledge_version,
            sentiment=turned.sentiment if turned else None,
        )


def _tell(connection: Connection, message: Pending, replies: list[Reply], now: float) -> None:
    answers = message.id if message.text else None  # a notice answers nothing
    outbox.add(connection, message.conversation, message.channel, replies, now, answers, message.address)
