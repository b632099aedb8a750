"""HubSpot at fault: three reads at most, no write twice, and an answer within the deadline."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from saathi.crm.hubspot.crm import HubSpotCrm
from saathi.crm.port import Crm, CrmUnavailable
from saathi.leads.model import LeadQuery, Stage
from tests.saathi.crm.account import STORY_READS, TICKET, RunningHubSpot, connect, find, put
from tests.saathi.crm.network import EVENTS, MINE, THEIRS


@pytest.fixture
async def crm(hubspot: RunningHubSpot) -> AsyncIterator[Crm]:
    async with connect(hubspot) as connected:
        yield connected


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


@pytest.mark.parametrize(
    ("fault", "tries"),
    [
        ({"status": 401}, 1),
        ({"status": 404}, 1),
        ({"status": 429}, 3),
        ({"status": 500}, 3),
        ({"rubbish": "<html>"}, 3),
        ({"rubbish": '{"results": 7, "total": "x"}'}, 3),
    ],
)
@pytest.mark.parametrize("address", STORY_READS)
async def test_fault_in_a_part_of_a_story_is_an_unavailable_crm_after_three_reads_at_most(
    hubspot: RunningHubSpot, crm: HubSpotCrm, address: str, fault: dict[str, Any], tries: int
) -> None:
    hubspot.play(address=address, **fault)
    with pytest.raises(CrmUnavailable):
        await crm.read_lead(MINE, "L-1042")
    asked = Counter(json.dumps([one.path, one.fields]) for one in hubspot.asked(address))
    assert max(asked.values()) <= tries
    assert tries in asked.values() or address == "associations deals"  # the first that gives up ends the others


@pytest.mark.parametrize("address", STORY_READS)
async def test_part_of_a_story_that_fails_twice_succeeds_the_third_time(
    hubspot: RunningHubSpot, crm: HubSpotCrm, address: str
) -> None:
    hubspot.play(address=address, status=500, calls=2)
    story = await crm.read_lead(MINE, "L-1042")
    assert story is not None
    assert len(story.engagement) == len(EVENTS)


@pytest.mark.parametrize("address", ["", *STORY_READS, "search deals"])
async def test_silence_is_an_unavailable_crm_at_the_deadline(hubspot: RunningHubSpot, address: str) -> None:
    hubspot.play(address=address, hang=5)
    async with connect(hubspot, deadline_s=0.3) as crm:
        begun = time.monotonic()
        with pytest.raises(CrmUnavailable):
            await (crm.count_ended(MINE) if address == "search deals" else crm.read_lead(MINE, "L-1042"))
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


REMOVE = "remove notes"


async def test_removal_whose_answer_is_lost_is_found_done(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    await crm.add_note(MINE, "L-1042", "hello", "m1")
    hubspot.play(address=REMOVE, drop="after", calls=1)
    for _ in range(2):
        assert await crm.remove_note(MINE, "L-1042", "m1")
    assert (len(hubspot.asked(REMOVE)), count_written(hubspot, "create notes")) == (1, 0)


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop": "before"}, {"rubbish": "<html>"}])
async def test_removal_whose_fate_nobody_knows_is_tried_once(
    hubspot: RunningHubSpot, crm: HubSpotCrm, fault: dict[str, Any]
) -> None:
    await crm.add_note(MINE, "L-1042", "hello", "m1")
    hubspot.play(address=REMOVE, **fault, calls=1)
    with pytest.raises(CrmUnavailable):
        await crm.remove_note(MINE, "L-1042", "m1")
    assert (len(hubspot.asked(REMOVE)), count_written(hubspot, "create notes")) == (1, 1)
    assert await crm.remove_note(MINE, "L-1042", "m1")
    assert count_written(hubspot, "create notes") == 0


@pytest.mark.parametrize(("status", "tries"), [(400, 1), (401, 1), (403, 1), (429, 3)])
async def test_removal_that_is_refused_is_an_unavailable_crm(
    hubspot: RunningHubSpot, crm: HubSpotCrm, status: int, tries: int
) -> None:
    await crm.add_note(MINE, "L-1042", "hello", "m1")
    hubspot.play(address=REMOVE, status=status)
    with pytest.raises(CrmUnavailable):
        await crm.remove_note(MINE, "L-1042", "m1")
    assert (len(hubspot.asked(REMOVE)), count_written(hubspot, "create notes")) == (tries, 1)


async def test_removal_of_what_staff_removed_just_before_is_done(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    await crm.add_note(MINE, "L-1042", "hello", "m1")
    hubspot.play(address=REMOVE, status=404, calls=1)
    assert await crm.remove_note(MINE, "L-1042", "m1")


async def test_removal_whose_answer_comes_too_late_is_an_unavailable_crm(hubspot: RunningHubSpot) -> None:
    async with connect(hubspot) as crm:
        await crm.add_note(MINE, "L-1042", "hello", "m1")
    hubspot.play(address=REMOVE, hang=5, calls=1)
    async with connect(hubspot, deadline_s=0.4) as crm:
        with pytest.raises(CrmUnavailable):
            await crm.remove_note(MINE, "L-1042", "m1")
    async with connect(hubspot) as crm:
        assert await crm.remove_note(MINE, "L-1042", "m1")
    assert count_written(hubspot, "create notes") == 0


async def test_notes_of_staff_and_of_others_are_never_removed(hubspot: RunningHubSpot, crm: HubSpotCrm) -> None:
    await put(hubspot, "notes", "L-1042", saathi_key="m1")
    await put(hubspot, "notes", "L-1042", saathi_key="m2", saathi_partner=THEIRS)
    for key in ("m1", "m2"):
        assert await crm.remove_note(MINE, "L-1042", key)
    assert (len(hubspot.asked(REMOVE)), count_written(hubspot, "create notes")) == (0, 2)


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
