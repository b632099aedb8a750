"""What a person has to take up, told piece by piece: `validate_report_form` asks, `action_hand_over_report` hands it
on, `action_leave_report` forgets it."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import Escalation
from actions.forms import (
    DONE,
    EMPTY,
    Events,
    LeaveForm,
    ask_again,
    confidence_of,
    corrected,
    entity_of,
    is_back,
    is_correction,
    is_question,
    mark_unfinished,
    miss,
    resume,
)
from actions.replies import say_handed_over
from actions.tickets import Tickets
from actions.turn import Turn
from saathi.reports import Kind, correct, fill, find_kind, is_answer, says_when, write_summary

_FORGET: Events = (SlotSet("report", None), SlotSet("report_values", None))
_SHORT = 6  # words of most orders and wishes; what is longer has to be meant for certain
_LIKELY, _CERTAIN = 0.5, 0.9
# A story of a helpline sounds like it, too; a person reads the report in any case.
_PERSONS = frozenset({"ask_human"})
# Never an answer, whatever is asked for.
_ORDERS = frozenset({"cancel", "report_fraud", "change_language"})
# No answer either when they are meant for sure: a story about a customer may sound like any of them.
_OTHER_WISHES = frozenset(
    {"deny", "thank", "goodbye", "ask_identity", "ask_capabilities", "choose_calculator", "calculate_emi"}
    | {"calculate_surrender_value", "calculate_tax_saved", "calculate_tds", "update_kyc", "update_bank_details"}
    | {"set_reminder", "list_reminders", "change_lead", "undo_change"}
)
# "no, August" corrects, "no, I do not want this" does not: a no of these needs something to put in the place.
_PLAIN_NO = frozenset({"deny", "cancel"})

# What was said last may be told as a correction or a choice; the rest of what says nothing to a form says nothing here.
_SAYING_NOTHING = EMPTY - {"correct_value", "choose_option"}


def list_report_actions(escalation: Escalation, tickets: Tickets) -> list[Action]:
    """The three actions."""
    return [TakeDown(escalation), HandOverReport(escalation, tickets), LeaveForm("action_leave_report", _FORGET)]


class TakeDown(Action):
    """Rasa's validation of the form. It keeps what was told and names the next missing part in `requested_slot`; None
    ends the form. No event at all lets the rules answer what was no part of it."""

    def __init__(self, escalation: Escalation) -> None:
        self._escalation = escalation

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_report_form"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        if is_back(tracker, "report_form"):
            return resume(tracker, _FORGET)
        turn = Turn.read(tracker)
        current, begun = find_kind(tracker.slots.get("report")), find_kind(turn.intent)
        if begun is not None and current is None:
            told = _told(tracker) if not turn.text.startswith("/") else _told_before(tracker)
            return _ask(dispatcher, begun, fill(begun, {}, turn.text, told, asked=None))
        if current is None:
            return [*_FORGET, DONE]
        return await self._go_on(dispatcher, tracker, turn, current, str(tracker.slots.get("requested_slot")))

    async def _go_on(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, kind: Kind, requested: str
    ) -> list[EventType]:
        intent, values, told = turn.intent, dict(tracker.slots.get("report_values") or {}), _told(tracker)
        takes_back = is_correction(turn.text) and (intent not in _PLAIN_NO or _has_value(turn.text, told))
        if says_when(requested, turn.text, told) and not takes_back:
            return _ask(dispatcher, kind, fill(kind, values, turn.text, told, asked=requested))
        if intent in {"go_back", "start_again"} and confidence_of(tracker) > _LIKELY:
            return _ask(dispatcher, kind, _without_last(kind, values) if intent == "go_back" else {})
        if values and takes_back:
            kept = corrected(turn.text)
            return _ask(dispatcher, kind, correct(kind, values, kept, _told(tracker, kept)))
        if _is_interruption(turn, tracker):
            return ask_again(turn, requested) if intent in EMPTY else []
        if not is_answer(requested, turn.text):
            return await miss(
                dispatcher,
                self._escalation,
                turn,
                requested,
                solution="asked for the details of a report",
                response="utter_reports_unclear",
                forget=_FORGET,
            )
        return _ask(dispatcher, kind, fill(kind, values, turn.text, told, asked=requested))


class HandOverReport(Action):
    """Says what was noted (`utter_complaints_taken`, `utter_commission_disputed`), opens a ticket, whose number it says
    (`utter_complaints_number`), and hands it to a person."""

    def __init__(self, escalation: Escalation, tickets: Tickets) -> None:
        self._escalation = escalation
        self._tickets = tickets

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_hand_over_report"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        kind = find_kind(tracker.slots.get("report"))
        if kind is None:  # a person has it already, or it was left
            return []
        turn, values = Turn.read(tracker), dict(tracker.slots.get("report_values") or {})
        summary = write_summary(kind, values)
        number = await self._tickets.open(turn, kind.name, summary, values.get("sale", ""))
        opened = await self._escalation.hand_over(turn, reason=kind.name)
        dispatcher.utter_message(response=kind.response, summary=summary)
        if number is not None:
            dispatcher.utter_message(response="utter_complaints_number", number=number)
        return [*say_handed_over(dispatcher, opened), *_FORGET]


def _is_interruption(turn: Turn, tracker: Tracker) -> bool:
    """Whether a message is about something else than what was asked for. A story of some length is the report itself,
    whatever it sounds like, unless it asks, or wants a person."""
    if turn.intent == "threaten_legal" or is_question(turn.text):
        return True
    is_no = turn.intent in _PLAIN_NO and is_correction(turn.text)  # a story does not begin with it
    least = _LIKELY if is_no or len(turn.text.split()) <= _SHORT else _CERTAIN
    return turn.intent in _ORDERS | _PERSONS | _SAYING_NOTHING | _OTHER_WISHES and confidence_of(tracker) > least


def _told(tracker: Tracker, part: str | None = None) -> dict[str, str]:
    """What a message names; of several, what stands in that part of it."""
    lead = entity_of(tracker, "lead_reference", part) or entity_of(tracker, "person", part)
    return {"lead": lead, "date": entity_of(tracker, "date", part)}


def _told_before(tracker: Tracker) -> dict[str, str]:
    """What was named by the message whose answer offered the choice that begins the report."""
    told = (tracker.slots.get("reported") or {}).get("told") or {}
    return {name: str(told.get(name) or "") for name in ("lead", "date")}


def _has_value(text: str, told: dict[str, str]) -> bool:
    return any(told.values()) or any(character.isdigit() for character in text)


def _ask(dispatcher: CollectingDispatcher, kind: Kind, values: dict[str, str]) -> list[EventType]:
    """Keeps what is told and asks for the next part."""
    missing = next((part for part in kind.parts if part not in values), None)
    if missing is not None:
        mark_unfinished(dispatcher)
    return [SlotSet("report", kind.name), SlotSet("report_values", values), SlotSet("requested_slot", missing)]


def _without_last(kind: Kind, values: dict[str, str]) -> dict[str, str]:
    told = [part for part in kind.parts if part in values]
    return {part: values[part] for part in told[:-1]}
