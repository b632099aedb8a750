"""HubSpot as the CRM, against the stand-in: all that a CRM does, and what is HubSpot's own."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from saathi.crm.hubspot.crm import HubSpotCrm
from saathi.crm.model import CustomerChange, NewTicket
from saathi.crm.port import Crm, CrmUnavailable
from saathi.leads.model import LeadQuery, Stage
from tests.saathi.crm.account import RunningHubSpot, connect, run_hubspot
from tests.saathi.crm.contract import CrmContract
from tests.saathi.crm.network import MINE, THEIRS

TICKET = NewTicket("payout", "October payout is missing", lead="L-1042", customer="C-1042")


FOREIGN = {
    "id": "77",
    "properties": {
        "saathi_partner": THEIRS, "saathi_reference": "L-1042", "saathi_customer": "C-1042", "firstname": "Secret",
        "dealstage": "closedwon", "saathi_application": "A-1042", "content": "Secret", "saathi_key": "m1",
    },
    "createdAt": "2026-11-21T10:00:00Z", "updatedAt": "2026-11-21T10:00:00Z", "archived": False,
}  # fmt: skip
STAMPS = {"status": "COMPLETE", "startedAt": "2026-11-21T10:00:00Z", "completedAt": "2026-11-21T10:00:00Z"}


@pytest.fixture
async def hubspot() -> AsyncIterator[RunningHubSpot]:
    async with run_hubspot() as running:
        yield running


@pytest.fixture
async def crm(hubspot: RunningHubSpot) -> AsyncIterator[Crm]:
    async with connect(hubspot) as connected:
        yield connected


def find(hubspot: RunningHubSpot, kind: str, by: str, value: str) -> Any:
    return hubspot.records.find(kind, value, by)


class TestHubSpotCrm(CrmContract):
    """All that a CRM does."""


async def test_closed_conversation_is_one_note(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    for _ in range(2):
        await crm.record_conversation(MINE, "c1", "asked for L-1042", "c1-closed")
    (note,) = hubspot.records.by_kind["notes"].values()
    assert (note.properties["saathi_partner"], note.properties["saathi_conversation"]) == (MINE, "c1")
    assert note.properties["hs_note_body"] == "asked for L-1042"


async def test_ticket_stands_on_its_lead_and_its_customer(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    assert await crm.open_ticket(MINE, TICKET, "m1") is not None
    (ticket,) = hubspot.records.by_kind["tickets"].values()
    assert ticket.associated == {
        "deals": [find(hubspot, "deals", "saathi_reference", "L-1042").id],
        "contacts": [find(hubspot, "contacts", "saathi_customer", "C-1042").id],
    }
    assert (ticket.properties["hs_pipeline"], ticket.properties["hs_pipeline_stage"]) == ("0", "1")


async def test_notes_of_staff_are_not_told(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    deal = find(hubspot, "deals", "saathi_reference", "L-1042")
    values = {"hs_note_body": "internal: watch this partner", "hs_timestamp": "1795000000000"}
    note = hubspot.records.create("notes", values)
    hubspot.records.associate("notes", note.id, "deals", deal.id)
    story = await crm.read_lead(MINE, "L-1042")
    assert story is not None
    assert story.notes == ()


async def test_lead_that_staff_moved_since_is_not_moved_back(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    moved = await crm.move_lead(MINE, "L-1042", Stage.SUBMITTED, None, "m1")
    assert moved is not None
    hubspot.records.change("deals", find(hubspot, "deals", "saathi_reference", "L-1042"), {"dealstage": "closedwon"})
    assert await crm.undo_move(MINE, moved.change, "m2") is None


async def test_lead_in_a_stage_of_no_mapping_is_not_told(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    deal = find(hubspot, "deals", "saathi_reference", "L-1042")
    hubspot.records.change("deals", deal, {"dealstage": "another-pipeline"})
    assert (await crm.find_leads(MINE, LeadQuery())).total == 2
    assert await crm.read_lead(MINE, "L-1042") is None


async def test_more_leads_than_a_page_are_counted_and_paged(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    contact = find(hubspot, "contacts", "saathi_customer", "C-1042")
    for number in range(450):
        values = {"saathi_partner": MINE, "saathi_reference": f"L-{5000 + number}", "dealstage": "appointmentscheduled"}
        deal = hubspot.records.create("deals", values)
        hubspot.records.associate("deals", deal.id, "contacts", contact.id)
    page = await crm.find_leads(MINE, LeadQuery(stages=frozenset({Stage.NEW})), most=5, skip=420)
    assert [lead.reference for lead in page.leads] == [f"L-{5420 + number}" for number in range(5)]
    assert page.total == 450
    beyond = await crm.find_leads(MINE, LeadQuery(stages=frozenset({Stage.NEW})), most=5, skip=10_000)
    assert (beyond.leads, beyond.total) == ((), 450)
    named = await crm.find_leads(MINE, LeadQuery(name="Shabnam"), most=3)
    assert (len(named.leads), named.total) == (3, 451)


async def test_record_of_another_partner_is_dropped_and_logged_without_its_data(
    hubspot: RunningHubSpot, crm: HubSpotCrm, capfd: pytest.CaptureFixture[str]
) -> None:
    hubspot.play(rubbish=json.dumps({"total": 1, "results": [FOREIGN], **STAMPS}))
    for wanted in (LeadQuery(), LeadQuery(reference="L-1042"), LeadQuery(name="Secret"), LeadQuery(ending="21")):
        assert (await crm.find_leads(MINE, wanted)).leads == (), wanted
    assert await crm.list_tickets(MINE) == []
    for read in (crm.read_lead, crm.read_customer, crm.list_applications, crm.read_application):
        assert await read(MINE, "A-1042") is None, read
    assert await crm.read_ticket(MINE, "T-77") is None
    assert await crm.open_ticket(MINE, TICKET, "m1") is None
    assert not await crm.add_note(MINE, "L-1042", "hello", "m1")
    assert await crm.move_lead(MINE, "L-1042", Stage.LOST, None, "m1") is None
    assert await crm.change_customer(MINE, "C-1042", CustomerChange(name="X")) is None
    assert [one.address for one in hubspot.asked() if one.address.startswith(("create", "change"))] == []
    told = capfd.readouterr()
    assert "hubspot_foreign_record" in told.out + told.err
    assert "Secret" not in told.out + told.err


FAULTS: list[tuple[dict[str, Any], int]] = [
    ({"status": 401}, 1),
    ({"status": 403}, 1),
    ({"status": 404}, 1),
    ({"status": 429}, 3),
    ({"status": 500}, 3),
    ({"status": 503}, 3),
    ({"rubbish": "<html>"}, 3),
    ({"rubbish": "[]"}, 3),
    ({"rubbish": '{"results": 7, "total": "x"}'}, 3),
    ({"rubbish": '{"results": [{"id": 3, "properties": null}], "total": 1}'}, 3),
    ({"drop": "before"}, 3),
    ({"drop": "after"}, 3),
]


@pytest.mark.parametrize(("fault", "tries"), FAULTS)
async def test_fault_of_hubspot_is_an_unavailable_crm_after_three_reads_at_most(
    hubspot: RunningHubSpot, crm: HubSpotCrm, fault: dict[str, Any], tries: int
) -> None:
    hubspot.play(**fault)
    with pytest.raises(CrmUnavailable):
        await crm.find_leads(MINE, LeadQuery())
    assert len(hubspot.asked()) == tries


@pytest.mark.parametrize("fault", [fault for fault, tries in FAULTS if tries == 3])
async def test_read_that_fails_twice_succeeds_the_third_time(
    hubspot: RunningHubSpot, crm: HubSpotCrm, fault: dict[str, Any]
) -> None:
    hubspot.play(**fault, calls=2)
    assert await crm.read_lead(MINE, "L-1042") is not None


async def test_silence_is_an_unavailable_crm_at_the_deadline(hubspot: RunningHubSpot) -> None:
    hubspot.play(hang=5)
    async with connect(hubspot, deadline_s=0.3) as crm:
        begun = time.monotonic()
        with pytest.raises(CrmUnavailable):
            await crm.read_lead(MINE, "L-1042")
        assert time.monotonic() - begun < 1.0


async def test_answer_that_dribbles_in_is_left_at_the_deadline(hubspot: RunningHubSpot) -> None:
    async def dribble(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(15):  # each byte within the time that a socket waits
            await response.write(b" ")
            await asyncio.sleep(0.1)
        return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", dribble)
    async with TestServer(app) as server, connect(replace(hubspot, url=str(server.make_url("/"))), 0.4) as crm:
        begun = time.monotonic()
        with pytest.raises(CrmUnavailable):
            await crm.read_lead(MINE, "L-1042")
        assert time.monotonic() - begun < 1.0


async def test_hubspot_that_is_not_there_is_an_unavailable_crm(hubspot: RunningHubSpot) -> None:
    async with connect(replace(hubspot, url="http://127.0.0.1:9")) as crm:
        with pytest.raises(CrmUnavailable):
            await crm.add_note(MINE, "L-1042", "hello", "m1")


async def test_wait_that_hubspot_asks_for_is_kept_within_the_deadline(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    hubspot.play(status=429, retry_after=0.4, calls=1)
    begun = time.monotonic()
    assert await crm.read_customer(MINE, "C-1042") is not None
    assert time.monotonic() - begun >= 0.4
    hubspot.play(status=429, retry_after=10)
    begun = time.monotonic()
    with pytest.raises(CrmUnavailable):
        await crm.read_customer(MINE, "C-1042")
    assert time.monotonic() - begun < 0.4


async def test_wrong_token_is_an_unavailable_crm(hubspot: RunningHubSpot) -> None:
    async with connect(hubspot, token="pat-of-another") as crm:
        with pytest.raises(CrmUnavailable):
            await crm.list_tickets(MINE)


Write = Callable[[HubSpotCrm], Awaitable[Any]]
WRITES: dict[str, Write] = {
    "create tickets": lambda crm: crm.open_ticket(MINE, TICKET, "m1"),
    "create notes": lambda crm: crm.add_note(MINE, "L-1042", "hello", "m1"),
    "change deals": lambda crm: crm.move_lead(MINE, "L-1042", Stage.SUBMITTED, None, "m1"),
}


def count_written(hubspot: RunningHubSpot, address: str) -> int:
    if address == "change deals":
        return len(find(hubspot, "deals", "saathi_reference", "L-1042").history["saathi_move"])
    return len(hubspot.records.by_kind[address.removeprefix("create ")])


@pytest.mark.parametrize("address", WRITES)
async def test_write_whose_answer_is_lost_is_found_and_not_doubled(
    hubspot: RunningHubSpot, crm: HubSpotCrm, address: str
) -> None:
    hubspot.play(address=address, drop="after", calls=1)
    first = await WRITES[address](crm)
    assert first
    assert await WRITES[address](crm) == first
    assert (len(hubspot.asked(address)), count_written(hubspot, address)) == (1, 1)


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop": "before"}, {"rubbish": "<html>"}])
@pytest.mark.parametrize("address", WRITES)
async def test_write_whose_fate_nobody_knows_is_tried_once(
    hubspot: RunningHubSpot, crm: HubSpotCrm, address: str, fault: dict[str, Any]
) -> None:
    hubspot.play(address=address, **fault, calls=1)
    with pytest.raises(CrmUnavailable):
        await WRITES[address](crm)
    assert len(hubspot.asked(address)) == 1
    assert await WRITES[address](crm)  # the same wish once more
    assert count_written(hubspot, address) == 1


@pytest.mark.parametrize("address", WRITES)
async def test_write_whose_answer_comes_too_late_is_not_doubled(hubspot: RunningHubSpot, address: str) -> None:
    hubspot.play(address=address, hang=5, calls=1)
    async with connect(hubspot, deadline_s=0.4) as crm:
        with pytest.raises(CrmUnavailable):
            await WRITES[address](crm)
    async with connect(hubspot) as crm:
        assert await WRITES[address](crm)
    assert (len(hubspot.asked(address)), count_written(hubspot, address)) == (1, 1)


@pytest.mark.parametrize("address", WRITES)
async def test_write_that_was_surely_not_taken_is_tried_again(
    hubspot: RunningHubSpot, crm: HubSpotCrm, address: str
) -> None:
    hubspot.play(address=address, status=429, calls=2)
    assert await WRITES[address](crm)
    assert (len(hubspot.asked(address)), count_written(hubspot, address)) == (3, 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
@pytest.mark.parametrize("address", WRITES)
async def test_write_that_is_refused_is_an_unavailable_crm(
    hubspot: RunningHubSpot, crm: HubSpotCrm, address: str, status: int
) -> None:
    hubspot.play(address=address, status=status)
    with pytest.raises(CrmUnavailable):
        await WRITES[address](crm)
    assert (len(hubspot.asked(address)), count_written(hubspot, address)) == (1, 0)


async def test_conversation_whose_note_lost_its_answer_is_not_doubled(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    hubspot.play(address="create notes", drop="after", calls=1)
    for _ in range(2):
        await crm.record_conversation(MINE, "c1", "asked for L-1042", "c1-closed")
    assert (len(hubspot.asked("create notes")), count_written(hubspot, "create notes")) == (1, 1)


async def test_two_that_open_the_same_ticket_at_once_open_one(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    hubspot.play(address="create tickets", hang=0.2)
    one, other = await asyncio.gather(*(crm.open_ticket(MINE, TICKET, "m1") for _ in range(2)))
    assert one == other
    assert one is not None
    assert len(hubspot.records.by_kind["tickets"]) == 1


async def test_failures_are_logged_without_what_was_asked(
    hubspot: RunningHubSpot, crm: HubSpotCrm, capfd: pytest.CaptureFixture[str]
) -> None:
    hubspot.play(address="create notes", status=500)
    with pytest.raises(CrmUnavailable) as raised:
        await crm.add_note(MINE, "L-1042", "the secret of Shabnam", "m1")
    told = capfd.readouterr()
    assert "hubspot_failed" in told.out + told.err
    assert "secret" not in told.out + told.err + str(raised.value)
