"""Tickets in chat: opened by a complaint, told on request, and nobody else's."""

import time

import pytest
from sqlalchemy import insert

from saathi import conversations
from saathi.store.crm_tables import tickets
from tests.actions.conftest import HEADERS, Talk, make_call
from tests.actions.work import Work
from tests.saathi.crm.network import NOW, THEIRS, fill


@pytest.fixture
async def work(talk: Talk) -> Work:
    await talk.database.write(fill)
    return Work(talk)


async def open_ticket(work: Work, number: int, partner: str = "P1001", **values: str) -> None:
    row = {"id": number, "key": f"k{number}", "partner": partner, "topic": "payout", "text": "x", "state": "open"}
    times = {"created_at": NOW, "updated_at": NOW + number}
    await work.talk.database.write(lambda c: c.execute(insert(tickets).values(**(row | values), **times)))


async def ask(work: Work, text: str, language: str = "en") -> list[str]:
    return await work.run("action_check_ticket", text, "check_complaint", language)


@pytest.mark.parametrize("text", ["what about T-204", "ticket no. 204", "टिकट 204 का क्या हुआ", "meri complaint 204"])
async def test_ticket_is_told_by_its_number(work: Work, text: str) -> None:
    await open_ticket(work, 203)
    await open_ticket(work, 204, state="resolved", resolution="Added in the next payout.")
    assert await ask(work, text) == ["utter_complaints_ticket"]
    told = work.said[0]
    assert (told["number"], told["topic"], told["state"]) == ("T-204", "a payout", "resolved")
    assert (told["since"], told["resolution"]) == (
        "18 November",
        ' The answer, word for word: "Added in the next payout."',
    )


@pytest.mark.parametrize(
    ("language", "resolution"),
    [
        ("en", " It was added to the next payout."),
        ("hinglish", " Agle payout mein jod diya gaya."),
        ("hi", " अगले पेआउट में जोड़ दिया गया।"),
    ],
)
async def test_resolution_that_is_a_code_is_told_in_the_language_of_the_question(
    work: Work, language: str, resolution: str
) -> None:
    await open_ticket(work, 204, state="resolved", resolution="added_to_next_payout")
    await ask(work, "T-204", language)
    assert work.said[0]["resolution"] == resolution


async def test_resolution_in_somebodys_own_words_is_quoted_as_it_stands(work: Work) -> None:
    await open_ticket(work, 204, state="closed", resolution="Paid by cheque no. {7} on Friday.")
    await ask(work, "टिकट 204", "hi")
    assert work.said[0]["resolution"] == ' जवाब में लिखा है: "Paid by cheque no. {7} on Friday."'


async def test_last_tickets_are_told_where_no_number_is(work: Work) -> None:
    for number in (201, 202, 203, 204):
        await open_ticket(work, number)
    assert await ask(work, "meri shikayat ka kya hua", "hinglish") == ["utter_complaints_tickets"]
    assert [line.split(",")[0] for line in work.said[0]["lines"].splitlines()] == ["T-204", "T-203", "T-202"]


async def test_ticket_of_another_partner_is_told_as_one_that_is_not(work: Work) -> None:
    await open_ticket(work, 204, partner=THEIRS)
    said = []
    for number in (204, 999):
        assert await ask(work, f"T-{number}") == ["utter_complaints_no_such_ticket"]
        said.append(work.said)
    assert said[0] == said[1]
    assert await ask(work, "my complaint") == ["utter_complaints_no_ticket"]


async def test_person_who_is_nobody_hears_where_complaints_stand(work: Work) -> None:
    await open_ticket(work, 204)
    nobody = Work(Talk(work.talk.client, work.talk.database, "unknown"))
    assert "utter_check_complaint" in await ask(nobody, "T-204")


async def hand_over(talk: Talk, report: str, values: dict[str, str]) -> list[dict[str, str]]:
    call = make_call("action_hand_over_report", talk.conversation, "m7", "last Tuesday", intent="nlu_fallback")
    call["tracker"]["slots"] |= {"report": report, "report_values": values}
    async with talk.client.post("/webhook", json=call, headers=HEADERS) as response:
        assert response.status == 200, await response.text()
        said: list[dict[str, str]] = (await response.json())["responses"]
        return said


async def test_complaint_opens_one_ticket_and_says_its_number(work: Work) -> None:
    for _ in range(2):  # the same message
        said = await hand_over(work.talk, "complaint", {"about": "nobody came", "since": "last Tuesday"})
        assert [one["response"] for one in said[:2]] == ["utter_complaints_taken", "utter_complaints_number"]
    assert await ask(work, f"what about {said[1]['number']}") == ["utter_complaints_ticket"]
    assert work.said[0]["topic"] == "your complaint"
    assert await ask(work, "my tickets") == ["utter_complaints_ticket"]


async def test_dispute_names_its_lead_only_where_it_is_the_partners(work: Work) -> None:
    for sale, kept in (("L-2001", None), ("L-1042", "L-1042")):
        await work.talk.database.write(lambda c: c.execute(tickets.delete()))
        await hand_over(work.talk, "dispute", {"sale": sale, "month": "June", "wrong": "too little"})
        lead = await work.talk.database.read(lambda c: c.scalar(tickets.select().with_only_columns(tickets.c.lead)))
        assert lead == kept


async def test_complaint_of_a_person_who_is_nobody_opens_no_ticket(work: Work) -> None:
    chat = await work.talk.database.write(lambda c: conversations.begin_one_off(c, "P1002", time.time()))
    await work.talk.database.write(
        lambda c: c.execute(
            conversations.conversations.update().where(conversations.conversations.c.id == chat).values(partner=None)
        )
    )
    said = await hand_over(Talk(work.talk.client, work.talk.database, chat), "complaint", {"about": "x", "since": "y"})
    assert "utter_complaints_number" not in [one.get("response") for one in said]
