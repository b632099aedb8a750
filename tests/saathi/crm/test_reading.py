"""Looking leads up: by everything that a partner may name, and never another's."""

import pytest

from saathi.crm.sql import SqlCrm
from saathi.leads.model import LeadQuery, Stage
from tests.saathi.crm.network import DAY, MINE, NOW, THEIRS


async def references(crm: SqlCrm, wanted: LeadQuery, partner: str = MINE) -> list[str]:
    return [lead.reference for lead in (await crm.find_leads(partner, wanted)).leads]


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
        (LeadQuery(best_first=True), ["L-1043", "L-1044", "L-1042"]),
    ],
)
async def test_leads_are_found_by_what_a_partner_names(crm: SqlCrm, wanted: LeadQuery, found: list[str]) -> None:
    assert await references(crm, wanted) == found


@pytest.mark.parametrize(
    "wanted", [LeadQuery(reference="L-1042"), LeadQuery(name="Ansari"), LeadQuery(kinds=frozenset({"home-loan"}))]
)
async def test_leads_of_another_partner_are_as_if_they_were_not(crm: SqlCrm, wanted: LeadQuery) -> None:
    assert (await crm.find_leads(THEIRS, wanted)).total == 0


async def test_everything_of_another_partner_is_as_if_it_were_not(crm: SqlCrm) -> None:
    for read in (crm.read_lead, crm.read_customer, crm.list_applications, crm.read_application, crm.read_ticket):
        for name in ("L-1042", "C-1042", "A-1042", "T-1", "L-0000", "T-x", "T-٣", ""):
            assert await read(THEIRS, name) is None, (read, name)


async def test_page_counts_all_that_is_wanted(crm: SqlCrm) -> None:
    page = await crm.find_leads(MINE, LeadQuery(), most=2, skip=1)
    assert ([lead.reference for lead in page.leads], page.total) == (["L-1042", "L-1043"], 3)


async def test_story_tells_how_a_lead_came_to_where_it_stands(crm: SqlCrm) -> None:
    story = await crm.read_lead(MINE, "L-1042")
    assert story is not None
    assert [change.stage for change in story.history] == [Stage.NEW, Stage.DOCUMENTS]
    assert story.lead.customer.name == "Shabnam Ansari"


async def test_applications_of_a_customer_are_listed(crm: SqlCrm) -> None:
    found = await crm.list_applications(MINE, "C-1042")
    assert found is not None
    assert [application.id for application in found] == ["A-1042"]
