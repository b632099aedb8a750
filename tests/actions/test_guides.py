"""A guide as its form leads through it: what takes it to the next step, and what does not."""

from typing import Any

import pytest

from saathi.guides import read_guides
from tests.actions.conftest import HEADERS, Talk, make_call

STEPS = next(case.steps for case in read_guides()["kyc"].cases if case.name == "photo")


async def hear(talk: Talk, text: str, intent: str) -> dict[str, Any]:
    """The slots that are set; empty when the rules have to answer."""
    call = make_call("validate_guide_form", talk.conversation, "m1", text, intent=intent)
    call["tracker"]["slots"] |= {"guide": "kyc", "guide_case": "photo", "requested_slot": STEPS[1]}
    async with talk.client.post("/webhook", json=call, headers=HEADERS) as response:
        assert response.status == 200, await response.text()
        body: dict[str, Any] = await response.json()
    return {event["name"]: event["value"] for event in body["events"] if event["event"] == "slot"}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("haan ji", "affirm"),
        ("selfie kheench li", "out_of_scope"),
        ("photo upload kar diya", "nlu_fallback"),
        ("मैंने फ़ोटो डाल दी", "report_app_problem"),
    ],
)
async def test_step_that_is_done_leads_to_the_next(talk: Talk, text: str, intent: str) -> None:
    assert (await hear(talk, text, intent))["requested_slot"] == STEPS[2]


async def test_step_is_numbered_among_the_steps_of_its_case(talk: Talk) -> None:
    forward = await hear(talk, "haan ji", "affirm")
    assert (forward["guide_step"], forward["guide_steps"]) == (3, 3)
    back = await hear(talk, "pichhla", "go_back")
    assert (back["requested_slot"], back["guide_step"], back["guide_steps"]) == (STEPS[0], 1, 3)


async def test_step_that_is_asked_again_keeps_its_number(talk: Talk) -> None:
    slots = await hear(talk, "hello", "greet")
    assert slots["requested_slot"] == STEPS[1]
    assert not slots.keys() & {"guide_step", "guide_steps"}


async def test_left_guide_forgets_where_it_was(talk: Talk) -> None:
    body = await talk.run("action_leave_guide", "m1")
    forgotten = {event["name"] for event in body["events"] if event["event"] == "slot" and event["value"] is None}
    assert forgotten >= {"guide", "guide_case", "guide_step", "guide_steps"}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("photo le li par upload nahi hoti", "report_app_problem"),
        ("kisi ne mera khata khol liya", "report_fraud"),
        ("ho gaya bas, ab rehne do", "cancel"),
        ("did it work?", "ask_knowledge"),
    ],
)
async def test_what_says_more_than_that_is_left_to_the_rules(talk: Talk, text: str, intent: str) -> None:
    assert await hear(talk, text, intent) == {}


async def test_no_that_names_another_case_leads_to_that_one(talk: Talk) -> None:
    slots = await hear(talk, "no no, it is my PAN", "deny")
    assert (slots["guide_case"], slots["requested_slot"]) == ("pan", "kyc_open")
