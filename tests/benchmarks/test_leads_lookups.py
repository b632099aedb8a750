"""The network of any size that lookups are measured in, and what is made of the times."""

from collections import Counter
from pathlib import Path
from random import Random

from benchmarks.knowledge.times import Times
from benchmarks.leads.lookups.__main__ import holds_question, list_rows
from benchmarks.leads.lookups.filling import fill_sqlite
from benchmarks.leads.lookups.measuring import measure_lookups
from benchmarks.leads.lookups.questions import Known, list_queries, misspell
from benchmarks.leads.lookups.rows import COLUMNS, LARGEST, Generator, list_owners
from saathi.crm.sql import SqlCrm
from saathi.leads.model import Lead, LeadQuery, Stage

NOW = 1_795_000_000.0
KNOWN = Known(LARGEST, "L-1001", "Shabnam Sitarpuri", "+910000014821", "term", "new")


def test_one_partner_has_a_great_many_leads_and_the_others_a_few_hundred() -> None:
    owned = Counter(list_owners(20_000, 4000, Random(1)))
    assert owned.pop(LARGEST) == 4000
    assert owned.total() == 16_000
    *full, _last = sorted(owned.values(), reverse=True)
    assert all(50 <= leads <= 500 for leads in full)


def test_rows_fit_their_tables_and_each_other() -> None:
    (rows,) = Generator(500, 100, NOW).batches()
    assert {table: {len(row) for row in rows[table]} for table in COLUMNS} == {
        table: {len(columns)} for table, columns in COLUMNS.items()
    }
    customers = {row[0]: row[1] for row in rows["customers"]}
    assert all(customers[lead[2]] == lead[1] for lead in rows["leads"])
    assert {row[1] for row in rows["lead_stages"]} == {lead[0] for lead in rows["leads"]}


def test_same_seed_and_moment_make_the_same_network() -> None:
    assert list(Generator(200, 50, NOW).batches()) == list(Generator(200, 50, NOW).batches())


def test_misspelt_name_differs_in_one_letter_of_the_first_part_that_is_not_its_first() -> None:
    for seed in range(20):
        wrong = misspell("Shabnam Sitarpuri", Random(seed))
        changed = [at for at, (one, other) in enumerate(zip("Shabnam Sitarpuri", wrong, strict=True)) if one != other]
        assert len(changed) == 1
        assert 0 < changed[0] < len("Shabnam")


def test_phone_is_asked_for_by_its_last_digits() -> None:
    queries = list_queries(KNOWN, NOW, Random(1))
    assert (queries["phone, last 4"].ending, queries["phone, last 3"].ending) == ("4821", "821")


async def test_filled_database_answers_by_each_key(tmp_path: Path) -> None:
    database = await fill_sqlite(tmp_path / "leads.db", Generator(1500, 400, NOW).batches(), 1500)
    try:
        found = await measure_lookups(database, 1500, NOW, runs=3)
        page = await SqlCrm(database).find_leads(LARGEST, list_queries(KNOWN, NOW, Random(1))["all"], 5)
    finally:
        await database.close()
    assert {who: {times.runs for times in keys.values()} for who, keys in found.items()} == {
        "a usual partner": {3},
        "the largest": {3},
    }
    assert (len(page.leads), page.total) == (5, 400)


async def test_lists_are_those_of_a_plain_search(tmp_path: Path) -> None:
    random = Random(3)
    database = await fill_sqlite(tmp_path / "leads.db", Generator(600, 300, NOW).batches(), 600)
    try:
        crm = SqlCrm(database)
        everything = (await crm.find_leads(LARGEST, LeadQuery(), 1000)).leads
        for wanted in [_make_query(random) for _ in range(60)]:
            page = await crm.find_leads(LARGEST, wanted, 7, 3)
            plain = _search_plainly(everything, wanted)
            assert (page.leads, page.total) == (tuple(plain[3:10]), len(plain)), wanted
    finally:
        await database.close()


def _make_query(random: Random) -> LeadQuery:
    ago = NOW - random.uniform(0, 60) * 86_400
    return LeadQuery(
        kinds=frozenset(random.sample(("term", "health", "motor", "ulip"), random.randint(0, 3))),
        stages=frozenset(random.sample(list(Stage), random.choice((0, 0, 1, 4)))),
        unmoved_since=random.choice((None, ago)),
        created=random.choice((None, (ago, NOW))),
        moved=random.choice((None, (ago, NOW))),
        best_first=random.random() < 0.5,
    )


def _search_plainly(leads: tuple[Lead, ...], wanted: LeadQuery) -> list[Lead]:
    def fits(lead: Lead) -> bool:
        spans = ((lead.created_at, wanted.created), (lead.stage_since, wanted.moved))
        return (
            (not wanted.kinds or lead.kind in wanted.kinds)
            and (not wanted.stages or lead.stage in wanted.stages)
            and (wanted.unmoved_since is None or lead.stage_since <= wanted.unmoved_since)
            and all(span is None or span[0] <= at < span[1] for at, span in spans)
        )

    def place(lead: Lead) -> tuple[object, ...]:
        score = (lead.score is None, -(lead.score or 0.0)) if wanted.best_first else ()
        return (*score, lead.stage_since, lead.reference)

    return sorted(filter(fits, leads), key=place)


def test_each_lookup_is_held_to_its_promise() -> None:
    found = {"the largest": {"open": Times(300, 2.0, 10.0), "kind": Times(300, 2.0, 10.1)}}
    assert [(row.what, row.holds) for row in list_rows("SQLite", found)] == [
        ("SQLite: open, the largest", True),
        ("SQLite: kind, the largest", False),
    ]


def test_question_without_a_card_breaks_the_promise_however_quick() -> None:
    assert holds_question(Times(100, 100.0, 400.0), without=0)
    assert not holds_question(Times(100, 101.0, 400.0), without=0)
    assert not holds_question(Times(100, 50.0, 60.0), without=1)
