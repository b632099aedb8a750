"""A turn that fails answers 503, stores nothing, and succeeds when it is sent again."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.bot.servers import Actions, BotProcess, Gateway, price


def _stored(bot: BotProcess, conversation: str) -> int:
    with sqlite3.connect(bot.store) as database:
        (count,) = database.execute(
            "SELECT count(*) FROM rasa_turns WHERE conversation = ?", (conversation,)
        ).fetchone()
    database.close()
    return int(count)


async def test_absent_action_server_fails_the_turn_and_a_retry_succeeds(
    bot: BotProcess, gateway: Gateway, actions_port: int, conversation: str
) -> None:
    await gateway.turn(conversation, "m1")

    failed = await gateway.turn(conversation, "m2", "what is the price", slots={"language": "hi"})
    stored = _stored(bot, conversation)
    actions = Actions(actions_port)
    await actions.start()
    succeeded = await gateway.turn(conversation, "m2", "what is the price")
    await actions.stop()

    assert failed.status == 503
    assert failed.body["error"]["code"] == "action_failed"
    assert stored == 1
    assert succeeded.status == 200
    assert succeeded.body["repeated"] is False
    assert succeeded.body["replies"][0]["text"] == "It costs 42."
    # the failed turn's slot must not have stayed on the live conversation
    assert actions.calls[0]["tracker"]["slots"]["language"] == "en"


async def test_slow_action_fails_the_turn_within_its_deadline(
    bot: BotProcess, gateway: Gateway, actions: Actions, conversation: str
) -> None:
    actions.delay = 7.0
    begun = asyncio.get_running_loop().time()

    failed = await gateway.turn(conversation, "m1", "what is the price")

    assert failed.status == 503
    assert asyncio.get_running_loop().time() - begun < 6.5
    assert _stored(bot, conversation) == 0


@pytest.mark.parametrize(
    "answer",
    [
        web.json_response({"error": "broken"}, status=500),
        web.json_response({"error": "unknown", "action_name": "action_price"}, status=404),
        web.Response(text="no json"),
        [],
        {"events": "none"},
        {"events": [{"event": "no_such_event"}]},
        {"events": [{"event": "slot"}]},
        {"events": [{"name": "price"}]},
        {"events": [{"event": "slot", "name": "no_such_slot", "value": 1}]},
        {"responses": [{"response": "utter_no_such"}]},
    ],
    ids=lambda answer: str(getattr(answer, "status", answer))[:40],
)
async def test_bad_answer_of_an_action_fails_the_turn(
    bot: BotProcess, gateway: Gateway, actions: Actions, conversation: str, answer: Any
) -> None:
    actions.answer = lambda _: answer

    failed = await gateway.turn(conversation, "m1", "what is the price")
    stored = _stored(bot, conversation)
    actions.answer = price
    succeeded = await gateway.turn(conversation, "m1", "what is the price")

    assert (failed.status, failed.body["error"]["code"]) == (503, "action_failed")
    assert stored == 0
    assert succeeded.status == 200


async def test_failed_form_validation_fails_the_turn(gateway: Gateway, actions: Actions, conversation: str) -> None:
    await gateway.turn(conversation, "m1", "book a visit")
    actions.answer = lambda _: web.json_response({}, status=500)

    failed = await gateway.turn(conversation, "m2", "on monday")
    actions.answer = price
    succeeded = await gateway.turn(conversation, "m2", "on monday")

    assert failed.status == 503
    assert [reply["text"] for reply in succeeded.body["replies"]] == ["Which place?"]


async def test_locked_store_refuses_the_turn_and_keeps_the_conversation(
    bot: BotProcess, gateway: Gateway, conversation: str
) -> None:
    await gateway.turn(conversation, "m1")
    lock = sqlite3.connect(bot.store, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")

    failed = await gateway.turn(conversation, "m2")
    lock.execute("ROLLBACK")
    lock.close()
    succeeded = await gateway.turn(conversation, "m2")

    assert (failed.status, failed.body["error"]["code"]) == (503, "store_unavailable")
    assert succeeded.status == 200
    assert succeeded.body["repeated"] is False
    assert _stored(bot, conversation) == 2


async def test_vanished_store_refuses_the_turn_until_it_is_back(
    bot: BotProcess, gateway: Gateway, conversation: str
) -> None:
    await gateway.turn(conversation, "m1")
    away = bot.store.with_suffix(".away")
    bot.store.rename(away)

    failed = await gateway.turn(conversation, "m2")
    away.rename(bot.store)
    succeeded = await gateway.turn(conversation, "m2")

    assert (failed.status, failed.body["error"]["code"]) == (503, "store_unavailable")
    assert succeeded.status == 200
    assert _stored(bot, conversation) == 2


async def test_failed_turn_is_logged_with_its_turn_id_and_without_the_users_words(
    bot: BotProcess, gateway: Gateway, conversation: str
) -> None:
    await gateway.turn(conversation, "m-logged", "what is the price of zanzibar")

    lines = [line for line in bot.log.read_text().splitlines() if "turn-m-logged" in line]
    assert lines
    assert "zanzibar" not in bot.log.read_text()


async def test_server_without_a_model_says_so(
    tmp_path: Path, actions_port: int, session: aiohttp.ClientSession
) -> None:
    bot = BotProcess(tmp_path / "none", tmp_path / "tracker.db", actions_port, tmp_path / "log").start(wait=False)
    await asyncio.to_thread(bot.wait, 503)

    failed = await Gateway(bot, session).turn("c", "m")
    await asyncio.to_thread(bot.stop)

    assert (failed.status, failed.body["error"]["code"]) == (503, "no_model")
