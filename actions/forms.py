"""What the validating actions of all forms read of a turn."""

import re

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions.turn import Turn
from language import normalise, to_latin

# What says nothing to a form, unless the form itself reads more in it: it asks its question again.
EMPTY = frozenset({"greet", "affirm", "repeat_answer", "choose_option", "correct_value", "go_back", "start_again"})

_ASKS = re.compile(
    r"(?:what|how|when|why|which|who|where|can i|do i|is it|kya|kaise|kab|kyu|kyun|kyon|kaun|kitna|kitne|kahan)\b"
)

_ASKING = re.compile(r"\b(?:what|how|when|why|which|kya|kaise|kab|kyu|kyun|kyon|kaun|kitna|kitni|kitne|kahan)\b")
_TAKES_BACK = re.compile(
    r"(?:no|nahi|nahin|nhi|nai|not|galat|galti se|sorry|wrong|oops|correction|actually|i mean|i meant|mera matlab)\b"
    r"[\s,.]*\w+"
)
_NOT = re.compile(r"\b(not|instead of|nahi|nahin|nhi|ki jagah)\b", re.IGNORECASE)


def intent_of(tracker: Tracker) -> str:
    """The intent of the message; "" without one."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def is_back(tracker: Tracker, form: str) -> bool:
    """True after an interruption: the form had rejected to run in this turn, a rule answered, and it goes on."""
    rejected = (event.get("name") for event in tracker.events if event.get("event") == "action_execution_rejected")
    return form in rejected


def ask_again(turn: Turn, requested: str | None) -> list[EventType]:
    """The form's last question once more. Some slot has to be set: a form goes on only then."""
    return [SlotSet("failed_attempts", turn.failed_attempts), SlotSet("requested_slot", requested)]


def was_handed_over(tracker: Tracker) -> bool:
    """True when a person took over in this turn."""
    said = [(event.get("data") or {}).get("custom") or {} for event in tracker.events if event.get("event") == "bot"]
    return any(custom.get("outcome") == "handed_over" for custom in said)


def entity_of(tracker: Tracker, kind: str) -> str:
    """The first entity of that kind in the message, as written; "" without one."""
    message = tracker.latest_message
    text = str(message.get("text") or "")
    found = (entity for entity in message.get("entities") or [] if entity.get("entity") == kind)
    return next((text[entity["start"] : entity["end"]] for entity in found), "")


def is_question(text: str) -> bool:
    """Whether a message asks: by its mark, or by the word it begins with."""
    return text.rstrip().endswith("?") or bool(_ASKS.match(to_latin(normalise(text)).lower()))


def asks_anywhere(text: str) -> bool:
    """Whether a message has a question's word anywhere; too much for a story that is told, right beside figures."""
    return is_question(text) or bool(_ASKING.search(to_latin(normalise(text)).lower()))


def confidence_of(tracker: Tracker) -> float:
    """How likely the message's intent is, from 0 to 1."""
    return float((tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)


def is_correction(text: str) -> bool:
    """Whether a message takes back what was said: it begins so, and says something else."""
    return bool(_TAKES_BACK.match(to_latin(normalise(text)).lower()))


def corrected(text: str) -> str:
    """The part of a correction that holds ("12" of "12 not 10" and of "10 nahi 12"); the text itself when unclear."""
    before, negation, after = _NOT.split(f"{text} ", maxsplit=1) if _NOT.search(text) else (text, "", "")
    if not negation:
        return text
    says = [any(character.isdigit() for character in part) for part in (before, after)]
    if negation.lower() in {"not", "instead of"}:
        return before if says[0] else after or text
    return after if says[1] else before or text
