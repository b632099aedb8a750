"""One question in several messages: what adds to an unanswered one, and what goes on although it reads otherwise."""

import asyncio
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from encoder import Encoder
from knowledge.base import Knowledge
from knowledge.follow_ups import Context
from knowledge.gate import Gate
from tests.actions.conftest import ARTICLES, HEADERS, Talk, make_call

GRACE = "Grace period for a late premium"
LEANING = "how many days is it"  # nothing without the article that it leans on


@pytest.fixture(scope="module")
def knowledge(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("several")
    topics = folder / "topics.yml"
    topics.write_text("ask_payout: [share-loan]\n", "utf-8")
    index = shutil.copytree(small_index, folder / "index")
    return asyncio.run(Knowledge.open(index, Encoder.load(), Gate.load(), ARTICLES, topics=topics))


async def say(talk: Talk, action: str, text: str, intent: str, **slots: Any) -> dict[str, Any]:
    message = await talk.hear(text, text)
    call = make_call(action, talk.conversation, message, text, intent=intent)
    call["tracker"]["slots"] |= slots
    async with talk.client.post("/webhook", json=call, headers=HEADERS) as response:
        (said,) = (await response.json())["responses"]
    return dict(said)


def title(said: dict[str, Any]) -> str:
    card = (said.get("custom") or {}).get("card")
    return str(card["title"]) if card else ""


async def test_what_follows_an_unanswered_message_adds_to_it(talk: Talk) -> None:
    unanswered = {"unanswered": "about the grace period", "failed_attempts": 1}
    said = await say(talk, "action_answer_follow_up", LEANING, "follow_up", **unanswered)
    assert title(said) == GRACE


async def test_answered_message_is_not_added_to(talk: Talk) -> None:
    said = await say(talk, "action_answer_follow_up", LEANING, "follow_up", unanswered="about the grace period")
    assert said["response"] == "utter_conversation_about_what"


async def test_question_that_neither_intent_nor_search_knows_goes_on_from_the_answer_before(talk: Talk) -> None:
    context = Context("what is the grace period", "grace-days", GRACE, "", (), time.time()).as_slot()
    assert title(await say(talk, "action_answer_question", LEANING, "ask_payout")) == ""
    assert title(await say(talk, "action_answer_question", LEANING, "ask_payout", context=context)) == GRACE


async def test_question_within_the_topic_of_its_intent_does_not_go_on(talk: Talk) -> None:
    context = Context("what is the grace period", "grace-days", GRACE, "", (), time.time()).as_slot()
    said = await say(talk, "action_answer_question", "loan against shares", "ask_payout", context=context)
    assert title(said) == "Loan against shares"


async def test_question_is_found_at_the_end_of_a_story(talk: Talk) -> None:
    story = "The tailor's cousin had a wedding with a brass band."
    assert title(await say(talk, "action_answer_question", story, "ask_knowledge")) == ""
    asked = f"{story} Is there some grace on that premium for him?"  # the whole is refused, and "that" leans on it
    assert title(await say(talk, "action_answer_question", asked, "ask_knowledge")) == GRACE


async def test_gibberish_does_not_go_on(talk: Talk) -> None:
    context = Context("what is the grace period", "grace-days", GRACE, "", (), time.time()).as_slot()
    assert title(await say(talk, "action_not_understood", "vrek tolm pzzt", "nlu_fallback", context=context)) == ""
