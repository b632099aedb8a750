"""Changes of leads in chat: asked for, confirmed, made once, taken back, and of nobody else's leads."""

import time

import pytest
from sqlalchemy import select, update

from saathi.leads.model import Stage
from saathi.store.crm_tables import lead_notes, lead_stages, leads
from tests.actions.conftest import Talk
from tests.actions.work import Work
from tests.saathi.crm.network import THEIRS, fill


@pytest.fixture
async def work(talk: Talk) -> Work:
    await talk.database.write(fill)
    return Work(talk)


async def stage_of(work: Work, reference: str = "L-1042") -> tuple[str, str | None]:
    query = select(leads.c.stage, leads.c.reason).where(leads.c.reference == reference)
    row = await work.talk.database.read(lambda c: c.execute(query).one())
    return row.stage, row.reason


async def set_stage(work: Work, stage: str, days: float = 1, reference: str = "L-1042") -> None:
    values = {"stage": stage, "stage_since": time.time() - days * 86_400}
    await work.talk.database.write(
        lambda c: c.execute(update(leads).where(leads.c.reference == reference).values(values))
    )


async def test_lead_is_moved_after_a_yes_and_back_by_the_button(work: Work) -> None:
    said = await work.say("L-1042 ko contacted mark karo", "change_lead", lead_reference="L-1042")
    assert said == ["utter_lead_changes_confirm"]
    asked = work.said[0]
    assert (asked["name"], asked["before"], asked["stage"]) == ("Shabnam Ansari", "Documents pending", "Contacted")
    assert await stage_of(work) == ("documents", None)
    assert await work.say("/affirm", "affirm") == ["utter_lead_changes_moved"]
    assert await stage_of(work) == ("contacted", None)
    change = work.said[0]["change"]
    assert await work.tap("action_undo_change", "undo_change", change=change) == ["utter_lead_changes_undone"]
    assert (work.said[0]["lead"], work.said[0]["stage"]) == ("L-1042", "Documents pending")
    assert await stage_of(work) == ("documents", None)


async def test_lost_lead_is_asked_for_its_reason_which_the_crm_keeps(work: Work) -> None:
    said = await work.say("Shabnam ki lead reject kar do", "change_lead", "hinglish", person="Shabnam")
    assert said == ["utter_lead_changes_ask_reason"]
    assert [button["title"] for button in work.said[0]["buttons"]][:2] == ["Mehenga laga", "Kahin aur se liya"]
    assert await work.say("expensive", "handle_objection", "hinglish") == ["utter_lead_changes_confirm_because"]
    assert work.said[0]["because"] == "customer ko mehenga laga"
    assert await work.say("haan kar do", "nlu_fallback", "hinglish") == ["utter_lead_changes_moved"]
    assert await stage_of(work) == ("lost", "too_expensive")


async def test_reason_that_was_told_with_the_wish_is_not_asked_for(work: Work) -> None:
    said = await work.say("Shabnam ne mana kar diya, lost kar do", "change_lead", "hinglish", person="Shabnam")
    assert said == ["utter_lead_changes_confirm_because"]


async def test_reason_without_a_name_is_none(work: Work) -> None:
    await work.say("mark L-1042 lost", "change_lead", lead_reference="L-1042")
    assert await work.say("other", "choose_option") == ["utter_lead_changes_confirm"]
    await work.say("yes", "affirm")
    assert await stage_of(work) == ("lost", None)


async def test_lead_spoken_of_last_is_meant_and_hindi_is_understood(work: Work) -> None:
    work.slots["lead_reference"] = "L-1042"
    assert await work.say("इस पर नोट लिख दो: शाम को मिलेगी", "change_lead", "hi") == ["utter_lead_changes_confirm_note"]
    assert await work.say("हाँ", "affirm", "hi") == ["utter_lead_changes_noted"]
    notes = await work.talk.database.read(lambda c: c.execute(select(lead_notes.c.lead, lead_notes.c.text)).all())
    assert [tuple(note) for note in notes] == [("L-1042", "शाम को मिलेगी")]


async def test_lead_and_change_are_asked_for_piece_by_piece(work: Work) -> None:
    assert await work.say("update a lead", "change_lead") == ["utter_lead_changes_ask_lead"]
    assert await work.say("hmm", "nlu_fallback") == ["utter_lead_changes_ask_lead"]
    assert await work.say("shabnam ansari", "nlu_fallback") == ["utter_lead_changes_ask_what"]
    assert [button["payload"] for button in work.said[0]["buttons"]] == ["contacted", "documents", "lost"]
    assert await work.say("add note", "nlu_fallback") == ["utter_lead_changes_ask_note"]
    assert await work.say("he is the one with the red shop", "ask_knowledge") == ["utter_lead_changes_confirm_note"]


async def test_of_several_leads_of_a_name_the_one_that_can_be_changed_so_is_meant(work: Work) -> None:
    assert await work.say("drop Ramesh", "change_lead", person="Ramesh") == ["utter_lead_changes_ask_reason"]
    assert work.said[0]["lead"] == "L-1043"  # the other one is approved


async def test_several_leads_of_a_name_become_a_choice(work: Work) -> None:
    assert await work.say("note on Ramesh: call", "change_lead", person="Ramesh") == ["utter_lead_changes_ask_which"]
    chosen = work.said[0]["buttons"][0]
    assert chosen == {"title": "L-1044 Ramesh", "payload": "L-1044"}
    said = await work.say("L-1044", "nlu_fallback", lead_reference="L-1044")
    assert (said, work.said[0]["lead"]) == (["utter_lead_changes_confirm_note"], "L-1044")


@pytest.mark.parametrize(
    ("text", "before", "days", "response"),
    [
        ("approve L-1042", "documents", 1, "utter_lead_changes_providers"),
        ("set L-1042 to rejected", "documents", 1, "utter_lead_changes_providers"),
        ("L-1042 contacted", "contacted", 1, "utter_lead_changes_already"),
        ("L-1042 contacted", "approved", 1, "utter_lead_changes_not_from"),
        ("reopen L-1042", "lost", 95, "utter_lead_changes_too_late"),
    ],
)
async def test_what_is_not_the_partners_to_set_is_said_kindly(
    work: Work, text: str, before: str, days: float, response: str
) -> None:
    await set_stage(work, before, days)
    assert await work.say(text, "change_lead", lead_reference="L-1042") == [response]
    assert work.slots["lead_task"] is None
    assert (await stage_of(work))[0] == before


async def test_lost_lead_is_reopened_within_90_days(work: Work) -> None:
    await set_stage(work, "lost", 89)
    assert await work.say("L-1042 dobara khol do", "change_lead", lead_reference="L-1042") == [
        "utter_lead_changes_confirm"
    ]
    assert await work.say("yes", "affirm") == ["utter_lead_changes_moved"]
    assert await stage_of(work) == ("contacted", None)


async def test_no_changes_nothing_and_another_change_takes_its_place(work: Work) -> None:
    await work.say("L-1042 contacted", "change_lead", lead_reference="L-1042")
    assert await work.say("no", "deny") == []  # the rule leaves the form
    said = await work.say("no, lost, wrong number", "correct_value")
    assert (said, work.said[0]["stage"]) == (["utter_lead_changes_confirm_because"], "Lost")


async def test_provider_that_was_faster_is_not_overruled(work: Work) -> None:
    await work.say("L-1042 lost, wrong number", "change_lead", lead_reference="L-1042")
    await set_stage(work, "approved")
    assert await work.say("yes", "affirm") == ["utter_lead_changes_overtaken"]
    assert await stage_of(work) == ("approved", None)


async def test_yes_that_is_heard_twice_moves_once(work: Work) -> None:
    await work.say("L-1042 contacted", "change_lead", lead_reference="L-1042")
    task = work.slots["lead_task"]
    assert await work.say("yes", "affirm") == ["utter_lead_changes_moved"]
    work.slots["lead_task"] = task
    await work.call("validate_lead_form", "yes", "affirm", "en", None)
    await work.call("action_finish_lead_task", "yes", "affirm", "en", None)
    assert work.responses == ["utter_lead_changes_moved"]
    query = select(lead_stages.c.id).where(lead_stages.c.lead == "L-1042", lead_stages.c.stage == Stage.CONTACTED)
    assert len(await work.talk.database.read(lambda c: c.scalars(query).all())) == 1


async def test_change_is_taken_back_by_a_word_for_ten_minutes(work: Work) -> None:
    await work.say("L-1042 contacted", "change_lead", lead_reference="L-1042")
    await work.say("yes", "affirm")
    kind, key, at = work.slots["last_change"].split()
    work.slots["last_change"] = f"{kind} {key} {int(at) - 601}"
    assert await work.run("action_undo_change", "undo that", "undo_change") == ["utter_lead_changes_undo_late"]
    work.slots["last_change"] = f"{kind} {key} {at}"
    assert await work.run("action_undo_change", "undo", "go_back") == ["utter_lead_changes_undone"]
    assert await work.run("action_undo_change", "back", "go_back") == ["utter_conversation_nothing_before"]


async def list_notes(work: Work) -> list[str]:
    query = select(lead_notes.c.text).order_by(lead_notes.c.at)
    return list(await work.talk.database.read(lambda c: c.scalars(query).all()))


async def write_note(work: Work, text: str, language: str = "en") -> str:
    """Written and confirmed; what its button names."""
    assert await work.say(f"note on L-1042: {text}", "change_lead", language, lead_reference="L-1042")
    assert await work.say("yes", "affirm", language) == ["utter_lead_changes_noted"]
    return str(work.said[0]["change"])


@pytest.mark.parametrize(
    "wish", [("undo", "go_back"), ("hata do wo note", "undo_change"), ("नोट हटा दो", "undo_change")]
)
async def test_note_is_taken_back_by_a_word(work: Work, wish: tuple[str, str]) -> None:
    await write_note(work, "she is at work")
    await write_note(work, "call after 5")
    assert await work.run("action_undo_change", *wish) == ["utter_lead_changes_note_removed"]
    assert work.said[0]["lead"] == "L-1042"
    assert await list_notes(work) == ["she is at work"]
    assert await work.run("action_undo_change", *wish) in (
        ["utter_lead_changes_nothing"],
        ["utter_conversation_nothing_before"],
    )
    assert await list_notes(work) == ["she is at work"]


async def test_note_is_taken_back_by_its_button_however_often_it_is_tapped(work: Work) -> None:
    first = await write_note(work, "she is at work")
    await write_note(work, "call after 5")
    for _ in range(2):
        said = await work.tap("action_undo_change", "undo_change", change=first)
        assert said == ["utter_lead_changes_note_removed"]
    assert await list_notes(work) == ["call after 5"]


async def test_note_stays_after_ten_minutes(work: Work) -> None:
    kind, key, at = (await write_note(work, "call after 5")).split()
    work.slots["last_change"] = f"{kind} {key} {int(at) - 601}"
    assert await work.run("action_undo_change", "undo", "undo_change") == ["utter_lead_changes_note_late"]
    assert await list_notes(work) == ["call after 5"]


@pytest.mark.parametrize("reference", ["L-2001", "L-9999"])
async def test_note_of_a_foreign_lead_is_answered_as_one_of_none(work: Work, reference: str) -> None:
    row = {"id": "m9", "lead": "L-2001", "partner": THEIRS, "text": "theirs", "at": time.time()}
    await work.talk.database.write(lambda c: c.execute(lead_notes.insert().values(row)))
    forged = f"note {reference}/m9 {time.time():.0f}"
    assert await work.tap("action_undo_change", "undo_change", change=forged) == ["utter_leads_none"]
    assert await list_notes(work) == ["theirs"]


async def test_change_that_something_followed_stays(work: Work) -> None:
    changes = []
    for stage in ("contacted", "documents"):
        await work.say(f"L-1042 {stage}", "change_lead", lead_reference="L-1042")
        await work.say("yes", "affirm")
        changes.append(work.slots["last_change"])
    assert await work.tap("action_undo_change", "undo_change", change=changes[0]) == ["utter_lead_changes_undo_not"]


@pytest.mark.parametrize("reference", ["L-2001", "L-9999"])
async def test_lead_of_another_partner_is_answered_as_one_that_is_not(work: Work, reference: str) -> None:
    said = await work.say(f"{reference} lost", "change_lead", lead_reference=reference)
    assert said == ["utter_leads_none"]
    assert {work.said[0][gap] for gap in ("name", "lead", "before")} <= {"", None}
    await work.say("update a lead", "change_lead")
    work.slots["lead_reference"] = None
    assert await work.say(reference, "nlu_fallback") == ["utter_leads_none"]


async def test_forged_task_of_a_foreign_lead_moves_nothing(work: Work) -> None:
    forged = {"kind": "change", "lead": "L-2001", "stage": "lost", "before": "new", "reason": "", "asked": "confirm"}
    work.slots["lead_task"] = forged
    assert await work.say("yes", "affirm") == ["utter_leads_none"]
    assert (await stage_of(work, "L-2001"))[0] == "new"


async def test_person_who_is_nobody_changes_nothing(work: Work) -> None:
    nobody = Work(Talk(work.talk.client, work.talk.database, "unknown"))
    said = await nobody.say("L-1042 lost", "change_lead", lead_reference="L-1042")
    assert said == ["utter_leads_unverified"]
