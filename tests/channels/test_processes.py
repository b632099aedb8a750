"""What holds over several gateway processes on one database, and when one of them is killed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
import pytest

from tests.channels.world import ME, World, gather_some, open_world
from tests.channels.writing import code_in
from tests.support import telegram
from tests.support.processes import GatewayProcess
from tests.support.twilio import make_form

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(database_url, tmp_path) as opened:
        yield opened


@on_postgresql
@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
async def test_hundred_copies_over_two_processes_are_one_message_and_one_reply(world: World, channel: str) -> None:
    form, sent = make_form("hello"), telegram.update(1, "hello")

    async def say(gateway: GatewayProcess) -> int:
        if channel == "telegram":
            return await world.telegram(gateway.address, sent)
        return await world.whatsapp(gateway.address, form)

    async with world.run_processes(2) as gateways:
        assert await gather_some(*(say(gateway) for _ in range(50) for gateway in gateways)) == {200: 100}
        assert await world.wait_for_sent(1) == ["echo: hello"]
        assert [await say(gateway) for gateway in gateways] == [200, 200]
        assert await world.wait_for_sent(1) == ["echo: hello"]
    assert len(world.door.asked) == 1
    assert await world.stored() == (["done"], ["sent"])


async def test_gateway_killed_in_the_middle_of_a_turn_answers_once_after_its_return(world: World) -> None:
    form = make_form("hello")
    world.door.delay_s = 1.0
    async with world.run_processes(1) as (gateway,):
        assert await world.whatsapp(gateway.address, form) == 200
        await world.wait_for_turn()
        gateway.kill()
        assert await world.stored() == (["pending"], [])
        await gateway.start()
        assert await asyncio.gather(*(world.whatsapp(gateway.address, form) for _ in range(5))) == [200] * 5
        assert await world.wait_for_sent(1) == ["echo: hello"]
    assert world.door.texts() == ["hello"]
    assert await world.stored() == (["done"], ["sent"])


async def test_gateway_killed_before_a_ready_reply_was_told_tells_it_once_and_in_its_turn(world: World) -> None:
    forms = [make_form("hello"), make_form("link")]
    world.door.delay_s = 1.0
    async with world.run_processes(1) as (gateway,):
        assert await world.whatsapp(gateway.address, forms[0]) == 200
        await world.wait_for_turn()
        assert await world.whatsapp(gateway.address, forms[1]) == 200
        gateway.kill()
        assert await world.stored() == (["pending", "pending"], [])
        await gateway.start()
        copies = await asyncio.gather(*(world.whatsapp(gateway.address, form) for form in forms * 3))
        assert copies == [200] * 6
        answer, code = await world.wait_for_sent(2, ME)
    assert (answer, len(code_in(code))) == ("echo: hello", 6)
    assert world.door.texts() == ["hello"]
    assert await world.stored() == (["done", "done"], ["sent", "sent"])


async def test_gateway_killed_while_it_sends_does_not_send_again(world: World) -> None:
    form = make_form("hello")
    world.vendors.play(
        "twilio", hang=60, address=ME, calls=1
    )  # Twilio has taken it, and the gateway never hears of that
    async with world.run_processes(1) as (gateway,):
        assert await world.whatsapp(gateway.address, form) == 200
        assert await world.wait_for_sent(1) == ["echo: hello"]
        gateway.kill()
        assert await world.stored() == (["done"], ["sending"])
        await gateway.start()
        assert await asyncio.gather(*(world.whatsapp(gateway.address, form) for _ in range(5))) == [200] * 5
        await world.expire_leases()
        assert await world.whatsapp(gateway.address, make_form("again")) == 200
        assert await world.wait_for_sent(2) == ["echo: hello", "echo: again"]
    assert await world.stored() == (["done", "done"], ["unknown", "sent"])


@on_postgresql
async def test_copies_over_two_processes_of_which_one_is_killed_are_one_message_and_one_reply(world: World) -> None:
    form = make_form("hello")
    world.door.delay_s = 1.0

    async def say(gateways: Sequence[GatewayProcess], number: int) -> int:
        """As behind a balancer: at the other one when nobody answers."""
        for gateway in (gateways[number % 2], gateways[1]):
            try:
                return await world.whatsapp(gateway.address, form)
            except aiohttp.ClientError:
                continue
        return 0

    async with world.run_processes(2) as gateways:
        assert await world.whatsapp(gateways[0].address, form) == 200
        await world.wait_for_turn()
        copies = asyncio.create_task(gather_some(*(say(gateways, number) for number in range(100))))
        await asyncio.sleep(0)
        gateways[0].kill()
        assert await copies == {200: 100}
        assert await world.wait_for_sent(1) == ["echo: hello"]
        await gateways[0].start()
        assert await gather_some(*(say(gateways, number) for number in range(100))) == {200: 100}
        assert await world.wait_for_sent(1) == ["echo: hello"]
    assert world.door.texts() == ["hello"]
    assert await world.stored() == (["done"], ["sent"])


@on_postgresql
async def test_telegram_updates_over_two_processes_count_by_their_id(world: World) -> None:
    async with world.run_processes(2) as gateways:
        for place, number in enumerate((5, 3, 4, 4, 3, 1)):
            sent = telegram.update(number, f"text {number}")
            assert await world.telegram(gateways[place % 2].address, sent) == 200
        assert await world.wait_for_sent(4) == [f"echo: text {number}" for number in (5, 3, 4, 1)]
    assert world.door.texts() == ["text 5", "text 3", "text 4", "text 1"]
