"""What goes on from a calculation: the same one with another figure, and nothing that only sounds like it."""

from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.calculators import Calculate
from actions.escalation import StoreEscalation
from actions.going_on import GoOn
from knowledge.articles.library import ARTICLES
from saathi.calculators import Figures
from saathi.calculators.reading import Reader
from saathi.calculators.words import Words
from saathi.store import Database
from tests.actions.conftest import ADDRESS, TODAY, make_call

NOW = 10_000.0
EMI = {"calculator": "emi", "values": {"principal": "400000", "rate": "10", "months": "36"}, "at": NOW - 60}


class Otherwise(Action):
    """Stands for the answer from the articles."""

    def name(self) -> str:
        return "action_answer_follow_up"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        dispatcher.utter_message(response="otherwise")
        return []


@pytest.fixture
def go_on(database: Database) -> GoOn:
    calculate = Calculate(
        StoreEscalation(database), Figures.load(), lambda: TODAY, ADDRESS, ARTICLES, clock=lambda: NOW
    )
    return GoOn(calculate, Reader(Words.load()), Otherwise(), clock=lambda: NOW)


async def say(go_on: GoOn, text: str, **slots: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The reply and the slots that were set."""
    call = make_call(go_on.name(), "c1", "m1", text)["tracker"]
    call["slots"].update(slots)
    dispatcher = CollectingDispatcher()
    events = await go_on.run(dispatcher, Tracker.from_dict(call), {})
    return dispatcher.messages[0], {event["name"]: event["value"] for event in events}


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("aur 7 saal mein?", {"months": "84"}),
        ("and what about 9%", {"rate": "9"}),
        ("agar 6 lakh lu to kitni", {"principal": "600000"}),
        ("और 2 साल में?", {"months": "24"}),
        ("nahi, 3 lakh", {"principal": "300000"}),
    ],
)
async def test_last_calculation_is_done_with_the_new_figure(go_on: GoOn, text: str, changed: dict[str, str]) -> None:
    reply, slots = await say(go_on, text, calculated=EMI)
    assert reply["response"] == "utter_calculator_emi"
    assert slots["calculated"] == {**EMI, "values": {**EMI["values"], **changed}, "at": NOW}


@pytest.mark.parametrize(
    "text", ["uska premium?", "and for senior citizens?", "what is the tax benefit on 5 lakh", "aur 12 pe", "why?"]
)
async def test_what_names_no_new_figure_of_it_goes_on_from_the_articles(go_on: GoOn, text: str) -> None:
    assert (await say(go_on, text, calculated=EMI))[0]["response"] == "otherwise"


@pytest.mark.parametrize(
    "slots",
    [
        {},
        {"calculated": {**EMI, "at": NOW - 1801}},
        {"calculated": EMI, "context": {"at": NOW - 10}},
    ],
)
async def test_without_a_late_result_before_it_nothing_is_worked_out(go_on: GoOn, slots: dict[str, Any]) -> None:
    assert (await say(go_on, "aur 5 saal mein?", **slots))[0]["response"] == "otherwise"


async def test_figure_out_of_bounds_is_said_and_the_last_result_stays(go_on: GoOn) -> None:
    reply, slots = await say(go_on, "and at 99%?", calculated=EMI)
    assert (reply["response"], reply["range"], slots) == ("utter_calculator_out_of_bounds", "1% – 60%", {})
