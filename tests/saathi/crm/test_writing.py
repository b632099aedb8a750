"""Writing the CRM: once a key, only what is the partner's, and taken back."""

from saathi.crm.model import CustomerChange, NewTicket
from saathi.crm.sql import SqlCrm
from saathi.leads.model import LeadQuery, Stage
from tests.saathi.crm.network import DAY, MINE, NOW, THEIRS


async def test_ticket_is_opened_once_and_its_state_is_told(crm: SqlCrm) -> None:
    new = NewTicket("payout", "October payout is missing", lead="L-1042")
    first, second = await crm.open_ticket(MINE, new, "m1"), await crm.open_ticket(MINE, new, "m1")
    assert first is not None
    assert first == second
    assert await crm.read_ticket(MINE, first.number.lower()) == first
    assert await crm.read_ticket(THEIRS, first.number) is None
    assert [ticket.number for ticket in await crm.list_tickets(MINE)] == [first.number]


async def test_ticket_about_what_is_not_ones_own_is_refused(crm: SqlCrm) -> None:
    assert await crm.open_ticket(THEIRS, NewTicket("payout", "x", lead="L-1042"), "m1") is None
    assert await crm.open_ticket(THEIRS, NewTicket("payout", "x", customer="C-1042"), "m2") is None
    assert await crm.list_tickets(THEIRS) == []


async def test_key_of_another_partner_opens_nothing(crm: SqlCrm) -> None:
    assert await crm.open_ticket(MINE, NewTicket("payout", "mine"), "m1") is not None
    assert await crm.open_ticket(THEIRS, NewTicket("payout", "theirs"), "m1") is None


async def test_lead_moves_once_and_back(crm: SqlCrm) -> None:
    moved = await crm.move_lead(MINE, "L-1042", Stage.REJECTED, "not_interested", "m1")
    assert moved == await crm.move_lead(MINE, "L-1042", Stage.REJECTED, "not_interested", "m1")
    assert moved is not None
    assert (moved.before, moved.after) == ("documents", "rejected")
    undone = await crm.undo_move(MINE, moved.change, "m2")
    assert undone == await crm.undo_move(MINE, moved.change, "m2")
    story = await crm.read_lead(MINE, "L-1042")
    assert story is not None
    assert (story.lead.stage, story.lead.stage_since) == (Stage.DOCUMENTS, NOW - 9 * DAY)
    assert len(story.history) == 4


async def test_change_that_something_followed_is_not_taken_back(crm: SqlCrm) -> None:
    moved = await crm.move_lead(MINE, "L-1042", Stage.SUBMITTED, None, "m1")
    await crm.move_lead(MINE, "L-1042", Stage.APPROVED, None, "m2")
    assert moved is not None
    assert await crm.undo_move(MINE, moved.change, "m3") is None


async def test_nobody_writes_to_anothers_lead(crm: SqlCrm) -> None:
    moved = await crm.move_lead(MINE, "L-1042", Stage.SUBMITTED, None, "m1")
    assert moved is not None
    assert await crm.move_lead(THEIRS, "L-1042", Stage.LOST, None, "m2") is None
    assert await crm.undo_move(THEIRS, moved.change, "m3") is None
    assert await crm.undo_move(MINE, "L-1043-1", "m4") is None  # what the network did
    assert not await crm.add_note(THEIRS, "L-1042", "hello", "m5")
    assert await crm.change_customer(THEIRS, "C-1042", CustomerChange(name="X")) is None
    story = await crm.read_lead(MINE, "L-1042")
    assert story is not None
    assert (story.lead.stage, story.notes, story.lead.customer.name) == (Stage.SUBMITTED, (), "Shabnam Ansari")


async def test_customer_is_found_by_the_new_name_and_number(crm: SqlCrm) -> None:
    changed = await crm.change_customer(MINE, "C-1042", CustomerChange(name="Yasmin Ansari", phone="+910000009999"))
    assert changed is not None
    assert (changed.name, changed.region) == ("Yasmin Ansari", "Bihar")
    for wanted in (LeadQuery(name="यास्मीन"), LeadQuery(ending="9999")):
        assert [lead.reference for lead in (await crm.find_leads(MINE, wanted)).leads] == ["L-1042"]
    assert (await crm.find_leads(MINE, LeadQuery(name="Shabnam"))).total == 0


async def test_note_is_written_once(crm: SqlCrm) -> None:
    assert await crm.add_note(MINE, "L-1042", "call after 5", "m1")
    assert await crm.add_note(MINE, "L-1042", "call after 5", "m1")
    story = await crm.read_lead(MINE, "L-1042")
    assert story is not None
    assert [note.text for note in story.notes] == ["call after 5"]
