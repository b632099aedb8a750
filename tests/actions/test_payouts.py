"""Money in chat: told, explained, held against the month before, and nobody else's."""

import pytest
from sqlalchemy import DDL, delete

from saathi import handoffs
from saathi.store.crm_tables import payout_lines, payouts
from tests.actions.conftest import HEADERS, Talk, make_call
from tests.actions.payout_talk import NOW, ask, begin, change, dispute, run
from tests.support.network import MINE, THEIRS, fill

THEIR_WORDS = ("Imran", "L-9202", "₹1,200", "wrong_ifsc")


@pytest.fixture
async def partner(talk: Talk) -> Talk:
    """The conversation of a partner who has a ledger."""
    await talk.database.write(lambda c: fill(c, NOW))
    return await begin(talk, MINE)


async def test_last_payout_and_the_coming_one_are_told_where_no_month_is_named(partner: Talk) -> None:
    said = await ask(partner, "show my payout")
    assert said["response"] == "utter_payouts_two"
    assert (said["month"], said["net"], said["says"]) == (
        "October",
        "₹1,740",
        "it was sent to your bank on 10 November",
    )
    assert (said["coming_month"], said["coming_net"], said["coming_says"]) == (
        "November",
        "₹16,170",
        "it is due on 10 December",
    )
    assert said["custom"]["card"]["title"] == "Payout of October"


async def test_month_is_told_with_deductions_reasons_and_sales(partner: Talk) -> None:
    said = await ask(partner, "how much did I earn in October", date="October")
    assert said["response"] == "utter_payouts_one"
    assert said["lines"].splitlines() == [
        "- Earned ₹3,000: commission ₹3,000 (one sale)",
        "- Clawback -₹1,200: the loan was closed within three months (Ramesh Chaudhary, L-9044)",
        "- TDS -₹60: 2% of ₹3,000",
    ]
    assert [row["label"] for row in said["custom"]["card"]["rows"]] == [
        "To your bank",
        "Status",
        "Earned",
        "Clawback",
        "TDS",
        "Coming: November",
    ]


async def test_payout_is_told_in_the_language_of_the_question(partner: Talk) -> None:
    said = await ask(partner, "पिछले महीने मेरी कितनी कमाई हुई", language="hi", date="पिछले महीने")
    assert (said["month"], said["says"]) == ("अक्टूबर", "10 नवंबर को आपके बैंक भेजा गया")


async def test_several_months_are_summed_up(partner: Talk) -> None:
    said = await ask(partner, "Q2 ki kamai", date="Q2", language="hinglish")
    assert said["response"] == "utter_payouts_months"
    assert (said["months"], said["net"], said["gross"]) == ("July se September", "₹49,686", "₹50,700")
    assert len(said["custom"]["card"]["rows"]) == 3


async def test_month_without_a_payout_is_told_to_have_none(partner: Talk) -> None:
    said = await ask(partner, "payout of March 2020", date="March 2020")
    assert (said["response"], said["months"]) == ("utter_payouts_none", "March 2020")


async def test_what_a_sale_brought_is_told_by_lead_and_by_customer(partner: Talk) -> None:
    by_lead = await ask(partner, "how much for L-9045", lead_reference="L-9045")
    by_name = await ask(partner, "देविका की पॉलिसी से कितना मिला", person="देविका")
    assert by_lead["response"] == "utter_payouts_sale"
    assert by_lead["lines"] == by_name["lines"] == (
        "- October: Commission ₹3,000: 15% of ₹20,000 (Devika Nair, L-9045)"
    )  # fmt: skip
    assert (await ask(partner, "and L-9043", lead_reference="L-9043"))["response"] == "utter_payouts_sale_none"


async def test_own_tds_is_summed_up_over_the_tax_year(partner: Talk) -> None:
    said = await ask(partner, "how much TDS was cut this year", "ask_tds", date="this year")
    assert said["response"] == "utter_payouts_tds"
    assert said["months"] == "April to November"
    assert said["total"] == "₹2,064"  # five months of ₹330, ₹354 and ₹60; what is yet to be paid does not count
    assert len(said["custom"]["card"]["rows"]) == 7


async def test_tds_of_a_month_has_its_base_and_rate(partner: Talk) -> None:
    said = await ask(partner, "October me tds kitna kata", date="October")
    assert (said["response"], said["total"], said["lines"]) == (
        "utter_payouts_tds",
        "₹60",
        "- October ₹60: 2% of ₹3,000",
    )


async def test_question_on_the_rules_of_tds_stays_with_the_articles(partner: Talk) -> None:
    said = await ask(partner, "how much TDS is cut from commission", "ask_tds")
    assert said["response"].startswith("utter_knowledge")


async def test_failed_payout_is_told_with_its_reason_and_the_guide_and_no_person_is_offered(partner: Talk) -> None:
    await change(partner, "2026-10", state="failed", paid_on=None, reason="wrong_ifsc")
    said, slots = await run(partner, "action_look_up_payout", "my payout has not come", "report_payout_missing")
    (told,) = said
    assert (told["response"], told["because"]) == ("utter_payouts_one", ": the IFSC is not valid any more")
    assert told["buttons"] == [{"title": "Correct bank details", "payload": "/update_bank_details"}]
    assert "person_offered" not in slots


@pytest.mark.parametrize(
    ("state", "reason", "response"),
    [
        ("paid", None, "utter_payouts_missing_sent"),
        ("failed", None, "utter_payouts_missing_unexplained"),
        ("held", "a_code_of_tomorrow", "utter_payouts_missing_unexplained"),
        ("processing", None, "utter_payouts_missing_unexplained"),
    ],
)
async def test_person_is_offered_where_the_ledger_does_not_settle_it(
    partner: Talk, state: str, reason: str | None, response: str
) -> None:
    await change(partner, "2026-10", state=state, reason=reason)
    said, slots = await run(partner, "action_look_up_payout", "where is my money", "report_payout_missing")
    assert said[0]["response"] == response
    assert slots["person_offered"] is True
    assert slots["reported"]["intent"] == "report_payout_missing"


async def test_payout_that_is_not_due_yet_is_told_as_that(partner: Talk) -> None:
    await partner.database.write(lambda c: c.execute(delete(payout_lines)))
    await partner.database.write(lambda c: c.execute(delete(payouts).where(payouts.c.month != "2026-11")))
    said = await ask(partner, "my first payout has not come", "report_payout_missing")
    assert (said["response"], said["says"]) == ("utter_payouts_one", "it is due on 10 December")


@pytest.mark.parametrize("state", ["paid", "failed"])
async def test_payout_that_is_reported_missing_once_more_goes_to_a_person(partner: Talk, state: str) -> None:
    await change(partner, "2026-10", state=state, reason="wrong_ifsc" if state == "failed" else None)
    _, slots = await run(partner, "action_look_up_payout", "no payout came", "report_payout_missing")
    said, _ = await run(partner, "action_look_up_payout", "still nothing", "report_payout_missing", slots=slots)
    assert said[0]["response"] == "utter_handoff_done"
    (packet,) = await partner.database.read(handoffs.find_open)
    assert packet["query"] == "still nothing"


async def test_commission_that_is_less_is_explained_from_the_lines(partner: Talk) -> None:
    said, slots = await dispute(partner, "why is my commission less than last month", date="last month")
    (told,) = said
    assert told["response"] == "utter_payouts_less"
    assert (told["month"], told["less"], told["before"]) == ("October", "₹15,606", "September")
    assert told["lines"].splitlines() == [
        "- Commission ₹3,000 (one sale): ₹15,000 (one sale) in September",
        "- Renewal commission ₹0: none this time, ₹1,500 (one sale) in September",
        "- Slab bonus ₹0: none this time, ₹1,200 in September",
        "- Clawback ₹1,200: the loan was closed within three months (Ramesh Chaudhary, L-9044)",
    ]
    assert slots["payout_explained"] is True


async def test_commission_that_is_not_less_is_told_with_what_was_taken_off(partner: Talk) -> None:
    (told,), _ = await dispute(partner, "my commission of September is wrong", date="September")
    assert (told["response"], told["before"], told["before_net"]) == ("utter_payouts_no_less", "August", "₹16,170")
    assert told["lines"] == "- TDS ₹354: 2% of ₹17,700"


async def test_what_is_still_wrong_is_taken_down_with_what_was_named(partner: Talk) -> None:
    said, slots = await dispute(
        partner, "commission of L-9045 in October is wrong", lead_reference="L-9045", date="October"
    )
    assert said[0]["response"] == "utter_payouts_sale_explained"
    again, then = await dispute(partner, "/dispute_commission", slots)
    assert (again, then["payout_explained"]) == ([], False)
    form = "validate_report_form"
    _, taken = await run(partner, form, "/dispute_commission", "dispute_commission", slots={**slots, **then})
    assert taken["report_values"] == {"sale": "L-9045", "month": "October"}
    assert taken["requested_slot"] == "wrong"


@pytest.mark.parametrize(
    "named", [{"lead_reference": "L-9043"}, {"lead_reference": "L-9202"}, {"date": "March 2020"}, {"person": "Imran"}]
)
async def test_what_the_ledger_does_not_explain_is_taken_down_at_once(partner: Talk, named: dict[str, str]) -> None:
    said, slots = await dispute(partner, f"commission is wrong for {next(iter(named.values()))}", **named)
    assert (said, slots) == ([], {"payout_explained": False})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("payout of L-9202", {"lead_reference": "L-9202"}),
        ("Imran ki sale ka paisa", {"person": "Imran"}),
        (f"payout {THEIRS}-2026-10", {}),
        ('/check_payout{"partner": "P9002"}', {}),
    ],
)
async def test_payouts_of_another_partner_change_nothing(partner: Talk, text: str, named: dict[str, str]) -> None:
    said = await ask(partner, text, **named)
    assert not any(word in str({**said, "text": ""}) for word in THEIR_WORDS if word != "₹1,200")
    known = await ask(partner, "payout of L-0000" if named else "show my payout", **_unknown(named))
    assert {**said, "text": ""} == {**known, "text": ""}


def _unknown(named: dict[str, str]) -> dict[str, str]:
    return {"lead_reference": "L-0000"} if named else {}


async def test_partner_sees_own_payout_that_the_bank_sent_back(partner: Talk) -> None:
    said = await ask(await begin(partner, THEIRS), "payout nahi aaya", "report_payout_missing")
    assert said["response"] == "utter_payouts_one"
    assert "L-9044" not in str(said)


@pytest.mark.parametrize("intent", ["check_payout", "report_payout_missing"])
async def test_person_who_is_nobody_gets_no_payout(partner: Talk, intent: str) -> None:
    call = make_call("action_look_up_payout", "unknown", "m1", "my payout", intent=intent)
    async with partner.client.post("/webhook", json=call, headers=HEADERS) as response:
        (said,) = (await response.json())["responses"]
    assert (said["response"], said["custom"]["card"]) == ("utter_payouts_unverified", None)


async def test_dispute_of_a_person_who_is_nobody_begins_at_once(partner: Talk) -> None:
    call = make_call("action_explain_payout", "unknown", "m1", "commission kam hai", intent="dispute_commission")
    async with partner.client.post("/webhook", json=call, headers=HEADERS) as response:
        body = await response.json()
    assert body["responses"] == []
    assert [(event["name"], event["value"]) for event in body["events"]] == [("payout_explained", False)]


async def test_ledger_that_cannot_be_read_is_told_with_a_way_on_and_a_dispute_is_taken_down_all_the_same(
    partner: Talk,
) -> None:
    await partner.database.write(lambda c: c.execute(DDL("ALTER TABLE payouts RENAME TO away")))
    told = await ask(partner, "show my payout")
    assert (told["response"], told["custom"]["outcome"]) == ("utter_payouts_unavailable", "refused")
    said, slots = await dispute(partner, "my commission is too low")
    assert (said, slots) == ([], {"payout_explained": False})


@pytest.mark.parametrize(
    ("text", "language", "date", "then"),
    [
        ("payout of September", "en", "September", "Coming next: November, ₹16,170 so far; it is due on 10 December."),
        ("September ka payout", "hinglish", "September", "Agla: November, ab tak ₹16,170; 10 December ko aayega."),
        ("सितंबर का पेआउट", "hi", "सितंबर", "अगला: नवंबर, अब तक ₹16,170; 10 दिसंबर को आएगा।"),
    ],
)
async def test_paid_payout_is_told_with_the_one_that_is_coming(
    partner: Talk, text: str, language: str, date: str, then: str
) -> None:
    said = await ask(partner, text, language=language, date=date)
    assert (said["coming"], said["then"]) == (f" {then}", f"\n\n{then}")
    assert said["custom"]["card"]["rows"][-1]["value"] == "₹16,170"


async def test_payout_that_is_not_paid_or_the_only_one_is_told_alone(partner: Talk) -> None:
    coming = await ask(partner, "payout of November", date="November")
    assert (coming["response"], coming["coming"], coming["then"]) == ("utter_payouts_one", "", "")
    await change(partner, "2026-11", due_on="2026-11-10")  # then nothing is coming
    assert (await ask(partner, "payout of September", date="September"))["then"] == ""


@pytest.mark.parametrize(
    ("text", "person", "language"),
    [("show me Imran's payout", "Imran", "en"), ("Imran ka payout", "Imran", "hinglish"),
     ("इमरान का पेआउट", "इमरान", "hi")],
)  # fmt: skip
async def test_payout_of_somebody_who_is_named_is_not_told_but_the_own_one(
    partner: Talk, text: str, person: str, language: str
) -> None:
    said, _ = await run(partner, "action_look_up_payout", text, "check_payout", language, person=person)
    assert [one["response"] for one in said] == ["utter_payouts_own_only", "utter_payouts_two"]


@pytest.mark.parametrize(
    ("text", "language"), [("my friend's payout please", "en"), ("dost ka payout batao", "hinglish")]
)
async def test_payout_of_a_friend_is_not_told_but_the_own_one(partner: Talk, text: str, language: str) -> None:
    said, _ = await run(partner, "action_look_up_payout", text, "check_payout", language)
    assert [one["response"] for one in said] == ["utter_payouts_own_only", "utter_payouts_two"]
    assert "L-9202" not in str(said)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("my next payout?", "en"),
        ("how much will I see in the nxt payout", "en"),
        ("mera agla payout kab", "hinglish"),
        ("मेरा अगला पेआउट", "hi"),
    ],
)
async def test_own_payout_to_come_is_told_also_where_it_was_taken_for_a_general_question(
    partner: Talk, text: str, language: str
) -> None:
    said, _ = await run(partner, "action_answer_question", text, "ask_payout", language)
    assert (said[0]["response"], said[0]["net"]) == ("utter_payouts_one", "₹16,170")
    nobody = make_call("action_answer_question", "unknown", "m1", text, language, intent="ask_payout")
    async with partner.client.post("/webhook", json=nobody, headers=HEADERS) as response:
        assert "16,170" not in await response.text()
