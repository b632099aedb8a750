"""What a caller hears of an answer, and can do after it."""

import pytest
from sqlalchemy import select

from saathi import conversations
from saathi.store.tables import calls, feedback
from tests.channels.conftest import Gateway
from tests.channels.ivr.conftest import read
from tests.support.caller import Caller
from tests.support.gateway import on_sqlite
from tests.support.rasa import FakeDoor

pytestmark = on_sqlite


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
    assert "What is a ULIP?" not in await caller.say("card")  # while more of the answer is left
    words = await caller.key("2")
    assert "What is a ULIP? Press 1." in words
    assert "To talk to a person, press 9." in words
    await caller.key("1")
    assert door.asked[-1]["text"] == "What is a ULIP?"


async def test_long_answer_is_said_in_parts_of_sixty_words(caller: Caller, door: FakeDoor) -> None:
    await caller.key("1")
    said = await caller.say(" ".join(["tell me about this"] * 40))
    assert "For more on this, press 2." in said
    assert len(said.split("For more")[0].split()) <= 60


async def test_hindi_answer_in_an_english_call_is_said_in_hindi(caller: Caller) -> None:
    await caller.key("1")
    await caller.say("यूलिप का प्रीमियम ₹500 है")
    assert "पाँच सौ रुपये" in caller.words
    assert caller.languages == ["hi-IN", "en-IN"]


async def test_english_answer_in_a_hindi_call_is_said_in_english(caller: Caller) -> None:
    await caller.key("2")
    await caller.say("Premium is ₹1,20,000 a year")
    assert caller.words.startswith("echo: Premium is one lakh twenty thousand rupees a year")
    assert caller.languages == ["en-IN", "hi-IN"]


async def test_what_was_said_before_does_not_stand_in_the_place_of_the_next_answer(caller: Caller) -> None:
    await caller.key("1")
    await caller.say("what is a ulip")
    for disturb in ("", "4", "2", "3", "8"):
        await caller.answer(Digits=disturb)
        assert (await caller.say("what is tds")).startswith("echo: what is tds")


async def test_answer_is_rated_by_a_key_and_the_last_one_counts(caller: Caller, line: Gateway) -> None:
    await caller.key("1")
    await caller.say("what is a ulip")
    assert "Press 7 for yes" in await caller.keep_silent()
    await caller.key("8")
    await caller.key("7")
    assert await read(line, select(feedback.c.value)) == [("up",)]


@pytest.mark.parametrize("said", ["done", "Next.", "Done, next."])
async def test_choice_is_picked_by_its_words_too(caller: Caller, door: FakeDoor, said: str) -> None:
    await caller.key("1")
    assert "Done, next. Press 1." in await caller.say("step")
    await caller.say(said)
    assert door.asked[-1].get("payload", door.asked[-1].get("text")) == (
        "Step done" if said == "Step done" else "/affirm"
    )


async def test_key_can_be_said(caller: Caller, door: FakeDoor) -> None:
    await caller.key("1")
    assert "echo: When do payouts come?" in await caller.say("1.")
    await caller.say("card")
    assert "Sir, this is what you get." in await caller.say("2")
    assert [asked["text"] for asked in door.asked] == ["When do payouts come?", "card"]


async def test_last_words_of_an_answer_that_hands_over_are_said(caller: Caller) -> None:
    await caller.key("1")
    said = await caller.say("/ask_human")
    assert said.startswith("A person takes over. A colleague will call you back")


async def test_question_in_a_call_that_a_person_has_taken_leads_to_the_person(caller: Caller, line: Gateway) -> None:
    await caller.key("1")
    await caller.say("what is a ulip")
    conversation = (await read(line, select(calls.c.conversation)))[0][0]
    await line.services.database.write(lambda c: conversations.set_mode(c, conversation, conversations.Mode.HUMAN))
    assert (await caller.say("and what does it cost")).startswith("A colleague will call you back")
