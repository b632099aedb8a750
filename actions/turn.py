"""What an action reads of the turn it runs in, and the payload that its reply carries (docs/architecture.md)."""

from dataclasses import dataclass
from typing import Any, Literal, cast

from rasa_sdk import Tracker

from language import Language

KEPT_S = 1800.0  # as long as an answer is gone on from
_TOLD = ("context", "calculated", "leads_spoken", "payouts_spoken")  # slots that keep when something was told
Outcome = Literal["answered", "refused", "clarified", "handed_over"]


class BadCall(Exception):
    """Rasa's call lacks what every turn has; the message names it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. `message` is the idempotency key of everything that is written in it; `sentiment` is how the message
    sounded, in [-1, 1], None where nothing was typed."""

    conversation: str
    message: str
    text: str
    language: Language
    failed_attempts: int
    slots: dict[str, Any]
    intent: str | None = None
    channel: str = ""
    sentiment: float | None = None

    @classmethod
    def read(cls, tracker: Tracker) -> "Turn":
        """The turn of that tracker. Raises `BadCall` when it has no conversation or message id."""
        message = tracker.latest_message.get("message_id")
        if not tracker.sender_id or not message:
            raise BadCall("sender_id and latest_message.message_id are needed")
        language = tracker.slots.get("language")
        metadata, sentiment = tracker.latest_message.get("metadata") or {}, tracker.latest_message.get("sentiment")
        return cls(
            conversation=str(tracker.sender_id),
            message=str(message),
            text=str(tracker.latest_message.get("text") or ""),
            language=cast("Language", language) if language in {"en", "hi", "hinglish"} else "en",
            failed_attempts=int(tracker.slots.get("failed_attempts") or 0),
            slots={name: value for name, value in tracker.slots.items() if value is not None},
            intent=(tracker.latest_message.get("intent") or {}).get("name"),
            channel=str(metadata.get("channel") or ""),
            sentiment=float(sentiment) if isinstance(sentiment, int | float) else None,
        )

    def is_last_told(self, at: float, slot: str = "") -> bool:
        """Whether nothing was told after a time (seconds since the epoch), beside what `slot` keeps."""
        others = (self.slots.get(name) or {} for name in _TOLD if name != slot)
        return all(float(other.get("at") or 0.0) <= at for other in others)


def payload(outcome: Outcome, **content: Any) -> dict[str, Any]:
    """The reply's `custom`: the outcome, and what else the reply carries (`card`, `citations`, `knowledge`)."""
    return {"card": None, "citations": [], "knowledge": None, **content, "outcome": outcome}
