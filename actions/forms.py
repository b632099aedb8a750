"""What all forms do alike: how they read a turn, ask again, go on after an interruption, and are left."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import Escalation
from actions.replies import say_or_hand_over
from actions.turn import Turn
from language import normalise, to_latin

DONE = SlotSet("requested_slot", None)
Events = tuple[EventType, ...]
# What says nothing to a form, unless the form itself reads more in it: it asks its question again.
EMPTY = frozenset({"greet", "affirm", "repeat_answer", "choose_option", "correct_value", "go_back", "start_again"})

_NOT_HELPFUL = "action_not_helpful"
_SURE = 0.8  # confidence from which what did not help is no question
_ASKS = re.compile(
    r"(?:what|how|when|why|which|who|where|can i|do i|is it|kya|kaise|kab|kyu|kyun|kyon|kaun|kitna|kitne|kahan)\b"
)

_ASKING = re.compile(r"\b(?:what|how|when|why|which|kya|kaise|kab|kyu|kyun|kyon|kaun|kitna|kitni|kitne|kahan)\b")
_TAKES_BACK = re.compile(
    r"(?:no|nahi|nahin|nhi|nai|not|galat|galti se|sorry|wrong|oops|correction|actually|i mean|i meant|mera matlab)\b"
    r"[\s,.]*\w+|(?:wait|hold on|ruko|rukiye|ek min)\s*[,.!]\s*\w+"
)
# What a correction begins with, and what says no more than that it is one: no part of the value.
_LEAD_IN = re.compile(
    r"(?:(?:no|nahi|nahin|nhi|नहीं|sorry|wrong|oops|oh|correction|actually|i mean|i meant|mera matlab|wait|hold on|ruko|"
    r"rukiye|रुको|रुकिए|ek min|arre|अरे)(?!\w)[\s,.!]*)+",
    re.IGNORECASE,
)
_NOT = re.compile(r"(?<!\w)(not|instead of|nahi|nahin|nhi|ki jagah|नहीं)(?!\w)", re.IGNORECASE)
_BUT = re.compile(r"\b(?:but|balki|bulki)\b", re.IGNORECASE)


class LeaveForm(Action):
    """Ends a form and forgets what it had; says nothing. `forget` empties the form's slots."""

    def __init__(self, name: str, forget: Events) -> None:
        self._name = name
        self._forget = forget

    def name(self) -> str:
        """The action's name in the domain."""
        return self._name

    async def run(
        self,
        dispatcher: CollectingDispatcher,  # noqa: ARG002
        tracker: Tracker,  # noqa: ARG002
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        return [*self._forget, ActiveLoop(None), DONE]


def resume(tracker: Tracker, forget: Events) -> list[EventType]:
    """Back from what interrupted the form: the same question again, unless a person has taken over meanwhile."""
    if was_handed_over(tracker):
        return [*forget, DONE]
    return [SlotSet("requested_slot", tracker.slots.get("requested_slot"))]


async def miss(
    dispatcher: CollectingDispatcher,
    escalation: Escalation,
    turn: Turn,
    requested: str | None,
    *,
    solution: str,
    response: str,
    forget: Events,
) -> list[EventType]:
    """Nothing that answers: `response` and the question again, or the form ends since a person takes over."""
    count = await escalation.fail(turn, "unclear", solution)
    said = say_or_hand_over(dispatcher, count, response, "clarified")
    return [*said, SlotSet("requested_slot", requested)] if isinstance(count, int) else [*said, *forget, DONE]


def mark_unfinished(dispatcher: CollectingDispatcher) -> None:
    """The outcome of the turn, not of the question that the form asks after it: that one also ends a turn in which
    something was answered."""
    dispatcher.utter_message(json_message={"outcome": "clarified"})


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


def entity_of(tracker: Tracker, kind: str, part: str | None = None) -> str:
    """The first entity of that kind in the message, as written; "" without one. Of several, one in `part` of the
    message goes first."""
    message = tracker.latest_message
    text = str(message.get("text") or "")
    found = [text[e["start"] : e["end"]] for e in message.get("entities") or [] if e.get("entity") == kind]
    return next((said for said in found if part and said in part), found[0] if found else "")


def entities_of(tracker: Tracker, kind: str) -> list[str]:
    """Every entity of that kind in the message, as written."""
    text = str(tracker.latest_message.get("text") or "")
    found = (e for e in tracker.latest_message.get("entities") or [] if e.get("entity") == kind)
    return [text[e["start"] : e["end"]] for e in found if "start" in e]


def is_question(text: str) -> bool:
    """Whether a message asks: by its mark, or by the word it begins with."""
    return text.rstrip().endswith("?") or bool(_ASKS.match(to_latin(normalise(text)).lower()))


def asks_anywhere(text: str) -> bool:
    """Whether a message has a question's word anywhere; too much for a story that is told, right beside figures."""
    return is_question(text) or bool(_ASKING.search(to_latin(normalise(text)).lower()))


def confidence_of(tracker: Tracker) -> float:
    """How likely the message's intent is, from 0 to 1."""
    return float((tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)


def is_surely_unhelped(action: str, tracker: Tracker) -> bool:
    """Whether an action runs since an answer did not help, and the message says so too surely to be a question."""
    return action == _NOT_HELPFUL and confidence_of(tracker) >= _SURE


def is_correction(text: str) -> bool:
    """Whether a message takes back what was said: it begins so, and says something else."""
    return bool(_TAKES_BACK.match(to_latin(normalise(text)).lower()))


def corrected(text: str) -> str:
    """The part of a correction that holds ("12" of "12 not 10" and of "10 nahi 12", "August" of "no wait, August, not
    July"); the text itself when unclear."""
    lead_in = _LEAD_IN.match(text)
    rest = text[lead_in.end() :] if lead_in else text
    before, negation, after = _NOT.split(f"{rest} ", maxsplit=1) if _NOT.search(rest) else (rest, "", "")
    if not negation:
        return rest or text
    if turned := _BUT.split(after, maxsplit=1)[1:]:
        return turned[0]
    figures = [any(character.isdigit() for character in part) for part in (before, after)]
    says = figures if any(figures) else [any(character.isalpha() for character in part) for part in (before, after)]
    if negation.lower() in {"not", "instead of"}:
        return before if says[0] else after or text
    return after if says[1] else before or text
