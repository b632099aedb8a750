"""Scores are kept with what they are made of, and follow what happens to a lead."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, insert, select

from saathi.crm import scores
from saathi.crm.scores import KeptScore, LeadScores
from saathi.crm.sql import SqlCrm
from saathi.leads.model import LeadQuery, Stage
from saathi.scoring.model import LeadScorer
from saathi.store import Database
from saathi.store.crm_tables import lead_events, lead_scores, leads
from tests.saathi.crm.account import connect, run_hubspot
from tests.saathi.crm.network import DAY, MINE, NOW, THEIRS, fill


@pytest.fixture(scope="module")
def scorer() -> LeadScorer:
    return LeadScorer.load()


@pytest.fixture
async def scoring_crm(database: Database, scorer: LeadScorer) -> SqlCrm:
    await database.write(fill)
    return SqlCrm(database, scorer, clock=lambda: NOW)


async def find(database: Database, partner: str, reference: str) -> KeptScore | None:
    return await database.read(lambda c: scores.find(c, partner, reference))


def happen(connection: Connection, reference: str, kind: str, at: float) -> None:
    row = {"id": f"{reference}-{kind}-{at}", "lead": reference, "kind": kind, "at": at}
    connection.execute(insert(lead_events).values(row))


async def test_kept_score_is_its_base_and_parts_and_stands_beside_the_lead(
    database: Database, scoring_crm: SqlCrm, scorer: LeadScorer
) -> None:
    await database.write(lambda c: scores.refresh(c, scorer, ["L-1042", "L-1043"], NOW))
    kept = await find(database, MINE, "L-1042")
    assert kept is not None
    assert (kept.model, kept.at) == (scorer.version, NOW)
    assert kept.score.base + sum(part.points for part in kept.score.contributions) == pytest.approx(
        kept.score.points, abs=1e-6
    )
    story = await scoring_crm.read_lead(MINE, "L-1042")
    assert story is not None
    assert story.lead.score == kept.score.points
    assert await find(database, THEIRS, "L-1042") is None


async def test_lead_has_the_same_score_whichever_crm_tells_of_it(
    database: Database, scoring_crm: SqlCrm, scorer: LeadScorer
) -> None:
    async with run_hubspot() as hubspot, connect(hubspot) as other:
        points = []
        for crm in (scoring_crm, other):
            read = await LeadScores(crm, database, scorer, lambda: NOW).read(MINE, "L-1042")
            assert read is not None
            points.append(read.score)
        assert points[0].points == pytest.approx(points[1].points, abs=1e-6)
        assert [part.feature for part in points[0].contributions] == [part.feature for part in points[1].contributions]


async def test_score_that_is_kept_of_ones_own_lead_is_none_of_another_crms_with_the_same_reference(
    database: Database, scoring_crm: SqlCrm, scorer: LeadScorer
) -> None:
    await database.write(lambda c: scores.refresh(c, scorer, ["L-1042"], NOW))
    kept = await find(database, MINE, "L-1042")
    async with run_hubspot() as hubspot, connect(hubspot) as crm:
        await crm.move_lead(MINE, "L-1042", Stage.SUBMITTED, None, "m1")
        read = await LeadScores(crm, database, scorer, lambda: NOW + 60).read(MINE, "L-1042")
    assert kept is not None
    assert read is not None
    assert {part.feature: part.value for part in read.score.contributions}["stage"] == "submitted"


async def test_what_the_customer_does_shows_in_the_next_score(
    database: Database, scoring_crm: SqlCrm, scorer: LeadScorer
) -> None:
    await database.write(lambda c: scores.refresh(c, scorer, ["L-1042"], NOW))
    before = await find(database, MINE, "L-1042")
    await database.write(lambda c: happen(c, "L-1042", "quote_asked", NOW - 60))
    await scoring_crm.add_note(MINE, "L-1042", "asked for the rate", "m1")
    after = await find(database, MINE, "L-1042")
    assert before is not None
    assert after is not None
    assert after.score.points > before.score.points


async def test_lead_that_moves_is_scored_in_the_same_transaction_and_as_before_when_it_is_taken_back(
    database: Database, scoring_crm: SqlCrm
) -> None:
    moved = await scoring_crm.move_lead(MINE, "L-1042", Stage.SUBMITTED, None, "m1")
    submitted = await find(database, MINE, "L-1042")
    assert moved is not None
    assert submitted is not None
    assert {part.feature: part.value for part in submitted.score.contributions}["stage"] == "submitted"
    await scoring_crm.undo_move(MINE, moved.change, "m2")
    undone = await find(database, MINE, "L-1042")
    assert undone is not None
    assert {part.feature: part.value for part in undone.score.contributions}["stage"] == "documents"


async def test_lead_that_has_ended_keeps_what_was_to_be_said_just_before(
    database: Database, scoring_crm: SqlCrm
) -> None:
    await scoring_crm.move_lead(MINE, "L-1042", Stage.REJECTED, "low_score", "m1")
    kept = await find(database, MINE, "L-1042")
    assert kept is not None
    assert kept.at == NOW - 1
    assert {part.feature: part.value for part in kept.score.contributions}["stage"] == "documents"


async def test_leads_are_ranked_by_their_scores(database: Database, scoring_crm: SqlCrm, scorer: LeadScorer) -> None:
    await database.write(lambda c: scores.refresh(c, scorer, ["L-1042", "L-1043", "L-1044"], NOW))
    page = await scoring_crm.find_leads(MINE, LeadQuery(best_first=True))
    points = [lead.score for lead in page.leads]
    assert points == sorted(points, key=lambda score: -(score or 0))


async def test_open_leads_are_ranked_by_scores_of_today(
    database: Database, scoring_crm: SqlCrm, scorer: LeadScorer
) -> None:
    await database.write(lambda c: scores.refresh(c, scorer, ["L-1042", "L-1043"], NOW - 5 * DAY))
    await scoring_crm.find_leads(MINE, LeadQuery(best_first=True))
    for reference in ("L-1042", "L-1043"):
        kept = await find(database, MINE, reference)
        assert kept is not None
        assert kept.at == NOW
    assert await find(database, MINE, "L-1044") is None  # it has ended
    assert await find(database, THEIRS, "L-2001") is None
    assert await database.read(lambda c: scores.list_old(c, scorer, MINE, NOW + DAY - 1)) == []


async def test_score_that_is_kept_and_fresh_is_the_one_that_is_told(
    database: Database, scoring_crm: SqlCrm, scorer: LeadScorer
) -> None:
    read = LeadScores(scoring_crm, database, scorer, clock=lambda: NOW + 10)
    await database.write(lambda c: scores.refresh(c, scorer, ["L-1042"], NOW))
    assert await read.read(MINE, "L-1042") == await find(database, MINE, "L-1042")
    assert await read.read(THEIRS, "L-1042") is None
    assert await read.read(MINE, "L-9999") is None


async def test_score_that_is_missing_old_or_of_another_model_is_reckoned_when_it_is_asked_for(
    database: Database, scoring_crm: SqlCrm, scorer: LeadScorer
) -> None:
    read = LeadScores(scoring_crm, database, scorer, clock=lambda: NOW)
    reckoned = await read.read(MINE, "L-1042")
    assert reckoned is not None
    assert (reckoned.model, reckoned.at) == (scorer.version, NOW)
    for values in ({"model": "2020-01-01-00000000"}, {"at": NOW - 2 * DAY}):
        await database.write(lambda c: scores.refresh(c, scorer, ["L-1042"], NOW))
        await database.write(lambda c, v=values: c.execute(lead_scores.update().values(**v, probability=0.123)))
        assert await read.read(MINE, "L-1042") == reckoned


async def test_scoring_the_same_leads_twice_leaves_one_row_each(
    database: Database, scoring_crm: SqlCrm, scorer: LeadScorer
) -> None:
    for _ in range(2):
        await database.write(lambda c: scores.refresh(c, scorer, ["L-1042", "L-2001"], NOW))
    rows = await database.read(lambda c: c.scalars(select(lead_scores.c.lead).order_by(lead_scores.c.lead)).all())
    assert list(rows) == ["L-1042", "L-2001"]
    assert replace(await _must_find(database), at=0.0) != replace(await _must_find(database, THEIRS, "L-2001"), at=0.0)
    unscored = await database.read(lambda c: c.scalar(select(leads.c.score).where(leads.c.reference == "L-1044")))
    assert unscored == 40.0  # what was not asked for stays


async def _must_find(database: Database, partner: str = MINE, reference: str = "L-1042") -> KeptScore:
    kept = await find(database, partner, reference)
    assert kept is not None
    return kept
