"""One person on many channels, through a running gateway: linking, thumbs and the survey, as people type them."""

import asyncio
import itertools
import time
from typing import Any

import pytest
from sqlalchemy import select

from channels.intake import Heard, Intake
from channels.wording import Wording
from saathi import addresses, conversations, linking, tries
from saathi.addresses import Known
from saathi.commands import CommandReader
from saathi.outbox import Outgoing, read
from saathi.store import tables
from tests.channels.conftest import Gateway, run_gateway
from tests.support.rasa import FakeDoor
from tests.support.waiting import until

CHANNEL, ADDRESS = "whatsapp", "+910000004821"
_keys = itertools.count()


async def say(gateway: Gateway, text: str, address: str = ADDRESS, key: str | None = None) -> list[Outgoing]:
    """Send a text from an address, as a webhook hands it over; the replies to it."""
    heard = Heard(CHANNEL, address, key or f"{CHANNEL}:SM{next(_keys)}", text)
    intake = Intake(gateway.services)
    await intake.take(heard, await intake.enter(heard))
    found: list[Outgoing] = []

    async def is_answered() -> bool:
        found[:] = await find_replies(gateway, heard.key)
        return bool(found)

    await until(is_answered)
    return found


async def find_replies(gateway: Gateway, key: str) -> list[Outgoing]:
    query = (
        select(tables.outbox, tables.inbox.c.key)
        .select_from(tables.outbox.join(tables.inbox, tables.inbox.c.id == tables.outbox.c.message))
        .where(tables.inbox.c.key == key)
        .order_by(tables.outbox.c.part)
    )
    return await gateway.services.database.read(lambda c: [read(row) for row in c.execute(query).mappings()])


async def first_line(gateway: Gateway, text: str, address: str = ADDRESS) -> str:
    return str((await say(gateway, text, address))[0].body["text"])


async def call(gateway: Gateway, method: str, path: str, partner: str = "P1001", **body: Any) -> tuple[int, Any]:
    options: dict[str, Any] = {"json": body} if body else {}
    answer = await gateway.client.request(method, path, headers=gateway.bearer(partner), **options)
    return answer.status, None if answer.status == 204 else await answer.json()


async def find_known(gateway: Gateway, address: str = ADDRESS) -> Known:
    known = await gateway.services.database.read(lambda c: addresses.find(c, CHANNEL, address))
    assert known is not None
    return known


async def link(gateway: Gateway, partner: str = "P1001", address: str = ADDRESS) -> None:
    _, issued = await call(gateway, "POST", "/api/links", partner)
    assert sentence("link_linked") == await first_line(gateway, issued["code"], address)


def sentence(name: str) -> str:
    return Wording().say(name, "en")


def code_in(text: str) -> str:
    codes = (CommandReader().read_code(word) for word in text.replace(".", " ").split())
    return next(code for code in codes if code)


async def test_conversation_goes_on_from_the_app_at_the_linked_address(gateway: Gateway, door: FakeDoor) -> None:
    async with gateway.chat() as chat:
        await chat.ask("asked in the app", "m1")
        await link(gateway)
        reply = (await say(gateway, "now on WhatsApp"))[0]
        assert {asked["conversation"] for asked in door.asked} == {reply.conversation}
        assert (reply.channel, reply.address) == (CHANNEL, ADDRESS)
        assert (await chat.ask("and back in the app", "m2"))["text"] == "echo: and back in the app"
    texts = [frame["text"] for frame in chat.frames if frame["type"] == "message"]
    assert texts == ["echo: asked in the app", "echo: and back in the app"]  # each reply where it was asked for


async def test_address_asks_for_a_code_that_the_partner_types_in_the_app(gateway: Gateway) -> None:
    await say(gateway, "hello there")
    code = code_in(await first_line(gateway, "link"))
    status, told = await call(gateway, "POST", "/api/links/redeem", code=f" {code.lower()} ")
    assert (status, told["channel"], told["address"]) == (200, CHANNEL, "…4821")
    assert (await find_known(gateway)).partner == "P1001"
    known = await find_known(gateway)
    last = select(tables.outbox.c.body).where(tables.outbox.c.address == ADDRESS).order_by(tables.outbox.c.seq.desc())
    body = await gateway.services.database.read(lambda c: c.scalar(last.limit(1)))
    assert body["text"] == sentence("link_linked")
    assert known.conversation == await gateway.services.database.write(
        lambda c: conversations.find_chat(c, "P1001", time.time())
    )


async def test_code_stands_nowhere_in_the_store(gateway: Gateway) -> None:
    _, issued = await call(gateway, "POST", "/api/links")
    await say(gateway, f"link {issued['code']}")
    texts = await gateway.services.database.read(lambda c: list(c.scalars(select(tables.inbox.c.text))))
    assert texts == ["[code]"]


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
    assert len(await find_replies(gateway, heard.key)) == 1
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
    assert {(row.conversation, row.address) for row in rows} == {(chat, ADDRESS)}
    assert sorted(row.seq for row in rows) == [1, 2, 3]


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


async def rate_of(gateway: Gateway) -> list[str]:
    return await gateway.services.database.read(lambda c: list(c.scalars(select(tables.feedback.c.value))))


async def test_thumb_rates_the_last_answer_once_and_can_be_changed(gateway: Gateway, door: FakeDoor) -> None:
    answer = (await say(gateway, "card"))[0]
    assert await first_line(gateway, "👍") == sentence("rated_up")
    assert await rate_of(gateway) == ["up"]
    assert await first_line(gateway, "👎🏽") == sentence("rated_down")
    assert await rate_of(gateway) == ["down"]
    reply = await gateway.services.database.read(lambda c: c.scalar(select(tables.feedback.c.reply)))
    assert reply == answer.id
    assert len(door.asked) == 1


async def test_thumb_without_an_answer_or_after_a_question_takes_a_turn(gateway: Gateway, door: FakeDoor) -> None:
    await say(gateway, "👍")
    await say(gateway, "is the photo taken?")  # the echo ends with the same mark
    await say(gateway, "👍")
    await say(gateway, "step")  # offers "done"
    await say(gateway, "👍")
    assert [asked["text"] for asked in door.asked] == ["👍", "is the photo taken?", "👍", "step", "👍"]
    assert await rate_of(gateway) == []


async def test_reaction_rates_the_message_that_it_is_on(gateway: Gateway) -> None:
    answer = (await say(gateway, "card"))[0]
    await say(gateway, "another question")
    values = {"channel": CHANNEL, "vendor_id": "SMvendor", "reply": answer.id, "part": 0, "at": time.time()}
    await gateway.services.database.write(lambda c: c.execute(tables.sent_parts.insert().values(values)))
    heard = Heard(CHANNEL, ADDRESS, "whatsapp:SMreaction")
    intake = Intake(gateway.services)
    known = await intake.enter(heard)
    assert await intake.rate(heard, known, "down", "SMvendor")
    assert not await intake.rate(heard, known, "down", "SMunknown")
    reply = await gateway.services.database.read(lambda c: c.scalar(select(tables.feedback.c.reply)))
    assert reply == answer.id
    assert await intake.rate(heard, known, "up")
    assert len(await rate_of(gateway)) == 2


async def surveys_of(gateway: Gateway) -> list[tuple[int | None, str | None]]:
    query = select(tables.surveys.c.score, tables.surveys.c.comment).order_by(tables.surveys.c.asked_at)
    return await gateway.services.database.read(lambda c: [(row.score, row.comment) for row in c.execute(query)])


async def ask_and_thank(gateway: Gateway, door: FakeDoor) -> list[Outgoing]:
    """A question and its thanks; the replies to the thanks."""
    door.intents["thank you"] = "thank"
    await say(gateway, "card")
    return await say(gateway, "thank you")


async def test_closed_conversation_asks_once_and_keeps_the_last_answer(gateway: Gateway, door: FakeDoor) -> None:
    replies = await ask_and_thank(gateway, door)
    assert [reply.purpose for reply in replies] == ["reply", "survey"]
    assert replies[1].body["text"] == sentence("survey")
    assert await first_line(gateway, "4 achha, number 9876543210") == Wording().say("survey_thanks", "hinglish")
    (score, comment), *others = await surveys_of(gateway)
    assert (score, others) == (4, [])
    assert comment is not None
    assert "98765" not in comment
    await say(gateway, "5")
    assert await surveys_of(gateway) == [(5, comment)]
    await say(gateway, "2 bahut slow")
    assert await surveys_of(gateway) == [(2, "bahut slow")]
    assert [reply.purpose for reply in await say(gateway, "thank you")] == ["reply"]
    assert [asked["text"] for asked in door.asked] == ["card", "thank you", "thank you"]


async def test_number_counts_as_a_score_only_while_the_question_stands(gateway: Gateway, door: FakeDoor) -> None:
    await say(gateway, "4")
    await ask_and_thank(gateway, door)
    await say(gateway, "2 din se payout nahi aaya")
    await say(gateway, "4")
    assert [asked.get("text") for asked in door.asked] == [
        "4", "card", "thank you", "2 din se payout nahi aaya", "4"
    ]  # fmt: skip
    assert await surveys_of(gateway) == [(None, None)]


async def test_survey_comes_neither_without_an_answer_nor_in_a_form(gateway: Gateway, door: FakeDoor) -> None:
    door.intents["thank you"] = "thank"
    await say(gateway, "thank you")
    await say(gateway, "thank you")
    door.slots = {"requested_slot": "amount"}
    await ask_and_thank(gateway, door)
    assert await surveys_of(gateway) == []


async def test_survey_in_the_app_is_a_frame_of_its_own_and_answered_in_words(gateway: Gateway, door: FakeDoor) -> None:
    door.intents["bye"] = "goodbye"
    async with gateway.chat() as chat:
        await chat.ask("card", "m1")
        await chat.ask("bye", "m2")
        assert (await chat.next("survey"))["text"] == sentence("survey")
        await chat.say("5 very quick", "m3")
        assert (await chat.next("survey"))["text"] == sentence("survey_thanks")
    assert await surveys_of(gateway) == [(5, "very quick")]
    assert len(door.asked) == 2


async def test_survey_asked_in_the_app_is_not_answered_from_elsewhere(gateway: Gateway, door: FakeDoor) -> None:
    await link(gateway)
    door.intents["bye"] = "goodbye"
    async with gateway.chat() as chat:
        await chat.ask("card", "m1")
        await chat.ask("bye", "m2")
        await chat.next("survey")
    await say(gateway, "5")
    assert await surveys_of(gateway) == [(None, None)]


async def test_answers_of_the_api_carry_no_survey(gateway: Gateway, door: FakeDoor) -> None:
    door.intents["bye"] = "goodbye"
    _, first = await call(gateway, "POST", "/api/ask", query="card")
    _, last = await call(gateway, "POST", "/api/ask", query="bye", conversation=first["conversation"])
    assert last["answer"]["text"] == "echo: bye"
    assert await surveys_of(gateway) == []
