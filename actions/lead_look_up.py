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
    "utter_leads_compared": "best",
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
        if spoken and spoken.query and not turn.text.startswith("/") and self._leads.following.asks_more(turn.text):
            return await self.go_on(dispatcher, turn, spoken)
        return await self.tell(dispatcher, tracker, self._leads.read(turn, tracker))

    async def tell(self, dispatcher: CollectingDispatcher, tracker: Tracker, wanted: Wanted) -> list[EventType]:
        """Answers with the leads that are wanted."""
        turn = Turn.read(tracker)

        async def answer(partner: str) -> list[EventType]:
            sought = await self._leads.or_named(partner, turn, tracker, wanted)
            query, page = await self._leads.find(partner, sought)
            if not page.leads and query.names_one and sought.query.names_one:
                return _say(dispatcher, "utter_leads_none")
            if not page.leads:
                return await self._say_none(dispatcher, turn, tracker)
            if sought.counts:
                return await self._count(dispatcher, turn, partner, query)
            if page.total == 1:
                return await self._tell_one(dispatcher, turn, partner, page.leads[0])
            compares = bool(sought.names)
            return await self._list(dispatcher, turn, partner, query, page, compares=compares)

        return await self._answer(dispatcher, turn, answer)

    async def find_by_name_alone(self, turn: Turn, tracker: Tracker) -> Wanted | None:
        """The leads of a customer of the partner, where the message is no more than the name, or asks something of a
        lead with it; None otherwise, and where it cannot be told."""
        name = self._leads.read_name_alone(turn)
        if name is None:
            return None
        try:
            partner = await self._leads.persons.find(turn.conversation)
            found = await self._leads.find_names(partner, turn.text, tracker) if partner else []
        except (CrmUnavailable, StoreUnavailable) as error:
            _log.warning("leads_unavailable", reason=str(error))
            return None
        return Wanted(LeadQuery(name=name)) if name in found else None

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
        explained = await self._leads.explain(partner, story, turn.language)
        told = teller.tell(story, explained.written)
        remind = {"title": teller.label("remind"), "payload": _offer("set_reminder", told.reference)}
        dispatcher.utter_message(
            response="utter_leads_one",
            json_message=payload("answered", card=teller.card(told)),
            buttons=[remind] if teller.asks_partner(story) else [],
            **told.gaps,
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
        is_open = bool(query.stages) and not query.stages & ENDED
        response = "utter_leads_count_open" if is_open else "utter_leads_count"
        dispatcher.utter_message(
            response="utter_leads_count_one" if len(stages) == 1 else response,
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
        *,
        compares: bool = False,
    ) -> list[EventType]:
        if query.names_one:  # of one name those that are open are rather meant
            page = replace(page, leads=tuple(sorted(page.leads, key=lambda lead: not lead.is_open)))
        teller, best = self._leads.teller(turn), query.best_first and page.leads[0].score is not None
        if best:
            why, spoken = await self._rank(teller, turn, partner, page.leads)
        else:
            why, spoken = [teller.line(lead) for lead in page.leads], ""
        first = "utter_leads_compared" if compares else "utter_leads_first"
        listing = first if best and not skip else _find_listing(query)
        last = skip + len(page.leads)
        # the first of the best is the one that is spoken of: "remind me to call her"
        spoken_of = [SlotSet("lead_reference", page.leads[0].reference)] if best and not skip else []
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
        shown = tuple(lead.reference for lead in page.leads)
        return [*spoken_of, self._keep(query=query, next_=last if more else None, shown=shown)]

    async def _rank(self, teller: LeadTeller, turn: Turn, partner: str, leads: Sequence[Lead]) -> tuple[list[str], str]:
        """Why each of the best is there; and the first one's reasons for the ear."""
        read = await asyncio.gather(*(self._leads.crm.read_lead(partner, lead.reference) for lead in leads))
        stories = [story or LeadStory(lead) for story, lead in zip(read, leads, strict=True)]
        reasons = await asyncio.gather(*(self._leads.explain(partner, story, turn.language) for story in stories))
        lines = [teller.rank(story, reason.written) for story, reason in zip(stories, reasons, strict=True)]
        return lines, reasons[0].spoken or teller.line(leads[0])

    def _keep(
        self,
        told: str | None = None,
        query: LeadQuery | None = None,
        next_: int | None = None,
        shown: tuple[str, ...] = (),
    ) -> EventType:
        spoken = Spoken(at=self._leads.clock(), told=told, query=query, next=next_, shown=shown)
        return SlotSet("leads_spoken", spoken.write())


def offer_lead(lead: Lead) -> dict[str, str]:
    """A lead as a button that asks where it stands."""
    title = title_lead(lead.reference, lead.customer.name)
    return {"title": title, "payload": _offer("check_lead_status", lead.reference)}


def title_lead(reference: str, name: str) -> str:
    """A lead as the title of a button: number and customer."""
    first, *others = name.split()
    initial = f" {others[-1][0]}." if others else ""
    return f"{reference} {first}{initial}"[:_LONGEST_TITLE]


def _offer(intent: str, reference: str) -> str:
    return f"/{intent}{json.dumps({'lead_reference': reference})}"


def _find_listing(query: LeadQuery) -> str:
    """How leads are listed: of a name or a number, one of them is meant; those that are open wait."""
    if query.names_one:
        return "utter_leads_choice"
    is_open = bool(query.stages) and not query.stages & ENDED
    return "utter_leads_list" if is_open and query.created is None else "utter_leads_found"


def _say(dispatcher: CollectingDispatcher, response: str) -> list[EventType]:
    dispatcher.utter_message(response=response, json_message=payload("answered"))
    return []
