from datetime import date

import pytest

from saathi.periods import Period, PeriodReader

TODAY = date(2026, 11, 21)  # a Saturday


@pytest.fixture(scope="module")
def reader() -> PeriodReader:
    return PeriodReader()


def between(first: str, last: str | None = None) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last or first))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("last month", between("2026-10-01", "2026-10-31")),
        ("pichhle mahine", between("2026-10-01", "2026-10-31")),
        ("पिछले हफ्ते", between("2026-11-09", "2026-11-15")),
        ("is mahine", between("2026-11-01", "2026-11-30")),
        ("agle hafte", between("2026-11-23", "2026-11-29")),
        ("pichle do mahine", between("2026-09-21", "2026-11-21")),
        ("teen din pehle", between("2026-11-18")),
        ("3 months ago", between("2026-08-01", "2026-08-31")),
        ("last year", between("2025-01-01", "2025-12-31")),
    ],
)
def test_stretches_of_time_are_counted_from_today(reader: PeriodReader, said: str, meant: Period) -> None:
    assert reader.read(said, TODAY) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("15 अगस्त", between("2026-08-15")),
        ("5th June", between("2026-06-05")),
        ("agast", between("2026-08-01", "2026-08-31")),
        ("मई", between("2026-05-01", "2026-05-31")),
        ("५ मई", between("2026-05-05")),
        ("12/03/2025", between("2025-03-12")),
        ("14 June 1988", between("1988-06-14")),
        ("somwar", between("2026-11-16")),
        ("31 tarikh", between("2026-10-31")),
        ("5 तारीख", between("2026-11-05")),
        ("2025", between("2025-01-01", "2025-12-31")),
    ],
)
def test_dates_are_read_in_both_scripts_with_the_day_first(reader: PeriodReader, said: str, meant: Period) -> None:
    assert reader.read(said, TODAY) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Q2", between("2026-07-01", "2026-09-30")),
        ("second quarter", between("2026-07-01", "2026-09-30")),
        ("Q4", between("2026-01-01", "2026-03-31")),
        ("FY 2024-25", between("2024-04-01", "2025-03-31")),
        ("fy25", between("2024-04-01", "2025-03-31")),
        ("last financial year", between("2025-04-01", "2026-03-31")),
    ],
)
def test_the_financial_year_begins_in_april(reader: PeriodReader, said: str, meant: Period) -> None:
    assert reader.read(said, TODAY) == meant


def test_what_may_lie_on_either_side_lies_behind_unless_the_question_looks_ahead(reader: PeriodReader) -> None:
    assert reader.read("kal", TODAY) == between("2026-11-20")
    assert reader.read("कल", TODAY, "future") == between("2026-11-22")
    assert reader.read("parso", TODAY, "future") == between("2026-11-23")
    assert reader.read("March", TODAY) == between("2026-03-01", "2026-03-31")
    assert reader.read("March", TODAY, "future") == between("2027-03-01", "2027-03-31")


@pytest.mark.parametrize("said", ["", "xyz", "diwali", "31 feb", "99/99/99", "🙂", "0", "a" * 2000, "5 " * 500])
def test_what_names_no_period_is_none_and_never_raises(reader: PeriodReader, said: str) -> None:
    assert reader.read(said, TODAY) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("पहली तारीख", between("2026-12-01")),
        ("pehli tareekh", between("2026-12-01")),
        ("first december", between("2026-12-01")),
        ("Tuesday 24", between("2026-11-24")),
        ("Tuesday 15", between("2026-12-15")),
        ("15 Tuesday", between("2026-12-15")),
    ],
)
def test_day_of_a_month_is_an_ordinal_or_stands_beside_its_weekday(
    reader: PeriodReader, said: str, meant: Period
) -> None:
    assert reader.read(said, TODAY, "future") == meant


@pytest.mark.parametrize("said", ["Tuesday 11", "8 Tuesday", "Monday 17"])
def test_hour_beside_a_weekday_is_no_day(reader: PeriodReader, said: str) -> None:
    assert reader.read(said, TODAY, "future") is None


def test_ordinal_alone_names_no_day(reader: PeriodReader) -> None:
    assert reader.read("pehli", TODAY) is None
    assert reader.read("pehli timahi", TODAY) == between("2026-04-01", "2026-06-30")
