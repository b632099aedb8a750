"""Reminders in chat: set, listed, and taken back by `actions/lead_changes.py`."""

import json
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import FORGET_CONTEXT
from actions.lead_look_up import title_lead
from actions.lead_tasks import LeadTask, find_named, is_tapped
from actions.leads import Leads
from actions.replies import close_attempts, say_or_hand_over
from actions.turn import Outcome, Turn, payload
from saathi.leads import reminders
from saathi.leads.reminders import NewReminder, Reminder
from saathi.leads.reminding import RemindingWords
from saathi.store import Database, StoreUnavailable
from saathi.time_words import MomentTeller
from saathi.times import MomentReader

_MOST_LISTED = 5
_MOST_OFFERED = 4  # leads of one name to choose from
_ASKS = {"counted": "utter_reminders_counted", "past": "utter_reminders_past", "far": "utter_reminders_far"}
_JUST_S = 600.0  # for which a reminder counts as just set
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
    ) -> None:
        """`that` are words for the lead that was spoken of last."""
        self._leads = leads
        self._database = database
        self._reader = reader
        self._teller = teller
        self._words = words

    async def begin(self, partner: str, turn: Turn, tracker: Tracker) -> LeadTask:
        """See `TaskKind`."""
        text = "" if is_tapped(turn) else turn.text
        moment = self._reader.read(text, self._leads.clock())
        # The lead that was spoken of last is meant only where the message points to it.
        is_meant = not text or self._leads.reader.means_last(text)
        last = str(turn.slots.get("lead_reference") or "") if is_meant else ""
        moved = await self._read_move(partner, turn) if text else None
        if moved is not None:
            return moved
        chosen = _read_choice(tracker)
        if chosen is not None:  # a lead, or none, for a reminder that is set already
            change, last = chosen
        found = await find_named(self._leads, partner, turn, tracker, last)
        lead = found[0] if found and len(found) == 1 else None
        if chosen is not None:
            return LeadTask(kind="reminder", change=change, lead=lead.reference if lead else None)
        several = sorted(found or [], key=lambda one: not one.is_open) if lead is None else []
        return LeadTask(
            kind="reminder",
            asked="when" if moment.at is None else None,
            at=moment.at,
            no_hour=moment.day_alone,
            unclear=moment.fault if moment.is_said else None,
            text=self._words.read_subject(moment),
            lead=lead.reference if lead else None,
            name=lead.customer.name if lead else "",
            among=tuple((one.reference, one.customer.name) for one in several[:_MOST_OFFERED]),
        )

    async def go_on(self, partner: str, turn: Turn, tracker: Tracker, task: LeadTask) -> LeadTask | None:  # noqa: ARG002
        """See `TaskKind`."""
        moment = self._reader.read(turn.text, self._leads.clock())
        if not moment.is_said:
            return None
        asked = "when" if moment.at is None else None
        return task.but(at=moment.at, no_hour=moment.day_alone, unclear=moment.fault, asked=asked)

    def ask(self, dispatcher: CollectingDispatcher, turn: Turn, task: LeadTask) -> None:
        """See `TaskKind`."""
        self._say_once(dispatcher, turn, "clarified")
        response = _ASKS.get(task.unclear or "", "utter_reminders_when")
        dispatcher.utter_message(response=response, json_message=payload("clarified"))

    async def finish(
        self, dispatcher: CollectingDispatcher, turn: Turn, partner: str, task: LeadTask
    ) -> list[EventType]:
        """See `TaskKind`."""
        now = self._leads.clock()
        if task.change is not None and task.at is not None:
            return await self._move(dispatcher, turn, partner, task.change, task.at)
        if task.change is not None:
            return await self._attach(dispatcher, turn, partner, task.change, task.lead)
        assert task.at is not None
        wish = NewReminder(turn.message, turn.conversation, task.text or "", task.lead, turn.language, task.at)
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
            hint=self._tell_no_hour(task, turn),
        )
        self._say_once(dispatcher, turn, "answered")
        if task.among:
            self._offer(dispatcher, turn, task, change)
        await self._leads.escalation.note(turn, "set a reminder")
        kept = [SlotSet("lead_reference", task.lead)] if task.lead else []
        return [
            SlotSet("last_change", change),
            *kept,
            FORGET_CONTEXT,
            *await close_attempts(self._leads.escalation, turn),
        ]

    def _tell_no_hour(self, task: LeadTask, turn: Turn) -> str:
        return f" {self._words.no_hour.say(turn.language)}" if task.no_hour else ""

    async def take_up(self, dispatcher: CollectingDispatcher, turn: Turn) -> list[EventType] | None:
        """Moves the reminder that was just set, where the message is no more than another moment, and takes the one
        that is meant back, where it wishes that; None otherwise. Raises `StoreUnavailable` and `CrmUnavailable`."""
        removes = self._words.removes(self._reader.read(turn.text, self._leads.clock()))
        if is_tapped(turn) or not (removes or self._is_just_set(turn)):
            return None
        partner = await self._leads.persons.find(turn.conversation)
        if partner is None:
            return None
        if removes:
            return await self._remove(dispatcher, turn, partner)
        task = await self._read_move(partner, turn)
        return await self.finish(dispatcher, turn, partner, task) if task else None

    async def _remove(self, dispatcher: CollectingDispatcher, turn: Turn, partner: str) -> list[EventType] | None:
        """Takes back the reminder that was just set, else the only one there is; None where there are several."""
        waiting = await self._database.read(lambda c: reminders.list_waiting(c, partner, 2))
        last = str(turn.slots["last_change"]).split()[1] if self._is_just_set(turn) else ""
        meant = last or (waiting[0].id if len(waiting) == 1 else "")
        if not meant or not await self._database.write(lambda c: reminders.cancel(c, partner, meant)):
            return None
        change = f"unremind {meant} {self._leads.clock():.0f}"
        dispatcher.utter_message(response="utter_reminders_cancelled", json_message=payload("answered"), change=change)
        return [SlotSet("last_change", change), FORGET_CONTEXT]

    async def _read_move(self, partner: str, turn: Turn) -> LeadTask | None:
        """The reminder that was just set, with another moment; None where the message says more than that."""
        now = self._leads.clock()
        moment = self._reader.read(turn.text, now)
        if moment.at is None or not self._is_just_set(turn) or not self._words.moves(moment):
            return None
        change = str(turn.slots["last_change"])
        reminder = await self._database.read(lambda c: reminders.find(c, partner, change.split()[1]))
        if reminder is None:
            return None
        return LeadTask(
            kind="reminder", change=change, at=self._reader.read_instead(turn.text, now, reminder.due_at).at
        )

    def _is_just_set(self, turn: Turn) -> bool:
        """Whether the last thing that was done here is that a reminder was set, and nothing was answered since."""
        kind, _, at = [*str(turn.slots.get("last_change") or "").split(), "", "", ""][:3]
        if kind != "reminder" or not at.isdecimal():
            return False
        return self._leads.clock() - int(at) <= _JUST_S and turn.is_last_told(int(at) + 1)

    async def _move(
        self, dispatcher: CollectingDispatcher, turn: Turn, partner: str, change: str, at: float
    ) -> list[EventType]:
        """Gives the partner's reminder another moment."""
        reminder = await self._database.write(lambda c: reminders.move(c, partner, change.split()[1], at))
        if reminder is None:
            dispatcher.utter_message(response="utter_reminders_gone", json_message=payload("answered"))
            return []
        customers = await reminders.find_customers(self._leads.crm, [reminder])
        about = _label(reminder, customers.get(reminder.id))
        now = self._leads.clock()
        kept = f"reminder {reminder.id} {now:.0f}"
        dispatcher.utter_message(
            response="utter_reminders_moved",
            json_message=payload("answered"),
            when=self._teller.tell(at, now, turn.language),
            what=f": {about}" if about else "",
            change=kept,
        )
        return [SlotSet("last_change", kept), FORGET_CONTEXT]

    def _say_once(self, dispatcher: CollectingDispatcher, turn: Turn, outcome: Outcome) -> None:
        """Says that a reminder does not repeat, where the message asks for that."""
        if not is_tapped(turn) and self._reader.read(turn.text, self._leads.clock()).repeats:
            dispatcher.utter_message(response="utter_reminders_once", json_message=payload(outcome))

    def _offer(self, dispatcher: CollectingDispatcher, turn: Turn, task: LeadTask, change: str) -> None:
        """Asks which of several leads a reminder is of that has just been set."""
        choices = [(title_lead(reference, name), {"lead_reference": reference}) for reference, name in task.among]
        choices.append((self._words.no_lead.say(turn.language), {}))
        dispatcher.utter_message(
            response="utter_reminders_which",
            json_message=payload("answered"),
            buttons=[
                {"title": title, "payload": f"/set_reminder{json.dumps({**named, 'change': change})}"}
                for title, named in choices
            ],
        )

    async def _attach(
        self, dispatcher: CollectingDispatcher, turn: Turn, partner: str, change: str, lead: str | None
    ) -> list[EventType]:
        """Keeps the lead that was chosen with the partner's reminder, or none."""
        story = await self._leads.crm.read_lead(partner, lead) if lead else None
        of = change.split()[1] if len(change.split()) > 1 else ""
        reminder = await self._database.write(lambda c: reminders.attach(c, partner, of, lead if story else None))
        if reminder is None:
            dispatcher.utter_message(response="utter_reminders_gone", json_message=payload("answered"))
            return []
        about = _label(reminder, story.lead.customer.name if story else None)
        dispatcher.utter_message(
            response="utter_reminders_set" if about else "utter_reminders_set_plain",
            json_message=payload("answered"),
            when=self._teller.tell(reminder.due_at, self._leads.clock(), turn.language),
            about=about,
            change=change,
            hint="",
        )
        kept = [SlotSet("lead_reference", lead)] if story else []
        return [SlotSet("last_change", change), *kept, FORGET_CONTEXT]


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
        customers = await reminders.find_customers(self._leads.crm, found)
        lines = [
            _join(self._teller.tell(one.due_at, now, turn.language), _label(one, customers.get(one.id)))
            for one in found
        ]
        title = self._words.cancel.say(turn.language)
        dispatcher.utter_message(
            response="utter_reminders_list",
            json_message=payload("answered"),
            lines="\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1)),
            next=lines[0],
            buttons=[
                {
                    "title": title.format(number=number),
                    "payload": f'/undo_change{{"change": "reminder {one.id} {now:.0f}"}}',
                }
                for number, one in enumerate(found, 1)
            ],
        )
        return [FORGET_CONTEXT]


def _read_choice(tracker: Tracker) -> tuple[str, str] | None:
    """The reminder that a choice is about, by its change, and the number of the lead that was chosen, "" for none."""
    if not str(tracker.latest_message.get("text") or "").startswith("/"):
        return None
    named = {entity.get("entity"): str(entity.get("value")) for entity in tracker.latest_message.get("entities") or []}
    return (named["change"], named.get("lead_reference", "")) if "change" in named else None


def _name(task: LeadTask) -> str:
    """What is reminded of, with the lead."""
    who = f"{task.name}, {task.lead}" if task.lead else ""
    if not task.text:
        return who
    return f"{task.text} ({who})" if task.lead and task.lead not in task.text else task.text


def _label(reminder: Reminder, customer: str | None) -> str:
    """What a reminder is of; of its lead only where `customer`, whom it is about, is the partner's."""
    about = reminder.text or customer or ""
    is_told = customer is not None and reminder.lead is not None and reminder.lead not in about
    return f"{about} ({reminder.lead})" if is_told else about


def _join(when: str, about: str) -> str:
    return f"{when}: {about}" if about else when
