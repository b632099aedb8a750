"""Leads in chat: told, listed, ranked, and nobody else's."""

import re
import time
from typing import Any, cast

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import Connection, insert, update

from actions.answers import Answers
from actions.escalation import StoreEscalation
from actions.lead_look_up import LookUpLead
from actions.leads import Leads
from actions.persons import Persons
from actions.server import list_actions
from knowledge.base import Knowledge
from saathi.crm.port import Crm, CrmUnavailable
from saathi.crm.sql import SqlCrm
from saathi.dates import DateWords
from saathi.leads.following import Following, FollowReader
from saathi.leads.model import LeadPage, LeadStory
from saathi.leads.wanted import WantedReader
from saathi.leads.words import Asking, LeadWords
from saathi.periods import PeriodReader
from saathi.products import Catalog
from saathi.settings import ROOT
from saathi.store.crm_tables import lead_events, lead_notes, leads
from tests.actions.conftest import ADDRESS, HEADERS, TODAY, Talk, make_call
from tests.actions.lead_talk import DAY, add_many, add_story, ask, open_another, rename, rows_of
from tests.saathi.crm.network import THEIRS, fill


@pytest.fixture
async def partner(talk: Talk) -> Talk:
    """The conversation of a partner who has leads."""
    await talk.database.write(fill)
    return talk


async def test_lead_is_told_with_its_stage_reason_next_step_and_who_acts(partner: Talk) -> None:
    said, slots = await ask(partner, "where is L-1042 stuck", lead_reference="L-1042")
    assert said["response"] == "utter_leads_one"
    assert (said["name"], said["product"], said["stage"]) == ("Shabnam Ansari", "Home loan", "Documents pending")
    assert said["since"].split()[1] == "November"
    assert said["next"].startswith("Send the upload link")
    assert said["who"] == "the customer, with your help"
    labels = [row["label"] for row in said["custom"]["card"]["rows"]]
    assert labels == ["Stage", "Since", "Missing", "Last activity", "Next step", "Who acts", "Score"]
    assert slots["lead_reference"] == "L-1042"


async def test_lead_is_told_in_the_language_of_the_question(partner: Talk) -> None:
    said, _ = await ask(partner, "शबनम की लीड कहाँ है", language="hi", person="शबनम")
    assert (said["name"], said["since"].split()[1], said["who"]) == ("Shabnam Ansari", "नवंबर", "ग्राहक, आपकी मदद से")


async def test_lead_that_waits_for_long_is_told_to_be_late(partner: Talk) -> None:
    said, _ = await ask(partner, "L-1042", lead_reference="L-1042")
    assert said["aside"] == " (longer than the usual 7 days)"


@pytest.mark.parametrize(
    ("text", "language"), [("Savitri wali lead", "hinglish"), ("सावित्री वाली लीड", "hi"), ("Zubeda's lead", "en")]
)
async def test_name_that_no_lead_has_is_told_as_a_lead_of_somebody_else(
    partner: Talk, text: str, language: str
) -> None:
    said, slots = await ask(partner, text, language=language, last="L-1042")
    foreign, _ = await ask(partner, "lead L-2001", language=language, lead_reference="L-2001")
    assert (said, said["response"]) == (foreign, "utter_leads_none")
    assert "leads_spoken" not in slots


async def test_name_with_a_slip_that_no_list_has_still_finds(partner: Talk) -> None:
    await partner.database.write(lambda c: rename(c, "C-1043", "Gopika Menon"))
    said, _ = await ask(partner, "gopikaa wali lead", language="hinglish")
    assert said["name"] == "Gopika Menon"


async def test_leads_of_a_provider_are_listed_and_one_of_them_is_picked_by_it(partner: Talk) -> None:
    for lead, product in (("L-1042", "suvarna-griha-loan"), ("L-1043", "himgiri-suraksha-term")):
        chosen = update(leads).where(leads.c.reference == lead).values(product=product)
        await partner.database.write(lambda c, chosen=chosen: c.execute(chosen))
    said, _ = await ask(partner, "himgeeri life wali leads", institution="himgeeri life")
    assert said["reference"] == "L-1043"
    none, _ = await ask(partner, "नीलगगन बैंक की लीड", language="hi")
    assert none["response"] == "utter_leads_none_open"
    _, slots = await ask(partner, "meri pending leads")
    text, action = "Suvarna wali", "action_answer_follow_up"
    picked, _ = await ask(partner, text, "follow_up", action=action, spoken=slots["leads_spoken"])
    assert picked["reference"] == "L-1042"


async def test_provider_without_a_lead_is_told_as_a_sort_of_leads_that_there_is_not(partner: Talk) -> None:
    said, _ = await ask(partner, "Suvarna ke loan leads", language="hinglish", institution="Suvarna")
    assert said["response"] == "utter_leads_none_open"


async def test_several_leads_of_a_name_become_a_choice(partner: Talk) -> None:
    said, slots = await ask(partner, "Ramesh ki lead", language="hinglish", person="Ramesh")
    assert said["response"] == "utter_leads_choice"
    assert said["total"] == 2
    assert [button["title"] for button in said["buttons"]] == ["L-1043 Ramesh K.", "L-1044 Ramesh C."]
    assert "lead_reference" not in slots
    chosen = said["buttons"][0]["payload"]
    assert chosen == '/check_lead_status{"lead_reference": "L-1043"}'
    told, _ = await ask(partner, chosen, last="L-1043")
    assert told["name"] == "Ramesh Kumar"


async def test_nothing_named_lists_the_open_leads(partner: Talk) -> None:
    said, _ = await ask(partner, "meri pending leads")
    assert [button["title"] for button in said["buttons"]] == ["L-1042 Shabnam A.", "L-1043 Ramesh K."]


async def test_rejected_leads_are_looked_up_when_it_is_asked_why(partner: Talk) -> None:
    said, _ = await ask(partner, "why was it rejected", intent="ask_lead_rejection")
    assert said["response"] == "utter_leads_none_open"


async def test_lead_spoken_of_last_is_meant_by_a_pronoun(partner: Talk) -> None:
    said, _ = await ask(partner, "aur uska kya hua", last="L-1043")
    assert said["name"] == "Ramesh Kumar"


async def test_best_lead_comes_first(partner: Talk) -> None:
    await partner.database.write(open_another)
    said, slots = await ask(partner, "which lead should I call first", intent="rank_leads")
    assert said["response"] == "utter_leads_first"
    assert said["first"].startswith("Ramesh Chaudhary")
    assert slots["lead_reference"] == "L-1044"  # "remind me to call him"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("lead L-2001", {"lead_reference": "L-2001"}),
        ("lead L-9999", {"lead_reference": "L-9999"}),
        ("Shabnam Sheikh", {"person": "Shabnam Sheikh"}),
    ],
)
async def test_lead_of_another_partner_is_told_as_one_that_is_not(
    partner: Talk, text: str, named: dict[str, Any]
) -> None:
    said, slots = await ask(partner, text, **named)
    known, _ = await ask(partner, "lead L-0000", lead_reference="L-0000")
    assert said == known
    assert slots.get("lead_reference") is None


async def test_chosen_lead_of_another_partner_is_none(partner: Talk) -> None:
    said, _ = await ask(partner, '/check_lead_status{"lead_reference": "L-2001"}', last="L-2001")
    assert said["response"] == "utter_leads_none"


async def test_person_who_is_nobody_gets_no_lead(partner: Talk) -> None:
    call = make_call("action_look_up_lead", "unknown", "m1", "L-1042", intent="check_lead_status")
    async with partner.client.post("/webhook", json=call, headers=HEADERS) as response:
        (said,) = (await response.json())["responses"]
    assert said["response"] == "utter_leads_unverified"
    assert THEIRS not in str(said)


async def test_missing_papers_and_what_happened_last_are_told(partner: Talk) -> None:
    await partner.database.write(add_story)
    said, _ = await ask(partner, "L-1042", lead_reference="L-1042")
    assert said["because"] == " The income proof (salary slip or ITR) is missing."
    assert (
        said["known"] == "\nAlso missing: bank statement (to be sent again)\nLast activity: asked for a quote yesterday"
        "\nYour note: wants it before Holi"
    )
    assert ("Last activity", "asked for a quote yesterday") in rows_of(said)
    assert "phone" not in str(said)


@pytest.mark.parametrize(
    ("language", "because", "step"),
    [
        ("en", " The customer did not pick up.", "Try at another hour"),
        ("hinglish", " Customer ne phone nahi uthaya.", "Doosre samay call kijiye"),
        ("hi", " ग्राहक ने फ़ोन नहीं उठाया।", "दूसरे समय कॉल कीजिए"),
    ],
)
async def test_call_that_was_missed_is_a_call_that_was_made(
    partner: Talk, language: str, because: str, step: str
) -> None:
    await partner.database.write(lambda c: begin_anew(c, None))
    untouched, _ = await ask(partner, "L-1043", language=language, lead_reference="L-1043")
    assert untouched["because"] not in {"", because}
    await partner.database.write(lambda c: begin_anew(c, "call_missed"))
    said, _ = await ask(partner, "L-1043", language=language, lead_reference="L-1043")
    assert (said["because"], said["next"][: len(step)]) == (because, step)
    await partner.database.write(lambda c: begin_anew(c, "call_answered"))
    said, _ = await ask(partner, "L-1043", language=language, lead_reference="L-1043")
    assert said["because"] == ""
    listed, _ = await ask(partner, "meri pending leads", language=language)
    (line,) = (line for line in listed["lines"].split("\n") if "L-1043" in line)
    assert "," not in line.partition(": ")[2]


def begin_anew(connection: Connection, happened: str | None) -> None:
    """L-1043 is new and no call of it is logged; then something happened."""
    anew = update(leads).where(leads.c.reference == "L-1043").values(stage="new", reason="not_called")
    connection.execute(anew)
    if happened:
        connection.execute(insert(lead_events).values(id=happened, lead="L-1043", kind=happened, at=time.time() - DAY))


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Remind me"), ("hinglish", "Yaad dilana"), ("hi", "याद दिलाना")]
)
async def test_lead_with_a_step_of_the_partners_own_offers_a_reminder(partner: Talk, language: str, title: str) -> None:
    said, _ = await ask(partner, "L-1042", language=language, lead_reference="L-1042")
    assert said["buttons"] == [{"title": title, "payload": '/set_reminder{"lead_reference": "L-1042"}'}]


@pytest.mark.parametrize(
    ("stage", "reason", "offers"),
    [("submitted", None, False), ("submitted", "in_queue", False), ("submitted", "provider_question", True),
     ("approved", "free_look", False), ("lost", None, False), ("rejected", "low_score", True)],
)  # fmt: skip
async def test_reminder_is_offered_only_where_the_partner_has_something_to_do(
    partner: Talk, stage: str, reason: str | None, offers: bool
) -> None:
    moved = update(leads).where(leads.c.reference == "L-1043").values(stage=stage, reason=reason)
    await partner.database.write(lambda c: c.execute(moved))
    said, _ = await ask(partner, "L-1043", lead_reference="L-1043")
    assert bool(said["buttons"]) is offers


async def test_score_is_told_with_its_reasons(partner: Talk) -> None:
    said, _ = await ask(partner, "L-1043", lead_reference="L-1043")
    assert re.match(r"\nScore \d+: .+ \([+-]\d+\)", said["score"])
    (score,) = (row for row in said["custom"]["card"]["rows"] if row["label"] == "Score")
    assert score["value"].isdecimal()
    assert score["note"]


async def test_lead_that_has_ended_has_no_score_any_more(partner: Talk) -> None:
    said, _ = await ask(partner, "L-1044", lead_reference="L-1044")
    assert said["score"] == ""


async def test_best_leads_are_ranked_with_reasons(partner: Talk) -> None:
    await partner.database.write(open_another)
    said, _ = await ask(partner, "which lead first", intent="rank_leads")
    first, second = said["lines"].split("\n")
    assert re.match(r"1\. Ramesh Chaudhary \(L-1044, Term insurance\), score \d+: .+ \([+-]\d+\)", first)
    assert second.startswith("2. Shabnam Ansari")
    assert all(reason in first for reason in said["why"].split(", "))
    assert not any(sign in said["why"] for sign in "+()")


async def test_lead_that_waits_for_the_provider_comes_first_only_when_there_is_no_other(partner: Talk) -> None:
    ended = update(leads).where(leads.c.reference != "L-1043").values(stage="lost")
    await partner.database.write(lambda c: c.execute(ended))
    said, _ = await ask(partner, "which lead first", intent="rank_leads")
    assert said["reference"] == "L-1043"


async def test_leads_are_counted_by_stage(partner: Talk) -> None:
    said, slots = await ask(partner, "meri kitni leads open hain", language="hinglish")
    assert (said["response"], said["total"]) == ("utter_leads_count_open", 2)
    assert said["counts"] == "Documents pending 1, Submitted to provider 1"
    listed, _ = await ask(partner, "aur dikhao", language="hinglish", spoken=slots["leads_spoken"])
    assert listed["response"] == "utter_leads_list"


async def test_lost_leads_are_counted_in_a_few_words(partner: Talk) -> None:
    await partner.database.write(
        lambda c: c.execute(update(leads).where(leads.c.reference == "L-1044").values(stage="lost"))
    )
    said, _ = await ask(partner, "how many leads did I lose")
    assert (said["response"], said["counts"]) == ("utter_leads_count_one", "Lost 1")


async def test_product_that_is_sold_no_more_is_told_by_its_kind(partner: Talk) -> None:
    withdrawn = update(leads).where(leads.c.reference == "L-1043").values(product="himgiri-kavach-classic")
    await partner.database.write(lambda c: c.execute(withdrawn))
    said, _ = await ask(partner, "L-1043", lead_reference="L-1043")
    assert said["product"] == "Term insurance"


async def test_customer_with_a_product_of_another_kind_is_found_by_name(partner: Talk) -> None:
    said, _ = await ask(partner, "Shabnam ka term plan", person="Shabnam")
    assert said["reference"] == "L-1042"


async def test_four_digits_are_a_lead_or_else_a_phone(partner: Talk) -> None:
    by_lead, _ = await ask(partner, "1043 ka status")
    by_phone, _ = await ask(partner, "4821 wala", phone_ending="4821")
    assert (by_lead["reference"], by_phone["reference"]) == ("L-1043", "L-1042")


async def test_each_story_is_read_once_to_rank_leads(partner: Talk, knowledge: Knowledge) -> None:
    await partner.database.write(open_another)
    read: list[str] = []

    class ReadingCrm(SqlCrm):
        async def read_lead(self, partner: str, reference: str) -> LeadStory | None:
            read.append(reference)
            return await super().read_lead(partner, reference)

    actions = list_actions(
        knowledge, partner.database, StoreEscalation(partner.database), lambda: TODAY, ADDRESS, ReadingCrm
    )
    (look_up,) = (action for action in actions if action.name() == "action_look_up_lead")
    for text, intent, stories in (("which lead first", "rank_leads", 2), ("L-1042", "check_lead_status", 1)):
        read.clear()
        call = make_call("action_look_up_lead", partner.conversation, "m1", text, intent=intent)
        dispatcher = CollectingDispatcher()
        await look_up.run(dispatcher, Tracker.from_dict(call["tracker"]), {})
        assert dispatcher.messages[0]["response"] in {"utter_leads_first", "utter_leads_one"}
        assert len(read) == len(set(read)) == stories


class DownCrm:
    """A CRM that does not answer."""

    async def find_leads(self, *_: object) -> LeadPage:
        raise CrmUnavailable("no answer in time")


async def test_crm_that_is_down_is_said_and_then_a_person_comes(partner: Talk, knowledge: Knowledge) -> None:
    catalog, escalation = Catalog.load(), StoreEscalation(partner.database)
    reader = WantedReader(Asking.load(), PeriodReader(), catalog)
    following = FollowReader(Following.load(), Asking.load().more)
    persons, words, dates = Persons(partner.database), LeadWords.load(), DateWords.load()
    answers = Answers(knowledge, lambda: TODAY, ADDRESS)
    leads_ = Leads(cast("Crm", DownCrm()), persons, words, dates, reader, following, catalog, escalation, answers)
    look_up = LookUpLead(leads_)
    said = []
    for number in range(2):
        message = await partner.hear(f"k{number}", "L-1042")
        call = make_call("action_look_up_lead", partner.conversation, message, "L-1042", intent="check_lead_status")
        dispatcher = CollectingDispatcher()
        await look_up.run(dispatcher, Tracker.from_dict(call["tracker"]), {})
        said += [one["response"] for one in dispatcher.messages]
    assert said[0] == "utter_leads_unavailable"
    assert said[1].startswith("utter_handoff")


def test_every_response_has_each_language_and_a_caller_is_not_told_to_write() -> None:
    path = ROOT / "data" / "responses" / "leads.yml"
    for name, variations in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items():
        by_channel = {(v["condition"][0]["value"], v.get("channel")): v["text"] for v in variations}
        assert {language for language, _ in by_channel} == {"en", "hinglish", "hi"}, name
        for language in ("en", "hinglish", "hi"):
            spoken = by_channel.get((language, "ivr"), by_channel[(language, None)])
            assert not re.search(r"likhiye|लिखिए|type |\n", spoken), (name, spoken)


def test_words_exist_for_every_stage_reason_and_kind_of_event() -> None:
    words = LeadWords.load()
    assert len(words.stages) == 7
    for reason in words.reasons.values():
        assert not reason.says.en.endswith(".")


@pytest.mark.parametrize(
    ("text", "language"),
    [("why was Gopika Chameliwala declined", "en"), ("Gopika Chameliwala reject kyun hui", "hinglish"),
     ("गोपिका चमेलीवाला रिजेक्ट क्यों हुई", "hi")],
)  # fmt: skip
async def test_customer_whose_name_was_not_recognised_is_found_in_a_question_on_rejections(
    partner: Talk, text: str, language: str
) -> None:
    await partner.database.write(lambda c: rename(c, "C-1043", "Gopika Chameliwala"))
    rejected = update(leads).where(leads.c.reference != "L-1043").values(stage="rejected")
    await partner.database.write(lambda c: c.execute(rejected))
    said, _ = await ask(partner, text, "ask_lead_rejection", language)
    assert (said["response"], said["reference"]) == ("utter_leads_one", "L-1043")


async def test_word_that_only_resembles_a_customers_name_names_nobody(partner: Talk) -> None:
    await partner.database.write(lambda c: rename(c, "C-1043", "Gopika Chameliwala"))
    said, _ = await ask(partner, "why was the chamelion thing declined", "ask_lead_rejection")
    assert said["response"] == "utter_leads_none_open"


@pytest.mark.parametrize("named", [{}, {"person": "Shabnam"}])
async def test_two_names_in_a_question_for_the_first_are_held_against_one_another(
    partner: Talk, named: dict[str, str]
) -> None:
    await partner.database.write(add_many)
    await partner.database.write(lambda c: rename(c, "C-1043", "Gopika Chameliwala"))
    text = "Shabnam aur Gopika mein se pehle kisko call karu"
    said, slots = await ask(partner, text, "rank_leads", "hinglish", **named)
    assert said["response"] == "utter_leads_compared"
    assert {button["title"].split()[1] for button in said["buttons"]} == {"Shabnam", "Gopika"}
    assert slots["lead_reference"] == said["buttons"][0]["title"].split()[0]


@pytest.mark.parametrize(("text", "most"), [("top 3 leads", 3), ("sabse achhi do lead", 2), ("best तीन लीड", 3)])
async def test_as_many_of_the_best_are_told_as_are_asked_for(partner: Talk, text: str, most: int) -> None:
    await partner.database.write(add_many)
    said, _ = await ask(partner, text, "rank_leads")
    assert len(said["lines"].split("\n")) == most
    assert said["total"] == 10


async def test_names_of_another_partners_customers_stay_unknown(partner: Talk) -> None:
    said, _ = await ask(partner, "why was Sheikh declined", "ask_lead_rejection")
    assert said["response"] == "utter_leads_none_open"


async def test_last_note_is_told_in_short_with_the_lead(partner: Talk) -> None:
    await partner.database.write(add_story)
    long = {
        "id": "n2",
        "lead": "L-1042",
        "partner": "P1001",
        "text": "call after six,\n" + "he is at the shop " * 9,
        "at": time.time(),
    }
    await partner.database.write(lambda c: c.execute(insert(lead_notes).values(**long)))
    said, _ = await ask(partner, "L-1042", lead_reference="L-1042")
    (note,) = (value for label, value in rows_of(said) if label == "Your note")
    assert note.startswith("call after six, he is at")
    assert note.endswith(" …")
    assert len(note) < 90
    assert f"\nYour note: {note}" in said["known"]
