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

    async def call(
        self, action: str, text: str, intent: str, language: str = "en", products: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        self.number += 1
        call = make_call(action, self.talk.conversation, f"m{self.number}", text, language, intent=intent)
        call["tracker"]["latest_message"]["entities"] = [
            {"entity": "product", "start": text.index(said), "end": text.index(said) + len(said)} for said in products
        ]
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

    async def compare(self, text: str, language: str = "en", products: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        body = await self.call("action_compare_products", text, "compare_products", language, products)
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
    assert "age 35 is within 21–65; income ₹12,00,000 is enough (from ₹5,00,000)" in first
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


async def test_second_provider_without_the_kind_is_told_and_the_first_is_shown(form: Form) -> None:
    (response,) = await form.compare("Himgiri term vs Nirbhay term")
    assert "Himgiri Life Suraksha Term" in response["lines"]
    assert "Term insurance: nothing from Nirbhay General in the catalogue." in response["lines"]


async def test_products_of_two_providers_are_shown_in_turns(form: Form) -> None:
    (response,) = await form.compare("Himgiri term vs Sahyog term")
    assert response["custom"]["card"]["table"]["head"][1:3] == [
        "Himgiri Life Suraksha Term",
        "Sahyog Life Parivar Term",
    ]
    assert "These are the first 4" in response["lines"]


async def test_name_that_the_catalogue_does_not_have_is_not_repeated(form: Form) -> None:
    (response,) = await form.compare("Suraksha Term or Meghdoot Life Kavach Term, which is better")
    assert "One of the names is not in the catalogue" in response["lines"]
    assert "Meghdoot" not in str(response)


async def test_comparison_says_which_fits_the_customer_who_is_told_of(form: Form) -> None:
    (response,) = await form.compare("Bazaar Cashback ya Udaan, salary 50 hazar, cibil 740", "hinglish")
    assert "Neelgagan Bank Bazaar Cashback Card is customer ko mil sakta hai: income ₹6,00,000" in response["lines"]
    assert "Neelgagan Bank Udaan Travel Card nahi milega: saal ki income ₹12,00,000 chahiye" in response["lines"]


async def test_comparison_without_a_customer_says_what_decides(form: Form) -> None:
    (response,) = await form.compare("Pehla Card or Rail Safar Card")
    assert "ask again with age, income a year, credit score" in response["lines"]
    assert "On sale" not in response["lines"]


async def test_products_of_different_kinds_show_their_kind_first(form: Form) -> None:
    (response,) = await form.compare("Suraksha Term or Griha Home Loan")
    assert "- Kind: Home loan" in response["lines"]
    assert "start with what the customer needs" in response["lines"]


async def test_what_is_said_of_the_customer_is_a_reason(form: Form) -> None:
    await form.hear("bayalis saal, NRI, income 9 lakh, term plan 25 saal ke liye", "recommend_product")
    response = await form.recommend()
    assert response["basis"] == "Term insurance · age 42 · income ₹9,00,000 a year · for 25 years · NRIs"
    first, *_ = response["lines"].splitlines()
    assert "age 42 is within 18–60" in first
    assert "open to NRIs; 25 years is within 10–40 years" in first


async def test_misses_end_with_what_would_change_it(form: Form) -> None:
    await form.hear("personal loan 3 lakh, salary 25 hazar, cibil 640", "recommend_product")
    response = await form.recommend()
    assert response["response"] == "utter_product_none_eligible"
    last = response["lines"].splitlines()[-1]
    assert last == "What would change it: Aravali Finance Turant Personal Loan fits with a credit score of 650."


async def test_product_that_was_named_is_answered_for(form: Form) -> None:
    await form.hear("Udaan Travel Card for a man of 30, salary 40 hazar", "recommend_product")
    response = await form.recommend()
    assert response["lines"].startswith("Neelgagan Bank Udaan Travel Card does not fit: it needs an income of")
    await form.hear("Kavach Classic for a man of 40, income 8 lakh", "recommend_product")
    response = await form.recommend()
    assert response["response"] == "utter_product_recommended"
    assert response["lines"].startswith("The one you named is no longer sold: withdrawn on 01-07-2026; now Himgiri")


async def test_one_product_beside_what_the_articles_know_is_left_to_them(form: Form) -> None:
    responses = await form.compare("Suraksha Term or PPF, which is better", products=("Term", "PPF"))
    assert all("knowledge" in response["response"] for response in responses)
    (response,) = await form.compare("Suraksha Term vs Amrit Shield", products=("Term",))
    assert "I find only this one in the catalogue." in response["lines"]


async def test_score_is_taken_also_where_the_message_was_understood_as_something_else(form: Form) -> None:
    form.slots = {"product_wish": {"kind": "personal-loan"}, "requested_slot": "income"}
    await form.hear("cibil 680 hai", "ask_knowledge")
    assert form.slots["product_wish"]["score"] == 680
    assert form.slots["requested_slot"] == "income"
