"""Rasa, the store or the gateway itself fail: what was acknowledged is answered once, and nothing is counted twice."""

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from channels import delivery, turn
from saathi import attempts
from saathi.conversations import LEASE_S, claim, release
from saathi.settings import Settings
from saathi.store.tables import conversations, handoffs, inbox, outbox, outcomes
from tests.channels.conftest import Gateway, run_gateway
from tests.support.postgresql import Server
from tests.support.rasa import FakeDoor
from tests.support.waiting import until


async def read(gateway: Gateway, query):
    return await gateway.services.database.read(lambda c: c.execute(query).mappings().all())


async def test_turn_that_fails_is_tried_again(gateway: Gateway, door: FakeDoor) -> None:
    door.faults = ["down", "down"]
    async with gateway.chat() as chat:
        assert (await chat.ask("hello", "m1"))["text"] == "echo: hello"
    assert len({asked["message_id"] for asked in door.asked}) == 1
    assert await read(gateway, select(attempts.attempts)) == []


async def test_silence_is_an_apology_and_a_failed_attempt(gateway: Gateway, door: FakeDoor) -> None:
    door.faults = ["silent"]
    async with gateway.chat() as chat:
        apology = await chat.ask("kab aayega mera payout bhai", "m1")
        assert (apology["author"], apology["language"]) == ("system", "hinglish")
        assert (await chat.ask("hello", "m2"))["text"] == "echo: hello"
    assert door.asked[1]["slots"]["failed_attempts"] == 1
    assert [row["outcome"] for row in await read(gateway, select(outcomes).order_by(outcomes.c.at))] == [
        "failed",
        "answered",
    ]


async def test_how_a_message_sounded_is_kept_with_the_turn(gateway: Gateway, door: FakeDoor) -> None:
    door.sentiments = {"bakwas hai": -0.8}
    async with gateway.chat() as chat:
        await chat.ask("bakwas hai", "m1")
        await chat.ask("hello", "m2")
    kept = await read(gateway, select(outcomes.c.sentiment).order_by(outcomes.c.at))
    assert [row["sentiment"] for row in kept] == [-0.8, None]


async def test_silence_after_an_angry_message_goes_to_a_person_at_the_first_failure(
    gateway: Gateway, door: FakeDoor
) -> None:
    door.sentiments = {"kuch kaam ka nahi": -0.97}
    async with gateway.chat() as chat:
        await chat.ask("kuch kaam ka nahi", "m1")
        door.faults = ["silent"]
        await chat.say("payout ka kya hua", "m2")
        await chat.replies(2)  # the apology, and that a person takes over
        assert await chat.silence(0.5) == []
    (packet,) = [row["packet"] for row in await read(gateway, select(handoffs))]
    assert (packet["reason"], packet["priority"]) == ("frustration", "high")


async def test_answer_that_nobody_can_read_is_an_apology_and_the_conversation_goes_on(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        assert (await chat.ask("nonsense", "m1"))["author"] == "system"
        assert (await chat.ask("hello", "m2"))["text"] == "echo: hello"
    (counted,) = await read(gateway, select(attempts.attempts))
    assert counted["cause"] == "failed_turn"


async def test_rasa_down_is_an_apology_in_time_and_the_second_is_a_handoff(
    gateway: Gateway, door: FakeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "ANSWER_WITHIN_S", 1.0)
    monkeypatch.setattr(turn, "SHORTEST_TRY_S", 0.5)
    door.faults = ["down"] * 50
    async with gateway.chat() as chat:
        started = time.monotonic()
        assert (await chat.ask("hello", "m1"))["author"] == "system"
        assert time.monotonic() - started < 3
        await chat.say("are you there", "m2")
        await chat.replies(2)  # the apology, and that a person takes over
        assert await chat.silence(0.5) == []
    (packet,) = [row["packet"] for row in await read(gateway, select(handoffs))]
    assert packet["query"] == "are you there"
    assert packet["reason"] == "failed_attempts"
    assert len(packet["attempted_solutions"]) == 2
    assert [line["author"] for line in packet["transcript"]] == ["user", "system", "user"]
    assert await read(gateway, select(conversations.c.mode)) == [{"mode": "waiting"}]
    listed = await gateway.client.get("/api/handoffs", headers=gateway.bearer("a", role="agent"))
    assert await listed.json() == [packet]


async def test_rasa_that_hangs_does_not_hold_up_others(
    gateway: Gateway, door: FakeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "ANSWER_WITHIN_S", 1.0)
    monkeypatch.setattr(turn, "SHORTEST_TRY_S", 0.5)
    door.faults = ["hang"]
    async with gateway.chat("P1001") as slow, gateway.chat("P1002") as quick:
        await slow.say("hello", "m1")
        await slow.next("ack")
        assert (await quick.ask("hello", "m1"))["text"] == "echo: hello"
        assert (await slow.next("message"))["author"] == "system"


async def test_gateway_that_stops_in_the_middle_of_turns_answers_them_once_after_its_return(
    settings: Settings, door: FakeDoor
) -> None:
    door.delay_s = 0.5
    async with run_gateway(settings) as gateway, gateway.chat() as chat:
        for number in range(3):
            await chat.say(f"text {number}", f"m{number}")
            await chat.next("ack")
    door.delay_s = 0.0
    async with run_gateway(settings) as gateway, gateway.chat() as chat:
        await chat.send("resume", after=0)
        replies = await chat.replies(3)
        assert await chat.silence(0.5) == []
    assert [reply["reply_to"] for reply in replies] == ["m0", "m1", "m2"]


async def test_gateway_that_has_lost_the_conversation_stores_nothing_of_its_turn(
    gateway: Gateway, door: FakeDoor
) -> None:
    door.delay_s = 1.0
    database = gateway.services.database

    async def is_asked() -> bool:
        return bool(door.asked)

    def take_over(connection: Connection) -> str:
        (conversation,) = connection.scalars(select(conversations.c.id))
        assert claim(connection, conversation, "another", time.time() + 2 * LEASE_S) is not None
        return conversation

    async with gateway.chat() as chat:
        await chat.say("hello", "m1")
        await until(is_asked)
        conversation = await database.write(take_over)
        await asyncio.sleep(1.5)
        assert await read(gateway, select(outbox)) == []
        assert await read(gateway, select(inbox.c.state)) == [{"state": "pending"}]
        await database.write(lambda c: release(c, conversation, "another"))
        assert (await chat.next("message"))["text"] == "echo: hello"
        assert await chat.silence(0.5) == []
    assert len({asked["message_id"] for asked in door.asked}) == 1


async def test_two_gateways_on_one_database_answer_each_message_once(settings: Settings, door: FakeDoor) -> None:
    door.delay_s = 0.05
    done = select(inbox.c.id).where(inbox.c.state == "done")
    async with run_gateway(settings) as one, run_gateway(settings) as other:

        async def all_done() -> bool:
            return len(await read(one, done)) == 10

        async with one.chat() as here, other.chat() as there:
            for number in range(10):
                for chat in (here, there):
                    await chat.say(f"text {number}", f"m{number}")
            await until(all_done, within_s=60)
            await asyncio.sleep(0.5)  # a second answer to one of them would come now
        rows = await read(one, select(outbox.c.seq, outbox.c.message).order_by(outbox.c.seq))
        stored = await read(one, select(inbox.c.id))
    assert [row["seq"] for row in rows] == list(range(1, 11))
    assert len({row["message"] for row in rows}) == 10
    assert len(stored) == 10
    assert len(door.asked) == 10


async def test_reply_reaches_the_socket_at_the_other_gateway(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # PostgreSQL notifies: before the five seconds are over after which the other gateway looks by itself, as on SQLite.
    soon = 4.0
    if settings.store_url.startswith("sqlite"):
        monkeypatch.setattr(delivery, "LOOK_EVERY_S", 0.5)
        soon = 15.0
    async with run_gateway(settings) as one, run_gateway(settings) as other, one.chat() as here, other.chat() as there:
        await there.opened()
        await here.say("hello", "m1")
        assert (await there.next("message", within_s=soon))["text"] == "echo: hello"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_message_while_the_database_is_locked_is_refused_or_stored(gateway: Gateway, tmp_path: Path) -> None:
    async with gateway.chat() as chat:
        await chat.ask("before", "m0")
        lock = sqlite3.connect(tmp_path / "saathi.db", isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        await chat.say("meanwhile", "m1")
        refusal = await chat.next("error", "ack")
        lock.execute("COMMIT")
        lock.close()
        assert (refusal["code"], refusal["id"]) == ("unavailable", "m1")
        assert (await chat.ask("meanwhile", "m1"))["text"] == "echo: meanwhile"
    texts = [row["text"] for row in await read(gateway, select(inbox.c.text).order_by(inbox.c.number))]
    assert texts == ["before", "meanwhile"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_answer_waits_for_a_database_that_is_locked_after_the_acknowledgement(
    gateway: Gateway, door: FakeDoor, tmp_path: Path
) -> None:
    door.delay_s = 0.5
    async with gateway.chat() as chat:
        await chat.say("hello", "m1")
        await chat.next("ack")
        await asyncio.sleep(0.2)
        lock = sqlite3.connect(tmp_path / "saathi.db", isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(6)
        lock.execute("COMMIT")
        lock.close()
        assert (await chat.next("message"))["reply_to"] == "m1"
        assert await chat.silence(0.5) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_messages_survive_a_database_server_that_goes_away(gateway: Gateway, postgresql_server: Server) -> None:
    async with gateway.chat() as chat:
        await chat.ask("before", "m0")
        postgresql_server.stop("immediate")
        await chat.say("meanwhile", "m1")
        assert (await chat.next("error", "ack"))["code"] == "unavailable"
        postgresql_server.start()
        assert (await chat.ask("after", "m2"))["text"] == "echo: after"
    texts = [row["text"] for row in await read(gateway, select(inbox.c.text).order_by(inbox.c.number))]
    assert texts == ["before", "after"]
