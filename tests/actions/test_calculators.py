"""The calculators' actions: what they read, ask, say and forget, as Rasa's form calls them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from rasa_sdk.executor import ActionExecutor

from actions.calculators import list_calculator_actions
from actions.escalation import StoreEscalation
from actions.webhook import Webhook
from knowledge.base import Knowledge
from saathi import attempts
from saathi.calculators import CALCULATORS
from saathi.store import Database
from tests.actions.conftest import ADDRESS, HEADERS, SECRET, TODAY, Talk, make_call

ROOT = Path(__file__).resolve().parents[2]
RESPONSES = yaml.safe_load((ROOT / "data" / "responses" / "calculators.yml").read_text(encoding="utf-8"))["responses"]
EMI = {"principal": "500000", "rate": "12", "months": "36"}


class Form:
    """The form's side of the conversation: slots as Rasa would keep them."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.slots: dict[str, Any] = {}
        self.number = 0

    async def call(self, action: str, text: str, intent: str, events: list[dict[str, Any]]) -> dict[str, Any]:
        self.number += 1
        call = make_call(action, self.talk.conversation, f"m{self.number}", text)
        call["tracker"]["slots"].update(self.slots)
        call["tracker"]["latest_message"]["intent"]["name"] = intent
        call["tracker"]["events"] = events
        async with self.talk.client.post("/webhook", json=call, headers=HEADERS) as response:
            assert response.status == 200, await response.text()
            body: dict[str, Any] = await response.json()
        self.slots |= {event["name"]: event["value"] for event in body["events"] if event["event"] == "slot"}
        return body

    async def hear(self, text: str, intent: str = "nlu_fallback") -> dict[str, Any]:
        return await self.call("validate_calculator_form", text, intent, [])

    async def resume(self, *said: dict[str, Any]) -> dict[str, Any]:
        events = [{"event": "action_execution_rejected", "name": "calculator_form"}, *said]
        return await self.call("validate_calculator_form", "what is a ulip", "ask_knowledge", events)

    async def finish(self) -> dict[str, Any]:
        return await self.call("action_calculate", "36 months", "nlu_fallback", [])


@pytest.fixture
def form(talk: Talk) -> Form:
    return Form(talk)


def said(body: dict[str, Any]) -> list[str]:
    return [response["response"] for response in body["responses"] if response.get("response")]


async def test_form_takes_what_is_said_and_asks_for_the_next(form: Form) -> None:
    await form.hear("emi nikalo 5 lakh", "calculate_emi")
    assert form.slots["calculator"] == "emi"
    assert form.slots["calculator_values"] == {"principal": "500000"}
    assert form.slots["requested_slot"] == "rate"
    await form.hear("12% , 3 saal")
    assert form.slots["calculator_values"] == EMI
    assert form.slots["requested_slot"] is None


async def test_result_carries_card_variables_link_and_quotes_and_forgets_the_figures(form: Form) -> None:
    form.slots = {"calculator": "emi", "calculator_values": EMI}
    body = await form.finish()
    (response,) = body["responses"]
    assert response["response"] == "utter_calculator_emi"
    assert (response["emi"], response["principal"], response["rate"]) == ("₹16,607", "₹5,00,000", "12")
    assert response["page"] == f"{ADDRESS}/tools/emi?principal=500000&rate=12&months=36"
    assert response["url_1"] == "/articles/emi"
    assert "P × r" in response["quote_1"]
    assert response["sources"].endswith(f"{ADDRESS}/articles/emi")
    assert form.slots["calculator"] is None
    assert form.slots["calculator_values"] is None


async def test_figure_out_of_bounds_is_said_and_asked_again(form: Form) -> None:
    form.slots = {"calculator": "emi", "calculator_values": {"principal": "500000"}, "requested_slot": "rate"}
    body = await form.hear("99%")
    assert said(body) == ["utter_calculator_out_of_bounds"]
    assert body["responses"][0]["range"] == "1% – 60%"
    assert form.slots["requested_slot"] == "rate"


async def test_term_shorter_than_the_years_paid_is_asked_again(form: Form) -> None:
    values = {"yearly_premium": "50000", "years_paid": "12"}
    form.slots = {"calculator": "surrender-value", "calculator_values": values, "requested_slot": "term"}
    body = await form.hear("10 saal")
    assert body["responses"][0]["range"] == "12 – 60"
    assert form.slots["requested_slot"] == "term"
    assert form.slots["calculator_values"] == values


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what is section 80C?", "ask_knowledge"),
        ("750 cibil pe loan milega kya", "ask_knowledge"),
        ("connect me to 1 person", "ask_human"),
        ("rehne do", "deny"),
    ],
)
async def test_what_is_no_figure_is_left_to_the_rules(form: Form, text: str, intent: str) -> None:
    form.slots = {"calculator": "emi", "calculator_values": {}, "requested_slot": "principal"}
    assert await form.hear(text, intent) == {"events": [], "responses": []}


async def test_greeting_makes_the_form_ask_again(form: Form) -> None:
    form.slots = {"calculator": "emi", "calculator_values": {}, "requested_slot": "principal"}
    await form.hear("hello", "greet")
    assert form.slots["requested_slot"] == "principal"
    assert form.slots["calculator_values"] == {}


@pytest.mark.parametrize("intent", ["ask_knowledge", "out_of_scope", "affirm", "nlu_fallback", "calculate_tds"])
async def test_plain_figure_is_an_answer_whatever_it_is_taken_for(form: Form, intent: str) -> None:
    form.slots = {"calculator": "emi", "calculator_values": {}, "requested_slot": "principal"}
    await form.hear("5 lakh", intent)
    assert form.slots["calculator"] == "emi"
    assert form.slots["calculator_values"] == {"principal": "500000"}


async def test_after_an_interruption_the_same_is_asked(form: Form) -> None:
    form.slots = {"calculator": "emi", "calculator_values": {}, "requested_slot": "principal"}
    body = await form.resume()
    assert body["responses"] == []
    assert form.slots["requested_slot"] == "principal"


async def test_form_ends_when_a_person_took_over_in_between(form: Form) -> None:
    form.slots = {"calculator": "emi", "calculator_values": {}, "requested_slot": "principal"}
    await form.resume({"event": "bot", "text": "", "data": {"custom": {"outcome": "handed_over"}}})
    assert form.slots["requested_slot"] is None
    assert form.slots["calculator"] is None
    assert (await form.finish())["responses"] == []


async def test_unclear_answer_counts_and_the_second_brings_a_person(form: Form) -> None:
    form.slots = {"calculator": "emi", "calculator_values": {}, "requested_slot": "principal"}
    assert said(await form.hear("qzx")) == ["utter_calculator_unclear"]
    assert form.slots["requested_slot"] == "principal"
    assert said(await form.hear("wvut")) == ["utter_handoff_done"]
    assert form.slots["requested_slot"] is None
    assert form.slots["calculator"] is None


async def test_result_closes_earlier_misses(form: Form) -> None:
    form.slots = {"calculator": "emi", "calculator_values": {}, "requested_slot": "principal"}
    await form.hear("qzx")
    form.slots |= {"calculator": "emi", "calculator_values": EMI}
    await form.finish()
    assert form.slots["failed_attempts"] == 0
    assert await form.talk.database.read(lambda c: attempts.count(c, form.talk.conversation)) == 0


async def test_another_calculator_begins_afresh(form: Form) -> None:
    form.slots = {"calculator": "emi", "calculator_values": EMI, "requested_slot": "months"}
    await form.hear("TDS kitna katega 25000 pe", "calculate_tds")
    assert form.slots["calculator"] == "tds-on-commission"
    assert form.slots["calculator_values"] == {"commission": "25000"}
    assert form.slots["requested_slot"] == "earlier"


@pytest.mark.parametrize(("today", "empty"), [(date(2020, 1, 1), False), (TODAY, True)])
async def test_figures_or_articles_that_hold_no_more_give_no_result(
    knowledge: Knowledge, database: Database, talk: Talk, tmp_path: Path, today: date, empty: bool
) -> None:
    executor = ActionExecutor()
    folder = {"articles": tmp_path} if empty else {}
    for action in list_calculator_actions(StoreEscalation(database), lambda: today, ADDRESS, **folder):
        executor.register_action(action)
    app: web.Application = Webhook(executor, knowledge, SECRET).make_app()
    async with TestClient(TestServer(app)) as client:
        form = Form(Talk(client, database, talk.conversation))
        form.slots = {"calculator": "emi", "calculator_values": EMI}
        body = await form.finish()
    assert said(body) == ["utter_calculator_unavailable"]
    assert body["responses"][0]["custom"]["outcome"] == "refused"
    assert "₹" not in json.dumps(body)
    assert form.slots["calculator"] is None


RESULTS = [
    ("emi", EMI),
    ("surrender-value", {"yearly_premium": "50000", "years_paid": "4", "term": "20"}),
    ("surrender-value", {"yearly_premium": "50000", "years_paid": "1", "term": "20"}),
    ("surrender-value", {"yearly_premium": "50000", "years_paid": "10", "term": "20"}),
    (
        "tax-saved",
        {"income": "1500000", "is_salaried": True, "investments": "150000", "health_premium": "0", "nps": "0"},
    ),
    ("tax-saved", {"income": "600000", "is_salaried": True, "investments": "50000", "health_premium": "0", "nps": "0"}),
    ("tds-on-commission", {"commission": "25000", "earlier": "0"}),
    ("tds-on-commission", {"commission": "5000", "earlier": "0"}),
]


@pytest.mark.parametrize(("calculator", "values"), RESULTS)
async def test_every_variable_of_the_wording_is_filled(form: Form, calculator: str, values: dict[str, Any]) -> None:
    form.slots = {"calculator": calculator, "calculator_values": values}
    (response,) = (await form.finish())["responses"]
    for variation in RESPONSES[response["response"]]:
        text = variation["text"] + json.dumps(variation["custom"], ensure_ascii=False).replace("{{", "").replace(
            "}}", ""
        )
        for name in set(_variables(text)):
            assert str(response[name]).strip(), (response["response"], name)


def _variables(text: str) -> list[str]:
    return [part.partition("}")[0] for part in text.split("{")[1:] if part.partition("}")[0].isidentifier()]


def test_every_question_and_wording_stands_in_all_three_languages() -> None:
    asked = {f"utter_ask_calculator_form_{name}" for calculator in CALCULATORS.values() for name in calculator.asked}
    assert asked <= RESPONSES.keys()
    for name, every in RESPONSES.items():
        titles = [button["title"] for variation in every for button in variation.get("buttons", [])]
        assert all(len(title) <= 20 for title in titles), name
        for channel in {variation.get("channel") for variation in every}:
            variations = [variation for variation in every if variation.get("channel") == channel]
            assert [v["condition"][0]["value"] for v in variations] == ["en", "hinglish", "hi"], (name, channel)
            wanted = [set(_variables(v["text"])) for v in variations]
            assert wanted[0] == wanted[1] == wanted[2], (name, channel)
