"""Scores of leads in the project's own CRM: reckoned anew in the transaction that changes a lead, and kept with what
they are made of."""

import time
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from saathi.crm.port import Crm, CrmUnavailable
from saathi.crm.reading import hold_stories
from saathi.leads.model import ENDED, Lead, LeadStory, Stage
from saathi.scoring.model import Contribution, LeadScorer, Score
from saathi.scoring.rates import Ended, count_ended, find_success_rate
from saathi.store import Database, StoreUnavailable
from saathi.store.crm_tables import lead_scores, leads

FRESH_S = 86_400.0  # a score tells of days: one that is older is reckoned anew when it is asked for

_MOST_AT_ONCE = 1000
_KEEP_POINTS = update(leads).where(leads.c.reference == bindparam("of")).values(score=bindparam("points"))


@dataclass(frozen=True, slots=True)
class KeptScore:
    """A score, the model it is of, and as of when (seconds since the epoch)."""

    score: Score
    model: str
    at: float


def refresh(connection: Connection, scorer: LeadScorer, references: Collection[str], now: float) -> None:
    """Scores some leads and keeps the scores. A lead that has ended keeps what was to be said of it just before."""
    ended: dict[str, list[Ended]] = {}
    rows = []
    for partner, story in hold_stories(connection, references):
        if partner not in ended:
            ended[partner] = count_ended(connection, partner)
        at = _find_moment(story.lead, now)
        score = scorer.score(story, find_success_rate(ended[partner], story.lead.kind), at)
        rows.append({"lead": story.lead.reference, "points": score.points, **_write(score), "at": at})
    if not rows:
        return
    connection.execute(_KEEP_POINTS, [{"of": row["lead"], "points": row.pop("points")} for row in rows])
    connection.execute(delete(lead_scores).where(lead_scores.c.lead.in_([row["lead"] for row in rows])))
    connection.execute(insert(lead_scores), [{**row, "model": scorer.version} for row in rows])


def list_old(connection: Connection, scorer: LeadScorer, partner: str, now: float) -> list[str]:
    """The partner's open leads whose score is missing, not fresh or of another model."""
    joined = leads.outerjoin(lead_scores, lead_scores.c.lead == leads.c.reference)
    is_old = or_(lead_scores.c.lead.is_(None), lead_scores.c.at < now - FRESH_S, lead_scores.c.model != scorer.version)
    theirs = (leads.c.partner == partner) & leads.c.stage.in_(sorted(set(Stage) - ENDED))
    query = select(leads.c.reference).select_from(joined).where(theirs, is_old)
    return list(connection.scalars(query.order_by(lead_scores.c.at).limit(_MOST_AT_ONCE)))


def find(connection: Connection, partner: str, reference: str) -> KeptScore | None:
    """The score that is kept of the partner's lead; None when there is none."""
    joined = lead_scores.join(leads, leads.c.reference == lead_scores.c.lead)
    mine = (leads.c.partner == partner) & (leads.c.reference == reference)
    row = connection.execute(select(lead_scores, leads.c.score).select_from(joined).where(mine)).first()
    if row is None or row.score is None:
        return None
    parts = tuple(Contribution(**part) for part in row.contributions)
    return KeptScore(Score(row.score, row.probability, row.base, parts), row.model, row.at)


class LeadScores:
    """Scores of leads of whichever CRM, for whoever asks for one."""

    def __init__(
        self, crm: Crm, database: Database, scorer: LeadScorer, clock: Callable[[], float] = time.time
    ) -> None:
        self._crm = crm
        self._database = database
        self._scorer = scorer
        self._clock = clock

    async def read(self, partner: str, reference: str) -> KeptScore | None:
        """The score of the partner's lead, reckoned now unless a fresh one is kept; None when there is no such lead.

        Raises:
            CrmUnavailable: the CRM or the store does not answer.
        """
        story = await self._crm.read_lead(partner, reference)
        return await self.read_of(partner, story) if story else None

    async def read_of(self, partner: str, story: LeadStory) -> KeptScore:
        """The same, of a lead that the CRM has just told.

        Raises:
            CrmUnavailable: the CRM or the store does not answer.
        """
        moment, reference = _find_moment(story.lead, self._clock()), story.lead.reference
        try:
            kept = await self._database.read(
                lambda c: find(c, partner, reference) if _is_own(c, partner, story.lead) else None
            )
            if kept is not None and kept.model == self._scorer.version and abs(moment - kept.at) < FRESH_S:
                return kept
        except StoreUnavailable as error:
            raise CrmUnavailable("the database does not answer") from error
        ended = await self._crm.count_ended(partner)
        rate = find_success_rate(ended, story.lead.kind)
        return KeptScore(self._scorer.score(story, rate, moment), self._scorer.version, moment)


def _find_moment(lead: Lead, now: float) -> float:
    """As of when a lead is scored: now, or the last second before its end."""
    return now if lead.is_open else max(lead.created_at, lead.stage_since - 1)


def _is_own(connection: Connection, partner: str, lead: Lead) -> bool:
    """Whether a lead is that of the project's own tables, and not one of another CRM that bears the same reference."""
    same = (
        (leads.c.partner == partner) & (leads.c.reference == lead.reference) & (leads.c.updated_at == lead.updated_at)
    )
    return connection.scalar(select(leads.c.reference).where(same)) is not None


def _write(score: Score) -> dict[str, object]:
    return {
        "probability": score.probability,
        "base": score.base,
        "contributions": [asdict(part) for part in score.contributions],
    }
