"""When a conversation asks how it was, and which answers count."""

import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from saathi import addresses, conversations, inbox, linking, outbox, outcomes, surveys
from saathi.conversations import Mode
from saathi.inbox import Pending
from saathi.messages import Incoming, Outcome, Purpose, Reply
from saathi.outcomes import TurnOutcome
from saathi.store import Database, tables

NOW = time.time()
HOUR, DAY = 3600.0, 24 * 3600.0


async def hear(database: Database, conversation: str, key: str, address: str | None = None) -> Pending:
    channel = "whatsapp" if address else "inapp"
    incoming = Incoming(conversation, channel, key, f"text of {key}", "en", address=address)
    await database.write(lambda c: inbox.store(c, incoming, NOW))
    found = await database.read(lambda c: inbox.find_next(c, conversation))
    assert found is not None
    await database.write(lambda c: inbox.mark_done(c, found.id))
    return found


async def answer(database: Database, message: Pending, intent: str = "ask_payout_status") -> None:
    """The assistant has answered the message."""
    outcome = TurnOutcome(message.id, NOW, None, message.channel, "en", Outcome.ANSWERED, 0, {}, intent=intent)
    await database.write(lambda c: outcomes.record(c, outcome))


async def ask(database: Database, message: Pending, intent: str = "goodbye", now: float = NOW, **slots: object) -> bool:
    return await database.write(lambda c: surveys.ask_if_due(c, message, intent, slots, now))


async def say(database: Database, message: Pending, purpose: Purpose, address: str | None = None) -> None:
    reply = Reply("said", "en", purpose=purpose)
    await database.write(
        lambda c: outbox.add(c, message.conversation, message.channel, [reply], NOW, message.id, address)
    )


async def find_open(database: Database, message: Pending, now: float = NOW) -> str | None:
    place = (message.conversation, message.channel, message.address)
    return await database.read(lambda c: surveys.find_open(c, *place, now))


@pytest.fixture
async def closing(database: Database, conversation: str) -> Pending:
    """A goodbye after something was answered."""
    await answer(database, await hear(database, conversation, "m1"))
    return await hear(database, conversation, "m2")


@pytest.mark.parametrize("intent", ["goodbye", "thank"])
async def test_end_of_a_conversation_asks(database: Database, closing: Pending, intent: str) -> None:
    assert await ask(database, closing, intent)


async def test_anything_else_asks_nothing(database: Database, closing: Pending) -> None:
    assert not await ask(database, closing, "ask_payout_status")
    assert not await ask(database, closing, "goodbye", requested_slot="amount")


async def test_conversation_asks_once_a_day(database: Database, closing: Pending) -> None:
    assert await ask(database, closing)
    assert not await ask(database, closing, now=NOW + DAY - 1)
    await database.write(lambda c: c.execute(tables.inbox.update().values(received_at=NOW + DAY)))
    assert await ask(database, closing, now=NOW + DAY)


async def test_nothing_answered_asks_nothing(database: Database, conversation: str) -> None:
    await answer(database, await hear(database, conversation, "m1"), "greet")
    assert not await ask(database, await hear(database, conversation, "m2"))


@pytest.mark.parametrize("mode", [Mode.WAITING, Mode.HUMAN])
async def test_conversation_that_a_person_has_asks_nothing(database: Database, closing: Pending, mode: Mode) -> None:
    await database.write(lambda c: conversations.set_mode(c, closing.conversation, mode))
    assert not await ask(database, closing)


async def test_calls_and_questions_of_the_api_ask_nothing(database: Database, closing: Pending) -> None:
    assert not await ask(database, replace(closing, channel="ivr", address="+91"))
    assert not await ask(database, replace(closing, channel="api"))


async def test_unknown_address_is_asked_too(database: Database) -> None:
    known = await database.write(lambda c: addresses.enter(c, "whatsapp", "+1", NOW))
    await answer(database, await hear(database, known.conversation, "m1", "+1"))
    assert await ask(database, await hear(database, known.conversation, "m2", "+1"))


async def test_answer_counts_only_right_after_the_question_and_where_it_was_asked(
    database: Database, closing: Pending
) -> None:
    assert await find_open(database, closing) is None
    await ask(database, closing)
    await say(database, closing, Purpose.SURVEY)
    assert await find_open(database, closing) is not None
    assert await find_open(database, replace(closing, channel="whatsapp", address="+1")) is None
    assert await find_open(database, closing, NOW + DAY) is None
    await say(database, await hear(database, closing.conversation, "m3"), Purpose.REPLY)
    assert await find_open(database, closing) is None


async def test_answer_is_kept_once_cut_and_can_be_changed(database: Database, closing: Pending) -> None:
    await ask(database, closing)
    await say(database, closing, Purpose.SURVEY)
    survey = await find_open(database, closing)
    assert survey is not None
    for score, comment in ((4, "x" * 150), (5, None)):
        await database.write(lambda c, s=score, w=comment: surveys.answer(c, survey, s, w, NOW))
    rows = await database.read(lambda c: c.execute(select(tables.surveys)).mappings().all())
    assert [(row["score"], row["comment"]) for row in rows] == [(5, "x" * 100)]


async def test_question_asked_before_linking_can_be_answered_after_it(database: Database) -> None:
    known = await database.write(lambda c: addresses.enter(c, "whatsapp", "+1", NOW))
    await answer(database, await hear(database, known.conversation, "m1", "+1"))
    closing = await hear(database, known.conversation, "m2", "+1")
    await ask(database, closing)
    await say(database, closing, Purpose.SURVEY, "+1")
    code = await database.write(lambda c: linking.issue_to_partner(c, "P1001", NOW))
    linked = (await database.write(lambda c: linking.redeem_from_address(c, "whatsapp", "+1", code, NOW))).known
    assert linked is not None
    assert await find_open(database, replace(closing, conversation=linked.conversation)) is not None
