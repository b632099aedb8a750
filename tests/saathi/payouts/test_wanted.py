"""Which payouts a message asks for, and when it asks for the own TDS."""

from datetime import date

import pytest

from saathi.payouts.wanted import PayoutQuery, PayoutWantedReader, find_tax_months
from saathi.payouts.words import Asking
from saathi.periods import Period, PeriodReader

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def reader() -> PayoutWantedReader:
    return PayoutWantedReader(Asking.load(), PeriodReader())


@pytest.mark.parametrize(
    ("named", "period", "is_of_months", "is_of_days"),
    [
        ("October", Period(date(2026, 10, 1), date(2026, 10, 31)), False, False),
        ("पिछले महीने", Period(date(2026, 10, 1), date(2026, 10, 31)), False, False),
        ("Q2", Period(date(2026, 7, 1), date(2026, 9, 30)), True, False),
        ("yesterday", Period(date(2026, 11, 19), date(2026, 11, 19)), False, True),
        ("", None, False, False),
    ],
)
def test_time_is_read_as_it_is_named(
    reader: PayoutWantedReader, named: str, period: Period | None, is_of_months: bool, is_of_days: bool
) -> None:
    query = reader.read(f"mera payout {named}", named, TODAY)
    assert (query.period, query.is_of_months, query.is_of_days) == (period, is_of_months, is_of_days)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("why is it less than last month", "last month"),
        ("pichhle mahine se kam kyun aaya", "pichhle mahine"),
        ("पिछले महीने से कम क्यों है", "पिछले महीने"),
    ],
)
def test_time_that_it_is_held_against_is_not_the_one_asked_for(
    reader: PayoutWantedReader, text: str, named: str
) -> None:
    assert reader.read(text, named, TODAY) == PayoutQuery()


@pytest.mark.parametrize(
    "text",
    [
        "how much TDS was cut this year",
        "how much TDS have you cut from my payouts so far",
        "is saal mera kitna tds kata",
        "tds kitna kat gaya october me",
        "इस साल मेरा कितना टीडीएस कटा",
        "total tax deducted so far from my commission",
        "pichhle payout ka tds batao",
        "मेरा टीडीएस दिखाओ",
    ],
)
def test_own_tax_is_a_sum_of_the_ledger(reader: PayoutWantedReader, text: str) -> None:
    assert reader.asks_own_tds(text, "")


@pytest.mark.parametrize(
    "text",
    [
        "how much TDS is cut from commission",
        "tds kitna katta hai commission pe",
        "tds kitna percent kata jata hai",
        "mera 20 percent tds kyu kata",
        "kitna tds wapas milega jo kata tha",
        "the 640 you deducted does not show in my 26AS",
        "टीडीएस कितना कटता है",
        "how much tax do you cut from my payout",
    ],
)
def test_question_on_the_rules_of_tds_is_none(reader: PayoutWantedReader, text: str) -> None:
    assert not reader.asks_own_tds(text, "")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("why was so much TDS cut in July", "July"),
        ("august mein tds itna kyun kata", "august"),
        ("सितंबर में टीडीएस ज़्यादा क्यों कटा", "सितंबर"),
    ],
)
def test_why_tax_was_cut_at_a_time_is_asked_of_the_ledger(reader: PayoutWantedReader, text: str, named: str) -> None:
    assert reader.asks_own_tds(text, named)


def test_earnings_after_tax_are_earnings(reader: PayoutWantedReader) -> None:
    assert reader.means_tds("tds kitna kata mera")
    assert not reader.means_tds("what is the net figure after TDS in my latest payout")


@pytest.mark.parametrize(
    ("named", "today", "months"),
    [
        ("", TODAY, Period(date(2026, 4, 1), date(2027, 3, 31))),
        ("this year", TODAY, Period(date(2026, 4, 1), date(2027, 3, 31))),
        ("last year", TODAY, Period(date(2025, 4, 1), date(2026, 3, 31))),
        ("this year", date(2027, 2, 3), Period(date(2026, 4, 1), date(2027, 3, 31))),
        ("last financial year", TODAY, Period(date(2025, 4, 1), date(2026, 3, 31))),
        ("October", TODAY, Period(date(2026, 10, 1), date(2026, 10, 31))),
    ],
)
def test_year_of_a_tax_begins_in_april(reader: PayoutWantedReader, named: str, today: date, months: Period) -> None:
    assert find_tax_months(reader.read(f"how much tds was cut {named}", named, today), today) == months
