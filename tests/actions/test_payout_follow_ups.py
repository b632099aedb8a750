"""Messages that go on from payouts just told."""

from typing import Any

import pytest

from tests.actions.conftest import HEADERS, Talk, make_call
from tests.actions.payout_talk import NOW, begin, change, dispute, run
from tests.support.network import MINE, fill


@pytest.fixture
async def partner(talk: Talk) -> Talk:
    """The conversation of a partner who has a ledger."""
    await talk.database.write(lambda c: fill(c, NOW))
    return await begin(talk, MINE)


async def go_on(talk: Talk, text: str, slots: Any, language: str = "en", **named: str) -> tuple[Any, dict[str, Any]]:
    """What is said of a message that was taken for one that goes on from what was told."""
    said, after = await run(talk, "action_answer_follow_up", text, "follow_up", language, slots=slots, **named)
    return said[0], after


@pytest.mark.parametrize(
    ("text", "language", "date"),
    [
        ("Aur September ka?", "hinglish", "September"),
        ("and for September?", "en", "September"),
        ("और सितंबर का?", "hi", "सितंबर"),
        ("aur pichhle mahine ka?", "hinglish", "pichhle mahine"),  # last month, October, was just told
        ("and the month before?", "en", ""),
    ],
)
async def test_payout_of_another_month_goes_on_from_the_one_just_told(
    partner: Talk, text: str, language: str, date: str
) -> None:
    _, slots = await run(partner, "action_look_up_payout", "show my payout", "check_payout")
    said, after = await go_on(partner, text, slots, language, **({"date": date} if date else {}))
    assert (said["response"], said["net"]) == ("utter_payouts_one", "₹17,346")
    again, _ = await go_on(partner, "aur usse pehle wale mahine ka", after, "hinglish")
    assert again["month"] == "August"


async def test_tds_goes_on_as_tds_and_a_payout_to_its_tds(partner: Talk) -> None:
    _, slots = await run(partner, "action_look_up_payout", "October tds", "check_payout", date="October")
    said, _ = await go_on(partner, "and September?", slots, date="September")
    assert (said["response"], said["total"]) == ("utter_payouts_tds", "₹354")
    _, slots = await run(partner, "action_look_up_payout", "payout of September", "check_payout", date="September")
    said, _ = await go_on(partner, "aur uska TDS?", slots, "hinglish")
    assert (said["response"], said["total"]) == ("utter_payouts_tds", "₹354")
    told, _ = await run(partner, "action_look_up_payout", "iska TDS", "ask_tds", slots=slots)
    assert told[0]["total"] == "₹354"
    rules, _ = await run(partner, "action_look_up_payout", "what is TDS", "ask_tds", slots=slots)
    assert rules[0]["response"].startswith("utter_knowledge")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("why so little", "en"),
        ("itna kam kyun", "hinglish"),
        ("इतना कम क्यों", "hi"),
        ("mera commission kam kyun", "hinglish"),
    ],
)
async def test_why_it_is_so_little_goes_on_from_the_payout_just_told_and_twice_is_a_dispute(
    partner: Talk, text: str, language: str
) -> None:
    _, slots = await run(partner, "action_look_up_payout", "show my payout", "check_payout")
    said, after = await go_on(partner, text, slots, language)
    assert (said["response"], said["less"]) == ("utter_payouts_less", "₹15,606")
    assert "payout_explained" not in after
    again, then = await dispute(partner, "galat hai", after)
    assert (again, then) == ([], {"payout_explained": False})


async def test_payout_just_told_is_told_again_on_request(partner: Talk) -> None:
    _, slots = await run(partner, "action_look_up_payout", "payout of September", "check_payout", date="September")
    said, _ = await run(partner, "action_repeat_answer", "dobara batao", "repeat_answer", "hinglish", slots=slots)
    assert (said[0]["response"], said[0]["month"]) == ("utter_payouts_one", "September")


async def test_payout_told_long_ago_or_before_another_answer_is_not_gone_on_from(partner: Talk) -> None:
    _, slots = await run(partner, "action_look_up_payout", "show my payout", "check_payout")
    spoken = slots["payouts_spoken"]
    for since in (
        {"payouts_spoken": {**spoken, "at": spoken["at"] - 3600}},
        {"payouts_spoken": spoken, "calculated": {"at": spoken["at"] + 5}},
        {"payouts_spoken": spoken, "leads_spoken": {"at": spoken["at"] + 5, "told": "L-9042"}},
    ):
        said, _ = await go_on(partner, "aur September ka?", since, "hinglish", date="September")
        assert not said["response"].startswith("utter_payouts")


async def test_what_was_told_of_payouts_shows_nobody_else_theirs(partner: Talk) -> None:
    _, slots = await run(partner, "action_look_up_payout", "show my payout", "check_payout")
    call = make_call("action_answer_follow_up", "unknown", "m1", "aur September ka?", intent="follow_up")
    call["tracker"]["slots"] |= slots
    call["tracker"]["latest_message"]["entities"] = [{"entity": "date", "value": "September", "start": 4, "end": 13}]
    async with partner.client.post("/webhook", json=call, headers=HEADERS) as response:
        (said,) = (await response.json())["responses"]
    assert said["response"] == "utter_payouts_unverified"


async def test_why_it_is_less_is_asked_of_the_payout_just_told(partner: Talk) -> None:
    _, slots = await run(partner, "action_look_up_payout", "payout of September", "check_payout", date="September")
    (told,), _ = await dispute(partner, "ye kam kyun aaya", slots)
    assert told["month"] == "September"


@pytest.mark.parametrize(
    ("text", "intent", "action", "language"),
    [
        ("which of my leads was the clawback for", "ask_lead_rejection", "action_look_up_lead", "en"),
        ("clawback kis lead ka tha", "ask_commission", "action_answer_question", "hinglish"),
        ("क्लॉबैक किस ग्राहक का है", "ask_knowledge", "action_answer_question", "hi"),
        ("and that clawback, whose is it", "nlu_fallback", "action_not_understood", "en"),
        ("kis customer ki wajah se kata", "follow_up", "action_answer_follow_up", "hinglish"),
        ("which sale was it cut for", "follow_up", "action_answer_follow_up", "en"),
    ],
)
async def test_line_of_the_payout_just_told_is_told_with_its_sale(
    partner: Talk, text: str, intent: str, action: str, language: str
) -> None:
    _, slots = await run(partner, "action_look_up_payout", "payout of October", "check_payout", date="October")
    (said,), after = await run(partner, action, text, intent, language, slots=slots)
    assert said["response"] == "utter_payouts_lines"
    assert "Ramesh Chaudhary, L-9044" in said["lines"]
    again, _ = await run(partner, action, text, intent, language, slots=after)
    assert again[0]["lines"] == said["lines"]  # the payout is still the one that is spoken of


@pytest.mark.parametrize(
    ("text", "language"),
    [("how much TDS did it have", "en"), ("TDS kitna laga", "hinglish"), ("इसमें टीडीएस कितना कटा", "hi")],
)
@pytest.mark.parametrize("action", ["action_look_up_payout", "action_answer_question"])
async def test_tds_of_the_payout_just_told_is_that_payouts(
    partner: Talk, text: str, language: str, action: str
) -> None:
    _, slots = await run(partner, "action_look_up_payout", "payout of September", "check_payout", date="September")
    (said,), _ = await run(partner, action, text, "ask_tds", language, slots=slots)
    assert (said["response"], said["total"]) == ("utter_payouts_tds", "₹354")


async def test_line_that_the_payout_just_told_does_not_have_is_said_so(partner: Talk) -> None:
    _, slots = await run(partner, "action_look_up_payout", "payout of October", "check_payout", date="October")
    (said,), _ = await run(partner, "action_answer_question", "slab bonus laga kya isme", "ask_commission", slots=slots)
    assert (said["response"], said["what"]) == ("utter_payouts_line_none", "slab bonus")


@pytest.mark.parametrize(
    ("text", "intent"),
    [("what is TDS", "ask_tds"), ("TDS rate kitna hai", "ask_tds"), ("टीडीएस क्या होता है", "ask_tds"),
     ("clawback kya hota hai", "ask_commission"), ("how does the slab work", "ask_commission")],
)  # fmt: skip
async def test_general_question_after_a_payout_gets_the_article(partner: Talk, text: str, intent: str) -> None:
    _, slots = await run(partner, "action_look_up_payout", "payout of October", "check_payout", date="October")
    action = "action_look_up_payout" if intent == "ask_tds" else "action_answer_question"
    said, _ = await run(partner, action, text, intent, slots=slots)
    assert said[0]["response"].startswith("utter_knowledge")


@pytest.mark.parametrize(
    ("text", "language", "action"),
    [
        ("so what must I do now", "en", "action_answer_question"),
        ("ab mujhe kya karna hai", "hinglish", "action_not_understood"),
        ("अब आगे क्या करूँ", "hi", "action_look_up_lead"),
    ],
)
async def test_what_is_to_be_done_is_the_next_step_of_the_payout_just_told(
    partner: Talk, text: str, language: str, action: str
) -> None:
    _, slots = await run(partner, "action_look_up_payout", "payout of October", "check_payout", date="October")
    (said,), _ = await run(partner, action, text, "ask_knowledge", language, slots=slots)
    assert (said["response"], said["net"]) == ("utter_payouts_step_none", "₹1,740")
    await change(partner, "2026-10", state="failed", paid_on=None, reason="wrong_ifsc")
    (said,), _ = await run(partner, action, text, "ask_knowledge", language, slots=slots)
    assert said["response"] == "utter_payouts_step"
    assert "Profile, Bank account" in said["next"]
    assert said["buttons"][0]["payload"] == "/update_bank_details"
    await change(partner, "2026-10", reason="a_code_of_tomorrow")
    (said,), after = await run(partner, action, text, "ask_knowledge", language, slots=slots)
    assert (said["response"], after["person_offered"]) == ("utter_payouts_missing_unexplained", True)


async def test_answer_that_did_not_help_after_a_payout_still_counts_as_such(partner: Talk) -> None:
    _, slots = await run(partner, "action_look_up_payout", "payout of October", "check_payout", date="October")
    said, _ = await run(partner, "action_not_helpful", "this is no use, what now", "not_helpful", slots=slots)
    assert said[0]["response"] == "utter_knowledge_not_helpful"


async def test_line_of_a_payout_is_told_to_nobody_else(partner: Talk) -> None:
    _, slots = await run(partner, "action_look_up_payout", "payout of October", "check_payout", date="October")
    nobody = Talk(partner.client, partner.database, "unknown")
    call = make_call("action_answer_question", nobody.conversation, "m1", "whose clawback is this")
    call["tracker"]["slots"] |= slots
    async with nobody.client.post("/webhook", json=call, headers=HEADERS) as response:
        (said,) = (await response.json())["responses"]
    assert said["response"] == "utter_payouts_unverified"
