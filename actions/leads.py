"""Leads in chat: `action_look_up_lead` tells where one stands, lists several, and says which comes first."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import FORGET_CONTEXT
from actions.escalation import Escalation
from actions.forms import entity_of
from actions.persons import Persons
from actions.replies import close_attempts, say_or_hand_over
from actions.turn import Turn, payload
from saathi.crm.port import Crm, CrmUnavailable
from saathi.leads.model import Lead, LeadPage, LeadQuery, Stage
from saathi.leads.telling import LeadTeller
from saathi.leads.wanted import Said, WantedReader
from saathi.leads.words import LeadWords
from saathi.products import Catalog
from saathi.store import StoreUnavailable

MOST_LISTED = 5
_LONGEST_TITLE = 20  # of a button
# Which leads a question is about that names none.
_STAGES = {
    "ask_lead_rejection": frozenset({Stage.REJECTED}),
    "track_application": frozenset({Stage.SUBMITTED, Stage.APPROVED}),
}
_log = structlog.get_logger("actions")


@dataclass(frozen=True, slots=True)
class Leads:
    """What actions on leads work with. `clock` gives seconds since the epoch."""

    crm: Crm
    persons: Persons
    words: LeadWords
    reader: WantedReader
    catalog: Catalog
    escalation: Escalation
    clock: Callable[[], float] = time.time

    def teller(self, turn: Turn) -> LeadTeller:
        """What words leads in the turn's language."""
        return LeadTeller(self.words, self.catalog, turn.language, self.clock())

    def read(self, turn: Turn, tracker: Tracker) -> LeadQuery:
        """Which leads the message asks for; "that lead" is the one that was spoken of last."""
        last = str(turn.slots.get("lead_reference") or "")
        if turn.text.startswith("/"):  # chosen from a list: Rasa has put the choice into the slot
            return self.reader.read(Said("", reference=last), self.clock())
        kind = self.catalog.kind_of(turn.text)
        said = Said(
            text=turn.text,
            reference=entity_of(tracker, "lead_reference"),
            person=entity_of(tracker, "person"),
            ending=entity_of(tracker, "phone_ending"),
            kinds=(kind,) if kind else (),
            last=last,
            stages=_STAGES.get(turn.intent or "", frozenset()),
        )
        return self.reader.read(said, self.clock())


class LookUpLead(Action):
    """Tells of the partner's leads: of one `utter_leads_one`, of several `_list` or `_first` (the best), of none
    `_none` or `_none_open`. Who has not proved to be a partner gets `_unverified`; `_unavailable` says that the CRM is
    down. A lead of somebody else is no lead."""

    def __init__(self, leads: Leads) -> None:
        self._leads = leads

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_look_up_lead"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        turn = Turn.read(tracker)
        try:
            partner = await self._leads.persons.find(turn.conversation)
            if partner is None:
                dispatcher.utter_message(response="utter_leads_unverified", json_message=payload("refused"))
                return []
            wanted = self._leads.read(turn, tracker)
            page = await self._leads.crm.find_leads(partner, wanted, MOST_LISTED)
            told = await self._tell(dispatcher, turn, partner, wanted, page)
        except (CrmUnavailable, StoreUnavailable) as error:
            _log.warning("leads_unavailable", reason=str(error))
            count = await self._leads.escalation.fail(turn, "failed_action", "the CRM could not be asked just now")
            return say_or_hand_over(dispatcher, count, "utter_leads_unavailable", "refused")
        await self._leads.escalation.note(turn, f"looked up leads: {page.total} found")
        return [*told, FORGET_CONTEXT, *await close_attempts(self._leads.escalation, turn)]

    async def _tell(
        self, dispatcher: CollectingDispatcher, turn: Turn, partner: str, wanted: LeadQuery, page: LeadPage
    ) -> list[EventType]:
        if not page.leads:
            response = "utter_leads_none" if wanted.names_one else "utter_leads_none_open"
            dispatcher.utter_message(response=response, json_message=payload("answered"))
            return []
        if page.total > 1:
            return self._list(dispatcher, turn, wanted, page)
        story = await self._leads.crm.read_lead(partner, page.leads[0].reference)
        if story is None:  # it went away in between
            dispatcher.utter_message(response="utter_leads_none", json_message=payload("answered"))
            return []
        teller = self._leads.teller(turn)
        told = teller.tell(story)
        dispatcher.utter_message(
            response="utter_leads_one", json_message=payload("answered", card=teller.card(told)), **told.gaps
        )
        return [SlotSet("lead_reference", told.reference)]

    def _list(self, dispatcher: CollectingDispatcher, turn: Turn, wanted: LeadQuery, page: LeadPage) -> list[EventType]:
        teller = self._leads.teller(turn)
        dispatcher.utter_message(
            response="utter_leads_first" if wanted.best_first else "utter_leads_list",
            json_message=payload("answered", card=teller.list_card(page.leads, best_first=wanted.best_first)),
            buttons=[offer_lead(lead, turn.intent) for lead in page.leads],
            total=page.total,
            shown=len(page.leads),
            lines="\n".join(f"{n}. {teller.name(lead)}: {teller.line(lead)}" for n, lead in enumerate(page.leads, 1)),
            first=teller.name(page.leads[0]),
        )
        return []


def offer_lead(lead: Lead, intent: str | None) -> dict[str, str]:
    """A lead as a button, which asks the same of that lead."""
    first = lead.customer.name.split()[0]
    named = json.dumps({"lead_reference": lead.reference})
    return {
        "title": f"{lead.reference} {first}"[:_LONGEST_TITLE],
        "payload": f"/{intent or 'check_lead_status'}{named}",
    }
