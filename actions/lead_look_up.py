"""`action_look_up_lead`: tells where a lead stands, lists or counts several, and says which comes first."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import FORGET_CONTEXT
from actions.leads import MOST_LISTED, STAGES_OF, Leads
from actions.replies import close_attempts, say_or_hand_over
from actions.turn import Turn, payload
from knowledge.answers import Answer
from knowledge.index import KnowledgeUnavailable
from saathi.crm.port import CrmUnavailable
from saathi.leads.model import ENDED, Lead, LeadPage, LeadQuery, LeadStory, Stage
from saathi.leads.spoken import Spoken
from saathi.leads.telling import LeadTeller
from saathi.leads.wanted import Wanted
from saathi.store import StoreUnavailable

_LONGEST_TITLE = 20  # of a button
# What the card of a list is called.
_TITLES = {
    "utter_leads_first": "best",
    "utter_leads_list": "waiting",
    "utter_leads_found": "found",
    "utter_leads_choice": "found",
}
_log = structlog.get_logger("actions")
Answering = Callable[[str], Awaitable[list[EventType]]]


class LookUpLead(Action):
    """Tells of the partner's leads: of one `utter_leads_one`, of several `_list`, `_choice` (of a name) or `_first`
    (the best), how many there are `_count`, of none `_none` or `_none_open`; `_story` is what happened to one, `_all`
    that a list has no more. Who has not proved to be a partner gets `_unverified`; `_unavailable` says that the CRM is
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
        spoken = self._leads.spoken(turn)
        if spoken and spoken.query and not turn.text.startswith("/") and self._leads.reader.asks_more(turn.text):
            return await self.go_on(dispatcher, turn, spoken)
        return await self.tell(dispatcher, tracker, self._leads.read(turn, tracker))

    async def tell(self, dispatcher: CollectingDispatcher, tracker: Tracker, wanted: Wanted) -> list[EventType]:
        """Answers with the leads that are wanted."""
        turn = Turn.read(tracker)

        async def answer(partner: str) -> list[EventType]:
            query, page = await self._leads.find(partner, wanted)
            if not page.leads and wanted.query.names_one:
                return _say(dispatcher, "utter_leads_none")
            if not page.leads:
                return await self._say_none(dispatcher, turn, tracker)
            if wanted.counts:
                return await self._count(dispatcher, turn, partner, query)
            if page.total == 1:
                return await self._tell_one(dispatcher, turn, partner, page.leads[0])
            return await self._list(dispatcher, turn, partner, query, page)

        return await self._answer(dispatcher, turn, answer)

    async def go_on(self, dispatcher: CollectingDispatcher, turn: Turn, spoken: Spoken) -> list[EventType]:
        """More of what was said last: the next page of a list, what happened to a lead."""

        async def answer(partner: str) -> list[EventType]:
            if spoken.query is None:
                return await self._tell_story(dispatcher, turn, partner, spoken.told or "")
            if spoken.next is None:
                return _say(dispatcher, "utter_leads_all")
            page = await self._leads.crm.find_leads(partner, spoken.query, MOST_LISTED, spoken.next)
            if not page.leads:
                return _say(dispatcher, "utter_leads_all")
            return await self._list(dispatcher, turn, partner, spoken.query, page, spoken.next)

        return await self._answer(dispatcher, turn, answer)

    async def _answer(self, dispatcher: CollectingDispatcher, turn: Turn, answer: Answering) -> list[EventType]:
        try:
            partner = await self._leads.persons.find(turn.conversation)
            if partner is None:
                dispatcher.utter_message(response="utter_leads_unverified", json_message=payload("refused"))
                return []
            told = await answer(partner)
        except (CrmUnavailable, StoreUnavailable) as error:
            _log.warning("leads_unavailable", reason=str(error))
            count = await self._leads.escalation.fail(turn, "failed_action", "the CRM could not be asked just now")
            return say_or_hand_over(dispatcher, count, "utter_leads_unavailable", "refused")
        await self._leads.escalation.note(turn, "looked up leads")
        return [FORGET_CONTEXT, *told, *await close_attempts(self._leads.escalation, turn)]

    async def _say_none(self, dispatcher: CollectingDispatcher, turn: Turn, tracker: Tracker) -> list[EventType]:
        """No lead is so; a question that may be about leads in general is answered from the articles too."""
        said = _say(dispatcher, "utter_leads_none_open")
        if turn.intent not in STAGES_OF:
            return said
        try:
            found = await self._leads.answers.find(turn, tracker, alone=True)
        except KnowledgeUnavailable as error:
            _log.warning("leads_without_article", reason=str(error))
            return said
        if isinstance(found.answer, Answer):
            said = self._leads.answers.say(dispatcher, found, found.answer, tracker)
        return said

    async def _tell_one(
        self, dispatcher: CollectingDispatcher, turn: Turn, partner: str, lead: Lead
    ) -> list[EventType]:
        story = await self._leads.crm.read_lead(partner, lead.reference)
        if story is None:  # it went away in between
            return _say(dispatcher, "utter_leads_none")
        teller = self._leads.teller(turn)
        explained = await self._leads.explain(partner, story.lead, turn.language)
        told = teller.tell(story, explained.written)
        dispatcher.utter_message(
            response="utter_leads_one", json_message=payload("answered", card=teller.card(told)), **told.gaps
        )
        return [SlotSet("lead_reference", told.reference), self._keep(told=told.reference)]

    async def _tell_story(
        self, dispatcher: CollectingDispatcher, turn: Turn, partner: str, reference: str
    ) -> list[EventType]:
        story = await self._leads.crm.read_lead(partner, reference)
        if story is None:
            return _say(dispatcher, "utter_leads_none")
        teller = self._leads.teller(turn)
        events = teller.events(story)
        dispatcher.utter_message(
            response="utter_leads_story",
            json_message=payload("answered", card=teller.story_card(story.lead, events)),
            name=story.lead.customer.name,
            lines="\n".join(f"- {day}: {what}" for day, what in events),
            last=events[0][1] if events else "",
        )
        return [self._keep(told=reference)]

    async def _count(
        self, dispatcher: CollectingDispatcher, turn: Turn, partner: str, query: LeadQuery
    ) -> list[EventType]:
        stages = [stage for stage in Stage if not query.stages or stage in query.stages]
        queries = [replace(query, stages=frozenset({stage})) for stage in stages]
        pages = await asyncio.gather(*(self._leads.crm.find_leads(partner, one, 1) for one in queries))
        counted = {stage: page.total for stage, page in zip(stages, pages, strict=True)}
        teller = self._leads.teller(turn)
        dispatcher.utter_message(
            response="utter_leads_count_open" if query.stages and not query.stages & ENDED else "utter_leads_count",
            json_message=payload("answered", card=teller.count_card(counted)),
            total=sum(counted.values()),
            counts=teller.count(counted),
        )
        return [self._keep(query=query, next_=0)]

    async def _list(
        self,
        dispatcher: CollectingDispatcher,
        turn: Turn,
        partner: str,
        query: LeadQuery,
        page: LeadPage,
        skip: int = 0,
    ) -> list[EventType]:
        teller, best = self._leads.teller(turn), query.best_first and page.leads[0].score is not None
        if best:
            why, spoken = await self._rank(teller, turn, partner, page.leads)
        else:
            why, spoken = [teller.line(lead) for lead in page.leads], ""
        listing = "utter_leads_first" if best and not skip else _find_listing(query)
        last = skip + len(page.leads)
        more = [{"title": teller.label("more"), "payload": "/ask_more"}] if last < page.total else []
        numbered, joint = enumerate(zip(page.leads, why, strict=True), 1), ", " if best else ": "
        dispatcher.utter_message(
            response=listing,
            json_message=payload("answered", card=teller.list_card(_TITLES[listing], page.leads, why)),
            buttons=[*(offer_lead(lead) for lead in page.leads), *more],
            total=page.total,
            place=f" ({skip + 1}-{last})" if len(page.leads) < page.total else "",
            lines="\n".join(f"{number}. {teller.name(lead)}{joint}{line}" for number, (lead, line) in numbered),
            first=teller.name(page.leads[0]),
            first_name=page.leads[0].customer.name,
            why=spoken,
        )
        return [self._keep(query=query, next_=last if more else None)]

    async def _rank(self, teller: LeadTeller, turn: Turn, partner: str, leads: Sequence[Lead]) -> tuple[list[str], str]:
        """Why each of the best is there; and the first one's reasons for the ear."""
        stories = await asyncio.gather(*(self._leads.crm.read_lead(partner, lead.reference) for lead in leads))
        reasons = await asyncio.gather(*(self._leads.explain(partner, lead, turn.language) for lead in leads))
        told = zip(leads, stories, reasons, strict=True)
        lines = [teller.rank(story or LeadStory(lead), reason.written) for lead, story, reason in told]
        return lines, reasons[0].spoken or teller.line(leads[0])

    def _keep(self, told: str | None = None, query: LeadQuery | None = None, next_: int | None = None) -> EventType:
        return SlotSet("leads_spoken", Spoken(self._leads.clock(), told, query, next_).write())


def offer_lead(lead: Lead) -> dict[str, str]:
    """A lead as a button that asks where it stands."""
    first, *others = lead.customer.name.split()
    initial = f" {others[-1][0]}." if others else ""
    named = json.dumps({"lead_reference": lead.reference})
    return {
        "title": f"{lead.reference} {first}{initial}"[:_LONGEST_TITLE],
        "payload": f"/check_lead_status{named}",
    }


def _find_listing(query: LeadQuery) -> str:
    """How leads are listed: of a name or a number, one of them is meant; those that are open wait."""
    if query.names_one:
        return "utter_leads_choice"
    is_open = bool(query.stages) and not query.stages & ENDED
    return "utter_leads_list" if is_open and query.created is None else "utter_leads_found"


def _say(dispatcher: CollectingDispatcher, response: str) -> list[EventType]:
    dispatcher.utter_message(response=response, json_message=payload("answered"))
    return []
