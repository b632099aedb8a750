"""What becomes of an address's conversation when a partner links it."""

from sqlalchemy import Connection, select

from saathi import attempts, conversations, feedback, handoffs, inbox, merging, outbox, sending
from saathi.conversations import Mode
from saathi.escalation_policy import EscalationPolicy, Reason
from saathi.linking import Result
from saathi.messages import Reply
from saathi.store import Database, tables
from tests.saathi.links import ADDRESS, CHANNEL, NOW, answer, count_rows, enter, give, hear, read_history, send


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
    # an address is moved by linking it; a call is a conversation of its own and never merged; only what is a partner's
    # comes to an end that the CRM is told of, and that is never merged either
    assert referring - merged == {"addresses", "calls", "closings"}


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
