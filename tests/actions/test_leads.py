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
from knowledge.base import Knowledge
from saathi.crm.port import Crm, CrmUnavailable
from saathi.dates import DateWords
from saathi.leads.model import LeadPage
from saathi.leads.wanted import WantedReader
from saathi.leads.words import Asking, LeadWords
from saathi.periods import PeriodReader
from saathi.products import Catalog
from saathi.settings import ROOT
from saathi.store.crm_tables import lead_documents, lead_events, lead_notes, leads
from tests.actions.conftest import ADDRESS, HEADERS, TODAY, Talk, make_call
from tests.saathi.crm.network import THEIRS, fill

DAY = 86_400.0


@pytest.fixture
async def partner(talk: Talk) -> Talk:
    """The conversation of a partner who has leads."""
    await talk.database.write(fill)
    return talk


async def ask(
    talk: Talk,
    text: str,
    intent: str = "check_lead_status",
    language: str = "en",
    last: str | None = None,
    action: str = "action_look_up_lead",
    spoken: dict[str, Any] | None = None,
    **named: str,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is said, and the slots that are set; `named` are the entities of the message."""
    call = make_call(action, talk.conversation, "m1", text, language, intent=intent)
    call["tracker"]["slots"] |= {"lead_reference": last, "leads_spoken": spoken}
    call["tracker"]["latest_message"]["entities"] = [
        {"entity": kind, "value": said, "start": text.index(said), "end": text.index(said) + len(said)}
        for kind, said in named.items()
    ]
    async with talk.client.post("/webhook", json=call, headers=HEADERS) as response:
        assert response.status == 200, await response.text()
        body: dict[str, Any] = await response.json()
    slots = {event["name"]: event["value"] for event in body["events"] if event["event"] == "slot"}
    return body["responses"][0], slots


def rows_of(said: dict[str, Any]) -> list[tuple[str, str]]:
    """Labels and values of the card."""
    return [(row["label"], row["value"]) for row in said["custom"]["card"]["rows"]]


async def test_lead_is_told_with_its_stage_reason_next_step_and_who_acts(partner: Talk) -> None:
    said, slots = await ask(partner, "where is L-1042 stuck", lead_reference="L-1042")
    assert said["response"] == "utter_leads_one"
    assert (said["name"], said["product"], said["stage"]) == ("Shabnam Ansari", "Home loan", "Documents pending")
    assert said["since"].split()[1] == "November"
    assert said["next"].startswith("Send the upload link")
    assert said["who"] == "the customer, with your help"
    labels = [row["label"] for row in said["custom"]["card"]["rows"]]
    assert labels == ["Stage", "Since", "Next step", "Who acts", "Score"]
    assert slots["lead_reference"] == "L-1042"


async def test_lead_is_told_in_the_language_of_the_question(partner: Talk) -> None:
    said, _ = await ask(partner, "शबनम की लीड कहाँ है", language="hi", person="शबनम")
    assert (said["name"], said["since"].split()[1], said["who"]) == ("Shabnam Ansari", "नवंबर", "ग्राहक, आपकी मदद से")


async def test_lead_that_waits_for_long_is_told_to_be_late(partner: Talk) -> None:
    said, _ = await ask(partner, "L-1042", lead_reference="L-1042")
    assert said["aside"] == " (longer than the usual 7 days)"


async def test_several_leads_of_a_name_become_a_choice(partner: Talk) -> None:
    said, slots = await ask(partner, "Ramesh ki lead", language="hinglish", person="Ramesh")
    assert said["response"] == "utter_leads_choice"
    assert said["total"] == 2
    assert [button["title"] for button in said["buttons"]] == ["L-1044 Ramesh C.", "L-1043 Ramesh K."]
    assert "lead_reference" not in slots
    chosen = said["buttons"][1]["payload"]
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


def open_another(connection: Connection) -> None:
    """L-1044 waits for its partner."""
    connection.execute(update(leads).where(leads.c.reference == "L-1044").values(stage="contacted"))


async def test_best_lead_comes_first(partner: Talk) -> None:
    await partner.database.write(open_another)
    said, _ = await ask(partner, "which lead should I call first", intent="rank_leads")
    assert said["response"] == "utter_leads_first"
    assert said["first"].startswith("Ramesh Chaudhary")


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


def add_story(connection: Connection) -> None:
    """What is known of L-1042 beside its stage."""
    now = time.time()
    for kind, state in (("pan", "received"), ("income", "requested"), ("statement", "refused")):
        connection.execute(insert(lead_documents).values(lead="L-1042", kind=kind, state=state, at=now - 4 * DAY))
    for number, (kind, days) in enumerate((("message_opened", 5), ("quote_asked", 1))):
        connection.execute(insert(lead_events).values(id=f"e{number}", lead="L-1042", kind=kind, at=now - days * DAY))
    connection.execute(insert(lead_notes).values(id="n1", lead="L-1042", text="wants it before Holi", at=now - 2 * DAY))
    connection.execute(update(leads).where(leads.c.reference == "L-1042").values(reason="income_missing"))


async def test_missing_papers_and_what_happened_last_are_told(partner: Talk) -> None:
    await partner.database.write(add_story)
    said, _ = await ask(partner, "L-1042", lead_reference="L-1042")
    assert said["because"] == " The income proof (salary slip or ITR) is missing."
    assert (
        said["known"] == "\nAlso missing: bank statement (to be sent again)\nLast activity: asked for a quote yesterday"
    )
    assert ("Last activity", "asked for a quote yesterday") in rows_of(said)
    assert "phone" not in str(said)


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


def add_many(connection: Connection) -> None:
    """Nine leads more."""
    now = time.time()
    for number in range(9):
        lead = {"reference": f"L-110{number}", "partner": "P1001", "customer": "C-1042", "kind": "gold-loan"}
        place = {"source": "referral", "stage": "contacted", "stage_since": now - number * DAY, "amount": 1}
        connection.execute(insert(leads).values(**lead, **place, created_at=now - 10 * DAY, updated_at=now))


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


class DownCrm:
    """A CRM that does not answer."""

    async def find_leads(self, *_: object) -> LeadPage:
        raise CrmUnavailable("no answer in time")


async def test_crm_that_is_down_is_said_and_then_a_person_comes(partner: Talk, knowledge: Knowledge) -> None:
    catalog, escalation = Catalog.load(), StoreEscalation(partner.database)
    reader = WantedReader(Asking.load(), PeriodReader(), {})
    persons, words, dates = Persons(partner.database), LeadWords.load(), DateWords.load()
    answers = Answers(knowledge, lambda: TODAY, ADDRESS)
    leads_ = Leads(cast("Crm", DownCrm()), persons, words, dates, reader, catalog, escalation, answers)
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
