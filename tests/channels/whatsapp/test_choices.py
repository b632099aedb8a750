"""Choices on WhatsApp: buttons, lists, and numbers that are picked in words."""

from typing import Any

import pytest

from saathi.settings import Settings
from tests.channels.conftest import Gateway, run_gateway
from tests.support.gateway import on_sqlite
from tests.support.vendors import Running
from tests.support.whatsapp import FOUR, LONG, ME, OTHER, THREE, OfferingDoor, say, seen, wait_for

pytestmark = on_sqlite

OTHER_CONTENT = {"language": "en", "types": {"twilio/text": {"body": "Of another program."}}}


async def test_buttons_are_tapped_by_ids_and_never_by_payloads(
    gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    door.offer("help", THREE)
    await say(gateway, "help")
    shown = (await wait_for(vendors, 1))[0]
    assert [button["title"] for button in shown["buttons"]] == [title for title, _ in THREE]
    assert "ask_human" not in str(vendors.asked("twilio"))
    person, question, _ = shown["buttons"]
    await say(gateway, person["title"], MessageType="button", ButtonText=person["title"], ButtonPayload=person["id"])
    await wait_for(vendors, 2)
    await say(gateway, question["title"], MessageType="interactive", ButtonPayload=question["id"])
    await wait_for(vendors, 3)
    assert door.heard() == ["help", "/ask_human", "What is a ULIP?"]


async def test_payload_that_is_no_id_of_ours_is_never_a_command(
    gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    await say(gateway, "Go on", ButtonText="Go on", ButtonPayload="/restart")
    await wait_for(vendors, 1)
    assert door.heard() == ["Go on"]
    await say(gateway, "Talk to a person", ButtonPayload="0" * 32)
    assert (await wait_for(vendors, 2))[1]["text"] == gateway.services.wording.say("choice_unknown", "en")
    assert door.heard() == ["Go on"]


async def test_choice_of_somebody_else_is_unknown(gateway: Gateway, vendors: Running, door: OfferingDoor) -> None:
    door.offer("help", THREE)
    await say(gateway, "help", address=OTHER)
    stolen = (await wait_for(vendors, 1, OTHER))[0]["buttons"][0]["id"]
    await say(gateway, "Talk to a person", ButtonPayload=stolen)
    assert (await wait_for(vendors, 1))[0]["text"] == gateway.services.wording.say("choice_unknown", "en")


async def test_more_choices_are_a_list(gateway: Gateway, vendors: Running, door: OfferingDoor) -> None:
    door.offer("help", FOUR)
    await say(gateway, "help")
    shown = (await wait_for(vendors, 1))[0]
    assert (shown["buttons"], shown["list_button"]) == ([], "See choices")
    assert [row["title"] for row in shown["rows"]] == [title for title, _ in FOUR]
    await say(gateway, "", MessageType="interactive", ListId=shown["rows"][3]["id"], ListTitle="The surrender value")
    await wait_for(vendors, 2)
    assert door.heard() == ["help", "surrender value kya hai"]


@pytest.mark.parametrize("typed", ["2", "second", "दूसरा", "dusra wala", "2.", "२"])
async def test_choices_that_do_not_fit_are_numbered_and_picked_in_words(
    typed: str, gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    door.offer("help", LONG)
    await say(gateway, "help")
    shown = (await wait_for(vendors, 1))[0]
    assert shown["text"] == (
        "Which one?\n\nReply with a number:\n1. That helped\n2. When will my commission of this month come?\n3. Stop"
    )
    await say(gateway, typed)
    await wait_for(vendors, 2)
    assert door.heard() == ["help", "payout date"]


@pytest.mark.parametrize(("typed", "picked"), [("10", 10), ("दसवाँ", 10), ("११", 11), ("chhathi wali", 6), ("12", None)])
async def test_of_many_choices_also_a_late_one_is_picked(
    typed: str, picked: int | None, gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    door.offer("help", [(f"Choice {number}", f"pick {number}") for number in range(1, 12)])
    await say(gateway, "help")
    assert "\n11. Choice 11" in (await wait_for(vendors, 1))[0]["text"]
    await say(gateway, typed)
    await wait_for(vendors, 2)
    assert door.heard() == ["help", f"pick {picked}" if picked else typed]


async def test_each_content_is_made_once(settings: Settings, vendors: Running, door: OfferingDoor) -> None:
    """However many messages, people, gateways and restarts; other contents of the account fill pages before them."""
    for number in range(600):
        vendors.vendors.contents.create({**OTHER_CONTENT, "friendly_name": f"other {number}"})
    door.offer("three", THREE)
    door.offer("four", FOUR)
    for expected in (2, 4):
        async with run_gateway(settings) as gateway:
            for address in (ME, OTHER):
                await say(gateway, "three", address=address)
                await say(gateway, "four", address=address)
            await wait_for(vendors, expected, ME)
            await wait_for(vendors, expected, OTHER)
    assert len([content for content in vendors.vendors.contents.list_all() if "saathi" in content.name]) == 2


async def test_without_the_content_api_choices_are_numbered(
    gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    vendors.play("twilio", path="/v1/Content", calls=1, status=404)
    door.offer("help", THREE)
    await say(gateway, "help")
    assert "2. What is a ULIP?" in (await wait_for(vendors, 1))[0]["text"]
    await say(gateway, "2")
    await wait_for(vendors, 2)
    assert door.heard() == ["help", "What is a ULIP?"]


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"drop": "after"}, {"hang": 60}, {"rubbish": "<html>"}],
    ids=["500", "drop", "hang", "rubbish"],
)
async def test_content_that_could_not_be_made_is_made_at_the_next_try(
    fault: dict[str, Any], gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    vendors.play("twilio", path="/v1/Content", calls=1, **fault)
    door.offer("help", THREE)
    await say(gateway, "help")
    assert len((await wait_for(vendors, 1))[0]["buttons"]) == 3
    assert len(seen(vendors)) == 1


async def test_content_that_somebody_removed_is_made_again(
    gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    door.offer("help", THREE)
    await say(gateway, "help")
    await wait_for(vendors, 1)
    contents = vendors.vendors.contents
    (old,) = [content.sid for content in contents.list_all()]
    contents.delete(old)
    await say(gateway, "help")
    assert len((await wait_for(vendors, 2))[1]["buttons"]) == 3
    assert old not in [content.sid for content in contents.list_all()]
