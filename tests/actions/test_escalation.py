"""When actions hand over, by the committed policy, on the real store."""

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import StoreEscalation
from actions.fallback import list_failed_attempts
from actions.handoff import HandOver
from actions.turn import Turn
from saathi import attempts, conversations, handoffs, inbox, outcomes
from saathi.escalation_policy import EscalationPolicy
from saathi.handoffs import Handoff, State
from saathi.messages import Incoming, Outcome
from saathi.outcomes import TurnOutcome
from saathi.store import Database
from tests.actions.conftest import make_call

HANDED_OVER = Handoff(State.OPENED, "utter_handoff_done")
SORRY = Handoff(State.OPENED, "utter_handoff_frustrated")
NOW = 1_000_000.0


@pytest.fixture
async def conversation(database: Database) -> str:
    return await database.write(lambda c: conversations.find_chat(c, "P1001", NOW))


@pytest.fixture
def escalation(database: Database) -> StoreEscalation:
    return StoreEscalation(database, lambda: NOW)


def make_turn(conversation: str, message: str, text: str = "hello", **more: Any) -> Turn:
    call = make_call("", conversation, message, text, **more)
    return Turn.read(Tracker.from_dict(call["tracker"]))


async def fail(escalation: StoreEscalation, turn: Turn) -> int | Handoff:
    return await escalation.fail(turn, "unclear", "asked again")


async def find_packet(database: Database) -> dict[str, Any]:
    (packet,) = await database.read(handoffs.find_open)
    return packet


async def answer(database: Database, conversation: str, text: str, sentiment: float | None) -> None:
    """A message of the conversation that was answered well."""
    await database.write(lambda c: inbox.store(c, Incoming(conversation, "inapp", text, text, "en"), NOW))
    message = await database.read(lambda c: inbox.find_next(c, conversation))
    assert message is not None
    outcome = TurnOutcome(message.id, NOW, None, "inapp", "en", Outcome.ANSWERED, 0, {}, sentiment=sentiment)
    await database.write(lambda c: (inbox.mark_done(c, message.id), outcomes.record(c, outcome)))


def test_turn_reads_what_the_policy_asks_for() -> None:
    turn = make_turn("c1", "m1", intent="report_fraud", sentiment=-0.4)
    assert (turn.intent, turn.channel, turn.sentiment) == ("report_fraud", "inapp", -0.4)
    assert make_turn("c1", "m1").sentiment is None


async def test_calm_message_has_two_attempts_and_an_angry_one_has_one(
    database: Database, conversation: str, escalation: StoreEscalation
) -> None:
    assert await fail(escalation, make_turn(conversation, "m1", sentiment=0.0)) == 1
    assert await fail(escalation, make_turn(conversation, "m2", sentiment=0.0)) == HANDED_OVER
    other = await database.write(lambda c: conversations.find_chat(c, "P1002", NOW))
    assert await fail(escalation, make_turn(other, "m3", sentiment=-0.97)) == SORRY
    calm, angry = await database.read(handoffs.find_open)
    assert (calm["reason"], calm["priority"]) == ("failed_attempts", "normal")
    assert (angry["reason"], angry["priority"]) == ("frustration", "high")


@pytest.mark.parametrize(("before", "expected"), [(1, SORRY), (2, SORRY), (3, 1)])
async def test_anger_lowers_the_bar_for_the_two_messages_after_it(
    database: Database, conversation: str, escalation: StoreEscalation, before: int, expected: int | Handoff
) -> None:
    await answer(database, conversation, "this is pathetic", -0.96)
    for number in range(before - 1):
        await answer(database, conversation, f"a calm question, number {number}", 0.0)
    assert await database.read(handoffs.find_open) == []
    assert await fail(escalation, make_turn(conversation, "m1", "one more question", sentiment=0.0)) == expected


@pytest.mark.parametrize("text", ["PAYOUT KAB AAYEGA BATAO", "payout kab aayega batao??"])
async def test_capitals_and_the_same_message_again_lower_the_bar(
    database: Database, conversation: str, escalation: StoreEscalation, text: str
) -> None:
    await answer(database, conversation, "Payout kab aayega batao", 0.0)
    assert await fail(escalation, make_turn(conversation, "m1", text, sentiment=0.0)) == SORRY


async def test_topic_has_its_own_number_of_attempts(conversation: str, escalation: StoreEscalation) -> None:
    turn = make_turn(conversation, "m1", intent="report_payout_missing", sentiment=0.0)
    assert await fail(escalation, turn) == HANDED_OVER


async def test_story_that_hands_a_topic_over_says_so_in_the_packet(
    database: Database, conversation: str, escalation: StoreEscalation
) -> None:
    dispatcher = CollectingDispatcher()
    call = make_call("", conversation, "m1", "paise kat gaye", intent="report_fraud")
    await HandOver(escalation).run(dispatcher, Tracker.from_dict(call["tracker"]), {})
    assert dispatcher.messages[0]["response"] == "utter_handoff_done"
    packet = await find_packet(database)
    assert (packet["reason"], packet["priority"]) == ("topic", "urgent")


async def test_form_names_its_reason_and_adds_its_slots(
    database: Database, conversation: str, escalation: StoreEscalation
) -> None:
    turn = make_turn(conversation, "m1")
    await escalation.hand_over(turn, reason="complaint", slots={"complaint_about": "claim desk"})
    packet = await find_packet(database)
    assert (packet["reason"], packet["priority"]) == ("complaint", "high")
    assert packet["slots"] == {"language": "en", "failed_attempts": 0, "complaint_about": "claim desk"}
    with pytest.raises(ValueError, match="boredom"):
        await escalation.hand_over(turn, reason="boredom")


async def test_look_ups_are_named_beside_the_attempts(
    database: Database, conversation: str, escalation: StoreEscalation
) -> None:
    turn = make_turn(conversation, "m1", sentiment=0.0)
    await escalation.note(turn, "checked payout history")
    await escalation.note(turn, "checked payout history")
    assert await fail(escalation, turn) == 1
    await escalation.hand_over(make_turn(conversation, "m2", intent="ask_human"))
    assert (await find_packet(database))["attempted_solutions"] == ["checked payout history", "asked again"]


async def test_repeated_turn_gets_the_same_handoff_though_the_policy_has_changed(
    database: Database, conversation: str, escalation: StoreEscalation
) -> None:
    turn = make_turn(conversation, "m1", sentiment=-0.95)
    assert await fail(escalation, turn) == SORRY
    written = EscalationPolicy.load().model_dump(mode="json")
    patient = EscalationPolicy.model_validate({**written, "attempts": {"default": 9}, "at_once": {}})
    assert await fail(StoreEscalation(database, lambda: NOW, patient), turn) == SORRY
    assert await database.read(lambda c: attempts.count(c, conversation)) == 0


async def test_message_while_a_person_is_awaited_says_so(
    database: Database, conversation: str, escalation: StoreEscalation
) -> None:
    await escalation.hand_over(make_turn(conversation, "m1", intent="ask_human"))
    waiting = await escalation.hand_over(make_turn(conversation, "m2", intent="report_fraud"))
    assert waiting == Handoff(State.WAITING, "utter_handoff_waiting")
    assert (await find_packet(database))["priority"] == "urgent"


async def test_failed_attempt_says_what_the_policy_names(conversation: str, escalation: StoreEscalation) -> None:
    (action, *_) = list_failed_attempts(escalation)
    dispatcher = CollectingDispatcher()
    call = make_call("", conversation, "m1", "kuch kaam ka nahi", sentiment=-0.97)
    events = await action.run(dispatcher, Tracker.from_dict(call["tracker"]), {})
    assert dispatcher.messages[0]["response"] == "utter_handoff_frustrated"
    assert dispatcher.messages[0]["custom"]["outcome"] == "handed_over"
    assert events[0]["value"] == 0
