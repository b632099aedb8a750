"""Choices on WhatsApp: buttons, lists, and numbers that are picked in words."""

from typing import Any

import pytest

from saathi.settings import Settings
from tests.channels.conftest import Gateway, run_gateway
from tests.support.twilio import FakeTwilio
from tests.support.whatsapp import FOUR, LONG, ME, OTHER, THREE, OfferingDoor, on_sqlite, say, wait_for

pytestmark = on_sqlite


async def test_buttons_are_tapped_by_ids_and_never_by_payloads(
    gateway: Gateway, twilio: FakeTwilio, door: OfferingDoor
) -> None:
    door.offer("help", THREE)
    await say(gateway, "help")
    shown = (await wait_for(twilio, 1))[0]
    assert shown["type"] == "twilio/quick-reply"
    assert [choice["title"] for choice in shown["choices"]] == [title for title, _ in THREE]
    assert "ask_human" not in str(twilio.messages)
    person, question, _ = shown["choices"]
    await say(gateway, person["title"], MessageType="button", ButtonText=person["title"], ButtonPayload=person["id"])
    await wait_for(twilio, 2)
    await say(gateway, question["title"], MessageType="interactive", ButtonPayload=question["id"])
    await wait_for(twilio, 3)
    assert door.heard() == ["help", "/ask_human", "What is a ULIP?"]


async def test_payload_that_is_no_id_of_ours_is_never_a_command(
    gateway: Gateway, twilio: FakeTwilio, door: OfferingDoor
) -> None:
    await say(gateway, "Go on", ButtonText="Go on", ButtonPayload="/restart")
    await wait_for(twilio, 1)
    assert door.heard() == ["Go on"]
    await say(gateway, "Talk to a person", ButtonPayload="0" * 32)
    assert (await wait_for(twilio, 2))[1]["text"] == gateway.services.wording.say("choice_unknown", "en")
    assert door.heard() == ["Go on"]


async def test_choice_of_somebody_else_is_unknown(gateway: Gateway, twilio: FakeTwilio, door: OfferingDoor) -> None:
    door.offer("help", THREE)
    await say(gateway, "help", address=OTHER)
    stolen = (await wait_for(twilio, 1, OTHER))[0]["choices"][0]["id"]
    await say(gateway, "Talk to a person", ButtonPayload=stolen)
    assert (await wait_for(twilio, 1))[0]["text"] == gateway.services.wording.say("choice_unknown", "en")


async def test_more_choices_are_a_list(gateway: Gateway, twilio: FakeTwilio, door: OfferingDoor) -> None:
    door.offer("help", FOUR)
    await say(gateway, "help")
    shown = (await wait_for(twilio, 1))[0]
    assert (shown["type"], shown["button"]) == ("twilio/list-picker", "See choices")
    assert [choice["title"] for choice in shown["choices"]] == [title for title, _ in FOUR]
    await say(gateway, "", MessageType="interactive", ListId=shown["choices"][3]["id"], ListTitle="The surrender value")
    await wait_for(twilio, 2)
    assert door.heard() == ["help", "surrender value kya hai"]


@pytest.mark.parametrize("typed", ["2", "second", "दूसरा", "dusra wala", "2.", "२"])
async def test_choices_that_do_not_fit_are_numbered_and_picked_in_words(
    typed: str, gateway: Gateway, twilio: FakeTwilio, door: OfferingDoor
) -> None:
    door.offer("help", LONG)
    await say(gateway, "help")
    shown = (await wait_for(twilio, 1))[0]
    assert shown["text"] == (
        "Which one?\n\nReply with a number:\n1. That helped\n2. When will my commission of this month come?\n3. Stop"
    )
    await say(gateway, typed)
    await wait_for(twilio, 2)
    assert door.heard() == ["help", "payout date"]


async def test_each_content_is_made_once(settings: Settings, twilio: FakeTwilio, door: OfferingDoor) -> None:
    """However many messages, people, gateways and restarts; other contents of the account fill pages before them."""
    for number in range(600):
        twilio.add_content({"friendly_name": f"other {number}", "language": "en", "types": {}})
    door.offer("three", THREE)
    door.offer("four", FOUR)
    for expected in (2, 4):
        async with run_gateway(settings) as gateway:
            for address in (ME, OTHER):
                await say(gateway, "three", address=address)
                await say(gateway, "four", address=address)
            await wait_for(twilio, expected, ME)
            await wait_for(twilio, expected, OTHER)
    names = [content["friendly_name"] for content in twilio.contents.values() if "saathi" in content["friendly_name"]]
    assert len(names) == 2


@pytest.mark.parametrize("fault", [404, "garbage"])
async def test_without_the_content_api_choices_are_numbered(
    fault: Any, gateway: Gateway, twilio: FakeTwilio, door: OfferingDoor
) -> None:
    twilio.content_faults = [fault]
    door.offer("help", THREE)
    await say(gateway, "help")
    assert "2. What is a ULIP?" in (await wait_for(twilio, 1))[0]["text"]
    await say(gateway, "2")
    await wait_for(twilio, 2)
    assert door.heard() == ["help", "What is a ULIP?"]


@pytest.mark.parametrize("fault", [500, "drop", "hang"])
async def test_content_that_could_not_be_made_is_made_at_the_next_try(
    fault: Any, gateway: Gateway, twilio: FakeTwilio, door: OfferingDoor
) -> None:
    twilio.content_faults = [fault]
    door.offer("help", THREE)
    await say(gateway, "help")
    assert (await wait_for(twilio, 1))[0]["type"] == "twilio/quick-reply"
    assert len(twilio.messages) == 1


async def test_content_that_somebody_removed_is_made_again(
    gateway: Gateway, twilio: FakeTwilio, door: OfferingDoor
) -> None:
    door.offer("help", THREE)
    await say(gateway, "help")
    await wait_for(twilio, 1)
    old = set(twilio.contents)
    twilio.messages.clear()
    twilio.contents.clear()
    twilio.codes[400] = 21655
    twilio.faults[ME] = [400]
    await say(gateway, "help")
    await wait_for(twilio, 1)
    assert set(twilio.contents).isdisjoint(old)
