"""What the domain promises of its rows, on both databases."""

import asyncio
import time

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select

from saathi import addresses, attempts, conversations, handoffs, inbox, outbox
from saathi.escalation_policy import EscalationPolicy, Reason
from saathi.handoffs import Cause
from saathi.messages import Author, Incoming, Purpose, Reply
from saathi.store import (
    Database,
    crm_tables,  # noqa: F401 - its tables belong to the metadata
)
from saathi.store.migrate import migrate
from saathi.store.tables import inbox as inbox_rows
from saathi.store.tables import metadata


def say(conversation: str, key: str, text: str = "hello") -> Incoming:
    return Incoming(conversation, "inapp", key, text, "en")


async def test_migrations_make_the_tables_of_the_code(database: Database) -> None:
    await migrate(database)  # a second time changes nothing
    differences = await database.write(lambda c: compare_metadata(MigrationContext.configure(c), metadata))
    assert differences == []


async def test_partner_has_one_chat_conversation_however_many_ask_at_once(database: Database) -> None:
    found = await asyncio.gather(
        *(database.write(lambda c: conversations.find_chat(c, "P1007", time.time())) for _ in range(20))
    )
    assert len(set(found)) == 1


async def test_lease_is_one_owners_until_it_ends(database: Database, conversation: str) -> None:
    claim = conversations.claim
    assert await database.write(lambda c: claim(c, conversation, "one", 100.0)) == "assistant"
    assert await database.write(lambda c: claim(c, conversation, "other", 101.0)) is None
    assert await database.write(lambda c: claim(c, conversation, "one", 102.0)) == "assistant"
    await database.write(lambda c: conversations.release(c, conversation, "other"))
    assert await database.write(lambda c: claim(c, conversation, "other", 103.0)) is None
    assert await database.write(lambda c: claim(c, conversation, "other", 102.1 + conversations.LEASE_S)) == "assistant"
    await database.write(lambda c: conversations.release(c, conversation, "other"))
    assert await database.write(lambda c: claim(c, conversation, "one", 103.0)) == "assistant"


async def test_message_is_stored_once_by_its_key(database: Database, conversation: str) -> None:
    stored = await asyncio.gather(
        *(database.write(lambda c: inbox.store(c, say(conversation, "k1"), time.time())) for _ in range(10))
    )
    assert sorted(message is not None for message in stored) == [False] * 9 + [True]


async def test_unit_of_work_that_raises_undoes_only_itself(database: Database, conversation: str) -> None:
    def work(key: str, fails: bool):
        def run(connection):
            inbox.store(connection, say(conversation, key), time.time())
            if fails:
                raise RuntimeError(key)

        return database.write(run)

    results = await asyncio.gather(*(work(f"k{n}", n % 3 == 0) for n in range(12)), return_exceptions=True)
    assert [str(result) for result in results if result] == ["k0", "k3", "k6", "k9"]
    assert await database.read(lambda c: c.scalar(select(func.count()).select_from(inbox_rows))) == 8


async def test_numbers_of_a_conversation_have_no_gap_and_no_repeat(database: Database, conversation: str) -> None:
    replies = [Reply("one", "en"), Reply("two", "en")]
    await asyncio.gather(
        *(database.write(lambda c: outbox.add(c, conversation, "inapp", replies, time.time())) for _ in range(10))
    )
    rows = await database.read(lambda c: outbox.find_after(c, conversation, "inapp", 0))
    assert [row.seq for row in rows] == list(range(1, 21))


async def test_attempt_counts_once_a_message_and_a_helpful_answer_closes_all(
    database: Database, conversation: str
) -> None:
    def fail(message: str):
        return database.write(lambda c: attempts.add(c, conversation, message, "unclear", "asked again", time.time()))

    assert [await fail("a"), await fail("a"), await fail("b")] == [1, 1, 2]
    await database.write(lambda c: attempts.close(c, conversation))
    assert await database.read(lambda c: attempts.count(c, conversation)) == 0
    assert await fail("a") == 0  # a repeated turn does not open it again
    assert await fail("c") == 1


async def test_handoff_is_opened_once_with_the_whole_story(database: Database, conversation: str) -> None:
    await database.write(lambda c: inbox.store(c, say(conversation, "k1", "where is my payout"), 1.0))
    message = await database.read(lambda c: inbox.find_next(c, conversation))
    assert message is not None
    await database.write(lambda c: attempts.add(c, conversation, message.id, "empty_search", "searched", 2.0))

    policy = EscalationPolicy.load()

    async def hand_over(of: str) -> str:
        cause = Cause(Reason.FAILED_ATTEMPTS)
        opened = await database.write(
            lambda c: handoffs.open_handoff(c, policy, conversation, of, cause, {"a": 1}, 3.0)
        )
        return opened.state

    assert [await hand_over(message.id), await hand_over(message.id), await hand_over("later")] == [
        "opened",
        "opened",
        "waiting",
    ]
    (packet,) = await database.read(handoffs.find_open)
    assert packet == {
        "query": "where is my payout",
        "attempted_solutions": ["searched"],
        "transcript": [{"author": "user", "text": "where is my payout", "at": 1.0}],
        "slots": {"a": 1},
        "lead": None,
        "language": "en",
        "channel": "inapp",
        "reason": "failed_attempts",
        "priority": "normal",
    }
    assert await database.write(lambda c: conversations.claim(c, conversation, "x", 9.0)) == "waiting"


async def test_notice_stands_in_line_and_is_no_words_of_the_user(database: Database, conversation: str) -> None:
    notice = Reply("आपके खाते में नया पिन है।", "hi", author=Author.SYSTEM, purpose=Purpose.NOTICE)

    def write(connection) -> None:
        inbox.store(connection, say(conversation, "k1", "where is my payout"), 1.0)
        inbox.store_notice(connection, conversation, "whatsapp", notice, 2.0, "+910000004821")
        inbox.mark_done(connection, inbox.find_next(connection, conversation).id)

    await database.write(write)
    waiting = await database.read(lambda c: inbox.find_next(c, conversation))
    assert waiting is not None
    assert (waiting.prepared, waiting.channel, waiting.address) == ((notice,), "whatsapp", "+910000004821")
    assert await database.write(lambda c: inbox.mark_done(c, waiting.id))
    assert not await database.write(lambda c: inbox.mark_done(c, waiting.id))
    assert await database.read(lambda c: inbox.find_language(c, conversation)) == "en"
    cause = Cause(Reason.FAILED_ATTEMPTS)
    policy = EscalationPolicy.load()
    await database.write(lambda c: handoffs.open_handoff(c, policy, conversation, "m", cause, {}, 3.0))
    (packet,) = await database.read(handoffs.find_open)
    assert packet["transcript"] == [{"author": "user", "text": "where is my payout", "at": 1.0}]


async def test_waiting_conversation_becomes_more_urgent_and_never_less(database: Database, conversation: str) -> None:
    policy = EscalationPolicy.load()

    async def hand_over(message: str, cause: Cause) -> str:
        await database.write(lambda c: handoffs.open_handoff(c, policy, conversation, message, cause, {}, 3.0))
        (packet,) = await database.read(handoffs.find_open)
        return str(packet["priority"])

    assert await hand_over("m1", Cause(Reason.ASKED_FOR_HUMAN, "ask_human")) == "normal"
    assert await hand_over("m2", Cause(Reason.TOPIC, "report_fraud")) == "urgent"
    assert await hand_over("m3", Cause(Reason.COMPLAINT, "raise_complaint")) == "urgent"
    assert await database.read(lambda c: handoffs.find_reason(c, "m1")) is Reason.ASKED_FOR_HUMAN
    assert await database.read(lambda c: handoffs.find_reason(c, "m2")) is None


async def test_look_up_counts_nothing_and_is_told_to_the_person_who_takes_over(
    database: Database, conversation: str
) -> None:
    def note(message: str, solution: str, now: float):
        return database.write(lambda c: attempts.note(c, conversation, message, solution, now))

    await note("m0", "checked courses", 10.0)  # longer ago than look-ups last
    await note("m1", "checked payout history", 4000.0)
    await note("m1", "checked payout history", 4001.0)
    await database.write(lambda c: attempts.add(c, conversation, "m1", "empty_search", "searched", 4000.0))
    await database.write(lambda c: attempts.close(c, conversation))
    await note("m2", "checked the bank account", 4010.0)
    assert await database.write(lambda c: attempts.add(c, conversation, "m3", "unclear", "asked", 4020.0)) == 1

    def find():
        return database.read(lambda c: attempts.find_solutions(c, conversation, 4030.0))

    assert await find() == ["checked payout history", "checked the bank account", "asked"]
    await database.write(lambda c: attempts.settle(c, conversation))
    assert await find() == []


async def test_message_notes_when_its_address_has_written_and_a_second_copy_does_not(database: Database) -> None:
    known = await database.write(lambda c: addresses.enter(c, "whatsapp", "+1", 100.0))
    assert await database.write(lambda c: addresses.enter(c, "whatsapp", "+1", 200.0)) == known
    heard = Incoming(known.conversation, "whatsapp", "k1", "hello", "en", address="+1")
    for now in (300.0, 400.0):
        await database.write(lambda c, now=now: inbox.store(c, heard, now))
    found = await database.read(lambda c: addresses.find(c, "whatsapp", "+1"))
    assert found is not None
    assert (known.heard_at, found.heard_at) == (100.0, 300.0)
