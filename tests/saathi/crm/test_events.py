"""Events of the network's CRM: each once, in any order, and one partner's customer is that partner's alone."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from saathi.crm import events, scores
from saathi.crm.events import Event, Unmet
from saathi.crm.model import CustomerChange, NewTicket
from saathi.crm.sql import SqlCrm
from saathi.leads.model import LeadQuery, LeadStory, Stage
from saathi.scoring.model import LeadScorer
from saathi.store import Database, open_database
from saathi.store.crm_tables import crm_events, customers, lead_events, lead_scores, lead_stages, leads
from saathi.store.migrate import migrate
from tests.saathi.crm.network import DAY, MINE, NOW, THEIRS, fill

CODES: dict[str, Any] = {"kinds": {"term": 1, "home-loan": 1}, "engagement": {"quote_asked": 1}, "latest": NOW + 300}
SCORER = LeadScorer.load()
COPIES = 5


@pytest.fixture(params=["sqlite", "postgresql"])
async def gateways(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[Database]]:
    """Two on one database."""
    url = f"sqlite:///{tmp_path / 'saathi.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("new_postgresql_database")()
    opened = [open_database(url), open_database(url)]
    await migrate(opened[0])
    yield opened
    for database in opened:
        await database.close()


def tell(name: str, kind: str, days_ago: float, **parts: Any) -> Event:
    at = datetime.fromtimestamp(NOW - days_ago * DAY, UTC).isoformat()
    raw = {"id": name, "type": kind, "at": at, **parts}
    return Event.model_validate_json(_as_json(raw), context=CODES)


def lead(stage: str = "new", **more: Any) -> dict[str, Any]:
    return {
        "reference": "L-77", "customer": "C-77", "kind": "term", "source": "campaign", "stage": stage, **more
    }  # fmt: skip


def customer(**more: Any) -> dict[str, Any]:
    return {"id": "C-77", "name": "Meena Devi", "phone": "+910000017777", "region": "Bihar", "age": 41, **more}


def created(days_ago: float = 10, partner: str = MINE) -> Event:
    return tell("e1", "lead.created", days_ago, partner=partner, lead=lead(), customer=customer())


def changed(name: str, stage: str, days_ago: float, partner: str = MINE, **more: Any) -> Event:
    return tell(name, "lead.changed", days_ago, partner=partner, lead=lead(stage, **more))


async def take(database: Database, *told: Event) -> list[bool]:
    return [await database.write(lambda c, e=event: events.take(c, e, SCORER, NOW)) for event in told]


async def read(database: Database, partner: str = MINE) -> LeadStory | None:
    return await SqlCrm(database, clock=lambda: NOW).read_lead(partner, "L-77")


async def must_read(database: Database, partner: str = MINE) -> LeadStory:
    story = await read(database, partner)
    assert story is not None
    return story


async def count(database: Database, table: Any) -> int:
    return await database.read(lambda c: c.scalar(select(func.count()).select_from(table)) or 0)


async def test_copies_at_once_on_two_gateways_make_one_lead_one_change_and_one_event(gateways: list[Database]) -> None:
    asked = tell("e3", "lead.event", 1, event={"lead": "L-77", "kind": "quote_asked"})
    for event in (created(), changed("e2", "contacted", 5), asked):
        taken = await asyncio.gather(*(take(gateways[number % 2], event) for number in range(COPIES)))
        assert sorted(is_new for copy in taken for is_new in copy) == [False] * (COPIES - 1) + [True]
    sizes = [await count(gateways[0], table) for table in (leads, customers, lead_stages, lead_events, crm_events)]
    assert sizes == [1, 1, 2, 1, 3]
    story = await must_read(gateways[1])
    assert [change.stage for change in story.history] == [Stage.NEW, Stage.CONTACTED]


async def test_different_events_of_one_lead_at_once_leave_one_story(gateways: list[Database]) -> None:
    await take(gateways[0], created())
    told = [changed(f"c{days}", stage, days) for days, stage in ((8, "contacted"), (5, "documents"), (2, "submitted"))]
    told += [tell(f"q{days}", "lead.event", days, event={"lead": "L-77", "kind": "quote_asked"}) for days in (7, 3)]
    await asyncio.gather(*(take(gateways[number % 2], event) for number, event in enumerate(reversed(told))))
    story = await must_read(gateways[0])
    assert [change.stage.value for change in story.history] == ["new", "contacted", "documents", "submitted"]
    assert (story.lead.stage, story.lead.stage_since) == (Stage.SUBMITTED, NOW - 2 * DAY)
    assert len(story.engagement) == 2
    assert await count(gateways[0], lead_scores) == 1


async def test_lead_is_scored_with_its_event(database: Database) -> None:
    await take(database, created())
    kept = await database.read(lambda c: scores.find(c, MINE, "L-77"))
    assert kept is not None
    before = kept.score.points
    await take(database, tell("e2", "lead.event", 0, event={"lead": "L-77", "kind": "quote_asked"}))
    kept = await database.read(lambda c: scores.find(c, MINE, "L-77"))
    assert kept is not None
    assert kept.score.points > before


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 3, 1), (3, 2, 1, 0), (3, 1, 2, 0)])
async def test_events_in_any_order_leave_the_newest_state_and_the_whole_history(
    database: Database, order: tuple[int, ...]
) -> None:
    told = [
        created(),
        changed("e2", "contacted", 6, amount_paise=100),
        changed("e3", "documents", 2, amount_paise=200, reason="pan_missing"),
        tell("e4", "customer.changed", 3, partner=MINE, customer=customer(age=42)),
    ]
    await take(database, *(told[number] for number in order))
    story = await must_read(database)
    at = [(change.stage.value, round((NOW - change.at) / DAY)) for change in story.history]
    assert at == [("new", 10), ("contacted", 6), ("documents", 2)]
    kept = story.lead
    assert (kept.stage, kept.reason, kept.amount, kept.customer.age) == (Stage.DOCUMENTS, "pan_missing", 200, 42)
    assert (kept.created_at, kept.stage_since) == (NOW - 10 * DAY, NOW - 2 * DAY)


async def test_stage_that_is_told_again_is_no_change_and_another_reason_does_not_begin_it_anew(
    database: Database,
) -> None:
    await take(database, created(), changed("e2", "documents", 5, reason="pan_missing"))
    await take(database, changed("e3", "documents", 3, reason="pan_missing"))
    assert len((await must_read(database)).history) == 2
    await take(database, changed("e4", "documents", 1, reason="photo_unclear"))
    story = await must_read(database)
    assert (story.lead.reason, story.lead.stage_since) == ("photo_unclear", NOW - 5 * DAY)


async def test_stage_that_was_reached_earlier_than_told_first_has_begun_then(database: Database) -> None:
    await take(database, created(), changed("e3", "contacted", 2), changed("e2", "contacted", 5))
    story = await must_read(database)
    assert [round((NOW - change.at) / DAY) for change in story.history] == [10, 5]
    assert story.lead.stage_since == NOW - 5 * DAY


async def test_what_the_partner_did_since_is_not_undone_by_an_older_event(database: Database) -> None:
    crm = SqlCrm(database, SCORER, clock=lambda: NOW)
    await take(database, created())
    await crm.move_lead(MINE, "L-77", Stage.CONTACTED, None, "m1")
    await crm.change_customer(MINE, "C-77", CustomerChange(name="Meena Kumari"))
    late = tell("e2", "lead.changed", 1, partner=MINE, lead=lead("documents", amount_paise=7), customer=customer())
    await take(database, late)
    kept = (await must_read(database)).lead
    assert (kept.stage, kept.amount, kept.customer.name) == (Stage.CONTACTED, 7, "Meena Kumari")


async def test_lead_that_changes_its_partner_takes_its_customer_along(database: Database) -> None:
    await take(database, created(), tell("e0", "lead.changed", 9, partner=MINE, lead=lead(reference="L-78")))
    crm = SqlCrm(database, clock=lambda: NOW)
    assert await crm.open_ticket(MINE, NewTicket("lead", "mine", lead="L-77"), "m1") is not None
    await take(database, changed("e2", "contacted", 1, partner=THEIRS))
    assert await read(database) is None
    for wanted in (LeadQuery(name="Meena"), LeadQuery(ending="7777"), LeadQuery()):
        assert (await crm.find_leads(MINE, wanted)).total == 0
        assert (await crm.find_leads(THEIRS, wanted)).total == 2  # the customer's other lead comes along
    assert await crm.read_customer(MINE, "C-77") is None
    assert await crm.read_customer(THEIRS, "C-77") is not None
    assert await crm.list_tickets(THEIRS) == []  # what the other partner wrote to the network
    assert await database.read(lambda c: scores.find(c, MINE, "L-77")) is None


async def test_older_event_brings_no_lead_back_to_its_old_partner(database: Database) -> None:
    await take(database, created(), changed("e2", "contacted", 1, partner=THEIRS), changed("e3", "new", 4))
    await take(database, tell("e4", "lead.changed", 3, partner=MINE, lead=lead(reference="L-78")))
    assert await read(database) is None
    assert (await SqlCrm(database).find_leads(THEIRS, LeadQuery())).total == 2


async def test_partners_own_change_does_not_hold_up_a_new_partner(database: Database) -> None:
    await take(database, created())
    await SqlCrm(database, clock=lambda: NOW).change_customer(MINE, "C-77", CustomerChange(age=50))
    await take(database, tell("e2", "customer.changed", 1, partner=THEIRS, customer=customer(age=44)))
    assert await read(database) is None
    assert (await must_read(database, THEIRS)).lead.customer.age == 50


async def test_customer_is_found_by_the_name_that_was_told_last(database: Database) -> None:
    await take(database, created())
    await take(database, tell("e2", "customer.changed", 1, partner=MINE, customer=customer(name="Yasmin Ansari")))
    crm = SqlCrm(database)
    assert (await crm.find_leads(MINE, LeadQuery(name="यास्मीन"))).total == 1
    assert (await crm.find_leads(MINE, LeadQuery(name="Meena"))).total == 0


async def test_event_that_comes_before_what_it_needs_is_taken_when_it_comes_again(database: Database) -> None:
    asked = tell("e9", "lead.event", 1, event={"lead": "L-77", "kind": "quote_asked"})
    with pytest.raises(Unmet, match="L-77"):
        await take(database, asked)
    with pytest.raises(Unmet, match="C-77"):
        await take(database, changed("e2", "contacted", 5))
    assert await count(database, crm_events) == 0
    assert await take(database, created(), changed("e2", "contacted", 5), asked) == [True, True, True]


async def test_events_leave_the_leads_of_others_alone(database: Database) -> None:
    await database.write(fill)
    before = await SqlCrm(database).find_leads(THEIRS, LeadQuery())
    await take(database, created(), changed("e2", "lost", 1, reason="not_interested"))
    assert await SqlCrm(database).find_leads(THEIRS, LeadQuery()) == before


@pytest.mark.parametrize(
    ("kind", "parts", "says"),
    [
        ("lead.changed", {"lead": lead("sleeping")}, "'new', 'contacted'"),
        ("lead.changed", {"lead": lead(kind="boat")}, "one of term, home-loan"),
        ("lead.event", {"partner": None, "event": {"lead": "L-77", "kind": "sang"}}, "one of quote_asked"),
        ("lead.changed", {}, "carries lead, partner"),
        ("lead.changed", {"partner": None, "lead": lead()}, "carries lead, partner"),
        ("lead.event", {"event": {"lead": "L-77", "kind": "quote_asked"}}, "carries event"),
        ("customer.changed", {"customer": customer(), "lead": lead()}, "and nothing else"),
        ("lead.created", {"lead": lead(customer="C-1"), "customer": customer()}, "two customers"),
        ("lead.created", {"lead": lead(colour="red")}, "Extra inputs"),
        ("lead.created", {"lead": lead(amount_paise=1.5)}, "valid integer"),
        ("customer.changed", {"customer": customer(name=" \t ")}, "pattern"),
        ("customer.changed", {"customer": customer(phone="98765")}, "pattern"),
        ("customer.changed", {"customer": customer(age=400)}, "less than or equal"),
        ("customer.changed", {"customer": customer(), "days_ago": -1}, "up to now"),
        ("customer.changed", {"customer": customer(), "days_ago": 20_000}, "from 2000"),
    ],
)
def test_event_that_is_not_as_agreed_is_refused_and_says_what_is(kind: str, parts: dict[str, Any], says: str) -> None:
    given = {"days_ago": 1, "partner": MINE, **parts}
    with pytest.raises(ValidationError, match=says):
        tell("e1", kind, **given)


def _as_json(raw: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in raw.items() if value is not None})
