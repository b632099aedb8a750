"""Reminders in chat: set, asked for piece by piece, listed, taken back, and nobody else's."""

import time

import pytest
from sqlalchemy import select

from saathi import conversations
from saathi.store.crm_tables import reminders
from tests.actions.conftest import Talk
from tests.actions.work import Work
from tests.saathi.crm.network import fill


@pytest.fixture
async def work(talk: Talk) -> Work:
    await talk.database.write(fill)
    return Work(talk)


async def list_rows(work: Work) -> list[tuple[str, str | None, str, str]]:
    query = select(reminders.c.partner, reminders.c.lead, reminders.c.text, reminders.c.state).order_by("due_at")
    return [tuple(row) for row in await work.talk.database.read(lambda c: c.execute(query).all())]  # type: ignore[misc]


async def test_reminder_is_set_and_says_day_hour_and_lead(work: Work) -> None:
    said = await work.say("remind me to call Shabnam tomorrow at 5", "set_reminder", person="Shabnam")
    assert said == ["utter_reminders_set"]
    assert work.said[0]["when"].startswith("tomorrow, ")
    assert work.said[0]["when"].endswith(" at 5:00 pm")
    assert work.said[0]["about"] == "call Shabnam (Shabnam Ansari, L-1042)"
    assert await list_rows(work) == [("P1001", "L-1042", "call Shabnam", "waiting")]


async def test_reminder_in_hinglish_is_of_the_lead_that_was_spoken_of(work: Work) -> None:
    work.slots["lead_reference"] = "LD-1042"
    assert await work.say("uska reminder kal 5 baje", "set_reminder", "hinglish") == ["utter_reminders_set"]
    assert work.said[0]["when"].endswith("shaam 5 baje")
    assert (await list_rows(work))[0][1] == "L-1042"


async def test_reminder_without_a_lead_is_of_none(work: Work) -> None:
    work.slots["lead_reference"] = "L-1042"
    assert await work.say("do ghante baad yaad dilana", "set_reminder", "hinglish") == ["utter_reminders_set_plain"]
    assert await list_rows(work) == [("P1001", None, "", "waiting")]


async def test_lead_of_somebody_else_is_only_words(work: Work) -> None:
    for reference in ("L-2001", "L-9999"):
        said = await work.say(f"remind me of {reference} tomorrow", "set_reminder", lead_reference=reference)
        assert (said, work.said[0]["about"]) == (["utter_reminders_set"], reference)
    assert [row[1] for row in await list_rows(work)] == [None, None]


async def test_moment_is_asked_for_until_it_is_one_to_come(work: Work) -> None:
    assert await work.say("L-1042 ka reminder", "set_reminder", lead_reference="L-1042") == ["utter_reminders_when"]
    assert await work.say("yesterday", "nlu_fallback") == ["utter_reminders_past"]
    assert await work.say("in 3 years, 15 August 2032", "nlu_fallback") == ["utter_reminders_far"]
    assert await list_rows(work) == []
    assert await work.say("kal subah", "greet") == ["utter_reminders_set"]
    assert (await list_rows(work))[0][1] == "L-1042"


async def test_question_in_between_is_left_to_the_rules(work: Work) -> None:
    await work.say("reminder lagao", "set_reminder")
    assert await work.say("what is a rider", "ask_knowledge") == []
    assert await work.say("hello", "greet") == ["utter_reminders_when"]


async def test_same_message_sets_one_reminder(work: Work) -> None:
    await work.say("kal 5 baje yaad dilana", "set_reminder")
    await work.call("validate_lead_form", "kal 5 baje yaad dilana", "set_reminder", "en", None)
    await work.call("action_finish_lead_task", "kal 5 baje yaad dilana", "set_reminder", "en", None)
    assert len(await list_rows(work)) == 1


async def test_reminder_in_the_middle_of_another_form_is_set_without_its_own(work: Work) -> None:
    said = await work.run("action_finish_lead_task", "kal 5 baje yaad dilana", "set_reminder")
    assert said == ["utter_reminders_set_plain"]
    assert await work.run("action_finish_lead_task", "reminder lagao", "set_reminder") == ["utter_reminders_in_one"]
    assert len(await list_rows(work)) == 1


async def test_reminders_are_listed_with_a_button_that_takes_each_back(work: Work) -> None:
    await work.say("remind me to call Shabnam tomorrow at 5", "set_reminder", person="Shabnam")
    await work.say("in two hours", "set_reminder")
    assert await work.run("action_list_reminders", "my reminders", "list_reminders") == ["utter_reminders_list"]
    assert work.said[0]["lines"].splitlines()[1].endswith("call Shabnam (L-1042)")
    button = work.said[0]["buttons"][1]
    assert button["title"] == "Cancel 2"
    change = button["payload"].removeprefix('/undo_change{"change": "').removesuffix('"}')
    assert await work.tap("action_undo_change", "undo_change", change=change) == ["utter_reminders_cancelled"]
    assert [row[3] for row in await list_rows(work)] == ["waiting", "cancelled"]


async def test_reminder_that_was_just_set_is_taken_back_by_a_word(work: Work) -> None:
    await work.say("kal 5 baje yaad dilana", "set_reminder")
    assert await work.run("action_undo_change", "wapas karo", "undo_change") == ["utter_reminders_cancelled"]
    assert await work.run("action_undo_change", "wapas karo", "undo_change") == ["utter_lead_changes_nothing"]


async def test_reminder_of_another_partner_is_neither_listed_nor_taken_back(work: Work) -> None:
    await work.say("kal 5 baje yaad dilana", "set_reminder")
    change = work.slots["last_change"]
    chat = await work.talk.database.write(lambda c: conversations.find_chat(c, "P1002", time.time()))
    other = Work(Talk(work.talk.client, work.talk.database, chat))
    assert await other.run("action_list_reminders", "my reminders", "list_reminders") == ["utter_reminders_none"]
    assert await other.tap("action_undo_change", "undo_change", change=change) == ["utter_reminders_gone"]
    assert (await list_rows(work))[0][3] == "waiting"


async def test_person_who_is_nobody_gets_no_reminder(work: Work) -> None:
    nobody = Work(Talk(work.talk.client, work.talk.database, "unknown"))
    assert await nobody.say("kal 5 baje yaad dilana", "set_reminder") == ["utter_leads_unverified"]
    assert await nobody.run("action_list_reminders", "my reminders", "list_reminders") == ["utter_leads_unverified"]
    assert await nobody.run("action_undo_change", "undo", "undo_change") == ["utter_leads_unverified"]
