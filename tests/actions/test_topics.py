"""What each action replies, counts and hands over, on the real store and the real knowledge."""

import asyncio
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from encoder import Encoder
from knowledge.base import Knowledge
from knowledge.follow_ups import Context
from knowledge.gate import Gate
from saathi import attempts, handoffs
from saathi.store.tables import handoffs as handoff_rows
from tests.actions.conftest import ADDRESS, ARTICLES, HEADERS, Talk, make_call

COVERED = "How long is the grace period for a monthly premium?"
UNCOVERED = "How do I buy bitcoin?"
BETWEEN = "loan on shares and the grace period"  # two articles fit it alike


@pytest.fixture(scope="module")
def knowledge(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The tests' articles with topics of their own; `ask_knowledge`, which the other tests send, has none."""
    folder = tmp_path_factory.mktemp("topics")
    topics = folder / "topics.yml"
    topics.write_text("ask_payout: [share-loan]\nask_commission: [grace-days]\n", "utf-8")
    index = shutil.copytree(small_index, folder / "index")
    return asyncio.run(Knowledge.open(index, Encoder.load(), Gate.load(), ARTICLES, topics=topics))


def only(body: dict[str, Any]) -> dict[str, Any]:
    (response,) = body["responses"]
    assert isinstance(response, dict)
    return response


def slots(body: dict[str, Any]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in body["events"] if event["event"] == "slot"}


async def count(talk: Talk) -> int:
    return await talk.database.read(lambda c: attempts.count(c, talk.conversation))


async def packets(talk: Talk) -> list[dict[str, Any]]:
    return await talk.database.read(handoffs.find_open)


async def test_answer_carries_what_the_contract_says(talk: Talk) -> None:
    response = only(await talk.run("action_answer_question", "m1", COVERED))
    assert response["response"] == "utter_knowledge_answer"
    custom = response["custom"]
    assert set(custom) == {"card", "citations", "knowledge", "outcome"}
    assert custom["outcome"] == "answered"
    assert set(custom["card"]) == {"title", "point", "definition", "details", "table", "script", "link"}
    assert custom["card"]["link"] == {"title": "Loan against shares", "url": "/articles/share-loan"}
    for citation in custom["citations"]:
        assert citation["title"] == "Grace period for a late premium"
        assert citation["url"] == "/articles/grace-days"
        assert citation["place"]
    quotes = {citation["quote"] for citation in custom["citations"]}
    assert {response["definition"], response["script"], custom["card"]["point"]} <= quotes
    assert set(custom["knowledge"]) == {"version", "milliseconds"}
    assert "15 days" in custom["card"]["point"]
    assert response["opening"].startswith(custom["card"]["point"])


async def test_texts_for_the_response_are_all_there_and_links_are_whole(talk: Talk) -> None:
    response = only(await talk.run("action_answer_question", "m1", COVERED))
    for name in ("definition", "details", "script", "link", "sources"):
        assert response[name].strip()
    assert response["link"] == f"Loan against shares: {ADDRESS}/articles/share-loan"
    assert response["sources"] == f"Grace period for a late premium: {ADDRESS}/articles/grace-days"


async def test_answer_without_details_leaves_no_gap_for_them(talk: Talk) -> None:
    response = only(await talk.run("action_answer_question", "m1", "premium late ho gaya, policy band?", "hinglish"))
    assert response["custom"]["card"]["details"] == []
    assert response["details"] == ""
    assert response["definition"].startswith("Grace period wo samay hai")
    assert response["script"].startswith("Abhi samay hai")


async def test_question_that_no_article_covers_is_refused_without_a_source(talk: Talk) -> None:
    body = await talk.run("action_answer_question", "m1", UNCOVERED)
    response = only(body)
    assert response["response"] == "utter_knowledge_none"
    assert response["custom"]["outcome"] == "refused"
    assert response["custom"]["citations"] == []
    assert response["custom"]["card"] is None
    assert response["custom"]["knowledge"]["version"]
    assert slots(body) == {"failed_attempts": 1, "unanswered": UNCOVERED}
    assert await count(talk) == 1


async def test_helpful_answer_closes_the_attempts(talk: Talk) -> None:
    await talk.run("action_answer_question", "m1", UNCOVERED)
    body = await talk.run("action_answer_question", "m2", COVERED, failed_attempts=1)
    assert slots(body)["failed_attempts"] == 0
    assert await count(talk) == 0


async def test_answer_without_open_attempts_only_remembers_what_it_was_about(talk: Talk) -> None:
    (event,) = (await talk.run("action_answer_question", "m1", COVERED))["events"]
    assert (event["name"], event["value"]["slug"], event["value"]["question"]) == ("context", "grace-days", COVERED)


async def test_foreign_question_is_declined_then_handed_over(talk: Talk) -> None:
    first = only(await talk.run("action_out_of_scope", "m1", "tell me a joke"))
    assert first["response"] == "utter_out_of_scope"
    assert first["custom"]["outcome"] == "refused"
    second = only(await talk.run("action_out_of_scope", "m2", "another joke"))
    assert second["response"] == "utter_handoff_done"
    assert second["custom"]["outcome"] == "handed_over"


async def test_unclear_message_is_asked_again_then_handed_over(talk: Talk) -> None:
    first = await talk.run("action_not_understood", "m1")
    assert only(first)["response"] == "utter_fallback_rephrase"
    assert only(first)["custom"]["outcome"] == "clarified"
    assert slots(first) == {"failed_attempts": 1, "unanswered": "hello"}
    second = await talk.run("action_not_understood", "m2", failed_attempts=1)
    assert only(second)["response"] == "utter_handoff_done"
    assert only(second)["custom"]["outcome"] == "handed_over"
    assert slots(second)["failed_attempts"] == 0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("action_not_understood", "action_not_helpful"),
        ("action_not_helpful", "action_answer_question"),
        ("action_answer_question", "action_not_understood"),
    ],
)
async def test_two_failures_of_any_cause_hand_over_with_the_packet(talk: Talk, first: str, second: str) -> None:
    await talk.hear("k1", "earlier")
    message = await talk.hear("k2", UNCOVERED)
    await talk.run(first, "m1", UNCOVERED)
    body = await talk.run(second, message, UNCOVERED, failed_attempts=1)
    assert only(body)["response"] == "utter_handoff_done"
    assert only(body)["custom"]["outcome"] == "handed_over"
    (packet,) = await packets(talk)
    assert packet["query"] == UNCOVERED
    assert packet["reason"] == "failed_attempts"
    assert len(packet["attempted_solutions"]) == 2
    assert packet["slots"] == {"language": "en", "failed_attempts": 1}
    assert [line["text"] for line in packet["transcript"]] == ["earlier", UNCOVERED]


async def test_wish_for_a_person_is_met_at_once(talk: Talk) -> None:
    body = await talk.run("action_hand_over", "m1")
    assert only(body)["response"] == "utter_handoff_done"
    assert slots(body) == {"failed_attempts": 0}
    (packet,) = await packets(talk)
    assert packet["reason"] == "asked_for_human"


async def test_repeated_turn_counts_once_and_gets_the_same_reply(talk: Talk) -> None:
    first = await talk.run("action_not_understood", "m1")
    assert await talk.run("action_not_understood", "m1") == first
    assert await count(talk) == 1
    second = await talk.run("action_not_understood", "m2", failed_attempts=1)
    assert await talk.run("action_not_understood", "m2", failed_attempts=1) == second
    rows = select(func.count()).select_from(handoff_rows)
    assert await talk.database.read(lambda c: c.scalar(rows)) == 1


@pytest.mark.parametrize("text", ["", "?!", "x" * 2000, "{definition} {0} %s", "<b>premium</b> late", "a\x00b"])
async def test_odd_text_gets_a_reply(talk: Talk, text: str) -> None:
    assert only(await talk.run("action_answer_question", "m1", text))["response"].startswith("utter_knowledge_")


async def ask(talk: Talk, action: str, text: str, intent: str, confidence: float) -> str:
    """The title of the article that a message of that intent is answered from; "" for none."""
    call = make_call(action, talk.conversation, text=text, intent=intent)
    call["tracker"]["latest_message"]["intent"]["confidence"] = confidence
    async with talk.client.post("/webhook", json=call, headers=HEADERS) as response:
        body = await response.json()
    cards = [said["custom"].get("card") for said in body["responses"]]
    return "".join(card["title"] for card in cards if card)


@pytest.mark.parametrize("action", ["action_answer_question", "action_answer_topic"])
async def test_intent_that_is_sure_decides_between_articles_that_fit_alike(talk: Talk, action: str) -> None:
    assert await ask(talk, action, BETWEEN, "ask_payout", 0.9) == "Loan against shares"
    assert await ask(talk, action, BETWEEN, "ask_commission", 0.9) == "Grace period for a late premium"


async def test_intent_that_is_a_guess_decides_nothing(talk: Talk) -> None:
    plain = await ask(talk, "action_answer_question", BETWEEN, "ask_knowledge", 0.99)
    for intent in ("ask_payout", "ask_commission"):
        assert await ask(talk, "action_answer_question", BETWEEN, intent, 0.5) == plain


async def test_intent_neither_displaces_a_plain_answer_nor_makes_up_one(talk: Talk) -> None:
    assert await ask(talk, "action_answer_question", COVERED, "ask_payout", 0.99) == "Grace period for a late premium"
    assert await ask(talk, "action_answer_question", UNCOVERED, "ask_payout", 0.99) == ""


@pytest.mark.parametrize(
    ("slug", "title"), [("share-loan", "Loan against shares"), ("grace-days", "Grace period for a late premium")]
)
async def test_repeated_answer_stays_with_its_article(talk: Talk, slug: str, title: str) -> None:
    call = make_call("action_repeat_answer", talk.conversation, text="repeat", intent="repeat_answer")
    call["tracker"]["slots"]["context"] = Context(BETWEEN, slug, title, "", (), time.time()).as_slot()
    async with talk.client.post("/webhook", json=call, headers=HEADERS) as response:
        said = only(await response.json())
    assert {citation["title"] for citation in said["custom"]["citations"]} == {title}


@pytest.mark.parametrize(
    ("slug", "title"), [("share-loan", "Loan against shares"), ("grace-days", "Grace period for a late premium")]
)
async def test_what_goes_on_from_an_answer_keeps_its_topic(talk: Talk, slug: str, title: str) -> None:
    call = make_call("action_answer_follow_up", talk.conversation, text=f"and {BETWEEN}", intent="follow_up")
    call["tracker"]["slots"]["context"] = Context("", slug, "that", "", (), time.time()).as_slot()
    async with talk.client.post("/webhook", json=call, headers=HEADERS) as response:
        said = only(await response.json())
    assert said["custom"]["card"]["title"] == title


@pytest.mark.parametrize(
    ("reported", "ago_s", "counted"),
    [("withdraw_consent", 60, 1), ("withdraw_consent", 3600, 0), ("report_payout_missing", 60, 0)],
)
async def test_who_reports_the_same_again_was_not_helped(talk: Talk, reported: str, ago_s: int, counted: int) -> None:
    message = await talk.hear("m1", "I take my consent back")
    call = make_call("action_answer_topic", talk.conversation, message, "hello", intent="withdraw_consent")
    call["tracker"]["slots"]["reported"] = {"intent": reported, "at": time.time() - ago_s}
    async with talk.client.post("/webhook", json=call, headers=HEADERS) as answer:
        body = await answer.json()
    assert body["responses"][0]["response"] == "utter_withdraw_consent"
    assert await count(talk) == counted
