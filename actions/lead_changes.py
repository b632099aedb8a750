"""Changes of leads in chat: a stage is moved or a note written after a yes; `action_undo_change` takes back what was
done last, or what a button names."""

from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import FORGET_CONTEXT
from actions.forms import is_correction, is_question
from actions.lead_tasks import LeadTask, find_named, is_tapped
from actions.leads import Leads
from actions.replies import close_attempts, say_or_hand_over
from actions.turn import Turn, payload
from saathi.crm.port import CrmUnavailable
from saathi.leads import reminders
from saathi.leads.changing import ChangeReader
from saathi.leads.model import Lead, LeadQuery, Stage
from saathi.references import lead_reference
from saathi.store import Database, StoreUnavailable

_MOST_CHOICES = 5
_LONGEST_NAME = 3  # words
# Never the text of a note.
_ORDERS = frozenset(
    {"cancel", "deny", "ask_human", "report_fraud", "threaten_legal", "change_language", "undo_change", "goodbye"}
)
_REFUSALS = {
    "providers": "utter_lead_changes_providers",
    "already": "utter_lead_changes_already",
    "not_from": "utter_lead_changes_not_from",
    "too_late": "utter_lead_changes_too_late",
}
_LATE = {"move": "utter_lead_changes_undo_late", "note": "utter_lead_changes_note_late"}
_log = structlog.get_logger("actions")


class LeadChanges:
    """The task of changing a lead."""

    def __init__(self, leads: Leads, reader: ChangeReader) -> None:
        self._leads = leads
        self._reader = reader

    async def begin(self, partner: str, turn: Turn, tracker: Tracker) -> LeadTask:
        """See `TaskKind`."""
        last = str(turn.slots.get("lead_reference") or "")
        return await self._begin(partner, turn, tracker, last)

    async def go_on(self, partner: str, turn: Turn, tracker: Tracker, task: LeadTask) -> LeadTask | None:
        """See `TaskKind`."""
        if task.asked == "lead":
            return await self._take_lead(partner, turn, tracker, task)
        if task.asked == "confirm":
            return await self._confirm(partner, turn, tracker, task)
        told = self._fill(turn, task)
        return self._complete(told) if told is not None else None

    def ask(self, dispatcher: CollectingDispatcher, turn: Turn, task: LeadTask) -> None:
        """See `TaskKind`."""
        buttons = self._offer(turn, task)
        because = self._leads.words.explain(task.reason, turn.language)
        response = f"utter_lead_changes_ask_{task.asked}"
        if task.asked == "lead" and task.among:
            response = "utter_lead_changes_ask_which"
        if task.asked == "confirm":
            move = "utter_lead_changes_confirm_because" if because else "utter_lead_changes_confirm"
            response = "utter_lead_changes_confirm_note" if task.stage is None else move
        dispatcher.utter_message(
            response=response,
            json_message=payload("clarified"),
            because=because,
            buttons=buttons,
            **self._gaps(turn, task),
        )

    async def finish(
        self, dispatcher: CollectingDispatcher, turn: Turn, partner: str, task: LeadTask
    ) -> list[EventType]:
        """See `TaskKind`."""
        assert task.lead is not None
        gaps = self._gaps(turn, task)
        kept = [SlotSet("lead_reference", task.lead), FORGET_CONTEXT]
        if task.stage is None:
            if not await self._leads.crm.add_note(partner, task.lead, task.text or "", turn.message):
                return self._say(dispatcher, "utter_leads_none", gaps)
            change = f"note {task.lead}/{turn.message} {self._leads.clock():.0f}"
            await self._leads.escalation.note(turn, "wrote a note to a lead")
            self._say(dispatcher, "utter_lead_changes_noted", gaps | {"change": change})
            return [SlotSet("last_change", change), *kept, *await close_attempts(self._leads.escalation, turn)]
        story = await self._leads.crm.read_lead(partner, task.lead)
        if story is None:
            return self._say(dispatcher, "utter_leads_none", gaps)
        if story.lead.stage not in {task.before, task.stage}:  # the provider was faster
            now = {"before": self._leads.words.stages[story.lead.stage].name.say(turn.language)}
            return self._say(dispatcher, "utter_lead_changes_overtaken", gaps | now)
        moved = await self._leads.crm.move_lead(partner, task.lead, task.stage, task.reason or None, turn.message)
        if moved is None:
            return self._say(dispatcher, "utter_leads_none", gaps)
        change = f"move {moved.change} {self._leads.clock():.0f}"
        await self._leads.escalation.note(turn, f"moved a lead to {task.stage}")
        self._say(dispatcher, "utter_lead_changes_moved", gaps | {"change": change})
        return [SlotSet("last_change", change), *kept, *await close_attempts(self._leads.escalation, turn)]

    async def _begin(self, partner: str, turn: Turn, tracker: Tracker, last: str) -> LeadTask:
        text = "" if is_tapped(turn) else turn.text
        change = self._reader.read(text)
        task = LeadTask(
            kind="change", text=change.note, stage=change.stage, reason=self._reader.read_reason(text) or None
        )
        return self._choose(task, await find_named(self._leads, partner, turn, tracker, last))

    def _fill(self, turn: Turn, task: LeadTask) -> LeadTask | None:
        """The task with the answer to what was asked: what to change, the note, the reason."""
        if task.asked == "what":
            change = self._reader.read(turn.text)
            is_told = change.note is not None or change.stage is not None
            return task.but(text=change.note, stage=change.stage) if is_told else None
        if task.asked == "reason":
            reason = self._reader.read_reason(turn.text)
            return task.but(reason=reason) if reason is not None else None
        is_order = turn.intent in _ORDERS or is_question(turn.text) or is_tapped(turn)
        note = self._reader.cut(turn.text)
        return task.but(text=note) if note and not is_order else None

    async def _confirm(self, partner: str, turn: Turn, tracker: Tracker, task: LeadTask) -> LeadTask | None:
        """After "shall I do it?": a yes, or another change in the place of this one."""
        if turn.intent == "affirm" or self._reader.agrees(turn.text):
            return task.but(asked=None)
        if turn.intent not in {"change_lead", "correct_value"} and not is_correction(turn.text):
            return None
        change = self._reader.read(turn.text)
        is_other = change.note is not None or change.stage not in {None, task.stage}
        return await self._begin(partner, turn, tracker, task.lead or "") if is_other else None

    async def _take_lead(self, partner: str, turn: Turn, tracker: Tracker, task: LeadTask) -> LeadTask | None:
        figure = lead_reference(turn.text) or ""
        found = await find_named(self._leads, partner, turn, tracker, figure)
        if found is None and turn.intent == "nlu_fallback" and len(turn.text.split()) <= _LONGEST_NAME:
            wanted = LeadQuery(name=turn.text)  # a name that is not known as one
            found = list((await self._leads.crm.find_leads(partner, wanted, _MOST_CHOICES)).leads) or None
        return self._choose(task, found) if found is not None else None

    def _choose(self, task: LeadTask, found: list[Lead] | None) -> LeadTask:
        """With the lead that is meant, or the question which one."""
        if found is None:
            return task.but(asked="lead")
        if not found:
            return task.but(fault="utter_leads_none")
        fitting = [lead for lead in found if self._may(lead, task.stage)]
        if len(found) > 1 and len(fitting) != 1:
            offered = (fitting or found)[:_MOST_CHOICES]
            return task.but(asked="lead", among=tuple((lead.reference, lead.customer.name) for lead in offered))
        lead = fitting[0] if len(fitting) == 1 else found[0]
        chosen = task.but(lead=lead.reference, name=lead.customer.name, before=lead.stage, among=())
        refusal = self._reader.refuse(lead, task.stage, self._leads.clock()) if task.stage else None
        return chosen.but(fault=_REFUSALS[refusal]) if refusal else self._complete(chosen)

    def _may(self, lead: Lead, stage: Stage | None) -> bool:
        return stage is None or self._reader.refuse(lead, stage, self._leads.clock()) is None

    def _complete(self, task: LeadTask) -> LeadTask:
        """With the part that is missing next; at the end a yes."""
        if task.stage is None and task.text is None:
            return task.but(asked="what")
        if task.text == "":
            return task.but(asked="note")
        if task.stage is not None and task.reason is None and self._reader.list_reasons(task.stage):
            return task.but(asked="reason")
        return task.but(asked="confirm")

    def _offer(self, turn: Turn, task: LeadTask) -> list[dict[str, str]]:
        """What is offered to answer with; a choice says what could be typed."""
        if task.asked == "lead":
            return [{"title": f"{lead} {name.split()[0]}"[:20], "payload": lead} for lead, name in task.among]
        if task.asked == "what":
            stages = self._leads.words.stages
            return [
                {"title": stages[stage].name.say(turn.language), "payload": str(stage)}
                for stage in self._reader.list_settable()
            ]
        if task.asked == "reason" and task.stage is not None:
            reasons = self._reader.list_reasons(task.stage)
            return [{"title": reason.title.say(turn.language), "payload": reason.words[0]} for reason in reasons]
        return []

    def _gaps(self, turn: Turn, task: LeadTask) -> dict[str, str]:
        stages = self._leads.words.stages
        return {
            "name": task.name,
            "lead": task.lead or "",
            "note": task.text or "",
            "before": stages[task.before].name.say(turn.language) if task.before else "",
            "stage": stages[task.stage].name.say(turn.language) if task.stage else "",
        }

    def _say(self, dispatcher: CollectingDispatcher, response: str, gaps: dict[str, str]) -> list[EventType]:
        dispatcher.utter_message(response=response, json_message=payload("answered"), **gaps)
        return []


class UndoChange(Action):
    """Takes a change back: the one that a button names, else the last one that was made here. "Back" means that as
    well, right after a change (`utter_conversation_nothing_before` otherwise)."""

    def __init__(self, leads: Leads, database: Database, reader: ChangeReader) -> None:
        self._leads = leads
        self._database = database
        self._reader = reader

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_undo_change"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        turn, change = Turn.read(tracker), _find_change(tracker)
        if turn.intent == "go_back" and not self._is_fresh(change):
            dispatcher.utter_message(response="utter_conversation_nothing_before")
            return []
        try:
            partner = await self._leads.persons.find(turn.conversation)
            if partner is None:
                dispatcher.utter_message(response="utter_leads_unverified", json_message=payload("refused"))
                return []
            response, gaps = await self._undo(partner, turn, change)
        except (CrmUnavailable, StoreUnavailable) as error:
            _log.warning("leads_unavailable", reason=str(error))
            count = await self._leads.escalation.fail(
                turn, "failed_action", "a change could not be taken back just now"
            )
            return say_or_hand_over(dispatcher, count, "utter_leads_unavailable", "refused")
        dispatcher.utter_message(response=response, json_message=payload("answered"), **gaps)
        return [SlotSet("last_change", None), FORGET_CONTEXT]

    async def _undo(self, partner: str, turn: Turn, change: str) -> tuple[str, dict[str, str]]:
        """The response, and what fills its gaps. `change` is its kind, its key, and when it was made."""
        kind, key = [*change.split(), "", ""][:2]
        if kind in {"reminder", "unremind"}:
            return await self._undo_reminder(partner, kind, key)
        if kind not in {"move", "note"}:
            return "utter_lead_changes_nothing", {}
        if not self._is_fresh(change):
            return _LATE[kind], {}
        if kind == "note":
            reference, _, note = key.partition("/")
            is_there = await self._leads.crm.remove_note(partner, reference, note)
            return ("utter_lead_changes_note_removed", {"lead": reference}) if is_there else ("utter_leads_none", {})
        undone = await self._leads.crm.undo_move(partner, key, turn.message)
        if undone is None:
            return "utter_lead_changes_undo_not", {}
        stage = self._leads.words.stages[Stage(undone.after)].name.say(turn.language)
        return "utter_lead_changes_undone", {"lead": undone.reference, "stage": stage}

    async def _undo_reminder(self, partner: str, kind: str, key: str) -> tuple[str, dict[str, str]]:
        """Takes a reminder back, or brings back one that was taken back."""
        now = self._leads.clock()
        if kind == "unremind":
            is_back = await self._database.write(lambda c: reminders.restore(c, partner, key, now))
            return ("utter_reminders_restored" if is_back else "utter_reminders_gone"), {}
        is_gone = await self._database.write(lambda c: reminders.cancel(c, partner, key))
        again = {"change": f"unremind {key} {now:.0f}"}
        return ("utter_reminders_cancelled", again) if is_gone else ("utter_reminders_gone", {})

    def _is_fresh(self, change: str) -> bool:
        """Whether a change was made so lately that it can be taken back."""
        at = change.rpartition(" ")[2]
        return at.isdecimal() and self._leads.clock() - int(at) <= self._reader.undo_within_s


def _find_change(tracker: Tracker) -> str:
    """What a button names, else the change that was made last."""
    named = [entity["value"] for entity in tracker.latest_message.get("entities") or [] if entity["entity"] == "change"]
    return str(named[0] if named else tracker.slots.get("last_change") or "")
