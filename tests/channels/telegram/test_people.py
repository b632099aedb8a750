"""Telegram: a code links the chat to its person, and a reaction rates an answer."""

import json
import time

from saathi import linking
from saathi.store.tables import feedback, inbox
from tests.channels.conftest import Gateway
from tests.support.rasa import FakeDoor
from tests.support.telegram import message, post, read, said, sent, shown, update
from tests.support.vendors import Running


async def test_start_with_a_code_links_the_chat(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    code = await gateway.services.database.write(lambda c: linking.issue_to_partner(c, "P1001", 1_700_000_000))
    await post(gateway, update(1, f"/start {code}"))
    assert "ten minutes" in (await sent(vendors, 1))[0]  # of another time
    fresh = await gateway.services.database.write(lambda c: linking.issue_to_partner(c, "P1001", time.time()))
    for _ in range(2):
        await post(gateway, update(2, f"/start {fresh}"))
    assert "linked to your account" in (await sent(vendors, 2))[1]
    await post(gateway, update(3, "hello"))
    await sent(vendors, 3)
    async with gateway.chat() as chat:
        await chat.ask("and here", "m1")
    assert len({asked["conversation"] for asked in door.asked}) == 1
    assert fresh not in json.dumps(await read(gateway, inbox.c.text))


async def test_start_with_what_is_no_code_is_told_so(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    await post(gateway, update(1, "/start promo"))
    assert "not right" in (await sent(vendors, 1))[0]
    assert said(door) == []


async def test_reaction_rates_the_answer_that_it_is_on(gateway: Gateway, vendors: Running) -> None:
    await post(gateway, update(1, "hello"))
    await sent(vendors, 1)
    change = {
        "chat": message()["chat"],
        "user": message()["from"],
        "message_id": shown(vendors)[0]["message_id"],
        "date": 1_700_000_100,
        "old_reaction": [],
    }
    for number, (emojis, kept) in enumerate(((["🎉"], []), (["👍"], ["up"]), (["👎"], ["down"]), ([], ["down"])), 2):
        reactions = [{"type": "emoji", "emoji": emoji} for emoji in emojis]
        body = {"update_id": number, "message_reaction": change | {"new_reaction": reactions}}
        assert [await post(gateway, body) for _ in range(2)] == [200, 200]
        assert await read(gateway, feedback.c.value) == kept
    await sent(vendors, 1)


async def test_copies_of_one_wrong_code_are_one_try(gateway: Gateway, vendors: Running) -> None:
    for _ in range(6):
        await post(gateway, update(1, "/start K7M2QP"))
    assert "not right" in (await sent(vendors, 1))[0]
    for number in range(2, 6):
        await post(gateway, update(number, "/start K7M2QP"))
    assert "in an hour" in (await sent(vendors, 5))[4]
