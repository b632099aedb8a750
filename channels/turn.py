"""One turn: a stored message becomes replies, through Rasa, or an apology when Rasa cannot be had in time."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import structlog

from channels.door import Door, DoorFailed, Turned
from channels.wording import Wording
from saathi.conversations import Mode
from saathi.inbox import Pending
from saathi.messages import Offer, Outcome, Purpose, Reply

log = structlog.get_logger()

# The promise is an answer within 15 s of a message; what is left pays for storing and sending the apology.
ANSWER_WITHIN_S = 12.0
# A message that waited longer than that (the gateway itself was down) still gets one honest try.
SHORTEST_TRY_S = 2.5
LONGEST_TRY_S = 8.0
FIRST_PAUSE_S = 0.2


@dataclass(frozen=True, slots=True)
class Answered:
    """What a turn came to. `failure` is the cause of a failed attempt that the gateway must count, or None."""

    replies: list[Reply]
    outcome: Outcome
    turned: Turned | None = None
    failure: str | None = None
    milliseconds: dict[str, float] = field(default_factory=dict)

    @property
    def citations(self) -> tuple[str, ...]:
        """The addresses that the replies cite."""
        return tuple(citation["url"] for reply in self.replies for citation in reply.citations)

    @property
    def knowledge_version(self) -> str | None:
        """The version of the knowledge that the answer came from."""
        found = (_custom(reply).get("knowledge") for reply in (self.turned.replies if self.turned else []))
        return next((knowledge["version"] for knowledge in found if knowledge), None)


class Turn:
    """Answers messages one at a time; keeps nothing between two of them."""

    def __init__(self, door: Door, wording: Wording) -> None:
        self._door = door
        self._wording = wording

    async def answer(self, message: Pending, mode: Mode, failed_attempts: int) -> Answered:
        """The replies to a message. Never raises for a fault of Rasa: that is an apology."""
        if mode is Mode.HUMAN:
            return Answered([], Outcome.RELAYED)
        started = time.monotonic()
        turned = await self._ask(message, failed_attempts)
        spent = {"rasa": _milliseconds(started)}
        if turned is None:
            return self.apologise(message, spent=spent)
        spent |= turned.milliseconds
        replies = [reply for reply in (_read(reply, message) for reply in turned.replies) if reply.text or reply.card]
        if not replies:
            return self.apologise(message, "silent_turn", turned, spent)
        return Answered(replies, _find_outcome(turned), turned, milliseconds=spent)

    def apologise(
        self,
        message: Pending,
        failure: str = "failed_turn",
        turned: Turned | None = None,
        spent: dict[str, float] | None = None,
    ) -> Answered:
        """What the gateway says when a turn came to nothing."""
        apology = self._wording.reply("apology", message.language, Purpose.APOLOGY)
        return Answered([apology], Outcome.FAILED, turned, failure, spent or {})

    def hand_over(self, message: Pending) -> Reply:
        """What the gateway says when it hands a conversation to a person by itself."""
        return self._wording.reply("handoff", message.language, Purpose.REPLY)

    def ask_for_score(self, message: Pending) -> Reply:
        """The survey's question."""
        return self._wording.reply("survey", message.language, Purpose.SURVEY)

    async def _ask(self, message: Pending, failed_attempts: int) -> Turned | None:
        """Ask Rasa until it answers or the time is over; the door makes a second asking harmless."""
        deadline = max(message.received_at + ANSWER_WITHIN_S, time.time() + SHORTEST_TRY_S)
        pause = FIRST_PAUSE_S
        while (left := deadline - time.time()) > 0:
            try:
                return await self._door.take_turn(message, failed_attempts, min(left, LONGEST_TRY_S))
            except DoorFailed as failure:
                log.warning("turn_failed", reason=str(failure), seconds_left=round(left, 1))
            await asyncio.sleep(min(pause, max(deadline - time.time(), 0)))
            pause = min(pause * 2, 2.0)
        return None


def _read(reply: dict[str, Any], message: Pending) -> Reply:
    custom = _custom(reply)
    return Reply(
        text=reply.get("text") or "",
        language=message.language,
        offers=tuple(Offer(button["title"], button["payload"]) for button in reply.get("buttons") or []),
        card=custom.get("card"),
        citations=tuple(custom.get("citations") or ()),
    )


def _find_outcome(turned: Turned) -> Outcome:
    """The last outcome that an action named; a plain reply is an answer."""
    named = [custom["outcome"] for custom in map(_custom, turned.replies) if "outcome" in custom]
    return Outcome(named[-1]) if named else Outcome.ANSWERED


def _custom(reply: dict[str, Any]) -> dict[str, Any]:
    custom = reply.get("custom")
    return custom if isinstance(custom, dict) else {}


def _milliseconds(since: float) -> float:
    return round((time.monotonic() - since) * 1000, 2)
