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
    return WantedReader(Asking.load(), PeriodReader(), Catalog.load())


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
        ("stuck for more than two weeks", LeadQuery(stages=OPEN, unmoved_since=NOW - 14 * DAY_S)),
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
        ("kis kis ke kagaz aane hain", LeadQuery(stages=frozenset({Stage.DOCUMENTS}))),
        ("who still owes me papers", LeadQuery(stages=frozenset({Stage.DOCUMENTS}))),
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
    ("text", "name"),
    [
        ("Savitri wali lead", "savitri"),
        ("सावित्री वाली लीड", "savitri"),
        ("gopikaa ki lead kahan tak pahunchi", "gopikaa"),
        ("where is Zubeda's lead", "zubeda"),
        ("any news on the lead of Phulmati", "phulmati"),
        ("savitri lead status", "savitri"),
        ("lead Zubeda", "zubeda"),
    ],
)
def test_word_in_the_place_of_a_name_is_one_though_no_list_has_it(reader: WantedReader, text: str, name: str) -> None:
    for last in ("", "L-1042"):  # whatever was told before it
        wanted = read(reader, text, last=last, told=bool(last))
        assert (wanted.query.name, wanted.otherwise) == (name, None)


@pytest.mark.parametrize(
    "text",
    ["customer ki lead", "nayi wali lead", "kal wali lead", "meri lead", "home loan wali lead", "teacher wali lead",
     "lead of this month", "check lead status", "approved wali lead", "ग्राहक की लीड", "दोस्त वाली लीड"],
)  # fmt: skip
def test_word_that_means_something_else_names_nobody(reader: WantedReader, text: str) -> None:
    assert not read(reader, text).query.names_one


def test_word_that_may_be_a_name_is_one_only_if_somebody_is_called_so(reader: WantedReader) -> None:
    assert read(reader, "Gopika ka kya hua") == Wanted(LeadQuery(name="gopika"), LeadQuery(stages=OPEN))
    goes_on = read(reader, "inspection ka kya hua", last="L-1042", told=True)
    assert goes_on == Wanted(LeadQuery(reference="L-1042"))
    of_whom = read(reader, "Gopika ka kya hua", last="L-1042", told=True)
    assert of_whom == Wanted(LeadQuery(name="gopika"), LeadQuery(reference="L-1042"))


@pytest.mark.parametrize("text", ["meri sabse purani lead kaun si hai", "which lead waits longest", "सबसे पुरानी लीड"])
def test_oldest_lead_is_no_question_for_the_best(reader: WantedReader, text: str) -> None:
    assert read(reader, text, best_first=True) == Wanted(LeadQuery(stages=OPEN))


def list_providers(products: frozenset[str] | None) -> set[str]:
    catalog = Catalog.load()
    return {catalog.get(slug).provider for slug in products or ()}


@pytest.mark.parametrize(
    ("text", "provider", "said"),
    [
        ("Himgiri Life wali leads", "himgiri-life", {"institution": "Himgiri Life"}),
        ("himgeeri life ki leads", "himgiri-life", {"institution": "himgeeri life"}),
        ("हिमगिरी लाइफ की लीड", "himgiri-life", {}),
        ("Suvarana bank leads", "suvarna-bank", {}),
        ("सुवर्णा बैंक की लीड", "suvarna-bank", {"institution": "सुवर्णा बैंक"}),
        ("nilgagan wali leads", "neelgagan-bank", {}),
        ("sahayog life ki kitni leads hain", "sahyog-life", {}),
    ],
)
def test_leads_are_those_of_the_provider_that_is_named(
    reader: WantedReader, text: str, provider: str, said: dict[str, str]
) -> None:
    query = read(reader, text, **said).query
    assert (list_providers(query.products), query.stages, query.name) == ({provider}, OPEN, None)


def test_provider_kind_and_customer_are_read_together(reader: WantedReader) -> None:
    loans = read(reader, "Suvarna ke loan leads").query
    assert (list_providers(loans.products), loans.kinds) == ({"suvarna-bank"}, LOANS)
    hers = read(reader, "Gopika ki Suvarna Bank wali lead", person="Gopika")
    assert (hers.query.name, list_providers(hers.query.products)) == ("Gopika", {"suvarna-bank"})
    assert hers.otherwise == LeadQuery(name="Gopika")


def test_name_of_a_provider_is_a_customers_where_that_provider_has_no_lead(reader: WantedReader) -> None:
    wanted = read(reader, "Kaveri ki lead")
    assert (list_providers(wanted.query.products), wanted.otherwise) == ({"kaveri-housing"}, LeadQuery(name="kaveri"))


def test_provider_that_the_catalogue_does_not_have_has_no_leads(reader: WantedReader) -> None:
    assert read(reader, "Meghdoot Life ki leads", institution="Meghdoot Life").query.products == frozenset()
    assert read(reader, "cover wali leads").query.products is None
