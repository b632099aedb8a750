"""One person on many channels, through a running gateway: codes in both directions, as people type them."""

import asyncio
import itertools
import time

import pytest
from sqlalchemy import select

from channels.intake import Heard, Intake
from saathi import conversations, linking, tries
from saathi.store import tables
from tests.channels.conftest import Gateway, run_gateway
from tests.channels.writing import (
    ADDRESS,
    CHANNEL,
    call,
    code_in,
    find_known,
    find_replies,
    first_line,
    link,
    say,
    sentence,
    wait_for_told,
)
from tests.support.rasa import FakeDoor
from tests.support.waiting import until


async def test_conversation_goes_on_from_the_app_at_the_linked_address(gateway: Gateway, door: FakeDoor) -> None:
    async with gateway.chat() as chat:
        await chat.ask("asked in the app", "m1")
        await link(gateway)
        reply = (await say(gateway, "now on WhatsApp"))[0]
        assert {asked["conversation"] for asked in door.asked} == {reply.conversation}
        assert (reply.channel, reply.address) == (CHANNEL, ADDRESS)
        assert (await chat.ask("and back in the app", "m2"))["text"] == "echo: and back in the app"
    texts = [frame["text"] for frame in chat.frames if frame["type"] == "message" and frame["author"] != "system"]
    assert texts == ["echo: asked in the app", "echo: and back in the app"]  # each reply where it was asked for


async def test_address_asks_for_a_code_that_the_partner_types_in_the_app(gateway: Gateway) -> None:
    await say(gateway, "hello there")
    code = code_in(await first_line(gateway, "link"))
    status, told = await call(gateway, "POST", "/api/links/redeem", code=f" {code.lower()} ")
    assert (status, told["channel"], told["address"]) == (200, CHANNEL, "…4821")
    assert (await find_known(gateway)).partner == "P1001"
    known = await find_known(gateway)
    assert (await wait_for_told(gateway, 3))[-1] == sentence("link_linked")
    assert known.conversation == await gateway.services.database.write(
        lambda c: conversations.find_chat(c, "P1001", time.time())
    )


async def test_code_stands_nowhere_in_the_store(gateway: Gateway) -> None:
    _, issued = await call(gateway, "POST", "/api/links")
    await say(gateway, f"link {issued['code']}")
    texts = await gateway.services.database.read(lambda c: list(c.scalars(select(tables.inbox.c.text))))
    assert sorted(texts) == ["", "[code]"]  # the other one is the notice's


async def test_links_are_listed_masked_and_can_be_removed(gateway: Gateway) -> None:
    await link(gateway)
    _, links = await call(gateway, "GET", "/api/links")
    assert [(found["channel"], found["address"]) for found in links] == [(CHANNEL, "…4821")]
    assert ADDRESS not in str(links)
    path = f"/api/links/{CHANNEL}/{links[0]['id']}"
    assert (await call(gateway, "DELETE", path, "P1002"))[0] == 404
    assert (await call(gateway, "DELETE", path))[0] == 204
    assert (await call(gateway, "DELETE", path))[0] == 404
    assert (await call(gateway, "GET", "/api/links"))[1] == []
    assert (await find_known(gateway)).partner is None


async def test_unlinked_address_has_a_fresh_conversation_of_nobody(gateway: Gateway, door: FakeDoor) -> None:
    await link(gateway)
    await say(gateway, "while linked")
    assert await first_line(gateway, "unlink") == sentence("unlinked")
    await say(gateway, "after unlinking")
    linked, unlinked = (asked["conversation"] for asked in door.asked)
    assert linked != unlinked == (await find_known(gateway)).conversation
    assert (await find_known(gateway)).partner is None
    assert await first_line(gateway, "unlink") == sentence("unlink_nothing")


async def test_linked_address_that_asks_for_a_code_gets_none(gateway: Gateway) -> None:
    await link(gateway)
    assert await first_line(gateway, "link") == sentence("link_already")


async def test_five_wrong_codes_lock_the_address_until_the_hour_is_over(gateway: Gateway) -> None:
    lines = [await first_line(gateway, f"{number}AA-{number}BB") for number in range(2, 7)]
    assert lines == [sentence("link_wrong")] * 4 + [sentence("link_locked")]
    _, issued = await call(gateway, "POST", "/api/links")
    assert await first_line(gateway, issued["code"]) == sentence("link_locked")
    await gateway.services.database.write(lambda c: tries.forget(c, f"{CHANNEL}:{ADDRESS}", linking.PURPOSE))
    assert await first_line(gateway, issued["code"]) == sentence("link_linked")  # it was not used up


async def test_five_wrong_codes_in_the_app_lock_the_partner(gateway: Gateway) -> None:
    answers = [await call(gateway, "POST", "/api/links/redeem", code=f"{number}AA{number}BB") for number in range(2, 8)]
    assert [status for status, _ in answers] == [404] * 4 + [429] * 2
    assert [told["error"]["code"] for _, told in answers] == ["code_wrong"] * 4 + ["locked"] * 2
    code = code_in(await first_line(gateway, "link"))
    assert (await call(gateway, "POST", "/api/links/redeem", code=code))[0] == 429
    assert (await call(gateway, "POST", "/api/links/redeem", "P1002", code=code))[0] == 200


async def test_used_code_and_code_at_its_own_end_are_told_apart(gateway: Gateway) -> None:
    _, issued = await call(gateway, "POST", "/api/links")
    _, told = await call(gateway, "POST", "/api/links/redeem", code=issued["code"])
    assert told["error"]["code"] == "code_own"
    await say(gateway, issued["code"])
    assert await first_line(gateway, issued["code"], "+2") == sentence("link_stale")
    code = code_in(await first_line(gateway, "link", "+3"))
    assert await first_line(gateway, code, "+3") == sentence("link_own")


@pytest.mark.parametrize("role", ["agent", "operator"])
async def test_staff_have_no_links(gateway: Gateway, role: str) -> None:
    answer = await gateway.client.get("/api/links", headers=gateway.bearer("demo", role))
    assert answer.status == 403


async def test_webhook_that_comes_twice_tries_its_code_once(gateway: Gateway) -> None:
    heard = Heard(CHANNEL, ADDRESS, "whatsapp:SMtwice", "7K3-9QF")
    intake = Intake(gateway.services)
    known = await intake.enter(heard)
    await asyncio.gather(*(intake.take(heard, known) for _ in range(5)))
    assert len(await wait_for_told(gateway, 1)) == len(await find_replies(gateway, heard.key)) == 1
    counted = await gateway.services.database.read(lambda c: c.scalar(select(tables.failed_tries.c.count)))
    assert counted == 1


async def test_two_codes_at_once_from_one_address_end_with_one_partner(gateway: Gateway) -> None:
    await say(gateway, "hello there")
    codes = [(await call(gateway, "POST", "/api/links", partner))[1]["code"] for partner in ("P1001", "P1002")]
    lines = await asyncio.gather(*(first_line(gateway, code) for code in codes))
    assert lines == [sentence("link_linked")] * 2
    assert (await find_known(gateway)).partner in {"P1001", "P1002"}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_one_code_at_two_gateways_at_once_links_one_address(gateway: Gateway) -> None:
    async with run_gateway(gateway.settings) as other:
        _, issued = await call(gateway, "POST", "/api/links")
        lines = await asyncio.gather(
            *(first_line(place, issued["code"], f"+{n}") for n, place in enumerate([gateway, other] * 3))
        )
        assert sorted(lines) == sorted([sentence("link_linked")] + [sentence("link_stale")] * 5)
        assert len((await call(other, "GET", "/api/links"))[1]) == 1


async def test_message_under_way_while_its_address_is_linked_is_answered_once(gateway: Gateway, door: FakeDoor) -> None:
    door.delay_s = 1.0
    asking = asyncio.create_task(say(gateway, "slow question"))
    waiting = asyncio.create_task(say(gateway, "right behind it"))

    async def is_asked() -> bool:
        return bool(door.asked)

    await until(is_asked)
    await link(gateway)
    first, second = await asking, await waiting
    assert sorted(asked["text"] for asked in door.asked) == ["right behind it", "slow question"]
    assert (len(first), len(second)) == (1, 1)
    chat = (await find_known(gateway)).conversation
    query = select(tables.inbox.c.conversation)
    assert set(await gateway.services.database.read(lambda c: list(c.scalars(query)))) == {chat}
    rows = await gateway.services.database.read(
        lambda c: c.execute(select(tables.outbox.c.conversation, tables.outbox.c.address, tables.outbox.c.seq)).all()
    )
    assert {row.conversation for row in rows} == {chat}
    assert [row.address for row in rows].count(None) == 1  # the notice in the app
    assert sorted(row.seq for row in rows) == [1, 2, 3, 4]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_linking_in_the_middle_of_many_messages_over_two_gateways_loses_and_doubles_nothing(
    gateway: Gateway, door: FakeDoor
) -> None:
    door.delay_s = 0.05
    async with run_gateway(gateway.settings) as other:
        places = itertools.cycle([gateway, other])
        sayings = [
            asyncio.create_task(say(next(places), f"question {n} of {who}", who)) for n in range(10) for who in "abc"
        ]
        for who in "abc":
            await link(next(places), address=who)
        lines = await asyncio.gather(*(first_line(next(places), "unlink", who) for who in "ab"))
        assert lines == [sentence("unlinked")] * 2
        await link(next(places), "P1002", "a")
        assert [len(replies) for replies in await asyncio.gather(*sayings)] == [1] * 30
    assert sorted(asked["text"] for asked in door.asked) == sorted(
        f"question {n} of {w}" for n in range(10) for w in "abc"
    )
    assert [(await find_known(gateway, who)).partner for who in "abc"] == ["P1002", None, "P1001"]
    stray = (
        select(tables.inbox.c.key)
        .select_from(tables.inbox.join(tables.conversations, tables.conversations.c.id == tables.inbox.c.conversation))
        .where(tables.conversations.c.partner.is_(None), tables.inbox.c.address != "b")
    )
    assert await gateway.services.database.read(lambda c: list(c.scalars(stray))) == []
