"""What a partner has done in chat about a lead, told piece by piece: a reminder, a change. `validate_lead_form` reads,
`action_ask_lead_form_lead_task` asks, `action_finish_lead_task` does it."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import structlog
from pydantic import BaseModel, ConfigDict
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import Escalation
from actions.forms import DONE, EMPTY, Events, LeaveForm, ask_again, entity_of, is_back, mark_unfinished, miss, resume
from actions.leads import Leads
from actions.replies import say_or_hand_over
from actions.turn import Turn, payload
from saathi.crm.port import CrmUnavailable
from saathi.leads.model import Lead, LeadQuery, Stage
from saathi.references import lead_reference, phone_ending
from saathi.store import StoreUnavailable

FORGET: Events = (SlotSet("lead_task", None),)
_REQUESTED = "lead_task"
_ALONE = "set_reminder"  # is done in the middle of another form, without its own
_NAMING = ("lead_reference", "person", "phone_ending")
_MOST = 20  # leads of one name that are looked at
_log = structlog.get_logger("actions")


class LeadTask(BaseModel):
    """What is to be done, as far as it was told. `asked` is the part that is asked for next, None when nothing is
    missing; `fault` is the response that says why it cannot be done."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["reminder", "change"]
    asked: str | None = None
    fault: str | None = None
    lead: str | None = None
    name: str = ""  # of the customer
    among: tuple[tuple[str, str], ...] = ()  # leads to choose from: reference and name
    text: str | None = None  # of the reminder or the note
    at: float | None = None
    change: str | None = None  # the reminder, set already, that a lead is chosen for
    no_hour: bool = False  # whether the moment has the usual hour since none was said
    unclear: str | None = None  # why the moment that was named is none
    stage: Stage | None = None
    before: Stage | None = None
    reason: str | None = None  # "" when there is none that has a name

    def but(self, **values: Any) -> "LeadTask":
        """The task with other values."""
        return self.model_copy(update=values)


class TaskKind(Protocol):
    """One kind of task."""

    async def begin(self, partner: str, turn: Turn, tracker: Tracker) -> LeadTask:
        """The task that a message asks for."""
        ...

    async def go_on(self, partner: str, turn: Turn, tracker: Tracker, task: LeadTask) -> LeadTask | None:
        """The task after a message that answers what was asked; None for any other message."""
        ...

    def ask(self, dispatcher: CollectingDispatcher, turn: Turn, task: LeadTask) -> None:
        """Asks for `task.asked`."""
        ...

    async def finish(
        self, dispatcher: CollectingDispatcher, turn: Turn, partner: str, task: LeadTask
    ) -> list[EventType]:
        """Does what is complete, and says so."""
        ...


async def find_named(leads: Leads, partner: str, turn: Turn, tracker: Tracker, last: str) -> list[Lead] | None:
    """The partner's leads that a message names by number, name or end of a phone number; where it names none, the one
    with the number `last`. None when nothing is named at all."""
    said = {} if is_tapped(turn) else {kind: entity_of(tracker, kind) for kind in _NAMING}
    reference = lead_reference(said.get("lead_reference", ""))
    ending = phone_ending(said.get("phone_ending", ""))
    query = LeadQuery(reference=reference, name=said.get("person") or None, ending=ending)
    if reference is not None:
        query = LeadQuery(reference=reference)
    if not query.names_one and last:
        query = LeadQuery(reference=lead_reference(last))
    return list((await leads.crm.find_leads(partner, query, _MOST)).leads) if query.names_one else None


def is_tapped(turn: Turn) -> bool:
    """Whether the message is a choice: what it names stands in the slots."""
    return turn.text.startswith("/")


def list_task_actions(leads: Leads, kinds: Mapping[str, TaskKind]) -> list[Action]:
    """The four actions. `kinds` are the kinds of task by the intent that begins them."""
    return [
        ReadLeadTask(leads, kinds),
        AskLeadTask(kinds),
        FinishLeadTask(leads, kinds),
        LeaveForm("action_leave_lead_task", FORGET),
    ]


class ReadLeadTask(Action):
    """Rasa's validation of the form. It keeps what was told in `lead_task`; no event at all lets the rules answer what
    was no part of it."""

    def __init__(self, leads: Leads, kinds: Mapping[str, TaskKind]) -> None:
        self._leads = leads
        self._kinds = kinds

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_lead_form"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        if is_back(tracker, "lead_form"):
            return resume(tracker, FORGET)
        turn, task = Turn.read(tracker), read_task(tracker)
        if task is None and turn.intent not in self._kinds:
            return [*FORGET, DONE]
        try:
            told = await self._read(turn, tracker, task)
        except (CrmUnavailable, StoreUnavailable) as error:
            _log.warning("leads_unavailable", reason=str(error))
            told = LeadTask(kind=task.kind if task else "change", fault="utter_leads_unavailable")
        if told is not None:
            return _keep(dispatcher, told)
        if turn.intent == "nlu_fallback":
            return await self._miss(dispatcher, self._leads.escalation, turn)
        return ask_again(turn, _REQUESTED) if turn.intent in EMPTY | self._kinds.keys() else []

    async def _read(self, turn: Turn, tracker: Tracker, task: LeadTask | None) -> LeadTask | None:
        partner = await self._leads.persons.find(turn.conversation)
        if partner is None:
            return LeadTask(kind="change", fault="utter_leads_unverified")
        if task is not None:
            told = await _kind_of(self._kinds, task).go_on(partner, turn, tracker, task)
            if told is not None:
                return told
        begins = self._kinds.get(turn.intent or "")
        return await begins.begin(partner, turn, tracker) if begins else None

    async def _miss(self, dispatcher: CollectingDispatcher, escalation: Escalation, turn: Turn) -> list[EventType]:
        return await miss(
            dispatcher,
            escalation,
            turn,
            _REQUESTED,
            solution="asked for the details of a reminder or a change of a lead",
            response="utter_lead_changes_unclear",
            forget=FORGET,
        )


class AskLeadTask(Action):
    """The form's questions."""

    def __init__(self, kinds: Mapping[str, TaskKind]) -> None:
        self._kinds = kinds

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_lead_form_lead_task"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        task = read_task(tracker)
        if task is not None and task.asked is not None:
            _kind_of(self._kinds, task).ask(dispatcher, Turn.read(tracker), task)
        return []


class FinishLeadTask(Action):
    """Does what was asked for, or says why not. A reminder that is asked for in the middle of something else comes here
    without its form, and is set if the message says when."""

    def __init__(self, leads: Leads, kinds: Mapping[str, TaskKind]) -> None:
        self._leads = leads
        self._kinds = kinds

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_finish_lead_task"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        turn, task = Turn.read(tracker), read_task(tracker)
        begins = self._kinds[_ALONE] if turn.intent == _ALONE else None
        if task is None and begins is None:  # a person has it already, or it was left
            return []
        try:
            partner = await self._leads.persons.find(turn.conversation)
            if partner is None:
                dispatcher.utter_message(response="utter_leads_unverified", json_message=payload("refused"))
                return [*FORGET]
            if task is None and begins is not None:
                task = await begins.begin(partner, turn, tracker)
                task = task.but(fault="utter_reminders_in_one" if task.asked else task.fault)
            assert task is not None
            if task.fault is None:
                return [*FORGET, *await _kind_of(self._kinds, task).finish(dispatcher, turn, partner, task)]
        except (CrmUnavailable, StoreUnavailable) as error:
            _log.warning("leads_unavailable", reason=str(error))
            return [*FORGET, *await _fail(dispatcher, self._leads.escalation, turn)]
        if task.fault == "utter_leads_unavailable":
            return [*FORGET, *await _fail(dispatcher, self._leads.escalation, turn)]
        self._refuse(dispatcher, turn, task)
        return [*FORGET]

    def _refuse(self, dispatcher: CollectingDispatcher, turn: Turn, task: LeadTask) -> None:
        stages = self._leads.words.stages
        dispatcher.utter_message(
            response=task.fault,
            json_message=payload("refused"),
            name=task.name,
            lead=task.lead,
            before=stages[task.before].name.say(turn.language) if task.before else "",
            stage=stages[task.stage].name.say(turn.language) if task.stage else "",
        )


def read_task(tracker: Tracker) -> LeadTask | None:
    """What was told so far."""
    kept = tracker.slots.get("lead_task")
    return LeadTask.model_validate(kept) if kept else None


def _keep(dispatcher: CollectingDispatcher, task: LeadTask) -> list[EventType]:
    if task.fault is not None:
        task = task.but(asked=None)
    if task.asked is not None:
        mark_unfinished(dispatcher)
    return [
        SlotSet("lead_task", task.model_dump(mode="json", exclude_defaults=True)),
        SlotSet("requested_slot", _REQUESTED if task.asked else None),
    ]


def _kind_of(kinds: Mapping[str, TaskKind], task: LeadTask) -> TaskKind:
    return kinds["set_reminder" if task.kind == "reminder" else "change_lead"]


async def _fail(dispatcher: CollectingDispatcher, escalation: Escalation, turn: Turn) -> list[EventType]:
    count = await escalation.fail(turn, "failed_action", "the CRM could not be asked just now")
    return say_or_hand_over(dispatcher, count, "utter_leads_unavailable", "refused")
