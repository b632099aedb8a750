import asyncio
import json
import time

import jwt
import pytest
from aiohttp import WSServerHandshakeError
from sqlalchemy import func, select

from saathi.store.tables import feedback, inbox, outbox, outcomes
from tests.channels.conftest import Gateway, run_gateway
from tests.support.gateway import JWT
from tests.support.rasa import FakeDoor
from tests.support.waiting import until


async def count(gateway: Gateway, table) -> int:
    return await gateway.services.database.read(lambda c: c.scalar(select(func.count()).select_from(table)))


async def stands_in_outbox(gateway: Gateway, state: str) -> bool:
    """Whether a message has come to this state."""
    query = select(func.count()).select_from(outbox).where(outbox.c.state == state)
    return bool(await gateway.services.database.read(lambda c: c.scalar(query)))


async def test_message_is_acknowledged_then_answered(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        await chat.say("hello", "m1")
        assert await chat.next("ack") == {"type": "ack", "id": "m1"}
        reply = await chat.next("message")
        assert reply["text"] == "echo: hello"
        assert (reply["seq"], reply["reply_to"], reply["author"], reply["language"]) == (1, "m1", "assistant", "en")
        assert {"type": "typing"} in chat.frames


async def test_answer_carries_card_citations_and_choices_without_payloads(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        reply = await chat.ask("card", "m1")
    assert reply["card"]["script"] == "Sir, this is what you get."
    assert reply["citations"][0]["url"] == "/articles/surrender-value"
    assert [set(choice) for choice in reply["choices"]] == [{"id", "title"}, {"id", "title"}]
    assert "/ask_human" not in json.dumps(reply)


async def test_duplicate_message_is_answered_once(gateway: Gateway, door: FakeDoor) -> None:
    async with gateway.chat() as chat:
        await asyncio.gather(*(chat.say("hello", "m1") for _ in range(5)))
        seen = [await chat.next("ack", "message") for _ in range(6)]
        seen += await chat.silence(0.5)
    assert [frame["type"] for frame in seen].count("ack") == 5
    assert [frame["type"] for frame in seen].count("message") == 1
    assert len(door.asked) == 1


async def test_same_id_of_another_partner_is_another_message(gateway: Gateway, door: FakeDoor) -> None:
    for partner in ("P1001", "P1002"):
        async with gateway.chat(partner) as chat:
            assert (await chat.ask("hello", "m1"))["type"] == "message"
    assert len(door.asked) == 2


async def test_choice_sends_the_payload_that_the_store_keeps(gateway: Gateway, door: FakeDoor) -> None:
    async with gateway.chat() as chat:
        reply = await chat.ask("card", "m1")
        await chat.send("choice", id="c1", choice=reply["choices"][0]["id"])
        assert (await chat.next("message"))["text"] == "A person takes over."
        await chat.send("choice", id="c2", choice=reply["choices"][1]["id"])
        assert (await chat.next("message"))["text"] == "echo: What is a ULIP?"
    assert door.asked[1]["payload"] == "/ask_human"
    assert "text" not in door.asked[1]
    assert door.asked[2]["text"] == "What is a ULIP?"


async def test_choice_of_another_conversation_is_unknown(gateway: Gateway) -> None:
    async with gateway.chat("P1001") as chat:
        choice = (await chat.ask("card", "m1"))["choices"][0]["id"]
    async with gateway.chat("P1002") as chat:
        for forged in (choice, "/ask_human", "x"):
            await chat.send("choice", id="c1", choice=forged)
            assert (await chat.next("error"))["code"] == "choice_unknown"


async def test_typed_slash_is_sent_as_text(gateway: Gateway, door: FakeDoor) -> None:
    async with gateway.chat() as chat:
        await chat.ask("/restart", "m1")
    assert door.asked[0]["text"] == "/restart"
    assert "payload" not in door.asked[0]


async def test_reply_that_came_while_away_is_there_on_return(gateway: Gateway, door: FakeDoor) -> None:
    door.delay_s = 0.3
    async with gateway.chat() as chat:
        await chat.say("hello", "m1")
        await chat.next("ack")
    await until(lambda: stands_in_outbox(gateway, "queued"))
    async with gateway.chat() as chat:
        assert (await chat.next("message"))["reply_to"] == "m1"
    await until(lambda: stands_in_outbox(gateway, "sent"))
    async with gateway.chat() as chat:
        await chat.ask("hello again", "m2")
        assert [frame["reply_to"] for frame in chat.frames if frame["type"] == "message"] == ["m2"]


async def test_resume_replays_what_was_missed_once_and_in_order(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        for number in range(5):
            await chat.ask(f"text {number}", f"m{number}")
    async with gateway.chat() as chat:
        await chat.send("resume", after=2)
        assert [frame["seq"] for frame in await chat.replies(3)] == [3, 4, 5]
        await chat.send("resume", after=0)
        assert [frame["seq"] for frame in await chat.replies(2)] == [1, 2]
        await chat.send("resume", after=0)
        assert await chat.silence(0.5) == []
        assert (await chat.ask("next", "m9"))["seq"] == 6


async def test_client_that_saw_more_than_there_is_gets_what_comes(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        await chat.send("resume", after=10**6)
        assert (await chat.ask("hello", "m1"))["seq"] == 1


async def test_two_sockets_of_a_partner_get_the_same_messages(gateway: Gateway) -> None:
    async with gateway.chat() as one, gateway.chat() as other:
        await other.opened()
        await one.say("hello", "m1")
        assert (await one.next("message"))["id"] == (await other.next("message"))["id"]

    async def all_are_closed() -> bool:  # also when one is closed as a signal comes
        return not gateway.services.sockets

    await until(all_are_closed)


async def test_messages_of_a_conversation_are_answered_in_order(gateway: Gateway, door: FakeDoor) -> None:
    door.delay_s = 0.02
    async with gateway.chat() as chat:
        for number in range(20):
            await chat.say(f"text {number}", f"m{number}")
        replies = await chat.replies(20)
        assert [frame for frame in await chat.silence(0.5) if frame["type"] == "message"] == []
    assert [reply["reply_to"] for reply in replies] == [f"m{number}" for number in range(20)]
    assert [reply["seq"] for reply in replies] == list(range(1, 21))


async def test_feedback_is_kept_once_and_can_be_changed(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        reply = await chat.ask("card", "m1")
        await chat.send("feedback", id="f1", message=reply["id"], value="down", reason="call 9876543210")
        await chat.next("ack")
        await chat.send("feedback", id="f2", message=reply["id"], value="up")
        await chat.next("ack")
        await chat.send("feedback", message="unknown", value="up")
        assert (await chat.next("error"))["code"] == "message_unknown"
    rows = await gateway.services.database.read(lambda c: c.execute(select(feedback)).mappings().all())
    assert [(row["value"], row["reason"]) for row in rows] == [("up", None)]


async def test_identifiers_are_masked_before_anything_is_stored(gateway: Gateway, door: FakeDoor) -> None:
    async with gateway.chat() as chat:
        await chat.ask("my number is 9876543210 and mail a.b@example.com", "m1")
    stored = await gateway.services.database.read(lambda c: c.scalar(select(inbox.c.text)))
    assert stored == door.asked[0]["text"] == "my number is [phone 3210] and mail [email]"


BAD_FRAMES = {
    "not json": "bad_frame",
    "[]": "bad_frame",
    "{}": "bad_frame",
    '{"type":1}': "bad_frame",
    '{"type":"dance","id":"x"}': "unknown_type",
    '{"type":"auth","token":"again"}': "unknown_type",
    '{"type":"message","text":"no id"}': "bad_frame",
    '{"type":"message","id":7,"text":"number id"}': "bad_frame",
    '{"type":"message","id":"' + "x" * 65 + '","text":"long id"}': "bad_frame",
    '{"type":"message","id":"x","text":7}': "bad_frame",
    '{"type":"message","id":"x"}': "bad_frame",
    '{"type":"message","id":"x","text":""}': "empty",
    '{"type":"message","id":"x","text":"  \\n "}': "empty",
    '{"type":"message","id":"x","text":"\\ud800"}': "bad_text",
    '{"type":"message","id":"x","text":"a\\u0000b"}': "bad_text",
    '{"type":"message","id":"\\ud800","text":"id"}': "bad_frame",
    '{"type":"choice","id":"x"}': "bad_frame",
    '{"type":"choice","id":"x","choice":"a\\u0000b"}': "choice_unknown",
    '{"type":"resume","after":-1}': "bad_frame",
    '{"type":"resume","after":"0"}': "bad_frame",
    '{"type":"resume","after":1e400}': "bad_frame",
    '{"type":"resume","after":99999999999999999999}': "bad_frame",
    '{"type":"feedback","message":"x","value":"sideways"}': "bad_frame",
    '{"type":"feedback","message":"a\\u0000b","value":"up"}': "bad_frame",
    '{"type":"event","name":"x","data":"no object"}': "bad_frame",
    '{"type":"event","name":"x","data":{"a":"\\u0000"}}': "bad_frame",
    '{"type":"event","name":"x","data":{"a":"\\ud800"}}': "bad_frame",
    '{"type":"event","name":7}': "bad_frame",
    "[" * 30000: "bad_frame",
}


async def test_malformed_frames_get_a_clear_error_and_store_nothing(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        for frame, code in BAD_FRAMES.items():
            await chat.socket.send_str(frame)
            error = await chat.next("error")
            assert error["code"] == code, frame[:80]
            assert error["text"]
        await chat.socket.send_bytes(b"\x00\xff")
        assert (await chat.next("error"))["code"] == "bad_frame"
        await chat.send("message", id="x", text="y" * 2001)
        assert (await chat.next("error")) | {"text": ""} == {"type": "error", "code": "too_long", "text": "", "id": "x"}
        assert await count(gateway, inbox) == 0
        assert (await chat.ask("still here", "m1"))["text"] == "echo: still here"


async def test_megabyte_of_text_closes_the_socket(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        await chat.say("x" * 1_000_000, "m1")
        with pytest.raises(ConnectionError, match="1009"):
            await chat.next("message", "ack")
    assert await count(gateway, inbox) == 0


def forge(**claims: object) -> str:
    return jwt.encode({"sub": "P1001", "exp": int(time.time()) + 60, **claims}, JWT, algorithm="HS256")


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "message", "id": "m1", "text": "first"},
        {"type": "auth"},
        {"type": "auth", "token": ""},
        {"type": "auth", "token": None},
        {"type": "auth", "token": 7},
        {"type": "auth", "token": "a.b.c"},
        {"type": "auth", "token": "\ud800"},
        {"type": "auth", "token": forge(exp=1)},
        {"type": "auth", "token": forge(sub="")},
        {"type": "auth", "token": forge(sub="x" * 65)},
        {"type": "auth", "token": forge(sub="a\0b")},
        {"type": "auth", "token": forge(sub=None)},
        {"type": "auth", "token": forge(role="agent")},
        {"type": "auth", "token": forge(role="king")},
        {"type": "auth", "token": jwt.encode({"sub": "P1001", "exp": 9999999999}, "x" * 32, algorithm="HS256")},
        {"type": "auth", "token": jwt.encode({"sub": "P1001", "exp": 9999999999}, "", algorithm="none")},
        {"type": "auth", "token": jwt.encode({"sub": "P1001"}, JWT, algorithm="HS256")},
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_unauthentic_socket_is_closed_and_stores_nothing(gateway: Gateway, frame: dict) -> None:
    async with gateway.client.ws_connect("/channels/inapp/ws") as socket:
        await socket.send_str(json.dumps(frame))
        await socket.receive(timeout=5)
        assert socket.close_code == 4401
    assert await count(gateway, inbox) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_socket_ends_with_its_token(gateway: Gateway) -> None:
    async with gateway.chat(token=forge(exp=int(time.time()) + 2)) as chat:
        with pytest.raises(ConnectionError, match="4401"):
            await chat.next("message")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_foreign_origin_is_refused(gateway: Gateway) -> None:
    for origin in ("https://evil.example", "null", f"{gateway.settings.origin}.evil.example"):
        with pytest.raises(WSServerHandshakeError, match="403"):
            await gateway.client.ws_connect("/channels/inapp/ws", headers={"Origin": origin})
    async with gateway.client.ws_connect("/channels/inapp/ws", headers={"Origin": gateway.settings.origin}):
        pass


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_partner_over_the_limit_is_told_and_nothing_is_stored(settings, door: FakeDoor) -> None:
    async with run_gateway(settings.model_copy(update={"rate_limit": "3/10 seconds"})) as gateway:
        async with gateway.chat() as chat:
            for number in range(3):
                await chat.ask("hello", f"m{number}")
            assert (await chat.ask("hello", "m3"))["code"] == "too_fast"
            assert await count(gateway, inbox) == 3
        async with gateway.chat("P1002") as chat:
            assert (await chat.ask("hello", "m1"))["type"] == "message"


async def test_every_turn_leaves_one_outcome_row_and_metrics_count_the_same(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        await chat.ask("card", "m1")
        await chat.ask("मेरा कमीशन कब आएगा", "m2")
    rows = await gateway.services.database.read(
        lambda c: c.execute(select(outcomes).order_by(outcomes.c.at)).mappings().all()
    )
    first, second = rows
    assert (first["intent"], first["confidence"], first["route"]) == ("ask_knowledge", 0.9, "action_answer_question")
    assert (first["outcome"], first["citations"]) == ("answered", ["/articles/surrender-value"])
    assert (first["model"], first["knowledge"], first["experiment"]) == ("fake", "k1", None)
    assert set(first["milliseconds"]) >= {"queue", "rasa", "nlu", "actions", "total"}
    assert first["partner"] == second["partner"] != "P1001"
    assert (second["language"], second["failed_attempts"], second["channel"]) == ("hi", 0, "inapp")
    metrics = await (await gateway.client.get("/metrics")).text()
    labels = 'channel="inapp",experiment="none",intent="ask_knowledge",language="{}",outcome="answered"'
    for language in ("en", "hi"):
        assert f"saathi_turns_total{{{labels.format(language)}}} 1.0" in metrics
    assert await count(gateway, outbox) == 2
