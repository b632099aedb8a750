"""The voice line where webhooks come twice, are forged or make no sense, and where parts behind it are away."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import func, select

from saathi.store.tables import calls, inbox, outbox
from tests.channels.conftest import Gateway, run_gateway
from tests.channels.ivr.conftest import read
from tests.support.caller import ORIGIN, Caller, sign
from tests.support.gateway import on_sqlite
from tests.support.rasa import FakeDoor


async def test_same_webhook_five_times_at_once_is_one_turn(caller: Caller, line: Gateway, door: FakeDoor) -> None:
    await caller.key("1")
    door.delay_s = 0.3
    action = caller.action
    answers = await asyncio.gather(*(caller.post(action, SpeechResult="what is a ulip") for _ in range(5)))
    assert len(door.asked) == 1
    assert len(set(answers)) == 1
    assert (await read(line, select(func.count()).select_from(inbox)))[0][0] == 1
    assert (await read(line, select(func.count()).select_from(outbox)))[0][0] == 1
    assert await caller.post(action, SpeechResult="what is a ulip") == answers[0]
    assert len(door.asked) == 1


async def test_webhook_without_a_step_five_times_at_once_is_one_turn(
    caller: Caller, line: Gateway, door: FakeDoor
) -> None:
    await caller.post("/channels/ivr/webhook", Digits="1")
    webhook = {"address": "/channels/ivr/webhook", "SpeechResult": "what is a ulip"}
    await asyncio.gather(*(caller.post(**webhook) for _ in range(5)))
    assert len(door.asked) == 1
    assert "echo: what is a ulip" in caller.words


async def test_repeats_of_the_first_webhook_are_one_call(line: Gateway) -> None:
    caller = Caller(line.client)
    await asyncio.gather(*(caller.call() for _ in range(5)))
    assert len(await read(line, select(calls.c.sid))) == 1
    assert "Welcome" in caller.words


async def test_same_webhook_at_two_gateways_at_once_is_one_turn(line: Gateway, door: FakeDoor, caller: Caller) -> None:
    await caller.key("1")
    async with run_gateway(line.settings) as other:
        callers = [Caller(gateway.client, sid=caller.sid) for gateway in (line, other) for _ in range(50)]
        action = caller.action
        await asyncio.gather(*(one.post(action, SpeechResult="what is a ulip") for one in callers))
    assert {one.words for one in callers} == {callers[0].words}
    assert callers[0].words.startswith("echo: what is a ulip")
    assert len(door.asked) == 1
    assert len(await read(line, select(inbox.c.id))) == len(await read(line, select(outbox.c.id))) == 1


@on_sqlite
async def test_forged_webhook_is_refused(line: Gateway) -> None:
    form = {"CallSid": "CA1", "From": "+919800000001"}
    url = ORIGIN + "/channels/ivr/webhook"
    for signature in ("", "x", sign(url, {**form, "From": "+919800000002"}), sign(url + "?step=1", form)):
        answer = await line.client.post(
            "/channels/ivr/webhook",
            data=form,
            headers={"X-Twilio-Signature": signature, "X-Forwarded-Host": "voice.example", "Host": "voice.example"},
        )
        assert answer.status == 403
    assert await read(line, select(calls.c.sid)) == []


@on_sqlite
async def test_line_without_secrets_does_not_exist(gateway: Gateway) -> None:
    assert (await gateway.client.post("/channels/ivr/webhook", data={"CallSid": "CA1"})).status == 404


@on_sqlite
async def test_form_without_a_call_is_refused(line: Gateway) -> None:
    headers = {"X-Twilio-Signature": sign(ORIGIN + "/channels/ivr/webhook", {"From": "+919800000001"})}
    answer = await line.client.post("/channels/ivr/webhook", data={"From": "+919800000001"}, headers=headers)
    assert answer.status == 400


@on_sqlite
async def test_garbage_is_answered_and_breaks_nothing(caller: Caller) -> None:
    for fields in (
        {"Digits": "abc"},
        {"Digits": "1" * 500},
        {"SpeechResult": "x" * 5000},
        {"SpeechResult": "\x0b\x00\x1b"},
        {"SpeechResult": "<Hangup/>&amp; \ufffe"},
        {"Digits": "", "SpeechResult": ""},
    ):
        await caller.post("/channels/ivr/webhook", **fields)
    for step in ("", "x", "-1", "99999999999", "0&step=1"):
        await caller.post(f"/channels/ivr/webhook?step={step}", Digits="1")
        await caller.post(f"/channels/ivr/webhook?wait={step}")


@on_sqlite
async def test_rasa_down_is_an_apology_in_words_and_the_menu(caller: Caller, door: FakeDoor) -> None:
    await caller.key("1")
    door.faults = ["down"] * 100
    words = await caller.say("what is a ulip")
    assert "I am sorry" in words
    assert "payout queries" in words
    assert caller.gather
    door.faults = []
    assert "echo" in await caller.say("what is a ulip")


async def test_end_of_the_call_in_the_middle_of_a_turn_is_taken_calmly(
    caller: Caller, line: Gateway, door: FakeDoor
) -> None:
    await caller.key("1")
    door.delay_s = 1.0
    asking = asyncio.create_task(caller.post(caller.action, SpeechResult="what is a ulip"))
    await asyncio.sleep(0.2)
    late = Caller(line.client, sid=caller.sid)
    await late.post("/channels/ivr/webhook", CallStatus="completed")
    await asking
    assert await read(line, select(calls.c.ended_at).where(calls.c.ended_at.is_not(None)))
    await late.post("/channels/ivr/webhook?step=2", Digits="1")
    assert late.has("Hangup")
    assert len(door.asked) == 1


async def test_store_that_is_away_is_told_in_words_and_tried_again(
    caller: Caller, line: Gateway, tmp_path: Path
) -> None:
    if not line.settings.store_url.startswith("sqlite"):
        pytest.skip("the lock is SQLite's")
    await caller.key("1")
    lock = sqlite3.connect(tmp_path / "saathi.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        await caller.post(caller.action, SpeechResult="what is a ulip")
    finally:
        lock.execute("COMMIT")
        lock.close()
    assert "stuck on our side" in caller.words
    redirect = caller.heard.find("Redirect")
    assert redirect is not None
    await caller.post((redirect.text or "").removeprefix(ORIGIN))
    assert "payout queries" in caller.words
    assert "echo" in await caller.say("what is a ulip")


@on_sqlite
async def test_speech_that_was_hardly_recognised_is_asked_for_again_and_then_a_person_comes(
    caller: Caller, door: FakeDoor
) -> None:
    await caller.key("1")
    for _ in range(2):
        assert "did not get that" in await caller.answer(SpeechResult="what is a ulip", Confidence="0.12")
    assert "call you back" in await caller.answer(SpeechResult="what is a ulip", Confidence="0.29")
    assert door.asked == []


@on_sqlite
@pytest.mark.parametrize("confidence", ["0.3", "1.0", "0.0", "0", "", "nan", "high", None])
async def test_speech_is_taken_where_nothing_clear_is_said_against_it(
    caller: Caller, door: FakeDoor, confidence: str | None
) -> None:
    """Recognizers that have no figure send none, or 0."""
    await caller.key("1")
    told = {} if confidence is None else {"Confidence": confidence}
    assert (await caller.answer(SpeechResult="what is a ulip", **told)).startswith("echo: what is a ulip")


@on_sqlite
async def test_keys_are_never_doubted(caller: Caller) -> None:
    await caller.answer(Digits="1", Confidence="0.01")
    assert "payout queries" in caller.words
