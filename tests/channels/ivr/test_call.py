"""The voice line: a call from the greeting to the goodbye, over a real gateway on both databases."""

import pytest
from sqlalchemy import select

from saathi.store.tables import calls, handoffs, inbox, outbox, surveys
from tests.channels.conftest import Gateway
from tests.channels.ivr.conftest import read
from tests.support.caller import ORIGIN, Caller
from tests.support.gateway import on_sqlite
from tests.support.rasa import FakeDoor


@on_sqlite
async def test_call_begins_with_a_greeting_in_both_languages_and_listens(caller: Caller) -> None:
    assert caller.languages == ["en-IN", "hi-IN"]
    assert "Welcome" in caller.words
    assert "स्वागत" in caller.words
    assert caller.gather["input"] == "dtmf speech"
    assert caller.gather["speechTimeout"] == "auto"
    assert caller.gather["bargeIn"] == "true"
    assert caller.gather["actionOnEmptyResult"] == "true"


@on_sqlite
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


@on_sqlite
async def test_key_of_the_menu_asks_its_question(caller: Caller, door: FakeDoor) -> None:
    await caller.key("1")
    words = await caller.key("1")
    assert door.asked[0]["text"] == "When do payouts come?"
    assert door.asked[0]["channel"] == "ivr"
    assert words.startswith("echo: When do payouts come?")
    await caller.key("0")
    assert "payout queries" in caller.words


@on_sqlite
async def test_speech_is_a_turn_at_every_step(caller: Caller, door: FakeDoor) -> None:
    await caller.say("mera payout kab aayega")
    await caller.say("एफ़डी क्या है")
    assert [asked["text"] for asked in door.asked] == ["mera payout kab aayega", "एफ़डी क्या है"]
    assert {asked["slots"]["language"] for asked in door.asked} == {"hi"}
    assert caller.gather["language"] == "hi-IN"


@on_sqlite
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


@on_sqlite
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


@on_sqlite
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


@on_sqlite
async def test_withheld_number_is_promised_no_call(line: Gateway) -> None:
    for number in ("+266696687", "anonymous", ""):
        caller = await Caller(line.client, number).call()
        await caller.key("1")
        assert "number is hidden" in await caller.key("9")
    callers = await read(line, select(calls.c.caller, calls.c.conversation))
    assert {row.caller for row in callers} == {None}
    assert len({row.conversation for row in callers}) == 3


@on_sqlite
async def test_turn_that_hands_over_brings_a_person(caller: Caller, door: FakeDoor) -> None:
    await caller.key("1")
    await caller.say("/ask_human")
    assert "call you back" in caller.words


@on_sqlite
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


async def test_goodbye_after_an_answer_asks_once_how_it_was(caller: Caller, line: Gateway) -> None:
    await caller.key("1")
    await caller.say("what is a ulip")
    assert "from 1 to 5" in await caller.key("#")
    assert "one sentence" in await caller.key("4")
    assert "Goodbye" in await caller.say("quick, my number is 9876543210")
    assert caller.has("Hangup")
    kept = await read(line, select(surveys.c.score, surveys.c.comment))
    assert kept == [(4, "quick, my number is [phone 3210]")]


@on_sqlite
async def test_goodbye_without_an_answer_asks_nothing(caller: Caller, line: Gateway) -> None:
    await caller.key("1")
    await caller.key("#")
    assert caller.has("Hangup")
    assert await read(line, select(surveys.c.id)) == []
