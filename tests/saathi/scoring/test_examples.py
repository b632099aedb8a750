"""Examples for training: leads that have ended, at a moment of their life, with only what was known by then."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, update

from saathi.scoring.examples import Example, read_examples
from saathi.scoring.rates import Ended, count_ended, find_success_rate
from saathi.store import Database, open_database
from saathi.store.crm_tables import customers, lead_events, lead_stages, leads
from saathi.store.migrate import migrate

DAY, NOW = 86_400.0, 1_795_000_000.0
PARTNER = "P1001"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    await migrate(database)
    yield database
    await database.close()


def add(connection: Connection, number: int, stage: str, begun: float, ended: float, kind: str = "term") -> None:
    """A lead that began and came to its stage so many days ago."""
    times = {"created_at": NOW - begun * DAY, "updated_at": NOW - ended * DAY}
    who = {"id": f"C-{number}", "partner": PARTNER, "name": "Nobody Titliwala", "phone": "+910000014821"}
    connection.execute(insert(customers).values(**who, region="Bihar", age=34, **times))
    lead = {"reference": f"L-{number}", "partner": PARTNER, "customer": f"C-{number}", "kind": kind, "stage": stage}
    since = {"stage_since": NOW - ended * DAY, "reason": "too_expensive" if stage == "lost" else None}
    connection.execute(insert(leads).values(**lead, **since, source="referral", **times))
    moves = [("new", begun, "not_called"), (stage, ended, since["reason"])]
    for place, (to, days, reason) in enumerate(moves):
        row = {"id": f"{number}-{place}", "lead": f"L-{number}", "stage": to, "reason": reason, "by": "partner"}
        connection.execute(insert(lead_stages).values(**row, at=NOW - days * DAY))


async def read(store: Database) -> list[Example]:
    return await store.read(lambda connection: list(read_examples(connection)))


async def test_only_leads_that_have_ended_are_examples(store: Database) -> None:
    for number, stage in enumerate(("approved", "lost", "rejected", "contacted", "submitted")):
        await store.write(lambda c, n=number, s=stage: add(c, n, s, 30 + n, 20 - n))  # type: ignore[misc]

    examples = await read(store)

    assert {one.lead: one.won for one in examples} == {"L-0": True, "L-1": False, "L-2": False}
    assert [one.at for one in examples] == sorted(one.at for one in examples)


async def test_what_never_was_a_lead_is_no_example(store: Database) -> None:
    await store.write(lambda c: add(c, 1, "lost", 30, 10))
    await store.write(lambda c: add(c, 2, "lost", 30, 10))
    await store.write(
        lambda c: c.execute(update(leads).where(leads.c.reference == "L-2").values(reason="wrong_number"))
    )

    assert {one.lead for one in await read(store)} == {"L-1"}


async def test_a_lead_counts_once_however_often_it_is_looked_at(store: Database) -> None:
    await store.write(lambda c: add(c, 1, "lost", 30, 10))

    examples = await read(store)

    assert len(examples) > 1
    assert sum(one.weight for one in examples) == pytest.approx(1)
    assert all(NOW - 30 * DAY <= one.at < NOW - 10 * DAY for one in examples)


async def test_an_example_knows_nothing_of_how_the_lead_ended(store: Database) -> None:
    await store.write(lambda c: add(c, 1, "lost", 30, 10))
    before = await read(store)
    event = {"id": "e1", "lead": "L-1", "kind": "quote_asked", "at": NOW - 10 * DAY}
    await store.write(lambda c: c.execute(insert(lead_events).values(event)))
    await store.write(lambda c: c.execute(update(leads).values(stage="approved", reason=None, product="himgiri-term")))
    after = await read(store)

    assert [one.features for one in before] == [one.features for one in after]
    assert {one.features["stage"] for one in before} == {"new"}
    assert (before[0].lost_because, after[0].lost_because) == ("too_expensive", None)


async def test_the_success_rate_is_the_one_that_was_known_at_the_moment(store: Database) -> None:
    await store.write(lambda c: add(c, 1, "approved", 90, 80))
    await store.write(lambda c: add(c, 2, "lost", 40, 20))
    await store.write(lambda c: add(c, 3, "lost", 60, 50, kind="motor"))

    rates = {one.lead: one.features["success_rate"] for one in await read(store)}

    assert rates["L-1"] is None
    assert rates["L-3"] == find_success_rate([Ended("term", 1, 1)], "motor")
    assert rates["L-2"] == find_success_rate([Ended("term", 1, 1), Ended("motor", 1, 0)], "term")


async def test_the_rate_of_today_counts_what_has_ended_by_kind(store: Database) -> None:
    for number, stage in enumerate(("approved", "lost", "contacted")):
        await store.write(lambda c, n=number, s=stage: add(c, n, s, 30, 10))  # type: ignore[misc]

    assert await store.read(lambda c: count_ended(c, PARTNER)) == [Ended("term", 2, 1)]
    assert await store.read(lambda c: count_ended(c, "P1002")) == []


def test_a_rate_of_few_leads_leans_on_the_partners_others() -> None:
    others = Ended("motor", 40, 36)

    assert find_success_rate([], "term") is None
    assert find_success_rate([others], "term") == pytest.approx((36 + 3.5) / 50)
    few = find_success_rate([others, Ended("term", 2, 0)], "term")
    many = find_success_rate([others, Ended("term", 200, 0)], "term")
    assert few is not None
    assert many is not None
    assert few > 0.6
    assert many < 0.1
