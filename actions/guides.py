"""The guided flows in chat: `validate_guide_form` leads from step to step, `action_end_guide` closes the last one,
`action_leave_guide` forgets it."""

import re
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
    is_back,
    is_correction,
    mark_unfinished,
    miss,
    resume,
)
from actions.replies import close_attempts
from actions.turn import Turn, payload
from saathi.guides import Case, Guide, says_done

_FORGET: Events = tuple(SlotSet(name, None) for name in ("guide", "guide_case", "guide_step", "guide_steps"))
# What has a rule of its own within the form; anything else that names no case is unclear.
_ONWARD = frozenset({"affirm", "thank"})
# Never the name of a case, whatever words it has.
_ORDERS = frozenset({"ask_human", "report_fraud", "threaten_legal", "cancel", "deny", "goodbye", "not_helpful"})
# "no, only the IFSC": another case is meant, if the message names one.
_TAKING_BACK = frozenset(
    {"correct_value", "deny", "cancel", "nlu_fallback", "follow_up", "choose_option", "not_helpful"}
)
_HIDDEN = re.compile(r"\[[a-z]|\d{6,}")  # a placeholder of the mask step, or a number


def list_guide_actions(escalation: Escalation, guides: dict[str, Guide]) -> list[Action]:
    """The three actions."""
    return [LeadOn(escalation, guides), EndGuide(escalation), LeaveForm("action_leave_guide", _FORGET)]


class LeadOn(Action):
    """Rasa's validation of the form. It names the next step in `requested_slot`; None ends the form. No event at all
    lets the rules answer what was no step."""

    def __init__(self, escalation: Escalation, guides: dict[str, Guide]) -> None:
        self._escalation = escalation
        self._guides = guides
        self._begun_by = {guide.intent: name for name, guide in guides.items()}

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_guide_form"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        requested = tracker.slots.get("requested_slot")
        if is_back(tracker, "guide_form"):
            return resume(tracker, _FORGET)
        turn = Turn.read(tracker)
        if _HIDDEN.search(turn.text) and tracker.slots.get("guide"):
            dispatcher.utter_message(response="utter_guides_no_secrets", json_message=payload("clarified"))
            return ask_again(turn, requested)
        begun = self._begun_by.get(turn.intent or "")
        name = begun or tracker.slots.get("guide")
        guide = self._guides.get(str(name))
        if guide is None:
            return [*_FORGET, DONE]
        is_new = name != tracker.slots.get("guide")
        case = None if is_new else guide.find_case(tracker.slots.get("guide_case"))
        if case is None:
            return await self._choose(dispatcher, turn, str(name), guide, is_new=is_new)
        return await self._step(dispatcher, turn, guide, case, str(requested))

    async def _choose(
        self, dispatcher: CollectingDispatcher, turn: Turn, name: str, guide: Guide, *, is_new: bool
    ) -> list[EventType]:
        case = None if turn.intent in _ORDERS else guide.recognise(turn.text)
        if case is not None and not (is_new and case.only_when_asked):
            return [SlotSet("guide", name), *_move(dispatcher, case, 0)]
        if is_new:
            mark_unfinished(dispatcher)
            return [SlotSet("guide", name), SlotSet("guide_case", None), SlotSet("requested_slot", f"{name}_case")]
        return await self._miss(dispatcher, turn, f"{name}_case", turn.intent or "")

    async def _step(
        self, dispatcher: CollectingDispatcher, turn: Turn, guide: Guide, case: Case, step: str
    ) -> list[EventType]:
        intent = turn.intent or ""
        here = case.steps.index(step) if step in case.steps else 0
        if intent == "go_back":
            return _move(dispatcher, case, max(here - 1, 0))
        if intent == "start_again":
            return _move(dispatcher, case, 0)
        meant = guide.recognise(turn.text) if intent in _TAKING_BACK and is_correction(turn.text) else None
        if meant is not None and meant is not case and not meant.only_when_asked:
            return _move(dispatcher, meant, 0)
        if intent in _ONWARD or (intent not in _ORDERS | self._begun_by.keys() and says_done(turn.text)):
            return _move(dispatcher, case, here + 1)
        if intent in self._begun_by:  # the same guide once more: another case of it, if it names one
            other = guide.recognise(turn.text)
            return ask_again(turn, step) if other in {None, case} else _move(dispatcher, other or case, 0)
        return await self._miss(dispatcher, turn, step, intent)

    async def _miss(self, dispatcher: CollectingDispatcher, turn: Turn, requested: str, intent: str) -> list[EventType]:
        """Nothing that leads on: the rules have it, or it is asked again, and the second time a person takes over."""
        if intent != "nlu_fallback":
            return ask_again(turn, requested) if intent in EMPTY or intent in self._begun_by else []
        return await miss(
            dispatcher,
            self._escalation,
            turn,
            requested,
            solution="went through the steps of a guide",
            response="utter_guides_unclear",
            forget=_FORGET,
        )


class EndGuide(Action):
    """Says that these were all steps (`utter_guides_done`), unless the form ended for another reason."""

    def __init__(self, escalation: Escalation) -> None:
        self._escalation = escalation

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_end_guide"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        if tracker.slots.get("guide") is None:
            return []
        dispatcher.utter_message(response="utter_guides_done", json_message=payload("answered"))
        return [*_FORGET, *await close_attempts(self._escalation, Turn.read(tracker))]


def _move(dispatcher: CollectingDispatcher, case: Case, place: int) -> list[EventType]:
    """To the step at that place; behind the last one the form is done. A form goes on only after some slot was set.

    The step itself, with its number, picture and spoken form, is its response's (`data/responses/guides.yml`).
    """
    kept = SlotSet("guide_case", case.name)
    if place >= len(case.steps):
        return [kept, DONE]
    mark_unfinished(dispatcher)
    numbers = [SlotSet("guide_step", place + 1), SlotSet("guide_steps", len(case.steps))]
    return [kept, *numbers, SlotSet("requested_slot", case.steps[place])]
