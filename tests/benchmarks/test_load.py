"""The load driver against small local servers, and what it counts."""

import asyncio
from collections.abc import AsyncIterator
from itertools import islice

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks.load import ARTICLES, Plan, run
from benchmarks.report import ratios, table
from benchmarks.texts import CHAT, texts


async def answer_frames(request: web.Request) -> web.WebSocketResponse:
    """Answers each message after 10 ms with a source; "bye" gets an error, "hi" nothing but another's reply."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    assert (await socket.receive_json())["type"] == "auth"
    async for received in socket:
        frame = received.json()
        if frame["type"] != "message":
            continue
        await asyncio.sleep(0.01)
        if frame["text"] == "bye":
            await socket.send_json({"type": "error", "code": "too_fast", "text": "", "id": frame["id"]})
            continue
        await socket.send_json({"type": "ack", "id": frame["id"]})
        if frame["text"] == "hi":
            await socket.send_json({"type": "message", "reply_to": "another"})
            await socket.close()
            continue
        await socket.send_json({"type": "message", "reply_to": frame["id"], "citations": [{"title": "t"}]})
    return socket


async def answer_rest(request: web.Request) -> web.Response:
    text = (await request.json())["message"]
    if text == "bye":
        return web.json_response({}, status=500)
    return web.json_response([] if text == "hi" else [{"text": "ok"}])


@pytest.fixture
async def address() -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes([web.get("/channels/inapp/ws", answer_frames), web.post("/webhooks/rest/webhook", answer_rest)])
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


def plan(address: str, bot: str, **more: object) -> Plan:
    fields = {"label": "x", "bot": bot, "address": address, "secret": "s" * 32, "topic": "chat", "users": 1}
    return Plan.model_validate(fields | more)


async def test_answered_lost_and_refused_turns_are_told_apart(address: str) -> None:
    result = await run(plan(address, "ours", turns=10, conversation=1))
    assert CHAT.count("hi") == CHAT.count("bye") == 1
    assert (result["turns"], result["cited"], result["lost"], result["errors"]) == (10, 8, 1, 1)
    assert 10 <= result["p50"] <= result["p95"] <= 1000


async def test_stock_channel_counts_silence_and_failures(address: str) -> None:
    result = await run(plan(address, "stock", turns=10))
    assert (result["turns"], result["silent"], result["errors"], result["lost"]) == (10, 1, 1, 0)


async def test_closed_loop_runs_for_its_time_and_leaves_out_the_warm_up(address: str) -> None:
    result = await run(plan(address, "ours", topic="knowledge", users=5, seconds=0.5, warmup=0.3))
    assert 0.3 <= result["seconds"] <= 1.5
    assert result["turns_per_second"] == pytest.approx(result["turns"] / result["seconds"], rel=0.1)
    assert 50 <= result["turns_per_second"] <= 500  # five users, 10 ms a turn


async def test_open_load_writes_at_its_pace_however_fast_the_answers_are(address: str) -> None:
    result = await run(plan(address, "ours", topic="knowledge", users=10, seconds=1.0, pause=0.25, conversation=99))
    assert result["turns"] == 40
    assert result["lost"] == 0


async def test_one_conversation_compares_its_end_with_its_beginning(address: str) -> None:
    result = await run(plan(address, "ours", topic="knowledge", turns=40, conversation=40))
    assert result["first_20_mean"] >= 10
    assert result["last_20_mean"] >= 10


def test_questions_are_all_different() -> None:
    asked = list(islice(texts("knowledge", ARTICLES), 3000))
    assert len(set(asked)) == 3000
    shifted = list(islice(texts("knowledge", ARTICLES, start=3000), 3000))
    assert not set(asked) & set(shifted)


def test_table_aligns_and_ratio_is_of_the_same_load() -> None:
    rows = [
        {"label": "20 users", "bot": "ours", "turns_per_second": 90.0},
        {"label": "20 users", "bot": "stock", "turns_per_second": 30.0},
        {"label": "alone", "bot": "ours", "turns_per_second": 5.0},
    ]
    assert ratios(rows) == {"20 users": 3.0}
    assert len({len(line) for line in table(rows).splitlines()}) == 1
