"""A report as its form takes it down: what corrects a part, what leaves it, what is told."""

from typing import Any

import pytest

from tests.actions.conftest import HEADERS, Talk, make_call

TOLD = {"sale": "Ramesh, home loan", "month": "June"}


async def hear(
    talk: Talk, text: str, intent: str, *dates: str, confidence: float = 0.9, asked: str = "wrong"
) -> dict[str, Any]:
    """The slots that are set; empty when the rules have to answer."""
    call = make_call("validate_report_form", talk.conversation, "m1", text, intent=intent)
    call["tracker"]["slots"] |= {"report": "dispute", "report_values": TOLD, "requested_slot": asked}
    message = call["tracker"]["latest_message"]
    message["intent"]["confidence"] = confidence
    message["entities"] = [
        {"entity": "date", "start": text.index(date), "end": text.index(date) + len(date)} for date in dates
    ]
    async with talk.client.post("/webhook", json=call, headers=HEADERS) as response:
        assert response.status == 200, await response.text()
        body: dict[str, Any] = await response.json()
    return {event["name"]: event["value"] for event in body["events"] if event["event"] == "slot"}


@pytest.mark.parametrize("intent", ["correct_value", "deny"])
@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("no hold on, March, not May", ("March", "May")),
        ("no, it was not May but March", ("May", "March")),
        ("nahi nahi, March", ("March",)),
    ],
)
async def test_month_is_put_right_and_the_question_stays(
    talk: Talk, text: str, dates: tuple[str, ...], intent: str
) -> None:
    slots = await hear(talk, text, intent, *dates)
    assert slots["report_values"] == {**TOLD, "month": "March"}
    assert slots["requested_slot"] == "wrong"


@pytest.mark.parametrize("text", ["no, I would rather not have this noted at all", "nahi", "no wait, not now please"])
async def test_no_that_puts_nothing_in_the_place_leaves_it_to_the_rules(talk: Talk, text: str) -> None:
    assert await hear(talk, text, "deny", confidence=0.7) == {}


async def test_story_is_told_in_full(talk: Talk) -> None:
    text = "the support desk let me wait on the line and hung up without any answer"
    slots = await hear(talk, text, "raise_complaint")
    assert slots["report_values"] == {**TOLD, "wrong": text}
    assert slots["requested_slot"] is None


@pytest.mark.parametrize(("confidence", "is_told"), [(0.7, True), (0.97, False)])
async def test_story_about_a_helpline_is_no_wish_for_a_person_unless_for_certain(
    talk: Talk, confidence: float, is_told: bool
) -> None:
    slots = await hear(
        talk, "their phone desk made me wait and then the line went dead", "ask_human", confidence=confidence
    )
    assert bool(slots) is is_told


async def test_short_wish_for_a_person_interrupts(talk: Talk) -> None:
    assert await hear(talk, "give me somebody real", "ask_human", confidence=0.7) == {}
