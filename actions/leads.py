"""What actions on leads share: how they read which leads are meant, find them, and explain their scores."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from rasa_sdk import Tracker

from actions.answers import Answers
from actions.escalation import Escalation
from actions.forms import entity_of
from actions.persons import Persons
from actions.turn import Turn
from language import Language
from saathi.crm.port import Crm
from saathi.crm.scores import LeadScores
from saathi.dates import DateWords
from saathi.leads.model import Lead, LeadPage, LeadQuery, Stage
from saathi.leads.spoken import Spoken
from saathi.leads.telling import LeadTeller
from saathi.leads.wanted import Said, Wanted, WantedReader
from saathi.leads.words import LeadWords
from saathi.products import Catalog
from saathi.scoring.explaining import Explainer

MOST_LISTED = 5
_MOST_SPOKEN = 2  # reasons of a score, for the ear
_KEPT_S = 1800.0  # as long as an answer is gone on from
# Which leads a question is about that names none.
STAGES_OF = {
    "ask_lead_rejection": frozenset({Stage.REJECTED}),
    "track_application": frozenset({Stage.SUBMITTED, Stage.APPROVED}),
}


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

    async def explain(self, partner: str, lead: Lead, language: Language) -> Explained | None:
        """A lead's score with its reasons; None for one that has ended. Raises `CrmUnavailable`."""
        kept = await self.scores.read(partner, lead.reference) if lead.is_open else None
        if kept is None:
            return None
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
        others = [float((turn.slots.get(slot) or {}).get("at") or 0.0) for slot in ("context", "calculated")]
        if spoken is None or self.clock() - spoken.at > _KEPT_S or max(others) > spoken.at:
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
            date=entity_of(tracker, "date"),
            amount=entity_of(tracker, "amount"),
            last=last,
            told=spoken is not None and spoken.told == last,
            stages=STAGES_OF.get(turn.intent or "", frozenset()),
            best_first=turn.intent == "rank_leads",
        )
        wanted = self.reader.read(said, self.clock())
        return self.narrow(turn.text, wanted, spoken) if spoken and not wanted.query.names_one else wanted

    def narrow(self, text: str, wanted: Wanted, spoken: Spoken) -> Wanted:
        """One of those that were listed, where the message points at some of them by kind or stage."""
        kinds, stages = self.reader.find_kinds(text), self.reader.find_stages(text)
        if spoken.query is None or not (kinds or stages) or not self.reader.picks(text):
            return wanted
        listed = spoken.query
        fewer = replace(listed, kinds=kinds or listed.kinds, stages=stages or listed.stages)
        return Wanted(fewer, wanted.query)

    async def find(self, partner: str, wanted: Wanted, skip: int = 0) -> tuple[LeadQuery, LeadPage]:
        """The leads that are wanted, and the query that found them. Raises `CrmUnavailable`."""
        page = await self.crm.find_leads(partner, wanted.query, MOST_LISTED, skip)
        if page.total or wanted.otherwise is None:
            return wanted.query, page
        return wanted.otherwise, await self.crm.find_leads(partner, wanted.otherwise, MOST_LISTED, skip)

    async def explain(self, partner: str, lead: Lead, language: Language) -> Explained:
        """A lead's score with its reasons; empty where there is none. Raises `CrmUnavailable`."""
        explained = await self.scoring.explain(partner, lead, language) if self.scoring else None
        return explained or Explained()
