"""The calculators in chat: `validate_calculator_form` reads figures and asks for what is missing, `action_calculate`
says the result, `action_leave_calculator` forgets it all."""

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.calculator_wording import fill, write_range
from actions.escalation import Escalation
from actions.forms import (
    DONE,
    EMPTY,
    Events,
    LeaveForm,
    ask_again,
    asks_anywhere,
    corrected,
    is_back,
    is_correction,
    mark_unfinished,
    miss,
    resume,
)
from actions.replies import close_attempts, say_or_hand_over
from actions.turn import Turn
from knowledge.articles import Article, ArticleError, read_article
from knowledge.articles.library import ARTICLES
from saathi.calculators import BadInputs, Citation, Expired, Fault, Figures, Reckoning, SourceChanged, cite, reckon
from saathi.calculators.catalog import Calculator, find_calculator
from saathi.calculators.inputs import read_inputs
from saathi.calculators.money import write_number
from saathi.calculators.reading import Reader
from saathi.calculators.words import Words

_NAMES = {
    "calculate_emi": "emi",
    "calculate_surrender_value": "surrender-value",
    "calculate_tax_saved": "tax-saved",
    "calculate_tds": "tds-on-commission",
}
# Figures are read from messages of these intents; from any other only when it is nothing but figures.
_FILLING = frozenset(
    {*_NAMES, "correct_value", "nlu_fallback", "follow_up", "choose_option", "greet", "thank", "affirm", "deny"}
)
# No figure in them is meant for the calculator.
_ORDERS = frozenset(
    {"ask_human", "report_fraud", "threaten_legal", "cancel", "goodbye", "update_bank_details", "update_kyc"}
    | {"change_lead", "undo_change", "set_reminder", "list_reminders"}  # their figures are numbers of leads and hours
)
_FORGET: Events = (SlotSet("calculator", None), SlotSet("calculator_values", None))
_log = structlog.get_logger("actions")


def list_calculator_actions(
    escalation: Escalation, today: Callable[[], date], address: str, articles: Path = ARTICLES
) -> list[Action]:
    """The three actions. `address` is where people reach the gateway, `articles` the folder of what they cite."""
    return [
        ReadFigures(escalation, Reader(Words.load())),
        Calculate(escalation, Figures.load(), today, address, articles),
        LeaveForm("action_leave_calculator", _FORGET),
    ]


class ReadFigures(Action):
    """Rasa's validation of the form. It fills `calculator_values`, and names the next missing input in
    `requested_slot`; None ends the form. No event at all lets the rules answer what was no figure."""

    def __init__(self, escalation: Escalation, reader: Reader) -> None:
        self._escalation = escalation
        self._reader = reader

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_calculator_form"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        requested = tracker.slots.get("requested_slot")
        if is_back(tracker, "calculator_form"):
            return resume(tracker, _FORGET)
        turn = Turn.read(tracker)
        intent = turn.intent or ""
        current, chosen = find_calculator(tracker.slots.get("calculator")), find_calculator(_NAMES.get(intent))
        is_plain = current is not None and self._reader.is_answer(turn.text, current)
        if current is not None and intent in {"go_back", "start_again"}:
            return _take(dispatcher, current, _without_last(current, tracker) if intent == "go_back" else {})
        if current is not None and not is_plain and self._is_interruption(turn, current, tracker):
            return ask_again(turn, requested) if intent in EMPTY else []
        starts = chosen is not None and (current is None or (chosen is not current and not is_plain))
        calculator = chosen if starts else current
        if calculator is None:
            return [*_FORGET, DONE]
        known = {} if starts else dict(tracker.slots.get("calculator_values") or {})
        found = self._read(turn.text, calculator, known, None if starts else requested)
        if not found and not starts and chosen is None:
            return await self._miss(dispatcher, turn, intent, requested)
        return _take(dispatcher, calculator, {**known, **{name: plain(value) for name, value in found.items()}})

    def _is_interruption(self, turn: Turn, calculator: Calculator, tracker: Tracker) -> bool:
        """Whether a message is about something else. What answers the form's question does so whatever it was taken
        for, unless it asks or orders."""
        if turn.intent in _FILLING:
            return False
        if turn.intent in _ORDERS or asks_anywhere(turn.text):
            return True
        requested = tracker.slots.get("requested_slot")
        known = dict(tracker.slots.get("calculator_values") or {})
        return requested not in self._reader.read(turn.text, calculator, known, requested)

    def _read(
        self, text: str, calculator: Calculator, known: dict[str, Any], requested: str | None
    ) -> dict[str, Decimal | bool]:
        """The figures of a message; a correction is of what was said last, unless its unit says what it is of."""
        if not known or not is_correction(text) or not any(character.isdigit() for character in text):
            return self._reader.read(text, calculator, known, requested)
        said = [name for name in calculator.asked if name in known]
        return self._reader.read(corrected(text), calculator, {}, said[-1] if said else requested)

    async def _miss(
        self, dispatcher: CollectingDispatcher, turn: Turn, intent: str, requested: str | None
    ) -> list[EventType]:
        """Nothing that answers: the rules have it, or it is asked again, and the second time a person takes over."""
        if intent != "nlu_fallback":
            return ask_again(turn, requested) if intent in EMPTY else []
        return await miss(
            dispatcher,
            self._escalation,
            turn,
            requested,
            solution="asked for a figure that a calculator needs",
            response="utter_calculator_unclear",
            forget=_FORGET,
        )


class Calculate(Action):
    """Utters the result (`utter_calculator_<name>_<case>`), or `utter_calculator_unavailable` when the figures hold no
    more or the article that gives the formula does not say so any longer. What it worked with stays in the slot
    `calculated`."""

    def __init__(
        self,
        escalation: Escalation,
        figures: Figures,
        today: Callable[[], date],
        address: str,
        articles: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._escalation = escalation
        self._figures = figures
        self._today = today
        self._address = address
        self._articles = articles
        self._clock = clock

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_calculate"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        calculator = find_calculator(tracker.slots.get("calculator"))
        if calculator is None:  # the form was left, and its reply said so
            return []
        return await self.say(dispatcher, tracker, calculator, dict(tracker.slots.get("calculator_values") or {}))

    async def say(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, calculator: Calculator, values: dict[str, Any]
    ) -> list[EventType]:
        """Works it out from `values` and says it."""
        turn = Turn.read(tracker)
        try:
            reckoning = reckon(calculator.name, values, self._figures, self._today())
            citations = cite(reckoning.sheet, self._find_article, self._today())
        except (Expired, SourceChanged) as error:
            _log.error("calculator_unavailable", calculator=calculator.name, reason=str(error))
            count = await self._escalation.fail(turn, "failed_action", "a calculator whose figures hold no more")
            return [*say_or_hand_over(dispatcher, count, "utter_calculator_unavailable", "refused"), *_FORGET]
        self._say(dispatcher, reckoning, citations, values)
        kept = {"calculator": calculator.name, "values": values, "at": self._clock()}
        return [*_FORGET, SlotSet("calculated", kept), *await close_attempts(self._escalation, turn)]

    def _say(
        self,
        dispatcher: CollectingDispatcher,
        reckoning: Reckoning,
        citations: tuple[Citation, ...],
        values: dict[str, Any],
    ) -> None:
        path = f"/tools/{reckoning.calculator}?{urlencode({n: str(value).lower() for n, value in values.items()})}"
        case, filled = fill(reckoning)
        numbered = {
            f"{part}_{number}": text
            for number, citation in enumerate(citations, 1)
            for part, text in citation.as_dict().items()
        }
        dispatcher.utter_message(
            response=f"utter_calculator_{case}",
            path=path,
            page=self._address + path,
            sources="\n".join(dict.fromkeys(f"{c.title}: {self._address}{c.url}" for c in citations)),
            **filled,
            **numbered,
        )

    def _find_article(self, slug: str) -> Article | None:
        path = next(self._articles.glob(f"*/{slug}.md"), None)
        try:
            return read_article(path) if path else None
        except ArticleError as error:
            _log.error("article_broken", reason=str(error))
            return None


def _take(dispatcher: CollectingDispatcher, calculator: Calculator, values: dict[str, Any]) -> list[EventType]:
    """Keeps what is within bounds, says what is not, and asks for the next."""
    for field in tell_faults(dispatcher, calculator, values):
        values.pop(field, None)
    missing = next((name for name in calculator.asked if name not in values), None)
    if missing is not None:
        mark_unfinished(dispatcher)
    return [
        SlotSet("calculator", calculator.name),
        SlotSet("calculator_values", values),
        SlotSet("requested_slot", missing),
    ]


def tell_faults(dispatcher: CollectingDispatcher, calculator: Calculator, values: dict[str, Any]) -> list[str]:
    """Says which bounds the values do not keep (`utter_calculator_out_of_bounds`); the fields of those values."""
    faults = _find_faults(calculator, values)
    for fault in faults:
        dispatcher.utter_message(response="utter_calculator_out_of_bounds", range=write_range(fault))
    return [fault.field for fault in faults]


def _find_faults(calculator: Calculator, values: dict[str, Any]) -> list[Fault]:
    try:
        read_inputs(calculator.inputs, values)
    except BadInputs as error:
        return [fault for fault in error.faults if fault.code != "missing"]
    return []


def _without_last(calculator: Calculator, tracker: Tracker) -> dict[str, Any]:
    """The figures so far without the one that was said last."""
    values = dict(tracker.slots.get("calculator_values") or {})
    said = [name for name in calculator.asked if name in values]
    return {name: value for name, value in values.items() if not said or name != said[-1]}


def plain(value: Decimal | bool) -> str | bool:
    """As a slot keeps it: JSON has no decimals."""
    return value if isinstance(value, bool) else write_number(value)
