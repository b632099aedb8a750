"""The catalogue's actions: what they ask, recommend, compare and cite, as Rasa's form calls them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from saathi.products import Catalog
from tests.actions.conftest import ADDRESS, HEADERS, Talk, make_call

ROOT = Path(__file__).resolve().parents[2]
RESPONSES = yaml.safe_load((ROOT / "data" / "responses" / "products.yml").read_text(encoding="utf-8"))["responses"]


class Form:
    """The form's side of the conversation: slots as Rasa would keep them."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.slots: dict[str, Any] = {}
        self.number = 0

    async def call(self, action: str, text: str, intent: str, language: str = "en") -> dict[str, Any]:
        self.number += 1
        call = make_call(action, self.talk.conversation, f"m{self.number}", text, language, intent=intent)
        call["tracker"]["slots"].update(self.slots)
        async with self.talk.client.post("/webhook", json=call, headers=HEADERS) as response:
            assert response.status == 200, await response.text()
            body: dict[str, Any] = await response.json()
        self.slots |= {event["name"]: event["value"] for event in body["events"] if event["event"] == "slot"}
        return body

    async def hear(self, text: str, intent: str = "nlu_fallback") -> dict[str, Any]:
        return await self.call("validate_product_form", text, intent)

    async def recommend(self, language: str = "en") -> dict[str, Any]:
        body = await self.call("action_recommend_product", "40", "nlu_fallback", language)
        (response,) = body["responses"]
        return response

    async def compare(self, text: str, language: str = "en") -> list[dict[str, Any]]:
        body = await self.call("action_compare_products", text, "compare_products", language)
        responses: list[dict[str, Any]] = body["responses"]
        return responses


@pytest.fixture
def form(talk: Talk) -> Form:
    return Form(talk)


async def test_need_and_two_things_more_are_asked_one_by_one(form: Form) -> None:
    asked = []
    for text, intent in (
        ("suggest something", "recommend_product"),
        ("hello", "greet"),
        ("protect the family", "nlu_fallback"),
        ("40", "nlu_fallback"),
        ("50 hazar mahina", "ask_payout"),
    ):
        await form.hear(text, intent)
        asked.append(form.slots["requested_slot"])
    assert asked == ["need", "need", "age", "income", None]
    assert form.slots["product_wish"] == {
        "need": "family_protection", "age": 40, "income": 600_000_00, "unknown": []
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "35 years old, two kids, income 12 lakh, wants a term plan",
        "35 saal, do bachche, 12 lakh income, term chahiye",
        "35 साल, दो बच्चे, 12 लाख आय, टर्म चाहिए",
    ],
)
async def test_one_message_with_everything_asks_nothing(form: Form, text: str) -> None:
    await form.hear(text, "recommend_product")
    assert form.slots["requested_slot"] is None
    assert form.slots["product_wish"] == {"kind": "term", "age": 35, "income": 1_200_000_00, "unknown": []}


async def test_recommendation_has_reason_exclusion_page_and_article(form: Form) -> None:
    form.slots = {"product_wish": {"kind": "term", "age": 35, "income": 1_200_000_00}}
    response = await form.recommend()
    assert response["response"] == "utter_product_recommended"
    first, *_ = response["lines"].splitlines()
    assert first.startswith("1. Sahyog Life Parivar Term: ")
    assert "age 35 is within 21–65; income ₹12,00,000 is above ₹5,00,000" in first
    assert first.endswith("Mind: Nothing is paid when the term is survived.")
    urls = [citation["url"] for citation in response["custom"]["citations"]]
    assert urls[0] == "/products/sahyog-parivar-term"
    assert urls[-1] == "/articles/term-insurance"
    assert f"{ADDRESS}/products/sahyog-parivar-term" in response["sources"]
    assert len(response["custom"]["card"]["table"]["rows"]) == 3
    assert form.slots["product_wish"] is None
    assert len(form.slots["products_shown"]["slugs"]) == 3


@pytest.mark.parametrize("language", ["en", "hinglish", "hi"])
async def test_every_gap_of_the_responses_is_filled(form: Form, language: str) -> None:
    replies = []
    for wish in ({"kind": "term", "age": 35}, {"need": "hospital_bills", "age": 95}):
        form.slots = {"product_wish": wish}
        replies.append(await form.recommend(language))
    replies += await form.compare("Himgiri Life Suraksha Term or Sahyog Life Parivar Term", language)
    assert [reply["response"] for reply in replies] == [
        "utter_product_recommended",
        "utter_product_none_eligible",
        "utter_product_compared",
    ]
    for reply in replies:
        for variation in RESPONSES[reply["response"]]:
            assert "{" not in variation["text"].format(**reply)


async def test_nobody_eligible_is_told_why_and_what_would_be(form: Form) -> None:
    form.slots = {"product_wish": {"need": "hospital_bills", "age": 84}}
    response = await form.recommend()
    assert response["response"] == "utter_product_none_eligible"
    assert "- Dhruv Health Buzurg Arogya: it takes age 60–80, the customer is 84." in response["lines"]


async def test_withdrawn_product_is_never_recommended(form: Form) -> None:
    withdrawn = {product.slug for product in Catalog.load().products if product.withdrawn_on}
    assert withdrawn
    for kind in Catalog.load().words.kinds:
        form.slots = {"product_wish": {"kind": kind}}
        response = await form.recommend()
        assert not withdrawn & set(form.slots["products_shown"]["slugs"]), response


async def test_what_nobody_knows_is_not_asked_again_and_not_guessed(form: Form) -> None:
    await form.hear("2 lakh chahiye, kaunsa loan", "recommend_product")
    assert form.slots["requested_slot"] == "income"
    await form.hear("pata nahi", "deny")
    assert form.slots["requested_slot"] is None
    assert "income" not in form.slots["product_wish"]
    assert "income a year" in (await form.recommend())["to_check"]


async def test_need_that_nobody_knows_names_no_product(form: Form) -> None:
    await form.hear("suggest something", "recommend_product")
    await form.hear("abhi pata nahi", "choose_option")
    assert (await form.recommend())["response"] == "utter_product_need_unknown"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what is the free look period?", "ask_knowledge"),
        ("connect me to a person, 40", "ask_human"),
        ("rehne do", "cancel"),
    ],
)
async def test_what_is_no_answer_is_left_to_the_rules(form: Form, text: str, intent: str) -> None:
    form.slots = {"product_wish": {"need": "family_protection"}, "requested_slot": "age"}
    assert await form.hear(text, intent) == {"events": [], "responses": []}


async def test_unclear_answer_is_asked_again_and_the_second_time_a_person_takes_over(form: Form) -> None:
    await form.talk.hear("k1", "suggest something")
    form.slots = {"product_wish": {"need": "family_protection"}, "requested_slot": "age"}
    first = await form.hear("qzx vbnm")
    assert first["responses"][0]["response"] == "utter_product_unclear"
    assert form.slots["requested_slot"] == "age"
    await form.hear("plmk wvut")
    assert form.slots["product_wish"] is None


async def test_age_is_corrected_before_the_next_is_answered(form: Form) -> None:
    form.slots = {"product_wish": {"need": "family_protection", "age": 35}, "requested_slot": "income"}
    await form.hear("no, 45 not 35", "correct_value")
    assert form.slots["product_wish"]["age"] == 45
    assert form.slots["requested_slot"] == "income"


async def test_one_step_back_asks_for_the_last_again(form: Form) -> None:
    form.slots = {"product_wish": {"need": "family_protection", "age": 35}, "requested_slot": "income"}
    await form.hear("pichhla", "go_back")
    assert form.slots["requested_slot"] == "age"


async def test_products_of_two_providers_and_a_kind_are_compared(form: Form) -> None:
    (response,) = await form.compare("Himgiri Life aur Sahyog Life ke pension plan ki tulna")
    assert response["response"] == "utter_product_compared"
    assert {c["url"].split("/")[-1] for c in response["custom"]["citations"]} >= {
        "himgiri-turant-pension",
        "sahyog-nivritti-plan",
    }


async def test_what_was_recommended_is_compared_without_a_name(form: Form) -> None:
    form.slots = {"product_wish": {"kind": "gold-loan"}}
    await form.recommend()
    (response,) = await form.compare("/compare_products")
    assert response["response"] == "utter_product_compared"
    assert len(response["custom"]["card"]["table"]["head"]) == 4


async def test_kinds_in_general_are_left_to_the_articles(form: Form) -> None:
    responses = await form.compare("term insurance or endowment, which one is better")
    assert all("knowledge" in response["response"] for response in responses)


async def test_comparison_says_that_a_product_is_withdrawn(form: Form) -> None:
    (response,) = await form.compare("compare Kavach Classic with Suraksha Term")
    assert "On sale: withdrawn on 01-07-2026; now Himgiri Life Suraksha Term" in response["lines"]
