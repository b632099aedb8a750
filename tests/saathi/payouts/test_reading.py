"""The ledger in the store, on both databases: each partner's own, the newest first."""

import time

import pytest
from sqlalchemy import update

from saathi.payouts.reading import list_payouts
from saathi.payouts.sales import find_sale
from saathi.store import Database
from saathi.store.crm_tables import leads
from tests.support.network import MINE, THEIRS, fill


@pytest.fixture
async def ledger(database: Database) -> Database:
    await database.write(lambda c: fill(c, time.time()))
    return database


async def test_payouts_come_newest_first_with_their_lines_in_order(ledger: Database) -> None:
    found = await ledger.read(lambda c: list_payouts(c, MINE, 24))
    assert [payout.month for payout in found] == sorted((payout.month for payout in found), reverse=True)
    assert len(found) == 13
    assert all(payout.id.startswith(MINE) for payout in found)
    assert all(payout.lines[-1].kind == "tds" for payout in found)
    assert (await ledger.read(lambda c: list_payouts(c, MINE, 2))) == found[:2]


async def test_partner_without_a_ledger_has_none(ledger: Database) -> None:
    assert await ledger.read(lambda c: list_payouts(c, "P9003", 24)) == []


async def test_sale_is_named_only_while_its_lead_is_the_partners(ledger: Database) -> None:
    before = find_sale(await ledger.read(lambda c: list_payouts(c, MINE, 24)), "L-9045", "")
    assert [line.customer for _, line in before] == ["Devika Nair"]
    await ledger.write(lambda c: c.execute(update(leads).where(leads.c.reference == "L-9045").values(partner=THEIRS)))
    after = find_sale(await ledger.read(lambda c: list_payouts(c, MINE, 24)), "L-9045", "")
    assert [line.customer for _, line in after] == [None]


async def test_sale_is_found_by_lead_or_by_a_name_in_either_script(ledger: Database) -> None:
    payouts = await ledger.read(lambda c: list_payouts(c, MINE, 24))
    assert len(find_sale(payouts, "L-9045", "")) == len(find_sale(payouts, None, "देविका")) == 1
    assert find_sale(payouts, None, "Imran") == ()
    assert find_sale(payouts, "L-9202", "") == ()
