"""How the last messages were said, on both databases."""

import time

import pytest
from sqlalchemy import select

from saathi import inbox, outcomes
from saathi.escalation_policy import Signs
from saathi.messages import Incoming, Outcome
from saathi.outcomes import TurnOutcome
from saathi.store import Database
from saathi.store.tables import inbox as inbox_rows
from saathi.tone import measure_capitals, read_signs


async def hear(database: Database, conversation: str, text: str, *, payload: str | None = None) -> str:
    key = f"k{time.perf_counter_ns()}"
    incoming = Incoming(conversation, "inapp", key, text, "en", payload)
    await database.write(lambda c: inbox.store(c, incoming, time.time()))
    return str(await database.read(lambda c: c.scalar(select(inbox_rows.c.id).where(inbox_rows.c.key == key))))


async def answer(database: Database, conversation: str, text: str, *, payload: str | None = None) -> str:
    message = await hear(database, conversation, text, payload=payload)
    await database.write(lambda c: inbox.mark_done(c, message))
    return message


async def finish(database: Database, message: str, sentiment: float | None) -> None:
    outcome = TurnOutcome(message, 1.0, None, "inapp", "en", Outcome.ANSWERED, 0, {}, sentiment=sentiment)
    await database.write(lambda c: outcomes.record(c, outcome))


async def test_sentiment_of_this_message_and_of_those_before_it(database: Database, conversation: str) -> None:
    for sentiment in (-0.9, 0.3, None):
        await finish(database, await answer(database, conversation, "one more thing"), sentiment)
    last = await hear(database, conversation, "kuch nahi hota yahan")
    await hear(database, conversation, "this one waits for its turn")
    found = await database.read(lambda c: read_signs(c, conversation, last, "kuch nahi hota yahan", -0.5, 3))
    assert [signs.sentiment for signs in found] == [-0.5, None, 0.3]


async def test_same_words_again_are_a_repetition_whatever_the_signs_around_them(
    database: Database, conversation: str
) -> None:
    await answer(database, conversation, "Payout kab aayega")
    await answer(database, conversation, "batao na")
    last = await hear(database, conversation, "payout KAB aayegaaaa ???")
    (now, before, first) = await database.read(
        lambda c: read_signs(c, conversation, last, "payout KAB aayegaaaa ???", None, 3)
    )
    assert (now.is_repeated, before.is_repeated, first.is_repeated) == (True, False, False)


@pytest.mark.parametrize(("text", "payload"), [("haan", None), ("12", None), ("Talk to a person", "/ask_human")])
async def test_short_words_and_buttons_are_no_repetition(
    database: Database, conversation: str, text: str, payload: str | None
) -> None:
    await answer(database, conversation, text, payload=payload)
    last = await hear(database, conversation, text)
    found = await database.read(lambda c: read_signs(c, conversation, last, text, None, 1))
    assert not found[0].is_repeated


async def test_message_of_another_conversation_or_none_in_the_inbox(database: Database, conversation: str) -> None:
    found = await database.read(lambda c: read_signs(c, conversation, "gone", "WHERE IS MY MONEY", -0.8, 3))
    assert found == [Signs(-0.8, 1.0)]


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("WHERE IS MY PAYOUT", 1.0),
        ("where is my payout", 0.0),
        ("KYC KAB", 0.0),  # too short to be shouting
        ("CUSTOMERKYCPENDING", 0.0),
        ("मेरा पैसा कहाँ है भाई", 0.0),
        ("", 0.0),
    ],
)
def test_capitals_count_in_messages_of_some_length(text: str, share: float) -> None:
    assert measure_capitals(text) == share
