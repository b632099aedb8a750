"""What every CRM behind the port does, whatever it is made of: `CrmContract`, which each of them inherits.

The subclass gives the fixtures `crm` over the small network of `network`, whose clock stands at `network.NOW`, and
`hand_over`, by which the network gives a customer with all leads to a partner.
"""

from collections.abc import Awaitable, Callable

import pytest

from saathi.crm.model import CustomerChange, NewTicket
from saathi.crm.port import Crm
from saathi.leads.model import Customer, Document, Engagement, LeadQuery, Stage
from saathi.scoring.features import list_features
from saathi.scoring.rates import Ended, find_success_rate
from tests.saathi.crm.network import DAY, EVENTS, MINE, NOW, PAPERS, THEIRS

HandOver = Callable[[str, str], Awaitable[None]]  # the end of the customer's and leads' names, "1042"; the partner


async def references(crm: Crm, wanted: LeadQuery, partner: str = MINE) -> list[str]:
    return [lead.reference for lead in (await crm.find_leads(partner, wanted)).leads]


async def list_notes(crm: Crm, partner: str) -> list[str]:
    story = await crm.read_lead(partner, "L-1042")
    assert story is not None
    return [note.text for note in story.notes]


class CrmContract:
    """Leads by everything that a partner may name, and never another's; writes once a key, and taken back."""

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (LeadQuery(reference="L-1042"), ["L-1042"]),
            (LeadQuery(name="Shabnam"), ["L-1042"]),
            (LeadQuery(name="शबनम अंसारी"), ["L-1042"]),
            (LeadQuery(name="Sabnam Ansaari"), ["L-1042"]),
            (LeadQuery(name="ramsh"), ["L-1044", "L-1043"]),
            (LeadQuery(name="रमेश चौधरी"), ["L-1044"]),
            (LeadQuery(name="Rameshh Choudhry ji"), ["L-1044"]),
            (LeadQuery(name="Rajmesh"), ["L-1044", "L-1043"]),
            (LeadQuery(name="Gopal"), []),
            (LeadQuery(name="..."), []),
            (LeadQuery(ending="7730"), ["L-1043"]),
            (LeadQuery(ending="829"), ["L-1044"]),
            (LeadQuery(kinds=frozenset({"term"})), ["L-1044", "L-1043"]),
            (LeadQuery(stages=frozenset({Stage.SUBMITTED, Stage.DOCUMENTS})), ["L-1042", "L-1043"]),
            (LeadQuery(unmoved_since=NOW - 7 * DAY), ["L-1044", "L-1042"]),
            (LeadQuery(name="Ramesh", kinds=frozenset({"term"}), stages=frozenset({Stage.SUBMITTED})), ["L-1043"]),
            (LeadQuery(moved=(NOW - 9 * DAY, NOW - 3 * DAY)), ["L-1042"]),
            (LeadQuery(created=(NOW - 60 * DAY, NOW)), ["L-1044", "L-1042", "L-1043"]),
            (LeadQuery(created=(NOW - 61 * DAY, NOW - 60 * DAY)), []),
            (LeadQuery(name="Ramesh", moved=(NOW - 4 * DAY, NOW)), ["L-1043"]),
            (LeadQuery(best_first=True), ["L-1043", "L-1044", "L-1042"]),
        ],
    )
    async def test_leads_are_found_by_what_a_partner_names(self, crm: Crm, wanted: LeadQuery, found: list[str]) -> None:
        assert await references(crm, wanted) == found

    @pytest.mark.parametrize(
        "wanted", [LeadQuery(reference="L-1042"), LeadQuery(name="Ansari"), LeadQuery(kinds=frozenset({"home-loan"}))]
    )
    async def test_leads_of_another_partner_are_as_if_they_were_not(self, crm: Crm, wanted: LeadQuery) -> None:
        assert (await crm.find_leads(THEIRS, wanted)).total == 0

    async def test_everything_of_another_partner_is_as_if_it_were_not(self, crm: Crm) -> None:
        for read in (crm.read_lead, crm.read_customer, crm.list_applications, crm.read_application, crm.read_ticket):
            for name in ("L-1042", "C-1042", "A-1042", "T-1", "L-0000", "T-x", "T-٣", ""):
                assert await read(THEIRS, name) is None, (read, name)

    async def test_page_counts_all_that_is_wanted(self, crm: Crm) -> None:
        page = await crm.find_leads(MINE, LeadQuery(), most=2, skip=1)
        assert ([lead.reference for lead in page.leads], page.total) == (["L-1042", "L-1043"], 3)

    async def test_story_tells_how_a_lead_came_to_where_it_stands(self, crm: Crm) -> None:
        story = await crm.read_lead(MINE, "L-1042")
        assert story is not None
        assert [change.stage for change in story.history] == [Stage.NEW, Stage.DOCUMENTS]
        assert story.lead.customer.name == "Shabnam Ansari"

    async def test_story_tells_what_happened_and_which_papers_there_are(self, crm: Crm) -> None:
        story = await crm.read_lead(MINE, "L-1042")
        assert story is not None
        assert story.engagement == tuple(Engagement(kind, NOW - days * DAY) for kind, days in EVENTS)
        assert story.documents == tuple(
            Document(kind, state, reason, NOW - days * DAY) for kind, state, reason, days in PAPERS
        )
        other = await crm.read_lead(MINE, "L-1043")
        assert other is not None
        assert (other.engagement, other.documents) == ((), ())

    async def test_lead_is_scored_by_what_every_crm_knows(self, crm: Crm) -> None:
        story, ended = await crm.read_lead(MINE, "L-1042"), await crm.count_ended(MINE)
        assert story is not None
        assert ended == [Ended("term", 1, 1)]
        assert await crm.count_ended("P1999") == []
        features = list_features(story, find_success_rate(ended, story.lead.kind), NOW)
        once = ("calls_answered", "quotes_asked", "meetings", "replies", "messages_opened", "links_opened")
        once = (*once, "documents_sent", "forms_begun", "calls_missed", "days_since_contact")
        assert {name: value for name, value in features.items() if value is not None} == {
            "kind": "home-loan",
            "source": "referral",
            "stage": "documents",
            "days_without_papers": 9.0,
            "days_without_call_back": 2.0,
            "success_rate": pytest.approx(4.5 / 11),
            **dict.fromkeys(once, 1.0),
        }

    async def test_applications_of_a_customer_are_listed(self, crm: Crm) -> None:
        found = await crm.list_applications(MINE, "C-1042")
        assert found is not None
        assert [application.id for application in found] == ["A-1042"]

    async def test_application_is_read_by_its_name(self, crm: Crm) -> None:
        found = await crm.read_application(MINE, "A-1042")
        assert found is not None
        assert (found.lead, found.customer, found.product) == ("L-1042", "C-1042", "himgiri-home")
        assert (found.stage, found.amount, found.submitted_at) == ("documents", 5_000_000_00, NOW - 5 * DAY)

    async def test_lead_is_told_with_all_that_is_known(self, crm: Crm) -> None:
        (lead,) = (await crm.find_leads(MINE, LeadQuery(reference="L-1043"))).leads
        assert (lead.kind, lead.source, lead.stage, lead.stage_since) == (
            "term",
            "referral",
            "submitted",
            NOW - 3 * DAY,
        )
        assert (lead.amount, lead.score, lead.created_at) == (5_000_000_00, 82.0, NOW - 60 * DAY)
        assert lead.customer == Customer("C-1043", "Ramesh Kumar", "+910000017730", "Bihar", 34)

    async def test_ticket_is_opened_once_and_its_state_is_told(self, crm: Crm) -> None:
        new = NewTicket("payout", "October payout is missing", lead="L-1042")
        first, second = await crm.open_ticket(MINE, new, "m1"), await crm.open_ticket(MINE, new, "m1")
        assert first is not None
        assert first == second
        assert await crm.read_ticket(MINE, first.number.lower()) == first
        assert await crm.read_ticket(THEIRS, first.number) is None
        assert [ticket.number for ticket in await crm.list_tickets(MINE)] == [first.number]

    async def test_ticket_about_what_is_not_ones_own_is_refused(self, crm: Crm) -> None:
        assert await crm.open_ticket(THEIRS, NewTicket("payout", "x", lead="L-1042"), "m1") is None
        assert await crm.open_ticket(THEIRS, NewTicket("payout", "x", customer="C-1042"), "m2") is None
        assert await crm.list_tickets(THEIRS) == []

    async def test_key_of_another_partner_opens_nothing(self, crm: Crm) -> None:
        assert await crm.open_ticket(MINE, NewTicket("payout", "mine"), "m1") is not None
        assert await crm.open_ticket(THEIRS, NewTicket("payout", "theirs"), "m1") is None

    async def test_lead_moves_once_and_back(self, crm: Crm) -> None:
        moved = await crm.move_lead(MINE, "L-1042", Stage.REJECTED, "not_interested", "m1")
        assert moved == await crm.move_lead(MINE, "L-1042", Stage.REJECTED, "not_interested", "m1")
        assert moved is not None
        assert (moved.before, moved.after) == ("documents", "rejected")
        undone = await crm.undo_move(MINE, moved.change, "m2")
        assert undone == await crm.undo_move(MINE, moved.change, "m2")
        story = await crm.read_lead(MINE, "L-1042")
        assert story is not None
        assert (story.lead.stage, story.lead.stage_since) == (Stage.DOCUMENTS, NOW - 9 * DAY)
        assert [(change.stage, change.by) for change in story.history] == [
            (Stage.NEW, "network"),
            (Stage.DOCUMENTS, "network"),
            (Stage.REJECTED, "partner"),
            (Stage.DOCUMENTS, "partner"),
        ]
        assert [change.reason for change in story.history] == [None, None, "not_interested", None]
        assert story.lead.reason is None

    async def test_change_that_something_followed_is_not_taken_back(self, crm: Crm) -> None:
        moved = await crm.move_lead(MINE, "L-1042", Stage.SUBMITTED, None, "m1")
        await crm.move_lead(MINE, "L-1042", Stage.APPROVED, None, "m2")
        assert moved is not None
        assert await crm.undo_move(MINE, moved.change, "m3") is None

    async def test_nobody_writes_to_anothers_lead(self, crm: Crm) -> None:
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

    async def test_customer_is_found_by_the_new_name_and_number(self, crm: Crm) -> None:
        changed = await crm.change_customer(MINE, "C-1042", CustomerChange(name="Yasmin Ansari", phone="+910000009999"))
        assert changed is not None
        assert (changed.name, changed.region) == ("Yasmin Ansari", "Bihar")
        for wanted in (LeadQuery(name="यास्मीन"), LeadQuery(ending="9999")):
            assert [lead.reference for lead in (await crm.find_leads(MINE, wanted)).leads] == ["L-1042"]
        assert (await crm.find_leads(MINE, LeadQuery(name="Shabnam"))).total == 0

    async def test_note_is_taken_back_and_no_other(self, crm: Crm) -> None:
        for key in ("m1", "m2"):
            assert await crm.add_note(MINE, "L-1042", f"note {key}", key)
        assert await crm.add_note(MINE, "L-1043", "elsewhere", "m3")
        for _ in range(2):  # the same wish once more
            assert await crm.remove_note(MINE, "L-1042", "m1")
        assert await crm.remove_note(MINE, "L-1042", "m3")  # which does not stand there
        for reference, left in (("L-1042", ["note m2"]), ("L-1043", ["elsewhere"])):
            story = await crm.read_lead(MINE, reference)
            assert story is not None
            assert [note.text for note in story.notes] == left

    async def test_note_of_another_partner_is_not_taken_back(self, crm: Crm) -> None:
        assert await crm.add_note(MINE, "L-1042", "mine", "m1")
        assert not await crm.remove_note(THEIRS, "L-1042", "m1")
        assert await crm.remove_note(THEIRS, "L-2001", "m1")  # a lead of theirs, where no such note stands
        assert not await crm.remove_note(MINE, "L-9999", "m1")
        story = await crm.read_lead(MINE, "L-1042")
        assert story is not None
        assert [note.text for note in story.notes] == ["mine"]

    async def test_notes_on_a_lead_that_was_handed_over_stay_with_who_wrote_them(
        self, crm: Crm, hand_over: HandOver
    ) -> None:
        assert await crm.add_note(MINE, "L-1042", "mine", "m1")
        await hand_over("1042", THEIRS)
        assert await crm.read_lead(MINE, "L-1042") is None
        assert not await crm.remove_note(MINE, "L-1042", "m1")
        assert await list_notes(crm, THEIRS) == []
        assert await crm.add_note(THEIRS, "L-1042", "theirs", "m2")
        assert await crm.remove_note(THEIRS, "L-1042", "m1")  # as of any key that is not there
        assert await list_notes(crm, THEIRS) == ["theirs"]
        await hand_over("1042", MINE)
        assert await list_notes(crm, MINE) == ["mine"]

    async def test_note_is_written_once_and_as_it_was_given(self, crm: Crm) -> None:
        text = "call after 5 & bring <PAN>\nson's name: Arif"
        assert await crm.add_note(MINE, "L-1042", text, "m1")
        assert await crm.add_note(MINE, "L-1042", text, "m1")
        story = await crm.read_lead(MINE, "L-1042")
        assert story is not None
        assert [(note.text, note.at) for note in story.notes] == [(text, NOW)]
