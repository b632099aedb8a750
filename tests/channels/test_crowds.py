"""What holds when much comes at once: each person's messages in order, and nobody waits for another."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from twilio.request_validator import RequestValidator

from channels.whatsapp.webhook import WEBHOOK
from tests.channels.world import ME, World, open_world
from tests.support import telegram
from tests.support.twilio import make_form, sign
from tests.support.vendors import TOKEN

CROWD = [f"whatsapp:+9198765{number:05}" for number in range(50)]


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(database_url, tmp_path) as opened:
        yield opened


async def test_same_webhook_five_times_at_once_is_one_message_and_one_reply(world: World) -> None:
    form = make_form("hello")
    async with world.run_here() as gateway:
        assert await asyncio.gather(*(world.whatsapp(gateway, form) for _ in range(5))) == [200] * 5
        assert await world.wait_for_sent(1) == ["echo: hello"]
    assert len(world.door.asked) == 1
    assert await world.stored() == (["done"], ["sent"])


@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
async def test_twenty_quick_messages_are_answered_in_order(world: World, channel: str) -> None:
    world.door.delay_s = 0.3
    async with world.run_here() as gateway:
        for number in range(20):
            if channel == "telegram":
                assert await world.telegram(gateway, telegram.update(number, f"text {number}")) == 200
            else:
                assert await world.whatsapp(gateway, make_form(f"text {number}")) == 200
        assert await world.wait_for_sent(20) == [f"echo: text {number}" for number in range(20)]
    assert world.door.most_of_one == 1


async def test_fifty_people_do_not_wait_for_each_other(world: World) -> None:
    world.door.meeting = len(CROWD)  # nobody is answered before all are at the door
    async with world.run_here() as gateway:
        for number in range(3):
            said = [world.deliver(gateway, make_form(f"text {number}", address)) for address in CROWD]
            assert Counter(await asyncio.gather(*said)) == {200: len(CROWD)}
        await world.wait_for_sent(3 * len(CROWD))
    in_order = [f"echo: text {number}" for number in range(3)]
    assert {address: world.sent(address) for address in CROWD} == dict.fromkeys(CROWD, in_order)


async def test_forged_webhooks_in_a_crowd_are_refused_and_change_nothing(world: World) -> None:
    async def forge(gateway: str, number: int) -> int:
        form = make_form(f"forged {number}")
        if number % 3 == 0:  # the signature of another form
            return await world.whatsapp(gateway, form, **sign(WEBHOOK, make_form("other")))
        if number % 3 == 1:  # what was signed is another address, and the headers claim that it is ours
            signature = RequestValidator(TOKEN).compute_signature("http://evil.example" + WEBHOOK, form)
            claims = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
            return await world.whatsapp(gateway, form, **claims, **{"X-Twilio-Signature": signature})
        return await world.whatsapp(gateway, {**form, "Body": "changed"}, **sign(WEBHOOK, form))

    async with world.run_here() as gateway:
        genuine = [world.deliver(gateway, make_form("hello", address)) for address in CROWD]
        forged = [forge(gateway, number) for number in range(len(CROWD))]
        statuses = await asyncio.gather(*(one for pair in zip(genuine, forged, strict=True) for one in pair))
        assert Counter(statuses[::2]) == {200: len(CROWD)}
        assert Counter(statuses[1::2]) == {403: len(CROWD)}
        assert await world.wait_for_sent(len(CROWD)) == ["echo: hello"] * len(CROWD)
    assert {asked["text"] for asked in world.door.asked} == {"hello"}
    assert await world.stored() == (["done"] * len(CROWD), ["sent"] * len(CROWD))


async def test_chat_that_the_vendor_limits_holds_up_no_other(world: World) -> None:
    others = [address for address in CROWD if address != ME][:10]
    world.vendors.play("twilio", status=429, retry_after=3, address=ME)
    async with world.run_here() as gateway:
        for number in range(3):
            for address in (ME, *others):
                assert await world.deliver(gateway, make_form(f"text {number}", address)) == 200
        await world.wait_for_sent(3 * len(others))
        assert world.sent(ME) == []
        world.vendors.vendors.faults["twilio"].end()
        in_order = [f"echo: text {number}" for number in range(3)]
        assert await world.wait_for_sent(3, ME) == in_order
    assert {address: world.sent(address) for address in others} == dict.fromkeys(others, in_order)
