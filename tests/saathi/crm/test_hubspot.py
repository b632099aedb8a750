"""HubSpot as the CRM, against the stand-in: all that a CRM does, and what is HubSpot's own."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from saathi.crm.hubspot.crm import HubSpotCrm
from saathi.crm.model import CustomerChange
from saathi.crm.port import Crm
from saathi.leads.model import LeadQuery, Stage
from saathi.scoring.rates import Ended
from tests.saathi.crm.account import (
    AT,
    FOREIGN,
    STAMPS,
    STORY_READS,
    TICKET,
    RunningHubSpot,
    connect,
    find,
    put,
)
from tests.saathi.crm.contract import CrmContract, HandOver
from tests.saathi.crm.network import MINE, THEIRS

NO_ANSWER = "73a0d17f-1163-4015-bdd5-ec830791da20"


@pytest.fixture
async def crm(hubspot: RunningHubSpot) -> AsyncIterator[Crm]:
    async with connect(hubspot) as connected:
        yield connected


@pytest.fixture
def hand_over(hubspot: RunningHubSpot) -> HandOver:
    async def change(number: str, partner: str) -> None:
        for kind, by, value in (
            ("contacts", "saathi_customer", f"C-{number}"),
            ("deals", "saathi_reference", f"L-{number}"),
        ):
            hubspot.records.change(kind, find(hubspot, kind, by, value), {"saathi_partner": partner})

    return change


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
    assert not await crm.remove_note(MINE, "L-1042", "m1")
    assert await crm.move_lead(MINE, "L-1042", Stage.LOST, None, "m1") is None
    assert await crm.change_customer(MINE, "C-1042", CustomerChange(name="X")) is None
    assert [one.address for one in hubspot.asked() if one.address.startswith(("create", "change", "remove"))] == []
    told = capfd.readouterr()
    assert "hubspot_foreign_record" in told.out + told.err
    assert "Secret" not in told.out + told.err


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        ("calls", {"hs_call_status": "MISSED", "hs_call_direction": "INBOUND"}, ["call_asked"]),
        ("calls", {"hs_call_status": "NO_ANSWER", "hs_call_direction": "OUTBOUND"}, ["call_missed"]),
        ("calls", {"hs_call_status": "COMPLETED"}, ["call_answered"]),
        ("calls", {"hs_call_status": "COMPLETED", "hs_call_disposition": NO_ANSWER}, ["call_missed"]),
        ("calls", {"hs_call_status": "QUEUED"}, []),
        ("calls", {"hs_call_status": "COMPLETED", "saathi_event": "quote_asked"}, ["quote_asked"]),
        ("calls", {"hs_call_status": "COMPLETED", "saathi_partner": THEIRS}, []),
        ("calls", {"hs_call_status": "COMPLETED", "saathi_partner": MINE}, ["call_answered"]),
        ("meetings", {"hs_meeting_outcome": "COMPLETED"}, ["met"]),
        ("meetings", {"hs_meeting_outcome": "NO_SHOW"}, []),
        ("emails", {"hs_email_direction": "EMAIL"}, []),
        ("emails", {"hs_email_direction": "INCOMING_EMAIL"}, ["replied"]),
        ("communications", {"hs_communication_channel_type": "WHATS_APP"}, []),
        ("communications", {"saathi_event": "form_begun"}, ["form_begun"]),
        ("notes", {"hs_note_body": "internal", "saathi_event": "document_sent"}, ["document_sent"]),
        ("notes", {"hs_note_body": "internal", "saathi_event": "met", "saathi_partner": THEIRS}, []),
    ],
)
async def test_what_stands_on_a_deal_says_what_happened(
    hubspot: RunningHubSpot, crm: HubSpotCrm, kind: str, values: dict[str, str], told: list[str]
) -> None:
    await put(hubspot, kind, "L-1043", **values)
    story = await crm.read_lead(MINE, "L-1043")
    assert story is not None
    assert [(event.kind, event.at) for event in story.engagement] == [(code, int(AT) / 1000) for code in told]
    assert story.notes == ()


async def test_email_that_was_opened_and_clicked_is_both_when_it_first_was(
    hubspot: RunningHubSpot, crm: HubSpotCrm
) -> None:
    email = hubspot.records.by_kind["emails"][await put(hubspot, "emails", "L-1043", hs_email_direction="EMAIL")]
    sent = int(AT) / 1000
    for name, times in (("hs_email_open_count", (50, 90)), ("hs_email_click_count", (95,))):
        email.history[name] = [("0", sent), *((str(number + 1), sent + after) for number, after in enumerate(times))]
        email.properties[name] = str(len(times))
    story = await crm.read_lead(MINE, "L-1043")
    assert story is not None
    assert [(event.kind, event.at - sent) for event in story.engagement] == [
        ("message_opened", 50.0),
        ("link_opened", 95.0),
    ]


async def test_all_that_stands_on_a_deal_is_read_page_by_page(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    for _ in range(1_020):
        await put(hubspot, "calls", "L-1043", hs_call_status="COMPLETED")
    for _ in range(60):  # of which there is history, fifty at once
        await put(hubspot, "emails", "L-1043", hs_email_direction="INCOMING_EMAIL")
    story = await crm.read_lead(MINE, "L-1043")
    assert story is not None
    assert Counter(event.kind for event in story.engagement) == {"call_answered": 1_020, "replied": 60}
    asked = Counter(one.address for one in hubspot.asked())
    assert (asked["read calls"], asked["read emails"]) == (11, 2)


async def test_paper_in_a_state_of_no_mapping_is_not_told(
    hubspot: RunningHubSpot, crm: HubSpotCrm, capfd: pytest.CaptureFixture[str]
) -> None:
    deal = find(hubspot, "deals", "saathi_reference", "L-1042")
    hubspot.records.change("deals", deal, {"saathi_paper_pan": "lost in the post", "saathi_paper_income": ""})
    story = await crm.read_lead(MINE, "L-1042")
    assert story is not None
    assert [paper.kind for paper in story.documents] == ["address", "statement"]
    told = capfd.readouterr()
    assert "hubspot_unmapped_paper" in told.out + told.err


@pytest.mark.parametrize("address", STORY_READS)
async def test_record_of_another_in_a_story_is_dropped(
    hubspot: RunningHubSpot, crm: HubSpotCrm, address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    kind = address.split()[1]
    foreign = {**FOREIGN, "properties": {**FOREIGN["properties"], "saathi_event": "met", "hs_timestamp": AT}}  # type: ignore[dict-item]
    own = [{**foreign, "id": id_} for id_ in hubspot.records.by_kind[kind]]  # the right ids, another's partner
    nobodys = {**foreign, "properties": {"saathi_event": "met", "hs_timestamp": AT}}  # nobody's, and not asked for
    results: list[Any] = [*own, nobodys]
    if address == "associations deals":
        results = [{"from": {"id": "77"}, "to": [{"toObjectId": 78, "associationTypes": []}]}]
    hubspot.play(address=address, rubbish=json.dumps({"results": results, **STAMPS}))
    story = await crm.read_lead(MINE, "L-1042")
    if address == "associations deals":
        assert story is None  # nor is its customer known
        return
    assert story is not None
    assert AT not in {f"{event.at * 1000:.0f}" for event in story.engagement}
    told = capfd.readouterr()
    assert "hubspot_foreign_record" in told.out + told.err
    assert "Secret" not in told.out + told.err


async def test_ended_leads_are_counted_page_by_page_and_no_others(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    for number in range(250):
        stage = "closedwon" if number % 5 == 0 else "closedlost"
        values = {"saathi_partner": MINE, "saathi_kind": "Motor insurance", "dealstage": stage}
        hubspot.records.create("deals", values)
    hubspot.records.create("deals", {"saathi_partner": THEIRS, "saathi_kind": "ULIP", "dealstage": "closedwon"})
    assert sorted(await crm.count_ended(MINE), key=lambda one: one.kind) == [
        Ended("motor", 250, 50),
        Ended("term", 1, 1),
    ]
    hubspot.play(rubbish=json.dumps({"total": 1, "results": [FOREIGN], **STAMPS}))
    assert await crm.count_ended(MINE) == []
