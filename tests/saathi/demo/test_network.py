"""The demo network: repeatable, sound, and with something to ask about for everybody."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from saathi.clock import date_in_india
from saathi.demo.__main__ import fill
from saathi.demo.network import Network, Rows
from saathi.leads.model import ENDED, Stage
from saathi.products import Catalog
from saathi.store import Database
from tests.saathi.crm.network import DAY, NOW


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.fixture(scope="module")
def rows(catalog: Catalog) -> Rows:
    return Network(catalog, NOW).make()


def test_same_seed_and_moment_make_the_same_network(catalog: Catalog, rows: Rows) -> None:
    assert Network(catalog, NOW).make() == rows
    assert Network(catalog, NOW, seed=2).make() != rows


def test_every_demo_partner_has_leads_that_are_open_and_payouts(rows: Rows) -> None:
    partners = {f"P{number}" for number in range(1001, 1201)}
    assert {row["partner"] for row in rows["leads"]} == partners
    is_open = Counter(row["partner"] for row in rows["leads"] if Stage(row["stage"]) not in ENDED)
    assert len(partners - is_open.keys()) <= 10
    assert len(partners - {row["partner"] for row in rows["payouts"]}) <= 5


def test_lead_of_the_readme_waits_for_a_paper(rows: Rows) -> None:
    lead = next(row for row in rows["leads"] if row["reference"] == "L-1042")
    assert (lead["partner"], lead["stage"]) == ("P1001", "documents")
    assert lead["reason"] is not None


def test_nothing_happens_after_now_or_before_its_lead(rows: Rows) -> None:
    begun = {row["reference"]: row["created_at"] for row in rows["leads"]}
    for table in ("lead_stages", "lead_events", "lead_documents"):
        assert all(begun[row["lead"]] <= row["at"] <= NOW for row in rows[table]), table


def test_stage_of_a_lead_is_the_last_of_its_story(rows: Rows) -> None:
    last = {row["lead"]: row for row in rows["lead_stages"]}
    for lead in rows["leads"]:
        story = last[lead["reference"]]
        assert (lead["stage"], lead["stage_since"], lead["reason"]) == (story["stage"], story["at"], story["reason"])


def test_payouts_keep_the_rules_of_the_network(rows: Rows) -> None:
    lines = defaultdict(list)
    for line in rows["payout_lines"]:
        lines[line["payout"]].append(line)
    for payout in rows["payouts"]:
        amounts = [line["amount"] for line in lines[payout["id"]]]
        back = -sum(line["amount"] for line in lines[payout["id"]] if line["kind"] == "clawback")
        assert back <= sum(amount for amount in amounts if amount > 0) / 2
        assert (sum(amounts) < 500_00) == (payout["reason"] == "below_minimum")
        if payout["state"] == "paid":
            assert payout["paid_on"] <= date_in_india(NOW).isoformat()
            assert int(payout["due_on"][-2:]) in {10, 11, 12}


def test_made_up_people_can_be_called_by_nobody(rows: Rows) -> None:
    assert all(row["phone"].startswith("+910") for row in rows["customers"])


def test_referrals_come_to_something_more_often_than_campaigns(rows: Rows) -> None:
    ended = [row for row in rows["leads"] if Stage(row["stage"]) in ENDED]

    def share(source: str) -> float:
        stages = [row["stage"] for row in ended if row["source"] == source]
        return stages.count("approved") / len(stages)

    assert share("referral") > share("campaign") + 0.1


async def test_demo_fills_a_database_once_unless_it_is_told_to_replace(database: Database) -> None:
    made = await fill(database, NOW, replace=False)
    assert made is not None
    assert made > 6000
    assert await fill(database, NOW, replace=False) is None
    assert await fill(database, NOW + timedelta(days=1).total_seconds(), replace=True) == made


def test_week_is_long_enough_for_stuck_leads(rows: Rows) -> None:
    stuck = [row for row in rows["leads"] if Stage(row["stage"]) not in ENDED and row["stage_since"] < NOW - 7 * DAY]
    assert len(stuck) > 100
