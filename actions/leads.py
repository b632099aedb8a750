"""What actions on leads share: how they read which leads are meant, find them, and explain their scores."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog
from rasa_sdk import Tracker

from actions.answers import Answers
from actions.escalation import Escalation
from actions.forms import entities_of, entity_of
from actions.persons import Persons
from actions.turn import KEPT_S, Turn
from language import Language
from saathi.crm.port import Crm, CrmUnavailable
from saathi.crm.scores import LeadScores
from saathi.dates import DateWords
from saathi.leads.following import FollowReader
from saathi.leads.model import OPEN, LeadPage, LeadQuery, LeadStory, Stage
from saathi.leads.sounds import closeness
from saathi.leads.spoken import Spoken
from saathi.leads.telling import LeadTeller
from saathi.leads.wanted import Said, Wanted, WantedReader
from saathi.leads.words import LeadWords
from saathi.products import Catalog
from saathi.scoring.explaining import Explainer

MOST_LISTED = 5
_MOST_SPOKEN = 2  # reasons of a score, for the ear
_FULL = 99.9  # closeness, of 100, of a name that is meant beyond doubt
_MOST_SEARCHES = 4  # for words of one message that may be names
# Which leads a question is about that names none.
STAGES_OF = {
    "ask_lead_rejection": frozenset({Stage.REJECTED}),
    "track_application": frozenset({Stage.SUBMITTED, Stage.APPROVED}),
}
_log = structlog.get_logger("actions")


@dataclass(frozen=True, slots=True)
class Explained:
    """A score with its reasons to be read, and the reasons alone for the ear."""

    written: str = ""
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Scoring:
    """Scores of leads, and their reasons in words."""

    scores: LeadScores
    explainer: Explainer

    async def explain(self, partner: str, story: LeadStory, language: Language) -> Explained | None:
        """A lead's score with its reasons; None for one that has ended. Raises `CrmUnavailable`."""
        if not story.lead.is_open:
            return None
        kept = await self.scores.read_of(partner, story)
        said = [reason.says for reason in self.explainer.list_reasons(kept.score, language, _MOST_SPOKEN)]
        return Explained(self.explainer.explain(kept.score, language), ", ".join(said))


@dataclass(frozen=True, slots=True)
class Leads:
    """What actions on leads work with. Without `scoring` no score has reasons. `clock` gives seconds since the epoch,
    UTC."""

    crm: Crm
    persons: Persons
    words: LeadWords
    dates: DateWords
    reader: WantedReader
    following: FollowReader
    catalog: Catalog
    escalation: Escalation
    answers: Answers
    scoring: Scoring | None = None
    clock: Callable[[], float] = time.time

    def teller(self, turn: Turn) -> LeadTeller:
        """What words leads in the turn's language."""
        return LeadTeller(self.words, self.dates, self.catalog, turn.language, self.clock())

    def spoken(self, turn: Turn) -> Spoken | None:
        """What was said of leads last, if nothing else was answered since and it is not long ago."""
        spoken = Spoken.read(turn.slots.get("leads_spoken"))
        if spoken is None or self.clock() - spoken.at > KEPT_S or not turn.is_last_told(spoken.at, "leads_spoken"):
            return None
        return spoken

    def read(self, turn: Turn, tracker: Tracker) -> Wanted:
        """Which leads the message asks for; "that lead" is the one that was spoken of last."""
        last, spoken = str(turn.slots.get("lead_reference") or ""), self.spoken(turn)
        if turn.text.startswith("/"):  # chosen from a list: Rasa has put the choice into the slot
            return self.reader.read(Said("", reference=last), self.clock())
        said = Said(
            text=turn.text,
            reference=entity_of(tracker, "lead_reference"),
            person=entity_of(tracker, "person"),
            ending=entity_of(tracker, "phone_ending"),
            institution=entity_of(tracker, "institution"),
            date=entity_of(tracker, "date"),
            amount=entity_of(tracker, "amount"),
            last=last,
            told=spoken is not None and spoken.told == last,
            stages=STAGES_OF.get(turn.intent or "", frozenset()),
            best_first=turn.intent == "rank_leads",
        )
        wanted = self.reader.read(said, self.clock())
        if wanted.query.best_first:
            wanted = replace(wanted, most=self.following.read_most(turn.text))
        return self.narrow(turn.text, wanted, spoken) if spoken and not wanted.query.names_one else wanted

    def narrow(self, text: str, wanted: Wanted, spoken: Spoken) -> Wanted:
        """One of those that were listed, where the message points at some of them by kind, stage or provider."""
        kinds, stages = self.reader.find_kinds(text), self.reader.find_stages(text)
        products = self.reader.find_products(text)
        if spoken.query is None or not (kinds or stages or products) or not self.reader.picks(text):
            return wanted
        listed = spoken.query
        fewer = replace(
            listed,
            kinds=kinds or listed.kinds,
            stages=stages or listed.stages,
            products=listed.products if products is None else products,
        )
        return Wanted(fewer, wanted.query)

    async def or_named(self, partner: str, turn: Turn, tracker: Tracker, wanted: Wanted) -> Wanted:
        """The leads of a customer of the partner, or of several to be held against one another, where words of the
        message are their names and nothing else; those that are wanted otherwise. Raises `CrmUnavailable`."""
        if turn.text.startswith("/") or wanted.query.ending is not None:
            return wanted
        persons = entities_of(tracker, "person")
        is_numbered = wanted.query.reference not in {None, turn.slots.get("lead_reference")}
        if not persons and (wanted.query.name or is_numbered):
            return wanted
        ranks = turn.intent == "rank_leads" or self.reader.ranks(turn.text)
        names = persons
        if not persons or (ranks and len(persons) == 1):
            found = await self.find_names(partner, turn.text, tracker)
            names = [*persons, *(name for name in found if all(closeness(name, one) < _FULL for one in persons))]
        if len(names) > 1 and ranks:
            return Wanted(LeadQuery(stages=OPEN, best_first=True), names=tuple(names))
        return wanted if persons or not names else Wanted(LeadQuery(name=names[0]), counts=wanted.counts)

    def read_name_alone(self, turn: Turn) -> str | None:
        """The name that a message may be, with no word but those that point at one of several or ask of a lead."""
        words = self.following.list_but_pointers(turn.text)
        unknown = self.reader.list_unknown(Said(turn.text))
        return next((run for run in unknown if run.split() == words), None)

    async def find_names(self, partner: str, text: str, tracker: Tracker) -> list[str]:
        """The words of a message that are the full names, or whole parts of the names, of customers of the partner, and
        have no other meaning. Raises `CrmUnavailable`."""
        said = Said(text, date=entity_of(tracker, "date"), amount=entity_of(tracker, "amount"))
        names: list[str] = []
        asked = 0
        for run in self.reader.list_unknown(said):
            for name in dict.fromkeys((run, *run.split())):
                if asked == _MOST_SEARCHES:
                    return names
                asked += 1
                page = await self.crm.find_leads(partner, LeadQuery(name=name), MOST_LISTED)
                if any(closeness(name, lead.customer.name) >= _FULL for lead in page.leads):
                    names.append(name)
                    break
        return names

    async def find(self, partner: str, wanted: Wanted, skip: int = 0) -> tuple[LeadQuery, LeadPage]:
        """The leads that are wanted, and the query that found them. Raises `CrmUnavailable`."""
        if wanted.names:
            return wanted.query, await self._find_each(partner, wanted)
        page = await self.crm.find_leads(partner, wanted.query, wanted.most or MOST_LISTED, skip)
        if page.total or wanted.otherwise is None:
            return wanted.query, page
        most = wanted.most or MOST_LISTED
        return wanted.otherwise, await self.crm.find_leads(partner, wanted.otherwise, most, skip)

    async def _find_each(self, partner: str, wanted: Wanted) -> LeadPage:
        """The best lead of each name, the best of them first."""
        queries = [replace(wanted.query, name=name) for name in wanted.names]
        pages = [await self.crm.find_leads(partner, query, 1) for query in queries]
        found = {lead.reference: lead for page in pages for lead in page.leads}
        ranked = sorted(found.values(), key=lambda lead: lead.score or 0.0, reverse=True)
        return LeadPage(tuple(ranked[:MOST_LISTED]), len(ranked))

    async def explain(self, partner: str, story: LeadStory, language: Language) -> Explained:
        """A lead's score with its reasons; empty where there is none, or where the CRM does not give what it needs: the
        lead itself can be told all the same."""
        try:
            explained = await self.scoring.explain(partner, story, language) if self.scoring else None
        except CrmUnavailable as error:
            _log.warning("score_unavailable", reason=str(error))
            return Explained()
        return explained or Explained()
