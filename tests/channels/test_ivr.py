"""The voice line: a call from the greeting to the goodbye, over a real gateway on both databases."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from saathi.store.tables import calls, feedback, handoffs, inbox, outbox, surveys
from tests.channels.conftest import Gateway, run_gateway
from tests.support.caller import ORIGIN, Caller, sign, voice_settings
from tests.support.gateway import make_settings
from tests.support.rasa import FakeDoor


@pytest.fixture
async def line(door: FakeDoor, database_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    settings = make_settings(
        door.url, tmp_path, database_url=database_url, rate_limit="1000/10 seconds", **voice_settings()
    )
    async with run_gateway(settings) as gateway:
        yield gateway


@pytest.fixture
async def caller(line: Gateway) -> Caller:
    return await Caller(line.client).call()


async def read(gateway: Gateway, query) -> list:
    return await gateway.services.database.read(lambda c: c.execute(query).all())


async def test_call_begins_with_a_greeting_in_both_languages_and_listens(caller: Caller) -> None:
    assert caller.languages == ["en-IN", "hi-IN"]
    assert "Welcome" in caller.words
    assert "स्वागत" in caller.words
    assert caller.gather["input"] == "dtmf speech"
    assert caller.gather["speechTimeout"] == "auto"
    assert caller.gather["bargeIn"] == "true"
    assert caller.gather["actionOnEmptyResult"] == "true"


@pytest.mark.parametrize(
    ("fields", "speech"),
    [
        ({"Digits": "1"}, "en-IN"),
        ({"Digits": "2"}, "hi-IN"),
        ({"SpeechResult": "English."}, "en-IN"),
        ({"SpeechResult": "हिंदी"}, "hi-IN"),
        ({"SpeechResult": "Hindi"}, "hi-IN"),
    ],
)
async def test_language_is_chosen_by_key_or_word(caller: Caller, fields: dict[str, str], speech: str) -> None:
    await caller.answer(**fields)
    assert caller.gather["language"] == speech
    assert caller.languages == [speech]
    assert "9" in caller.words


async def test_key_of_the_menu_asks_its_question(caller: Caller, door: FakeDoor) -> None:
    await caller.key("1")
    words = await caller.key("1")
    assert door.asked[0]["text"] == "When do payouts come?"
    assert door.asked[0]["channel"] == "ivr"
    assert words.startswith("echo: When do payouts come?")
    await caller.key("0")
    assert "payout queries" in caller.words


async def test_speech_is_a_turn_at_every_step(caller: Caller, door: FakeDoor) -> None:
    await caller.say("mera payout kab aayega")
    await caller.say("एफ़डी क्या है")
    assert [asked["text"] for asked in door.asked] == ["mera payout kab aayega", "एफ़डी क्या है"]
    assert {asked["slots"]["language"] for asked in door.asked} == {"hi"}
    assert caller.gather["language"] == "hi-IN"


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


async def test_slow_turn_gets_a_filler_and_then_its_answer(caller: Caller, door: FakeDoor) -> None:
    await caller.key("1")
    door.delay_s = 3.0
    await caller.post(caller.action, SpeechResult="what is a ulip")
    assert "One moment" in caller.words
    redirect = caller.heard.find("Redirect")
    assert redirect is not None
    await caller.post((redirect.text or "").removeprefix(ORIGIN))
    assert "echo: what is a ulip" in caller.words
    assert len(door.asked) == 1


async def test_silence_is_asked_about_twice_and_then_ends_the_call(caller: Caller) -> None:
    await caller.keep_silent()
    assert "could not hear" in caller.words
    await caller.keep_silent()
    assert caller.gather
    await caller.keep_silent()
    assert caller.has("Hangup")
    assert "Goodbye" in caller.words


async def test_unknown_keys_lead_to_a_person_who_calls_back(caller: Caller, line: Gateway) -> None:
    await caller.key("1")
    for _ in range(2):
        assert "did not get that" in await caller.key("7")
    words = await caller.key("7")
    assert "call you back" in words
    assert caller.has("Hangup")
    packets = await read(line, select(handoffs.c.packet))
    assert packets[0][0]["reason"] == "asked_for_human"
    assert packets[0][0]["channel"] == "ivr"


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


async def test_line_without_secrets_does_not_exist(gateway: Gateway) -> None:
    assert (await gateway.client.post("/channels/ivr/webhook", data={"CallSid": "CA1"})).status == 404


async def test_answer_is_for_the_ear_with_more_on_a_key(caller: Caller, door: FakeDoor) -> None:
    await caller.key("1")
    words = await caller.say("card")
    assert words.startswith("Surrender value is the money paid.")
    assert "Sir, this" not in words
    assert "For more on this, press 2." in words
    assert "Sir, this is what you get." in await caller.key("2")
    assert "That is all" in await caller.key("2")
    assert "Sir, this is what you get." in await caller.key("*")


async def test_choices_are_offered_on_keys_that_no_command_has(caller: Caller, door: FakeDoor) -> None:
    await caller.key("1")
    words = await caller.say("card")
    assert "What is a ULIP? Press 1." in words
    assert "To talk to a person, press 9." in words
    await caller.key("1")
    assert door.asked[-1]["text"] == "What is a ULIP?"


async def test_long_answer_is_said_in_parts_of_sixty_words(caller: Caller, door: FakeDoor) -> None:
    await caller.key("1")
    said = await caller.say(" ".join(["tell me about this"] * 40))
    assert "For more on this, press 2." in said
    assert len(said.split("For more")[0].split()) <= 60


@pytest.mark.parametrize("wish", [{"Digits": "9"}, {"SpeechResult": "Operator"}])
async def test_person_without_a_number_to_put_through_to_is_a_promised_call_back(
    caller: Caller, line: Gateway, wish: dict[str, str]
) -> None:
    await caller.key("1")
    await caller.say("what is a ulip")
    await caller.answer(**wish)
    assert "call you back on this number" in caller.words
    assert caller.has("Hangup")
    packet = (await read(line, select(handoffs.c.packet)))[0][0]
    assert packet["slots"]["call_back"] == caller.number
    assert [entry["text"] for entry in packet["transcript"]][:2] == ["what is a ulip", "echo: what is a ulip"]


async def test_withheld_number_is_promised_no_call(line: Gateway) -> None:
    for number in ("+266696687", "anonymous", ""):
        caller = await Caller(line.client, number).call()
        await caller.key("1")
        assert "number is hidden" in await caller.key("9")
    callers = await read(line, select(calls.c.caller, calls.c.conversation))
    assert {row.caller for row in callers} == {None}
    assert len({row.conversation for row in callers}) == 3


async def test_turn_that_hands_over_brings_a_person(caller: Caller, door: FakeDoor) -> None:
    await caller.key("1")
    await caller.say("/ask_human")
    assert "call you back" in caller.words
    assert "takes over" not in caller.words


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


async def test_form_without_a_call_is_refused(line: Gateway) -> None:
    headers = {"X-Twilio-Signature": sign(ORIGIN + "/channels/ivr/webhook", {"From": "+919800000001"})}
    answer = await line.client.post("/channels/ivr/webhook", data={"From": "+919800000001"}, headers=headers)
    assert answer.status == 400


async def test_every_key_at_every_place_is_answered(line: Gateway) -> None:
    for path in ([], ["1"], ["2"], ["1", "1"], ["1", "5"], ["1", "5", "1001"]):
        for key in "0123456789*#":
            caller = await Caller(line.client).call()
            for earlier in path:
                await caller.key(earlier)
            await caller.key(key)


async def test_talk_of_the_call_is_kept_masked_and_marked_as_said(caller: Caller, line: Gateway) -> None:
    await caller.key("1")
    await caller.say("my number is 9876543210")
    heard = (await read(line, select(inbox.c.text)))[0][0]
    assert heard == "my number is [phone 3210]"
    assert await read(line, select(outbox.c.state)) == [("sent",)]
    state = (await read(line, select(calls.c.state)))[0][0]
    assert "9876543210" not in str(state)


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


async def test_goodbye_after_an_answer_asks_once_how_it_was(caller: Caller, line: Gateway) -> None:
    await caller.key("1")
    await caller.say("what is a ulip")
    assert "from 1 to 5" in await caller.key("#")
    assert "one sentence" in await caller.key("4")
    assert "Goodbye" in await caller.say("quick, my number is 9876543210")
    assert caller.has("Hangup")
    kept = await read(line, select(surveys.c.score, surveys.c.comment))
    assert kept == [(4, "quick, my number is [phone 3210]")]


async def test_goodbye_without_an_answer_asks_nothing(caller: Caller, line: Gateway) -> None:
    await caller.key("1")
    await caller.key("#")
    assert caller.has("Hangup")
    assert await read(line, select(surveys.c.id)) == []


async def test_answer_is_rated_by_a_key_and_the_last_one_counts(caller: Caller, line: Gateway) -> None:
    await caller.key("1")
    await caller.say("what is a ulip")
    assert "Press 7 for yes" in await caller.keep_silent()
    await caller.key("8")
    await caller.key("7")
    assert await read(line, select(feedback.c.value)) == [("up",)]


async def test_hindi_answer_in_an_english_call_is_said_in_hindi(caller: Caller) -> None:
    await caller.key("1")
    await caller.say("यूलिप का प्रीमियम ₹500 है")
    assert "पाँच सौ रुपये" in caller.words
    assert caller.languages == ["hi-IN", "en-IN"]


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


async def test_what_was_said_before_does_not_stand_in_the_place_of_the_next_answer(caller: Caller) -> None:
    await caller.key("1")
    await caller.say("what is a ulip")
    for disturb in ("", "4", "2", "3", "8"):
        await caller.answer(Digits=disturb)
        assert (await caller.say("what is tds")).startswith("echo: what is tds")


async def test_english_answer_in_a_hindi_call_is_said_in_english(caller: Caller) -> None:
    await caller.key("2")
    await caller.say("Premium is ₹1,20,000 a year")
    assert caller.words.startswith("echo: Premium is one lakh twenty thousand rupees a year")
    assert caller.languages == ["en-IN", "hi-IN"]
