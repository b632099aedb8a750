"""From what a partner writes to a query."""

from datetime import datetime

import pytest

from saathi.clock import INDIA
from saathi.leads.model import ENDED, LeadQuery, Stage
from saathi.leads.wanted import DAY_S, Said, Wanted, WantedReader
from saathi.leads.words import Asking
from saathi.periods import PeriodReader
from saathi.products import Catalog

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=INDIA).timestamp()
OPEN = frozenset(Stage) - ENDED
NOVEMBER = (
    datetime(2026, 11, 1, tzinfo=INDIA).timestamp(),
    datetime(2026, 12, 1, tzinfo=INDIA).timestamp(),
)
LIFE = frozenset({"term", "savings-life", "ulip", "pension"})
LOANS = frozenset({"home-loan", "personal-loan", "business-loan", "gold-loan"})


@pytest.fixture(scope="module")
def reader() -> WantedReader:
    kinds = {key: kind.said for key, kind in Catalog.load().words.kinds.items()}
    return WantedReader(Asking.load(), PeriodReader(), kinds)


def read(reader: WantedReader, text: str, **said: object) -> Wanted:
    return reader.read(Said(text, **said), NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["L-1042", "l1042 ka kya hua", "l 1042", "LD-1042", "ld1042", "एल 1042", "एल-१०४२ कहाँ है", "एलडी 1042 का स्टेटस",
     "lead L 1042 status", "my other lead, L-1042, not Ramesh's"],
)  # fmt: skip
def test_written_number_is_one_lead(reader: WantedReader, text: str) -> None:
    assert read(reader, text, last="L-7777", told=True) == Wanted(LeadQuery(reference="L-1042"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no. 1042", {"ending": "1042"}),
        ("1042 ka status", {}),
        ("lead 1042", {"reference": "1042"}),
        ("1042 wala", {"ending": "1042"}),
    ],
)
def test_bare_figure_is_a_lead_or_else_a_phone(reader: WantedReader, text: str, said: dict[str, str]) -> None:
    assert read(reader, text, **said) == Wanted(LeadQuery(reference="L-1042"), LeadQuery(ending="1042"))


@pytest.mark.parametrize(
    ("text", "ending"),
    [("ending 4821", "4821"), ("last 4 digits 4821", "4821"), ("4821 par khatm", "4821"), ("number 821", "821")],
)
def test_words_of_phones_mean_a_phone(reader: WantedReader, text: str, ending: str) -> None:
    assert read(reader, text, ending=ending) == Wanted(LeadQuery(ending=ending))


def test_sum_or_date_is_no_number_of_a_lead(reader: WantedReader) -> None:
    assert read(reader, "50000 wala loan", amount="50000").query.reference is None
    assert read(reader, "leads of 2025", date="2025").query.reference is None
    assert read(reader, "₹5000 ki policy").query.reference is None


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("meri pending leads", LeadQuery(stages=OPEN)),
        ("stuck leads", LeadQuery(stages=OPEN, unmoved_since=NOW - 7 * DAY_S)),
        ("10 din se atki hui leads", LeadQuery(stages=OPEN, unmoved_since=NOW - 10 * DAY_S)),
        ("एक हफ़्ते से ज़्यादा रुकी हुई लीड", LeadQuery(stages=OPEN, unmoved_since=NOW - 7 * DAY_S)),
        ("leads not moved for two weeks", LeadQuery(stages=OPEN, unmoved_since=NOW - 14 * DAY_S)),
        ("home loan wali atki hui leads",
         LeadQuery(kinds=frozenset({"home-loan"}), stages=OPEN, unmoved_since=NOW - 7 * DAY_S)),
        ("होम लोन वाली", LeadQuery(kinds=frozenset({"home-loan"}), stages=OPEN)),
        ("home loan aur gold loan ki leads", LeadQuery(kinds=frozenset({"home-loan", "gold-loan"}), stages=OPEN)),
        ("loan wali leads", LeadQuery(kinds=LOANS, stages=OPEN)),
        ("life insurance leads", LeadQuery(kinds=LIFE, stages=OPEN)),
        ("card wali", LeadQuery(kinds=frozenset({"credit-card"}), stages=OPEN)),
        ("pan card baaki wali leads", LeadQuery(stages=OPEN)),
        ("car loan leads", LeadQuery(kinds=frozenset({"vehicle-loan"}), stages=OPEN)),
        ("documents pending leads", LeadQuery(stages=frozenset({Stage.DOCUMENTS}))),
        ("kagaz baaki wali", LeadQuery(stages=frozenset({Stage.DOCUMENTS}))),
        ("रिजेक्ट हुई लीड", LeadQuery(stages=frozenset({Stage.REJECTED}))),
        ("approved term plan leads", LeadQuery(kinds=frozenset({"term"}), stages=frozenset({Stage.APPROVED}))),
        ("saari leads dikhao", LeadQuery()),
    ],
)  # fmt: skip
def test_sorts_of_leads(reader: WantedReader, text: str, query: LeadQuery) -> None:
    assert read(reader, text, last="L-1042", told=True) == Wanted(query)


@pytest.mark.parametrize(
    ("text", "date", "query"),
    [
        ("leads of this month", "this month", LeadQuery(created=NOVEMBER)),
        ("is mahine ki nayi leads", "is mahine", LeadQuery(created=NOVEMBER)),
        ("rejected this month", "this month", LeadQuery(stages=frozenset({Stage.REJECTED}), moved=NOVEMBER)),
        ("aaj tak ki meri leads", "aaj", LeadQuery(stages=OPEN)),
    ],
)
def test_period_is_of_arrival_unless_a_stage_is_named(
    reader: WantedReader, text: str, date: str, query: LeadQuery
) -> None:
    assert read(reader, text, date=date) == Wanted(query)


@pytest.mark.parametrize(
    "text", ["meri kitni leads open hain", "how many leads are pending", "मेरी कितनी लीड खुली हैं", "count of my leads"]
)
def test_number_is_asked_for(reader: WantedReader, text: str) -> None:
    assert read(reader, text) == Wanted(LeadQuery(stages=OPEN), counts=True)


def test_how_many_days_is_no_count_of_leads(reader: WantedReader) -> None:
    assert not read(reader, "kitne din aur lagenge").counts


def test_name_with_a_product_falls_back_to_the_name(reader: WantedReader) -> None:
    wanted = read(reader, "Ramesh ka term plan", person="Ramesh")
    assert wanted == Wanted(LeadQuery(name="Ramesh", kinds=frozenset({"term"})), LeadQuery(name="Ramesh"))
    assert read(reader, "Ramesh ji", person="Ramesh ji") == Wanted(LeadQuery(name="Ramesh ji"))


@pytest.mark.parametrize("text", ["uska kya hua", "उसका क्या हुआ", "and its next step", "kahan atka hai", "status?"])
def test_lead_just_told_is_meant(reader: WantedReader, text: str) -> None:
    assert read(reader, text, last="L-1042", told=True) == Wanted(LeadQuery(reference="L-1042"))


def test_short_question_means_all_leads_when_none_was_told_just_now(reader: WantedReader) -> None:
    assert read(reader, "kahan atka hai", last="L-1042").query.reference is None


def test_stages_of_the_question_count_unless_others_are_named(reader: WantedReader) -> None:
    rejected = frozenset({Stage.REJECTED})
    assert read(reader, "why did it happen", stages=rejected).query == LeadQuery(stages=rejected)
    assert read(reader, "approved leads", stages=rejected).query == LeadQuery(stages=frozenset({Stage.APPROVED}))


@pytest.mark.parametrize("text", ["which lead first", "aaj kisko call karu"])
def test_best_first_is_of_open_leads(reader: WantedReader, text: str) -> None:
    wanted = read(reader, text, best_first=True, date="aaj", last="L-1042", told=True)
    theirs = OPEN - {Stage.SUBMITTED}
    assert wanted == Wanted(LeadQuery(stages=theirs, best_first=True), LeadQuery(stages=OPEN, best_first=True))


@pytest.mark.parametrize(
    ("text", "asks"),
    [("aur dikhao", True), ("show more", True), ("और दिखाओ", True), ("aur home loan wali", False), ("thanks", False)],
)
def test_next_page_is_asked_for(reader: WantedReader, text: str, asks: bool) -> None:
    assert reader.asks_more(text) is asks
