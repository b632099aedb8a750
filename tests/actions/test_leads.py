"""Leads in chat: told, listed, ranked, and nobody else's."""

from typing import Any

import pytest

from tests.actions.conftest import HEADERS, Talk, make_call
from tests.saathi.crm.network import THEIRS, fill


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
    **named: str,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is said, and the slots that are set; `named` are the entities of the message."""
    call = make_call("action_look_up_lead", talk.conversation, "m1", text, language, intent=intent)
    call["tracker"]["slots"] |= {"lead_reference": last} if last else {}
    call["tracker"]["latest_message"]["entities"] = [
        {"entity": kind, "value": said, "start": text.index(said), "end": text.index(said) + len(said)}
        for kind, said in named.items()
    ]
    async with talk.client.post("/webhook", json=call, headers=HEADERS) as response:
        assert response.status == 200, await response.text()
        body: dict[str, Any] = await response.json()
    slots = {event["name"]: event["value"] for event in body["events"] if event["event"] == "slot"}
    (said,) = body["responses"]
    return said, slots


async def test_lead_is_told_with_its_stage_reason_next_step_and_who_acts(partner: Talk) -> None:
    said, slots = await ask(partner, "where is L-1042 stuck", lead_reference="L-1042")
    assert said["response"] == "utter_leads_one"
    assert (said["name"], said["product"], said["stage"]) == ("Shabnam Ansari", "Home loan", "Documents pending")
    assert said["since"].split()[1] == "November"
    assert said["next"].startswith("Send the upload link")
    assert said["who"] == "the customer, with your help"
    assert [row["label"] for row in said["custom"]["card"]["rows"]] == ["Stage", "Since", "Next step", "Who acts"]
    assert slots["lead_reference"] == "L-1042"


async def test_lead_is_told_in_the_language_of_the_question(partner: Talk) -> None:
    said, _ = await ask(partner, "शबनम की लीड कहाँ है", language="hi", person="शबनम")
    assert (said["name"], said["since"].split()[1], said["who"]) == ("Shabnam Ansari", "नवंबर", "ग्राहक, आपकी मदद से")


async def test_lead_that_waits_for_long_is_told_to_be_late(partner: Talk) -> None:
    said, _ = await ask(partner, "L-1042", lead_reference="L-1042")
    assert "7 days" in said["note"]


async def test_several_leads_of_a_name_become_a_choice(partner: Talk) -> None:
    said, slots = await ask(partner, "Ramesh ki lead", language="hinglish", person="Ramesh")
    assert said["response"] == "utter_leads_list"
    assert said["total"] == 2
    assert [button["title"] for button in said["buttons"]] == ["L-1044 Ramesh", "L-1043 Ramesh"]
    assert "lead_reference" not in slots
    chosen = said["buttons"][1]["payload"]
    assert chosen == '/check_lead_status{"lead_reference": "L-1043"}'
    told, _ = await ask(partner, chosen, last="L-1043")
    assert told["name"] == "Ramesh Kumar"


async def test_nothing_named_lists_the_open_leads(partner: Talk) -> None:
    said, _ = await ask(partner, "meri pending leads")
    assert [button["title"] for button in said["buttons"]] == ["L-1042 Shabnam", "L-1043 Ramesh"]


async def test_rejected_leads_are_looked_up_when_it_is_asked_why(partner: Talk) -> None:
    said, _ = await ask(partner, "why was it rejected", intent="ask_lead_rejection")
    assert said["response"] == "utter_leads_none_open"


async def test_lead_spoken_of_last_is_meant_by_a_pronoun(partner: Talk) -> None:
    said, _ = await ask(partner, "aur uska kya hua", last="L-1043")
    assert said["name"] == "Ramesh Kumar"


async def test_best_lead_comes_first(partner: Talk) -> None:
    said, _ = await ask(partner, "which lead should I call first", intent="rank_leads")
    assert said["response"] == "utter_leads_first"
    assert said["first"].startswith("Ramesh Kumar")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("lead L-2001", {"lead_reference": "L-2001"}),
        ("lead L-9999", {"lead_reference": "L-9999"}),
        ("Shabnam Sheikh", {"person": "Shabnam Sheikh"}),
    ],
)
async def test_lead_of_another_partner_is_told_as_one_that_is_not(
    partner: Talk, text: str, named: dict[str, str]
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
