"""Messages that go on from leads just told or listed."""

import time

import pytest

from tests.actions.conftest import Talk
from tests.actions.lead_talk import add_many, add_story, ask, open_another, rename
from tests.saathi.crm.network import fill


@pytest.fixture
async def partner(talk: Talk) -> Talk:
    """The conversation of a partner who has leads."""
    await talk.database.write(fill)
    return talk


async def test_another_lead_than_the_one_told_is_picked_by_its_product(partner: Talk) -> None:
    _, slots = await ask(partner, "L-1042", lead_reference="L-1042")
    text, action = "term wali", "action_answer_follow_up"
    said, _ = await ask(partner, text, "follow_up", action=action, spoken=slots["leads_spoken"], last="L-1042")
    assert said["reference"] == "L-1043"


async def test_lead_or_list_just_told_is_told_again_on_request(partner: Talk) -> None:
    for text, named, response in (
        ("L-1042", {"lead_reference": "L-1042"}, "utter_leads_one"),
        ("meri pending leads", {}, "utter_leads_list"),
    ):
        told, slots = await ask(partner, text, **named)
        action = "action_repeat_answer"
        again, _ = await ask(partner, "dobara batao", "repeat_answer", action=action, spoken=slots["leads_spoken"])
        assert (again, again["response"]) == (told, response)


async def test_long_list_goes_on_page_by_page(partner: Talk) -> None:
    await partner.database.write(add_many)
    said, slots = await ask(partner, "gold loan wali leads")
    assert (said["total"], said["place"]) == (9, " (1-5)")
    assert said["buttons"][-1] == {"title": "Show more", "payload": "/ask_more"}
    more, slots = await ask(partner, "/ask_more", "ask_more", action="action_answer_more", spoken=slots["leads_spoken"])
    assert (more["place"], [button["title"][:6] for button in more["buttons"]]) == (
        " (6-9)",
        ["L-1103", "L-1102", "L-1101", "L-1100"],
    )
    end, _ = await ask(partner, "aur dikhao", spoken=slots["leads_spoken"])
    assert end["response"] == "utter_leads_all"


@pytest.mark.parametrize(
    "action",
    ["action_look_up_lead", "action_answer_follow_up", "action_answer_question", "action_not_understood",
     "action_nothing_to_choose"],
)  # fmt: skip
async def test_one_of_those_listed_is_picked_by_its_product(partner: Talk, action: str) -> None:
    _, slots = await ask(partner, "meri pending leads")
    said, _ = await ask(partner, "home loan wali", "choose_option", action=action, spoken=slots["leads_spoken"])
    assert said["name"] == "Shabnam Ansari"


async def test_name_after_a_list_is_looked_up_whatever_it_was_taken_for(partner: Talk) -> None:
    _, slots = await ask(partner, "meri pending leads")
    said, _ = await ask(
        partner, "Ramesh Kumar", "nlu_fallback", action="action_not_understood", spoken=slots["leads_spoken"],
        person="Ramesh Kumar",
    )  # fmt: skip
    assert said["reference"] == "L-1043"


async def test_more_of_a_lead_is_what_happened_to_it(partner: Talk) -> None:
    await partner.database.write(add_story)
    _, slots = await ask(partner, "L-1042", lead_reference="L-1042")
    said, _ = await ask(partner, "aur batao", "ask_more", action="action_answer_more", spoken=slots["leads_spoken"])
    assert said["response"] == "utter_leads_story"
    told = [line.partition(": ")[2] for line in said["lines"].split("\n")]
    assert told[:3] == ["asked for a quote", "your note: wants it before Holi", "opened a message"]


async def test_pronoun_in_a_wish_for_more_means_the_lead_itself(partner: Talk) -> None:
    _, slots = await ask(partner, "L-1042", lead_reference="L-1042")
    text, more = "what is its next step", "action_answer_more"
    said, _ = await ask(partner, text, "ask_more", action=more, spoken=slots["leads_spoken"], last="L-1042")
    assert said["response"] == "utter_leads_one"


async def test_what_was_spoken_of_long_ago_is_not_gone_on_from(partner: Talk) -> None:
    spoken = {"at": time.time() - 3600, "told": "L-1042"}
    said, _ = await ask(partner, "aur batao", "ask_more", action="action_answer_more", spoken=spoken)
    assert not said["response"].startswith("utter_leads")


@pytest.mark.parametrize(
    ("text", "language"), [("why her", "en"), ("ye sabse pehle kyun", "hinglish"), ("क्यों इन्हें पहले", "hi")]
)
@pytest.mark.parametrize("action", ["action_answer_more", "action_look_up_lead", "action_not_understood"])
async def test_why_after_a_ranking_is_the_first_one_with_its_reasons(
    partner: Talk, text: str, language: str, action: str
) -> None:
    await partner.database.write(open_another)
    _, slots = await ask(partner, "which lead first", intent="rank_leads")
    said, _ = await ask(partner, text, "ask_more", language, action=action, spoken=slots["leads_spoken"])
    assert (said["response"], said["reference"]) == ("utter_leads_one", "L-1044")
    assert said["score"]


@pytest.mark.parametrize("action", ["action_look_up_lead", "action_answer_more"])
async def test_new_question_after_a_list_is_no_wish_for_its_next_page(partner: Talk, action: str) -> None:
    await partner.database.write(add_many)
    _, slots = await ask(partner, "gold loan wali leads")
    said, _ = await ask(partner, "stuck for more than a week", action=action, spoken=slots["leads_spoken"])
    assert "L-1042" in said["lines"]


@pytest.mark.parametrize(
    ("text", "language", "intent", "action"),
    [
        ("how long has it been there", "en", "ask_more", "action_answer_more"),
        ("who has to act now", "en", "nlu_fallback", "action_not_understood"),
        ("so what should I do for her", "en", "ask_pitch", "action_answer_question"),
        ("kaun karega", "hinglish", "check_lead_status", "action_look_up_lead"),
        ("isme kya baaki hai", "hinglish", "ask_knowledge", "action_answer_question"),
        ("ab kya karu", "hinglish", "not_helpful", "action_not_helpful"),
        ("कितने दिन से है", "hi", "follow_up", "action_answer_follow_up"),
        ("अब इसमें क्या करना है", "hi", "check_kyc_status", "action_answer_topic"),
        ("why", "en", "nlu_fallback", "action_not_understood"),
    ],
)
async def test_question_on_the_lead_just_told_is_answered_from_it_whatever_it_was_taken_for(
    partner: Talk, text: str, language: str, intent: str, action: str
) -> None:
    _, slots = await ask(partner, "L-1042", lead_reference="L-1042")
    spoken = slots["leads_spoken"]
    said, _ = await ask(partner, text, intent, language, last="L-1042", action=action, spoken=spoken, confidence=0.6)
    assert (said["response"], said["reference"]) == ("utter_leads_one", "L-1042")


@pytest.mark.parametrize("text", ["that did not help at all", "ab kya karu"])
async def test_answer_that_surely_did_not_help_after_a_lead_counts_as_such(partner: Talk, text: str) -> None:
    _, slots = await ask(partner, "L-1042", lead_reference="L-1042")
    action, spoken = "action_not_helpful", slots["leads_spoken"]
    said, _ = await ask(partner, text, "not_helpful", last="L-1042", action=action, spoken=spoken, confidence=0.95)
    assert said["response"] == "utter_knowledge_not_helpful"


async def test_question_with_a_subject_of_its_own_after_a_lead_is_answered_from_the_articles(partner: Talk) -> None:
    _, slots = await ask(partner, "L-1042", lead_reference="L-1042")
    for text in ("what should I do when a customer is silent", "which documents are needed for a home loan"):
        said, _ = await ask(
            partner, text, "ask_knowledge", action="action_answer_question", spoken=slots["leads_spoken"]
        )
        assert said["response"].startswith("utter_knowledge")


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [("the second one", "en", 1), ("doosri wali", "hinglish", 1), ("पहली वाली", "hi", 0), ("2", "en", 1),
     ("aakhri", "hinglish", 1)],
)  # fmt: skip
@pytest.mark.parametrize("action", ["action_not_understood", "action_nothing_to_choose", "action_look_up_lead"])
async def test_place_in_the_list_chooses(partner: Talk, text: str, language: str, place: int, action: str) -> None:
    _, slots = await ask(partner, "meri pending leads")
    said, _ = await ask(partner, text, "nlu_fallback", language, action=action, spoken=slots["leads_spoken"])
    assert said["reference"] == slots["leads_spoken"]["shown"][place]


async def test_place_that_the_list_does_not_have_chooses_nothing(partner: Talk) -> None:
    _, slots = await ask(partner, "meri pending leads")
    action = "action_nothing_to_choose"
    said, _ = await ask(partner, "the fourth", "choose_option", action=action, spoken=slots["leads_spoken"])
    assert not said["response"].startswith("utter_leads")


@pytest.mark.parametrize("text", ["Chameliwala", "chameliwala ki", "the Chameliwala one"])
@pytest.mark.parametrize("action", ["action_not_understood", "action_answer_question"])
async def test_family_name_alone_chooses_after_a_list_though_no_entity_was_found(
    partner: Talk, text: str, action: str
) -> None:
    await partner.database.write(lambda c: rename(c, "C-1043", "Gopika Chameliwala"))
    _, slots = await ask(partner, "meri pending leads")
    said, _ = await ask(partner, text, "nlu_fallback", action=action, spoken=slots["leads_spoken"])
    assert said["reference"] == "L-1043"
    other, _ = await ask(partner, "Zubedawala", "nlu_fallback", action=action, spoken=slots["leads_spoken"])
    assert not other["response"].startswith("utter_leads")


@pytest.mark.parametrize(
    ("text", "language"),
    [("what should I do for Chameliwala", "en"), ("Chameliwala ka kya baaki hai", "hinglish"),
     ("चमेलीवाला के लिए क्या करना है", "hi")],
)  # fmt: skip
async def test_same_question_on_another_customer_is_answered_from_theirs(
    partner: Talk, text: str, language: str
) -> None:
    await partner.database.write(lambda c: rename(c, "C-1043", "Gopika Chameliwala"))
    _, slots = await ask(partner, "L-1042", lead_reference="L-1042")
    said, _ = await ask(
        partner, text, "ask_knowledge", language, last="L-1042", action="action_answer_question",
        spoken=slots["leads_spoken"],
    )  # fmt: skip
    assert said["reference"] == "L-1043"
