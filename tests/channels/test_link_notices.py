"""A partner sees in the app that a chat became theirs, or is theirs no longer; so a stolen code is seen."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import Connection, select

from channels.gateway import CHANNELS
from channels.wording import Wording
from language import Language
from saathi.store.tables import inbox
from tests.channels.conftest import Gateway, run_gateway
from tests.channels.writing import (
    ADDRESS,
    CHANNEL,
    call,
    code_in,
    first_line,
    hand_over,
    link,
    say,
    sentence,
    wait_for_told,
)
from tests.support.chat import Chat
from tests.support.rasa import FakeDoor
from tests.support.waiting import until

LINKED, UNLINKED = "app_linked", "app_unlinked"


def notice(name: str, language: Language = "en") -> str:
    words = Wording()
    return words.say(name, language).format(chat=f"{words.say('channel_whatsapp', language)} …4821")


def find_states(connection: Connection) -> list[str]:
    return list(connection.scalars(select(inbox.c.state)))


async def next_notice(chat: Chat) -> str:
    frame = await chat.next("message")
    assert (frame["author"], frame["reply_to"]) == ("system", None)
    return str(frame["text"])


async def test_partner_is_told_when_a_chat_sends_their_code(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        await link(gateway)
        assert await next_notice(chat) == notice(LINKED)
        await first_line(gateway, "unlink")
        assert await next_notice(chat) == notice(UNLINKED)


async def test_partner_is_told_what_was_linked_and_unlinked_in_the_app(gateway: Gateway) -> None:
    code = code_in(await first_line(gateway, "link"))
    async with gateway.chat() as chat:
        await call(gateway, "POST", "/api/links/redeem", code=code)
        assert await next_notice(chat) == notice(LINKED)
        _, links = await call(gateway, "GET", "/api/links")
        await call(gateway, "DELETE", f"/api/links/{CHANNEL}/{links[0]['id']}")
        assert await next_notice(chat) == notice(UNLINKED)


async def test_partner_who_was_away_finds_the_notice_later(gateway: Gateway) -> None:
    await link(gateway)
    async with gateway.chat() as chat:
        assert await next_notice(chat) == notice(LINKED)


async def test_partner_whose_chat_becomes_anothers_is_told(gateway: Gateway) -> None:
    await link(gateway, "P1001")
    async with gateway.chat("P1001") as first, gateway.chat("P1002") as second:
        assert await next_notice(first) == notice(LINKED)
        await link(gateway, "P1002")
        assert await next_notice(first) == notice(UNLINKED)
        assert await next_notice(second) == notice(LINKED)


async def test_notice_is_in_the_language_of_the_conversation(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        await chat.ask("मेरा पेआउट कब आएगा?", "m1")
        await link(gateway)
        assert await next_notice(chat) == notice(LINKED, "hi")


async def test_refused_and_repeated_codes_tell_nobody(gateway: Gateway, door: FakeDoor) -> None:
    async with gateway.chat() as chat:
        await first_line(gateway, "7K3-9QF")
        _, issued = await call(gateway, "POST", "/api/links")
        await say(gateway, issued["code"])
        assert await next_notice(chat) == notice(LINKED)
        await say(gateway, issued["code"])
        await chat.ask("still here?", "m1")
    frames = [frame for frame in chat.frames if frame["type"] == "message"]
    assert [frame["author"] for frame in frames] == ["system", "assistant"]


async def wait_for_turn(door: FakeDoor) -> None:
    """Until Rasa is at it."""

    async def is_asked() -> bool:
        return bool(door.asked)

    await until(is_asked)


async def test_notice_stands_between_the_answers_to_what_was_asked_before_and_after(
    gateway: Gateway, door: FakeDoor
) -> None:
    _, issued = await call(gateway, "POST", "/api/links")
    door.delay_s = 1.0
    async with gateway.chat() as chat:
        await chat.say("before", "m1")
        await wait_for_turn(door)
        await hand_over(gateway, issued["code"])
        await chat.say("after", "m2")
        assert [frame["text"] for frame in await chat.replies(3)] == ["echo: before", notice(LINKED), "echo: after"]
    assert [asked["text"] for asked in door.asked] == ["before", "after"]
    assert await gateway.services.database.read(find_states) == ["done"] * 4


async def test_reply_to_a_code_stands_behind_the_answer_to_what_its_address_asked(
    gateway: Gateway, door: FakeDoor
) -> None:
    _, issued = await call(gateway, "POST", "/api/links")
    door.delay_s = 1.0
    await hand_over(gateway, "slow")
    await wait_for_turn(door)
    await hand_over(gateway, issued["code"])
    assert await wait_for_told(gateway, 2) == ["echo: slow", sentence("link_linked")]
    assert await wait_for_told(gateway, 1, address=None) == [notice(LINKED)]


async def test_reply_to_unlinking_stands_behind_the_answer_to_what_was_asked_before(
    gateway: Gateway, door: FakeDoor
) -> None:
    await link(gateway)
    door.delay_s = 1.0
    await hand_over(gateway, "slow")
    await wait_for_turn(door)
    await hand_over(gateway, "unlink")
    assert (await wait_for_told(gateway, 3))[1:] == ["echo: slow", sentence("unlinked")]
    assert await wait_for_told(gateway, 2, address=None) == [notice(LINKED), notice(UNLINKED)]


async def test_address_is_told_behind_its_answer_that_the_app_has_taken_its_code(
    gateway: Gateway, door: FakeDoor
) -> None:
    code = code_in(await first_line(gateway, "link"))
    door.delay_s = 1.0
    await hand_over(gateway, "slow")
    await wait_for_turn(door)
    await call(gateway, "POST", "/api/links/redeem", code=code)
    told = await wait_for_told(gateway, 3)
    assert told[1:] == ["echo: slow", sentence("link_linked")]
    assert await wait_for_told(gateway, 1, address=None) == [notice(LINKED)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_partner_at_another_gateway_is_told(gateway: Gateway) -> None:
    async with run_gateway(gateway.settings) as other, other.chat() as chat:
        await link(gateway)
        assert await next_notice(chat) == notice(LINKED)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_chats_that_change_places_at_once_hold_up_neither(gateway: Gateway) -> None:
    partners = {"a4821": "P1001", "b4821": "P1002"}
    for address, partner in partners.items():
        await link(gateway, partner, address)
    for _ in range(4):
        partners = dict(zip(partners, reversed(partners.values()), strict=True))
        codes = [(await call(gateway, "POST", "/api/links", partner))[1]["code"] for partner in partners.values()]
        lines = await asyncio.gather(*map(partial(first_line, gateway), codes, partners))
        assert lines == [sentence("link_linked")] * 2
    for partner in partners.values():
        assert len((await call(gateway, "GET", "/api/links", partner))[1]) == 1


@pytest.mark.parametrize("language", ["en", "hinglish", "hi"])
def test_every_channel_that_can_be_linked_has_a_name(language: Language) -> None:
    names = [Wording().say(f"channel_{channel.name}", language) for channel in CHANNELS if channel.open_sender]
    assert len(names) >= 2
    assert all(notice(name, language).count("…4821") == 1 for name in (LINKED, UNLINKED))
    assert ADDRESS.endswith("4821")
