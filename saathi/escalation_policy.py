"""When a conversation goes to a person: the rules of `data/escalation.yml`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from saathi.located import read_located

ROOT = Path(__file__).resolve().parent.parent
POLICY = ROOT / "data" / "escalation.yml"
CHANNELS = ("inapp", "whatsapp", "telegram", "ivr", "api")


class Reason(StrEnum):
    """Why a person takes over."""

    ASKED_FOR_HUMAN = "asked_for_human"
    FAILED_ATTEMPTS = "failed_attempts"
    TOPIC = "topic"
    FRUSTRATION = "frustration"
    COMPLAINT = "complaint"
    DISPUTE = "dispute"


class Priority(StrEnum):
    """How urgent a handoff is, from the least on."""

    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


_HAND_OVER = "action_hand_over"
RANKS = {priority: rank for rank, priority in enumerate(Priority)}
_Count = Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class Signs:
    """How one message was said. `sentiment` is in [-1, 1], None where nothing was typed; `capitals` is their share of
    the letters, 0 in a short message; `is_repeated`: the same words as shortly before."""

    sentiment: float | None = None
    capitals: float = 0.0
    is_repeated: bool = False


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tones(_Part):
    """Signs of which one is enough; what is left out is no sign."""

    sentiment: float | None = Field(None, ge=-1, le=1)
    capitals: float | None = Field(None, gt=0, le=1)
    repeated: bool = False

    def show_in(self, signs: Signs) -> bool:
        """True when a message was said in one of these tones."""
        return (
            (self.sentiment is not None and signs.sentiment is not None and signs.sentiment <= self.sentiment)
            or (self.capitals is not None and signs.capitals >= self.capitals)
            or (self.repeated and signs.is_repeated)
        )


class Attempts(_Part):
    """How many attempts that did not help are one too many."""

    default: _Count
    topics: dict[str, _Count] = {}
    channels: dict[str, _Count] = {}


class AtOnce(_Part):
    """What does not wait for attempts."""

    topics: tuple[str, ...] = ()
    tones: Tones = Tones()


class Frustration(_Part):
    """What shows it, by how much it lowers the bar, and for how many messages, the frustrated one included."""

    signs: Tones = Tones()
    fewer_attempts: int = Field(1, ge=0)
    lasts: _Count = 1


class Priorities(_Part):
    """How urgent a handoff is."""

    default: Priority = Priority.NORMAL
    reasons: dict[Reason, Priority] = {}
    topics: dict[str, Priority] = {}


class Responses(_Part):
    """Which response tells the user."""

    default: str
    waiting: str
    reasons: dict[Reason, str] = {}
    topics: dict[str, str] = {}


class EscalationPolicy(_Part):
    """The whole file."""

    attempts: Attempts
    at_once: AtOnce = AtOnce()
    frustration: Frustration = Frustration()
    priority: Priorities = Priorities()
    responses: Responses

    @classmethod
    def load(cls, path: Path = POLICY) -> "EscalationPolicy":
        """Read the policy. Raises `FileFault`, which names file, line and remedy."""
        return read_located(path, cls).content

    def decide(self, intent: str | None, channel: str, attempts: int, recent: Sequence[Signs]) -> Reason | None:
        """Why the conversation has to go to a person now, or None while it stays.

        Args:
            attempts: open attempts that did not help, this message's included; 0 when it was helped.
            recent: the signs of this message and of those before it, latest first.
        """
        if intent in self.at_once.topics:
            return Reason.TOPIC
        if attempts == 0:
            return None
        bar = self.attempts.topics.get(intent or "", self.attempts.channels.get(channel, self.attempts.default))
        if attempts >= bar:
            return Reason.FAILED_ATTEMPTS
        is_frustrated = any(self.frustration.signs.show_in(signs) for signs in recent[: self.frustration.lasts])
        lowered = max(1, bar - self.frustration.fewer_attempts) if is_frustrated else bar
        goes_at_once = any(self.at_once.tones.show_in(signs) for signs in recent[:1])
        return Reason.FRUSTRATION if goes_at_once or attempts >= lowered else None

    def find_reason(self, intent: str | None) -> Reason:
        """Why a person is called for by a story: a topic that goes at once, or else the user's wish."""
        return Reason.TOPIC if intent in self.at_once.topics else Reason.ASKED_FOR_HUMAN

    def rate(self, reason: Reason, intent: str | None) -> Priority:
        """How urgent a handoff for this reason, on this topic, is."""
        fitting = (
            self.priority.default,
            self.priority.reasons.get(reason, Priority.NORMAL),
            self.priority.topics.get(intent or "", Priority.NORMAL),
        )
        return max(fitting, key=RANKS.__getitem__)

    def find_response(self, reason: Reason, intent: str | None) -> str:
        """The response that tells of a handoff for this reason, on this topic."""
        by_reason = self.responses.reasons.get(reason, self.responses.default)
        return self.responses.topics.get(intent or "", by_reason)
