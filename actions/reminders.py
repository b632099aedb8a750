"""Reminders in chat: set, listed, and taken back by `actions/lead_changes.py`."""

from collections.abc import Collection
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import FORGET_CONTEXT
from actions.lead_tasks import LeadTask, find_named, is_tapped
from actions.leads import Leads
from actions.replies import close_attempts, say_or_hand_over
from actions.turn import Turn, payload
from saathi.leads import reminders
from saathi.leads.reminders import NewReminder
from saathi.leads.reminding import RemindingWords
from saathi.phrases import has_phrase, read_plain
from saathi.store import Database, StoreUnavailable
from saathi.time_words import MomentTeller
from saathi.times import MomentReader

_MOST_LISTED = 5
_ASKS = {"past": "utter_reminders_past", "far": "utter_reminders_far"}
_log = structlog.get_logger("actions")


class Reminders:
    """The task of setting a reminder."""

    def __init__(
        self,
        leads: Leads,
        database: Database,
        reader: MomentReader,
        teller: MomentTeller,
        words: RemindingWords,
        that: Collection[str],
    ) -> None:
        """`that` are words for the lead that was spoken of last."""
        self._leads = leads
        self._that = that
        self._database = database
        self._reader = reader
        self._teller = teller
        self._words = words

    async def begin(self, partner: str, turn: Turn, tracker: Tracker) -> LeadTask:
        """See `TaskKind`."""
        text = "" if is_tapped(turn) else turn.text
        moment = self._reader.read(text, self._leads.clock())
        # The lead that was spoken of last is meant only where the message points to it.
        is_meant = not text or has_phrase(read_plain(text), self._that)
        last = str(turn.slots.get("lead_reference") or "") if is_meant else ""
        found = await find_named(self._leads, partner, turn, tracker, last)
        lead = found[0] if found and len(found) == 1 else None
        return LeadTask(
            kind="reminder",
            asked="when" if moment.at is None else None,
            at=moment.at,
            unclear=moment.fault if moment.is_said else None,
            text=self._words.read_subject(moment),
            lead=lead.reference if lead else None,
            name=lead.customer.name if lead else "",
        )

    async def go_on(self, partner: str, turn: Turn, tracker: Tracker, task: LeadTask) -> LeadTask | None:  # noqa: ARG002
        """See `TaskKind`."""
        moment = self._reader.read(turn.text, self._leads.clock())
        if not moment.is_said:
            return None
        return task.but(at=moment.at, unclear=moment.fault, asked="when" if moment.at is None else None)

    def ask(self, dispatcher: CollectingDispatcher, turn: Turn, task: LeadTask) -> None:  # noqa: ARG002
        """See `TaskKind`."""
        response = _ASKS.get(task.unclear or "", "utter_reminders_when")
        dispatcher.utter_message(response=response, json_message=payload("clarified"))

    async def finish(
        self, dispatcher: CollectingDispatcher, turn: Turn, partner: str, task: LeadTask
    ) -> list[EventType]:
        """See `TaskKind`."""
        now = self._leads.clock()
        assert task.at is not None
        wish = NewReminder(turn.message, turn.conversation, task.text or task.name, task.lead, turn.language, task.at)
        if not await self._database.write(lambda c: reminders.add(c, partner, wish, turn.channel or "inapp", now)):
            dispatcher.utter_message(response="utter_reminders_too_many", json_message=payload("refused"))
            return []
        about = _name(task)
        change = f"reminder {turn.message} {now:.0f}"
        dispatcher.utter_message(
            response="utter_reminders_set" if about else "utter_reminders_set_plain",
            json_message=payload("answered"),
            when=self._teller.tell(task.at, now, turn.language),
            about=about,
            change=change,
        )
        await self._leads.escalation.note(turn, "set a reminder")
        kept = [SlotSet("lead_reference", task.lead)] if task.lead else []
        return [
            SlotSet("last_change", change),
            *kept,
            FORGET_CONTEXT,
            *await close_attempts(self._leads.escalation, turn),
        ]


class ListReminders(Action):
    """Tells the reminders that are still to come, each with a button that takes it back (`utter_reminders_list`,
    `utter_reminders_none`)."""

    def __init__(self, leads: Leads, database: Database, teller: MomentTeller, words: RemindingWords) -> None:
        self._leads = leads
        self._database = database
        self._teller = teller
        self._words = words

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_list_reminders"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        turn, now = Turn.read(tracker), self._leads.clock()
        try:
            partner = await self._leads.persons.find(turn.conversation)
            if partner is None:
                dispatcher.utter_message(response="utter_leads_unverified", json_message=payload("refused"))
                return []
            found = await self._database.read(lambda c: reminders.list_waiting(c, partner, _MOST_LISTED))
        except StoreUnavailable as error:
            _log.warning("reminders_unavailable", reason=str(error))
            count = await self._leads.escalation.fail(turn, "failed_action", "the reminders could not be read just now")
            return say_or_hand_over(dispatcher, count, "utter_leads_unavailable", "refused")
        if not found:
            dispatcher.utter_message(response="utter_reminders_none", json_message=payload("answered"))
            return [FORGET_CONTEXT]
        lines = [(self._teller.tell(one.due_at, now, turn.language), one.text, one.lead) for one in found]
        title = self._words.cancel.say(turn.language)
        dispatcher.utter_message(
            response="utter_reminders_list",
            json_message=payload("answered"),
            lines="\n".join(
                f"{number}. {when}: {_label(text, lead)}" for number, (when, text, lead) in enumerate(lines, 1)
            ),
            next=f"{lines[0][0]}: {_label(*lines[0][1:])}",
            buttons=[
                {
                    "title": title.format(number=number),
                    "payload": f'/undo_change{{"change": "reminder {one.id} {now:.0f}"}}',
                }
                for number, one in enumerate(found, 1)
            ],
        )
        return [FORGET_CONTEXT]


def _name(task: LeadTask) -> str:
    """What is reminded of, with the lead."""
    who = f"{task.name}, {task.lead}" if task.lead else ""
    if not task.text:
        return who
    return f"{task.text} ({who})" if task.lead and task.lead not in task.text else task.text


def _label(text: str, lead: str | None) -> str:
    return f"{text} ({lead})" if lead and lead not in text else text
