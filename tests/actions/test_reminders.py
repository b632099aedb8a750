"""Reminders in chat: set, asked for piece by piece, listed, taken back, and nobody else's."""

import json
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from saathi import conversations
from saathi.clock import INDIA
from saathi.store.crm_tables import leads, reminders
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
    await work.say("remind me in two hours", "set_reminder")
    assert await work.run("action_list_reminders", "my reminders", "list_reminders") == ["utter_reminders_list"]
    assert work.said[0]["lines"].splitlines()[1].endswith("call Shabnam (L-1042)")
    button = work.said[0]["buttons"][1]
    assert button["title"] == "Cancel 2"
    change = button["payload"].removeprefix('/undo_change{"change": "').removesuffix('"}')
    assert await work.tap("action_undo_change", "undo_change", change=change) == ["utter_reminders_cancelled"]
    assert [row[3] for row in await list_rows(work)] == ["waiting", "cancelled"]


async def set_without_words(work: Work) -> None:
    """By a button of the lead's card, and a moment."""
    work.slots["lead_reference"] = "L-1042"
    assert await work.say("/set_reminder", "set_reminder") == ["utter_reminders_when"]
    assert await work.say("tomorrow at 5", "greet") == ["utter_reminders_set"]


async def test_reminder_that_was_set_without_words_is_listed_by_its_customer(work: Work) -> None:
    await set_without_words(work)
    assert work.said[0]["about"] == "Shabnam Ansari, L-1042"
    assert [row[1:3] for row in await list_rows(work)] == [("L-1042", "")]
    assert await work.run("action_list_reminders", "my reminders", "list_reminders") == ["utter_reminders_list"]
    assert work.said[0]["lines"].endswith("Shabnam Ansari (L-1042)")


async def test_reminder_of_a_lead_that_is_anothers_now_lists_what_was_written_and_no_more(work: Work) -> None:
    await set_without_words(work)
    await work.say("remind me to call Shabnam in two days", "set_reminder", person="Shabnam")
    assert [row[1] for row in await list_rows(work)] == ["L-1042", "L-1042"]
    away = update(leads).where(leads.c.reference == "L-1042").values(partner="P1002")
    await work.talk.database.write(lambda c: c.execute(away))
    await work.run("action_list_reminders", "my reminders", "list_reminders")
    first, second = work.said[0]["lines"].splitlines()
    assert second.endswith(": call Shabnam")
    assert "Ansari" not in first + second
    assert "L-1042" not in first + second


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


async def ask_for_ramesh(work: Work, language: str = "hinglish") -> list[str]:
    return await work.say("Ramesh ko call karna kal 5 baje yaad dilana", "set_reminder", language, person="Ramesh")


async def test_reminder_for_one_of_several_of_a_name_is_set_at_once_and_then_gets_the_lead_that_is_chosen(
    work: Work,
) -> None:
    assert await ask_for_ramesh(work) == ["utter_reminders_set", "utter_reminders_which"]
    assert await list_rows(work) == [("P1001", None, "Ramesh ko call karna", "waiting")]
    buttons = work.said[1]["buttons"]
    assert [button["title"] for button in buttons] == ["L-1043 Ramesh K.", "L-1044 Ramesh C.", "Inmein se koi nahi"]
    assert await choose(work, buttons[1]) == ["utter_reminders_set"]
    assert work.said[0]["about"] == "Ramesh ko call karna (L-1044)"
    assert await list_rows(work) == [("P1001", "L-1044", "Ramesh ko call karna", "waiting")]
    assert await choose(work, buttons[2]) == ["utter_reminders_set"]  # none of them after all
    assert (await list_rows(work))[0][1] is None
    assert await work.run("action_undo_change", "wapas karo", "undo_change") == ["utter_reminders_cancelled"]
    assert await choose(work, buttons[0]) == ["utter_reminders_gone"]


async def choose(work: Work, button: dict[str, str]) -> list[str]:
    """Taps a button, as Rasa hears it."""
    named = json.loads(button["payload"].removeprefix("/set_reminder"))
    work.slots |= {name: value for name, value in named.items() if name == "lead_reference"}
    return await work.say("/set_reminder", "set_reminder", payload=named)


async def test_lead_that_is_chosen_for_a_reminder_and_is_not_the_partners_is_none(work: Work) -> None:
    await ask_for_ramesh(work)
    forged = json.loads(work.said[1]["buttons"][0]["payload"].removeprefix("/set_reminder"))
    for reference in ("L-2001", "L-9999"):
        await choose(work, {"payload": f"/set_reminder{json.dumps({**forged, 'lead_reference': reference})}"})
        assert work.said[0]["about"] == "Ramesh ko call karna"
        assert (await list_rows(work))[0][1] is None


async def test_reminder_of_another_partner_gets_no_lead(work: Work) -> None:
    await ask_for_ramesh(work)
    button = work.said[1]["buttons"][0]
    chat = await work.talk.database.write(lambda c: conversations.find_chat(c, "P1002", time.time()))
    other = Work(Talk(work.talk.client, work.talk.database, chat))
    assert await choose(other, button) == ["utter_reminders_gone"]
    assert (await list_rows(work))[0][1] is None


async def test_button_of_a_lead_asks_when_and_reminds_of_that_lead(work: Work) -> None:
    work.slots["lead_reference"] = "L-1042"
    named = {"lead_reference": "L-1042"}
    assert await work.say("/set_reminder", "set_reminder", payload=named) == ["utter_reminders_when"]
    assert await work.say("kal 5 baje", "nlu_fallback", "hinglish") == ["utter_reminders_set"]
    assert (await list_rows(work))[0][1] == "L-1042"


@pytest.mark.parametrize(
    ("said", "language", "when"),
    [
        ("har somvar yaad dilana", "hinglish", "Somvar"),
        ("every Monday remind me", "en", "Monday"),
        ("हर सोमवार याद दिलाना", "hi", "सोमवार"),
    ],
)
async def test_wish_for_a_reminder_that_repeats_sets_one_and_says_so(
    work: Work, said: str, language: str, when: str
) -> None:
    assert await work.say(said, "set_reminder", language) == ["utter_reminders_set_plain", "utter_reminders_once"]
    assert when in work.said[0]["when"]
    assert await list_rows(work) == [("P1001", None, "", "waiting")]


async def test_wish_for_a_reminder_that_repeats_without_its_hour_is_told_before_it_is_asked(work: Work) -> None:
    assert await work.say("roz yaad dilana", "set_reminder") == ["utter_reminders_once", "utter_reminders_when"]
    assert await work.say("kal 5 baje", "nlu_fallback") == ["utter_reminders_set_plain"]


async def test_so_long_before_an_unknown_day_is_asked_for_the_day(work: Work) -> None:
    assert await work.say("premium se do din pehle yaad dilana", "set_reminder") == ["utter_reminders_counted"]
    assert await work.say("3 tareekh ko", "nlu_fallback") == ["utter_reminders_set"]
    assert work.said[0]["about"] == "premium"


@pytest.mark.parametrize("said", ["timer for an hour", "ek ghante ka timer laga do", "set an alarm for six"])
async def test_alarm_is_a_reminder_of_nothing_more(work: Work, said: str) -> None:
    assert await work.say(said, "set_reminder") == ["utter_reminders_set_plain"]


async def due_of(work: Work) -> list[str]:
    """Day and hour in India of the reminders that wait, the first one first."""
    query = select(reminders.c.due_at).where(reminders.c.state == "waiting").order_by("due_at")
    due = await work.talk.database.read(lambda c: c.scalars(query).all())
    return [f"{datetime.fromtimestamp(at, UTC).astimezone(INDIA):%d %H:%M}" for at in due]


@pytest.mark.parametrize(
    ("text", "language", "hour"),
    [("make it 2 o'clock", "en", "14:00"), ("nahi, 3 baje kar do", "hinglish", "15:00"), ("दो बजे", "hi", "14:00"),
     ("change that reminder to 6 pm", "en", "18:00")],
)  # fmt: skip
@pytest.mark.parametrize("action", ["action_answer_follow_up", "action_not_understood", "form"])
async def test_another_hour_right_after_a_reminder_moves_it_on_its_day(
    work: Work, text: str, language: str, hour: str, action: str
) -> None:
    await work.say("remind me to call Shabnam in two days at 5 pm", "set_reminder", person="Shabnam")
    ((day, _),) = [due.split() for due in await due_of(work)]
    said = (
        await work.say(text, "set_reminder", language)
        if action == "form"
        else await work.run(action, text, "correct_value", language)
    )
    assert said == ["utter_reminders_moved"]
    assert work.said[0]["what"] == ": call Shabnam (L-1042)"
    assert await due_of(work) == [f"{day} {hour}"]
    assert await work.run("action_undo_change", "wapas karo", "undo_change") == ["utter_reminders_cancelled"]


async def test_another_day_right_after_a_reminder_moves_it_at_its_hour(work: Work) -> None:
    await work.say("kal 4 baje yaad dilana", "set_reminder")
    ((before, _),) = [due.split() for due in await due_of(work)]
    assert await work.run("action_answer_follow_up", "nahi parso", "correct_value") == ["utter_reminders_moved"]
    ((day, hour),) = [due.split() for due in await due_of(work)]
    assert (hour, day == before) == ("16:00", False)


async def test_wish_for_another_reminder_is_no_other_moment_for_the_last_one(work: Work) -> None:
    await work.say("kal 4 baje yaad dilana", "set_reminder")
    await work.say("parso 5 baje bhi yaad dilana", "set_reminder")
    assert len(await due_of(work)) == 2


async def test_moment_after_something_else_was_answered_moves_no_reminder(work: Work) -> None:
    await work.say("kal 4 baje yaad dilana", "set_reminder")
    before = await due_of(work)
    work.slots["payouts_spoken"] = {"at": time.time() + 60}
    assert await work.run("action_not_understood", "parso", "nlu_fallback") != ["utter_reminders_moved"]
    assert await due_of(work) == before


@pytest.mark.parametrize(
    ("text", "language"),
    [("please remove that reminder", "en"), ("wo reminder hata do", "hinglish"), ("वो रिमाइंडर हटा दो", "hi")],
)
async def test_only_reminder_is_removed_on_request_and_comes_back(work: Work, text: str, language: str) -> None:
    await work.say("kal 4 baje yaad dilana", "set_reminder")
    work.slots["last_change"] = None
    action, intent = "action_list_reminders", "list_reminders"
    assert await work.run(action, text, intent, language) == ["utter_reminders_cancelled"]
    assert await due_of(work) == []
    assert await work.tap("action_undo_change", "undo_change", change=work.said[0]["change"]) == [
        "utter_reminders_restored"
    ]
    assert len(await due_of(work)) == 1
    await work.say("remind me in two hours", "set_reminder")
    work.slots["last_change"] = None
    assert await work.run(action, text, intent, language) == ["utter_reminders_list"]  # which one is not said
    assert len(await due_of(work)) == 2


@pytest.mark.parametrize(
    ("text", "language", "hint"), [("remind me tomorrow", "en", "10 am"), ("kal yaad dilana", "hinglish", "10 baje"),
                                   ("कल याद दिलाना", "hi", "10 बजे")],
)  # fmt: skip
async def test_reminder_without_an_hour_says_which_one_it_has(work: Work, text: str, language: str, hint: str) -> None:
    await work.say(text, "set_reminder", language)
    assert hint in work.said[0]["hint"]
    assert work.said[0]["hint"].startswith(" ")  # another sentence
    assert (await due_of(work))[0].endswith("10:00")
    await work.say("remind me day after tomorrow at 4", "set_reminder")
    assert work.said[0]["hint"] == ""
