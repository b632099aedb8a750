"""When a conversation has ended, what is told of it, and that it waits until it was taken."""

import time

import pytest
from sqlalchemy import select

from saathi import calls, closings, conversations, inbox, outcomes
from saathi.closings import Closing, Facts
from saathi.crm.summaries import Summaries
from saathi.inbox import Pending
from saathi.messages import Incoming, Outcome
from saathi.outcomes import TurnOutcome
from saathi.store import Database, tables

NOW = time.time()
DAY = 86_400.0


async def take_turn(
    database: Database, conversation: str, intent: str | None, outcome: Outcome = Outcome.ANSWERED, at: float = NOW
) -> Pending:
    """A message and what came of it; the conversation ends if that was its end."""
    key = f"{intent}-{at}"
    await database.write(
        lambda c: inbox.store(c, Incoming(conversation, "inapp", key, "mera PAN ABCDE", "hinglish"), at)
    )
    message = await database.read(lambda c: inbox.find_next(c, conversation))
    assert message is not None
    await database.write(lambda c: inbox.mark_done(c, message.id))
    told = TurnOutcome(message.id, at, None, "inapp", "hinglish", outcome, 0, {}, intent=intent)
    await database.write(lambda c: outcomes.record(c, told))
    await database.write(lambda c: closings.close_chat(c, message, intent, {}, at))
    return message


async def claim(database: Database, now: float = NOW + 100) -> list[Closing]:
    return await database.write(lambda c: closings.claim_due(c, now, 10))


async def test_thanks_end_what_came_up_since_the_end_before(database: Database, conversation: str) -> None:
    turns = [("greet", 0), ("ask_tds", 1), ("ask_payout", 2), ("ask_tds", 3), ("thank", 4), ("goodbye", 5)]
    for intent, second in turns:
        await take_turn(database, conversation, intent, at=NOW + second)
    await take_turn(database, conversation, "ask_quiz", Outcome.HANDED_OVER, at=NOW + 6)
    last = await take_turn(database, conversation, "goodbye", at=NOW + 7)
    first, second = await claim(database)
    assert first.facts == Facts("inapp", "hinglish", ["ask_tds", "ask_payout"], {"answered": 3})
    assert (second.id, second.partner, second.conversation) == (last.id, "P1001", conversation)
    assert second.facts == Facts("inapp", "hinglish", ["ask_quiz"], {"handed_over": 1})


async def test_chat_in_which_nothing_came_up_or_that_goes_on_has_not_ended(
    database: Database, conversation: str
) -> None:
    for number, intent in enumerate(("greet", "thank", "goodbye")):
        await take_turn(database, conversation, intent, at=NOW + number)
    message = await take_turn(database, conversation, "ask_tds", at=NOW + 5)
    await database.write(lambda c: closings.close_chat(c, message, "thank", {"requested_slot": "amount"}, NOW + 6))
    assert await claim(database) == []


async def test_end_is_noted_once_and_reaches_a_day_back(database: Database, conversation: str) -> None:
    await take_turn(database, conversation, "ask_tds", at=NOW - 2 * DAY)
    await take_turn(database, conversation, "ask_payout", at=NOW - 1)
    message = await take_turn(database, conversation, "goodbye")
    await database.write(lambda c: closings.close(c, conversation, message.id, NOW))
    (closing,) = await claim(database)
    assert closing.facts.intents == ["ask_payout"]


async def test_nobodys_conversation_is_no_activity(database: Database, conversation: str) -> None:
    await take_turn(database, conversation, "ask_tds")
    await database.write(lambda c: c.execute(tables.conversations.update().values(partner=None, chat_of=None)))
    await take_turn(database, conversation, "goodbye", at=NOW + 1)
    assert await claim(database) == []


@pytest.mark.parametrize("is_verified", [True, False])
async def test_call_ends_when_it_is_hung_up(database: Database, *, is_verified: bool) -> None:
    call = await database.write(lambda c: calls.enter(c, "CA1", "+910000000001", {}, NOW))
    await database.write(lambda c: conversations.find_chat(c, "P1001", NOW))
    if is_verified:
        await database.write(lambda c: calls.verify(c, call, "P1001"))
    await take_turn(database, call.conversation, "ask_payout")
    for _ in range(2):
        await database.write(lambda c: calls.end(c, "CA1", NOW + 1))
    assert [closing.id for closing in await claim(database)] == (["CA1"] if is_verified else [])


async def test_closing_is_one_writers_at_a_time_and_waits_longer_after_each_failure(
    database: Database, conversation: str
) -> None:
    await take_turn(database, conversation, "ask_tds", at=NOW - 1)
    await take_turn(database, conversation, "goodbye")
    (closing,) = await claim(database, NOW)
    assert await claim(database, NOW) == []
    for seconds in (5.0, 10.0, 20.0):
        await database.write(lambda c, one=closing: closings.mark_failed(c, one, "down", NOW))
        assert await claim(database, NOW + seconds - 1) == []
        [closing] = await claim(database, NOW + seconds)
    await database.write(lambda c: closings.mark_sent(c, closing))
    assert await claim(database, NOW + DAY) == []


async def test_summary_names_topics_and_outcomes_and_nothing_that_was_said(
    database: Database, conversation: str
) -> None:
    await take_turn(database, conversation, "ask_tds", at=NOW - 1)
    await take_turn(database, conversation, "goodbye")
    (closing,) = await claim(database)
    told = Summaries.load().tell(closing.facts)
    assert told == "Chat in the app, in Hinglish. Asked about: TDS on commission. 1 answered."
    many = Facts("ivr", "hi", ["follow_up"], {outcome.value: 2 for outcome in Outcome})
    assert "something that has no name yet" in Summaries.load().tell(many)
    kept = await database.read(lambda c: str(c.execute(select(closings.closings)).all()))
    assert "PAN" not in kept
