"""Linking an address to a partner by a one-time code, and what becomes of its conversation."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, func, select

from saathi import (
    addresses,
    attempts,
    conversations,
    feedback,
    handoffs,
    inbox,
    linking,
    merging,
    outbox,
    sending,
)
from saathi.addresses import Known
from saathi.conversations import Mode
from saathi.escalation_policy import EscalationPolicy, Reason
from saathi.linking import Redeemed, Result
from saathi.messages import Incoming, Offer, Reply
from saathi.store import Database, tables

CHANNEL, ADDRESS = "whatsapp", "+910000004821"
NOW = time.time()
HOUR = 3600.0


async def enter(database: Database, address: str = ADDRESS) -> Known:
    return await database.write(lambda c: addresses.enter(c, CHANNEL, address, NOW))


async def give(database: Database, partner: str = "P1001", now: float = NOW) -> str:
    return await database.write(lambda c: linking.issue_to_partner(c, partner, now))


async def send(database: Database, code: str, now: float = NOW, address: str = ADDRESS) -> Redeemed:
    return await database.write(lambda c: linking.redeem_from_address(c, CHANNEL, address, code, now))


async def type_in(database: Database, code: str, partner: str = "P1001", now: float = NOW) -> Redeemed:
    return await database.write(lambda c: linking.redeem_by_partner(c, partner, code, now))


async def find_partner(database: Database, address: str = ADDRESS) -> str | None:
    known = await database.read(lambda c: addresses.find(c, CHANNEL, address))
    assert known is not None
    return known.partner


def wrong_codes() -> Iterator[str]:
    """Codes in the right form that were given to nobody, but by a chance of one to many millions."""
    yield from (f"{number}AA{number}BB" for number in range(2, 10))


async def hear(database: Database, conversation: str, key: str, at: float, address: str | None = ADDRESS) -> str:
    """A message of a conversation, to be answered; its id."""
    channel = CHANNEL if address else "inapp"
    incoming = Incoming(conversation, channel, key, f"text of {key}", "en", address=address)
    await database.write(lambda c: inbox.store(c, incoming, at))
    return str(await database.read(lambda c: c.scalar(select(tables.inbox.c.id).where(tables.inbox.c.key == key))))


async def answer(database: Database, conversation: str, message: str, at: float, address: str | None = ADDRESS) -> None:
    """Two parts of an answer, one with a choice, as the worker stores them."""
    replies = [Reply(f"answer to {message}", "en", offers=(Offer("More", "more"),)), Reply("and more", "en")]
    channel = CHANNEL if address else "inapp"

    def work(connection: Connection) -> None:
        inbox.mark_done(connection, message)
        outbox.add(connection, conversation, channel, replies, at, message, address)

    await database.write(work)


async def count_rows(database: Database) -> dict[str, int]:
    names = ("inbox", "outbox", "choices", "attempts", "look_ups", "handoffs", "events", "surveys", "feedback")
    return await database.read(
        lambda c: {
            name: c.scalar(select(func.count()).select_from(tables.metadata.tables[name])) or 0 for name in names
        }
    )


async def read_history(database: Database, conversation: str) -> tuple[list[str], list[int]]:
    """The keys of a conversation's messages in order, and the numbers of its replies."""
    return await database.read(
        lambda c: (
            list(
                c.scalars(
                    select(tables.inbox.c.key)
                    .where(tables.inbox.c.conversation == conversation)
                    .order_by(tables.inbox.c.received_at)
                )
            ),
            list(
                c.scalars(
                    select(tables.outbox.c.seq)
                    .where(tables.outbox.c.conversation == conversation)
                    .order_by(tables.outbox.c.created_at, tables.outbox.c.seq)
                )
            ),
        )
    )


async def test_code_of_the_app_sent_from_an_address_links_it(database: Database) -> None:
    await enter(database)
    redeemed = await send(database, await give(database))
    assert redeemed.result is Result.LINKED
    chat = await database.write(lambda c: conversations.find_chat(c, "P1001", NOW))
    assert redeemed.known is not None
    assert (redeemed.known.partner, redeemed.known.conversation) == ("P1001", chat)
    assert [known.address for known in await database.read(lambda c: addresses.list_of(c, "P1001"))] == [ADDRESS]


async def test_code_of_an_address_typed_in_the_app_links_it(database: Database) -> None:
    await enter(database)
    code = await database.write(lambda c: linking.issue_to_address(c, CHANNEL, ADDRESS, NOW))
    assert (await type_in(database, code)).result is Result.LINKED
    assert await find_partner(database) == "P1001"


async def test_codes_have_no_lookalikes_and_are_kept_as_digests(database: Database) -> None:
    codes = [await give(database, f"P{number}") for number in range(50)]
    assert len(set(codes)) == 50
    assert set("".join(codes)).isdisjoint("0O1I")
    assert all(linking.is_code(linking.fold_code(code)) and len(linking.fold_code(code)) == 6 for code in codes)
    kept = await database.read(lambda c: [str(row) for row in c.execute(select(tables.link_codes))])
    assert len(kept) == 50
    assert not any(linking.fold_code(code) in row for code in codes for row in kept)


@pytest.mark.parametrize("write", [str.lower, lambda c: c.replace("-", " "), lambda c: f" {c.replace('-', '')}. "])
async def test_code_is_taken_as_people_type_it(database: Database, write) -> None:
    await enter(database)
    assert (await send(database, write(await give(database)))).result is Result.LINKED


@pytest.mark.parametrize("word", ["thanks", "status", "234567", "GSTR3B", "FY2526", "payout", "", "7K39Q", "7K39QFX"])
def test_words_and_numbers_have_not_the_form_of_a_code(word: str) -> None:
    assert not linking.is_code(linking.fold_code(word))


async def test_code_works_once(database: Database) -> None:
    await enter(database)
    await enter(database, "+2")
    code = await give(database)
    assert (await send(database, code)).result is Result.LINKED
    assert (await send(database, code, address="+2")).result is Result.STALE
    assert await find_partner(database, "+2") is None


async def test_code_sent_again_from_the_address_that_it_linked_does_no_harm(database: Database) -> None:
    await enter(database)
    code = await give(database)
    await send(database, code)
    assert [(await send(database, code)).result for _ in range(7)] == [Result.ALREADY] * 7


async def test_code_is_over_after_ten_minutes(database: Database) -> None:
    await enter(database)
    code = await give(database)
    assert (await send(database, code, NOW + 600)).result is Result.STALE
    assert await find_partner(database) is None
    code = await give(database)
    assert (await send(database, code, NOW + 599)).result is Result.LINKED


async def test_new_code_takes_the_place_of_the_one_before(database: Database) -> None:
    await enter(database)
    first, second = await give(database), await give(database)
    assert (await send(database, first)).result is Result.WRONG
    assert (await send(database, second)).result is Result.LINKED


async def test_five_wrong_codes_lock_the_address_for_an_hour_also_for_the_right_one(database: Database) -> None:
    await enter(database)
    results = [(await send(database, code)).result for code, _ in zip(wrong_codes(), range(5), strict=False)]
    assert results == [Result.WRONG] * 4 + [Result.LOCKED]
    code = await give(database, now=NOW + HOUR - 2)
    assert (await send(database, code, NOW + HOUR - 1)).result is Result.LOCKED
    assert (await send(database, code, NOW + HOUR)).result is Result.LINKED


async def test_five_wrong_codes_lock_the_partner_and_nobody_else(database: Database) -> None:
    await enter(database)
    code = await database.write(lambda c: linking.issue_to_address(c, CHANNEL, ADDRESS, NOW))
    for wrong, _ in zip(wrong_codes(), range(5), strict=False):
        await type_in(database, wrong)
    assert (await type_in(database, code)).result is Result.LOCKED
    assert (await type_in(database, code, "P1002")).result is Result.LINKED


async def test_code_typed_back_at_its_own_end_is_told_apart_and_not_counted(database: Database) -> None:
    await enter(database)
    code = await database.write(lambda c: linking.issue_to_address(c, CHANNEL, ADDRESS, NOW))
    assert [(await send(database, code)).result for _ in range(6)] == [Result.OWN] * 6
    assert (await type_in(database, await give(database))).result is Result.OWN
    assert (await type_in(database, code)).result is Result.LINKED


async def test_code_of_another_address_is_just_wrong(database: Database) -> None:
    await enter(database)
    await enter(database, "+2")
    code = await database.write(lambda c: linking.issue_to_address(c, CHANNEL, ADDRESS, NOW))
    assert (await send(database, code, address="+2")).result is Result.WRONG


async def test_both_directions_at_once_link_once(database: Database) -> None:
    known = await enter(database)
    message = await hear(database, known.conversation, "m1", NOW)
    await answer(database, known.conversation, message, NOW)
    before = await count_rows(database)
    theirs = await give(database)
    ours = await database.write(lambda c: linking.issue_to_address(c, CHANNEL, ADDRESS, NOW))
    results = await asyncio.gather(send(database, theirs), type_in(database, ours))
    assert {redeemed.result for redeemed in results} == {Result.LINKED, Result.ALREADY}
    assert await find_partner(database) == "P1001"
    assert await count_rows(database) == before


async def test_one_code_redeemed_by_many_at_once_links_one_address(database: Database) -> None:
    names = [f"+{number}" for number in range(8)]
    for name in names:
        await enter(database, name)
    code = await give(database)
    results = await asyncio.gather(*(send(database, code, address=name) for name in names))
    assert sorted(redeemed.result.value for redeemed in results) == ["linked"] + ["stale"] * 7
    assert len(await database.read(lambda c: addresses.list_of(c, "P1001"))) == 1


async def test_wrong_codes_sent_all_at_once_are_all_counted(database: Database) -> None:
    await enter(database)
    await asyncio.gather(*(send(database, code) for code in wrong_codes()))
    assert (await send(database, await give(database))).result is Result.LOCKED


async def test_merging_keeps_every_row_in_order_of_time(database: Database) -> None:
    known = await enter(database)
    chat = await database.write(lambda c: conversations.find_chat(c, "P1001", NOW))
    for number in range(6):  # in turns: the app, the address
        place, address = (chat, None) if number % 2 == 0 else (known.conversation, ADDRESS)
        message = await hear(database, place, f"m{number}", NOW + number, address)
        await answer(database, place, message, NOW + number, address)
    old = known.conversation
    policy = EscalationPolicy.load()

    def fill(connection: Connection) -> None:
        message = connection.scalar(select(tables.inbox.c.id).where(tables.inbox.c.key == "m1"))
        reply = connection.scalar(select(tables.outbox.c.id).where(tables.outbox.c.message == message))
        feedback.rate(connection, old, str(reply), "up", None, NOW)
        feedback.note_event(connection, old, "opened", {}, NOW)
        attempts.add(connection, old, "x1", "unclear", "asked again", NOW)
        attempts.note(connection, old, "x1", "looked", NOW)
        attempts.note(connection, chat, "x2", "looked", NOW)
        handoffs.open_handoff(connection, policy, old, str(message), handoffs.Cause(Reason.ASKED_FOR_HUMAN), {}, NOW)
        connection.execute(tables.surveys.insert().values(id="s", conversation=old, asked_at=NOW))

    await database.write(fill)
    before = await count_rows(database)
    assert all(before.values())
    assert (await send(database, await give(database))).result is Result.LINKED
    assert await count_rows(database) == before
    keys, numbers = await read_history(database, chat)
    assert keys == [f"m{number}" for number in range(6)]
    assert sorted(numbers) == list(range(1, 13))
    assert await read_history(database, old) == ([], [])
    last = await database.read(lambda c: outbox.find_start(c, chat, "inapp", 12))
    assert last == 12
    again = await hear(database, chat, "m7", NOW + 7)
    await answer(database, chat, again, NOW + 7)
    assert sorted((await read_history(database, chat))[1]) == list(range(1, 15))


async def test_every_table_of_conversations_is_merged_or_named(database: Database) -> None:
    del database
    referring = {
        table.name
        for table in tables.metadata.tables.values()
        if any(key.column.table is tables.conversations for key in table.foreign_keys)
    }
    merged = {table.name for table in (*merging._MOVED, *merging._MOVED_ONCE)} | {"inbox", "outbox"}
    # an address is moved by linking it; a call is a conversation of its own and never merged
    assert referring - merged == {"addresses", "calls"}


async def test_failures_on_both_sides_are_not_added_up(database: Database) -> None:
    known = await enter(database)
    chat = await database.write(lambda c: conversations.find_chat(c, "P1001", NOW))
    await database.write(lambda c: attempts.add(c, known.conversation, "x1", "unclear", "asked again", NOW))
    await database.write(lambda c: attempts.add(c, chat, "x2", "unclear", "asked again", NOW))
    await send(database, await give(database))
    assert await database.read(lambda c: attempts.count(c, chat)) == 1


async def test_one_failure_at_the_address_goes_on_counting(database: Database) -> None:
    known = await enter(database)
    chat = await database.write(lambda c: conversations.find_chat(c, "P1001", NOW))
    await database.write(lambda c: attempts.add(c, known.conversation, "x1", "unclear", "asked again", NOW))
    await send(database, await give(database))
    assert await database.read(lambda c: attempts.count(c, chat)) == 1


async def test_person_who_is_awaited_stays_awaited(database: Database) -> None:
    known = await enter(database)
    await database.write(lambda c: conversations.set_mode(c, known.conversation, Mode.HUMAN))
    await send(database, await give(database))
    chat = await database.write(lambda c: conversations.find_chat(c, "P1001", NOW))
    assert await database.write(lambda c: conversations.claim(c, chat, "g1", NOW)) is Mode.HUMAN


async def test_pending_message_of_a_free_conversation_goes_along(database: Database) -> None:
    known = await enter(database)
    await hear(database, known.conversation, "m1", NOW)
    await send(database, await give(database))
    chat = await database.write(lambda c: conversations.find_chat(c, "P1001", NOW))
    found = await database.read(lambda c: inbox.find_next(c, chat))
    assert found is not None
    assert (found.text, found.address) == ("text of m1", ADDRESS)


async def test_message_under_way_is_finished_where_it_began_and_then_follows(database: Database) -> None:
    known = await enter(database)
    old = known.conversation
    message = await hear(database, old, "m1", NOW)
    later = await hear(database, old, "m2", NOW + 1)
    await database.write(lambda c: conversations.claim(c, old, "g1", NOW))
    before = await count_rows(database)
    assert (await send(database, await give(database))).result is Result.LINKED
    chat = await database.write(lambda c: conversations.find_chat(c, "P1001", NOW))
    assert await database.read(lambda c: inbox.find_next(c, chat)) is None  # nobody begins it a second time

    def finish(connection: Connection) -> None:  # as the worker does, in one transaction
        assert conversations.claim(connection, old, "g1", NOW + 2) is not None
        attempts.add(connection, old, message, "unclear", "asked again", NOW + 2)
        assert inbox.mark_done(connection, message)
        outbox.add(connection, old, CHANNEL, [Reply("answer", "en")], NOW + 2, message, ADDRESS)
        conversations.release(connection, old, "g1")
        merging.follow(connection, old, CHANNEL, ADDRESS, NOW + 2)

    await database.write(finish)
    assert (await read_history(database, chat)) == (["m1", "m2"], [1])
    following = await database.read(lambda c: inbox.find_next(c, chat))
    assert following is not None
    assert following.id == later
    assert await database.read(lambda c: attempts.count(c, chat)) == 1
    due = await database.write(lambda c: sending.claim(c, CHANNEL, ADDRESS, NOW + 3))
    assert due is not None
    assert due.outgoing.body["text"] == "answer"
    after = await count_rows(database)
    assert (after["inbox"], after["outbox"]) == (before["inbox"], before["outbox"] + 1)


async def test_what_a_turn_notes_a_second_time_is_kept_once(database: Database) -> None:
    known = await enter(database)
    await database.write(lambda c: conversations.claim(c, known.conversation, "g1", NOW))
    await database.write(lambda c: attempts.add(c, known.conversation, "m1", "unclear", "asked again", NOW))
    await send(database, await give(database))
    await database.write(lambda c: attempts.add(c, known.conversation, "m1", "unclear", "asked again", NOW))
    await database.write(lambda c: merging.follow(c, known.conversation, CHANNEL, ADDRESS, NOW))
    assert (await count_rows(database))["attempts"] == 1


async def test_unlinking_gives_a_fresh_conversation_of_nobody(database: Database) -> None:
    await enter(database)
    linked = (await send(database, await give(database))).known
    assert linked is not None
    message = await hear(database, linked.conversation, "m1", NOW)
    await answer(database, linked.conversation, message, NOW)
    await database.write(lambda c: linking.unlink(c, linked, NOW))
    known = await enter(database)
    assert known.partner is None
    assert known.conversation != linked.conversation
    assert await read_history(database, known.conversation) == ([], [])
    assert await read_history(database, linked.conversation) == (["m1"], [1, 2])


async def test_address_that_goes_to_another_partner_takes_no_history_with_it(database: Database) -> None:
    await enter(database)
    first = (await send(database, await give(database))).known
    assert first is not None
    message = await hear(database, first.conversation, "m1", NOW)
    await answer(database, first.conversation, message, NOW)
    second = (await send(database, await give(database, "P1002"))).known
    assert second is not None
    assert second.partner == "P1002"
    assert await read_history(database, second.conversation) == ([], [])
    assert await read_history(database, first.conversation) == (["m1"], [1, 2])
    await database.write(lambda c: merging.follow(c, first.conversation, CHANNEL, ADDRESS, NOW))
    assert await read_history(database, first.conversation) == (["m1"], [1, 2])
