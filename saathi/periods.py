"""Dates and periods as people say them: "last month", "pichhle hafte", "15 अगस्त", "Q2", "kal".

Days and dates are read by dateparser, once the words are English; what means a stretch of time is reckoned here. The
financial year runs from April, so Q1 is April to June.
"""

import calendar
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

import yaml
from dateparser.date import DateData, DateDataParser
from pydantic import BaseModel, ConfigDict

from language import normalise, to_latin

PERIODS = Path(__file__).resolve().parents[1] / "data" / "entities" / "periods.yml"
Side = Literal["past", "future"]
_YEAR_BEGINS = 4  # April
_LAST_HOUR = 12  # of a half of the day
_TOKEN = re.compile(r"\d+(?:[/.-]\d+)+|\d+|[^\W\d_]+")
_QUARTER = re.compile(r"\bq ?([1-4])\b")
_LENGTH = re.compile(r"\b(?:(\d{1,3}) )?(day|week|month|year)\b")
_DAYS_OF = {"day": 1, "week": 7, "month": 30, "year": 365}
_FIGURES = re.compile(r"\d{1,4}|\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?")
_NUMERIC_DATE = re.compile(r"\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?")
_DAY_OF_MONTH = frozenset({"st", "nd", "rd", "th", "tarikh", "tareekh", "tarik", "taarikh"})
_JOINING = frozenset({"of", "day", "after", "before"})
_FINANCIAL_YEAR = re.compile(r"\b(?:fy|financial year) ?(?:20)?(\d\d)(?:[ -](?:20)?(\d\d))?\b")


@dataclass(frozen=True, slots=True)
class Period:
    """From the day `start` to the day `end`, both included."""

    start: date
    end: date


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    last: frozenset[str]
    this: frozenset[str]
    next: frozenset[str]
    units: dict[str, frozenset[str]]
    days: dict[int, frozenset[str]]
    either_way: dict[int, frozenset[str]]
    ago: frozenset[str]
    months: dict[str, frozenset[str]]
    weekdays: dict[str, frozenset[str]]
    numbers: dict[str, int]
    quarters: dict[str, int]

    @cached_property
    def plain(self) -> Mapping[str, str]:
        """What each spelling stands for; phrases of several words as well."""
        lists = {"last": self.last, "this": self.this, "next": self.next, "ago": self.ago}
        lists |= self.units | self.months | self.weekdays
        spellings = {spelling: word for word, said in lists.items() for spelling in said}
        return spellings | {word: str(number) for word, number in self.numbers.items()}


class PeriodReader:
    """Reads what a `date` entity says. Loads dateparser's two languages once; a reading takes well under 1 ms."""

    def __init__(self, path: Path = PERIODS) -> None:
        """Raises pydantic's ValidationError, which names the place, when the file is not as it must be."""
        self._words = _Words.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))

    def read(self, text: str, today: date, side: Side = "past") -> Period | None:
        """The period that `text` names, seen from `today`; None where it names none.

        What lies on either side ("kal", "March", "Monday", "15 अगस्त") lies on `side`.
        """
        latin = to_latin(normalise(text)).lower()
        said = " ".join(token for token in _TOKEN.findall(latin))
        day = self._named_day(said, side)
        if day is not None:
            return _days(today + timedelta(days=day), 1)
        plain = self._in_plain_words(said)
        return (
            _relative(plain, today) or _quarter(self._words, plain, today, side) or self._calendar(plain, today, side)
        )

    def read_length(self, text: str) -> int | None:
        """How many days a length of time has ("10 din se", "more than a week"); None where `text` names none."""
        plain = self._in_plain_words(" ".join(_TOKEN.findall(to_latin(normalise(text)).lower())))
        found = _LENGTH.search(plain)
        return int(found[1] or 1) * _DAYS_OF[found[2]] if found else None

    def is_date(self, words: Sequence[str]) -> bool:
        """Whether words in Latin letters may be a date and nothing more: each may be part of one, and one of them is no
        mere figure, nor what joins figures."""
        figures = [word for word in words if _FIGURES.fullmatch(word)]
        is_counted = figures or any(word in self._words.numbers for word in words)
        if words[0] in _JOINING - {"day"} or (is_counted and any(word in self._near for word in words)):
            return False  # "of 1042 tomorrow", "kal paanch"
        return all(word in self._parts or word in figures for word in words) and any(
            word in self._anchors or _NUMERIC_DATE.fullmatch(word) for word in words
        )

    def number(self, word: str) -> float | None:
        """The number that a word means; None for any other word."""
        known = self._words.numbers.get(word)
        return None if known is None else float(known)

    @cached_property
    def _near(self) -> frozenset[str]:
        """Words for days that are counted from today."""
        lists = [*self._words.days.values(), *self._words.either_way.values()]
        return frozenset(spelling for said in lists for spelling in said if " " not in spelling)

    @cached_property
    def _anchors(self) -> frozenset[str]:
        known = self._words
        lists = [*known.months.values(), *known.weekdays.values(), *known.days.values(), *known.either_way.values()]
        spelt = {spelling for said in lists for spelling in said}
        return (
            frozenset(word for spelling in spelt for word in spelling.split()) - _JOINING
            | _DAY_OF_MONTH
            | self._words.next
        )

    @cached_property
    def _parts(self) -> frozenset[str]:
        units = {spelling for said in self._words.units.values() for spelling in said}
        return self._anchors | self._words.this | units | _JOINING | self._numbers - {"a", "do"}

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(self._words.numbers) | frozenset(self._words.quarters)

    def _named_day(self, said: str, side: Side) -> int | None:
        sign = -1 if side == "past" else 1
        for days, words in self._words.either_way.items():
            if words & set(said.split()):
                return days * sign
        return next((days for days, words in self._words.days.items() if said in words or _begins(said, words)), None)

    def _in_plain_words(self, said: str) -> str:
        tokens, plain = said.split(), []
        while tokens:
            size = next((size for size in (2, 1) if " ".join(tokens[:size]) in self._words.plain), 0)
            plain.append(self._words.plain[" ".join(tokens[:size])] if size else tokens[0])
            tokens = tokens[size or 1 :]
        return " ".join(plain)

    def _calendar(self, plain: str, today: date, side: Side) -> Period | None:
        """A month, a weekday, a day of a month, a date in figures: dateparser's work."""
        if " " in plain:  # "pehli tareekh"
            plain = " ".join(str(self._words.quarters.get(word, word)) for word in plain.split())
        plain = re.sub(r"\b(st|nd|rd|th|of|ka|ki|ke|ko|date|tarikh|tareekh|tarik|taarikh)\b", " ", plain)
        past_asked = plain.startswith("last ")
        plain = re.sub(r"^(last|this|next) ", "", " ".join(plain.split()))
        if not plain or (plain.isalpha() and plain not in self._calendar_words):
            return None
        if re.fullmatch(r"\d{1,2}", plain):
            return _day_of_month(int(plain), today, side)
        if side == "future" and (found := _day_and_weekday(plain, self._words.weekdays)):
            return _day_on_weekday(*found, today)
        if re.fullmatch(r"20\d\d", plain):
            return Period(date(int(plain), 1, 1), date(int(plain), 12, 31))
        return _whole(_parser("past" if past_asked else side, today).get_date_data(plain))

    @cached_property
    def _calendar_words(self) -> frozenset[str]:
        return frozenset(self._words.months) | frozenset(self._words.weekdays)


def _whole(found: DateData) -> Period | None:
    """The day or the month that dateparser found."""
    if found.date_obj is None or found.period not in {"day", "month"}:
        return None
    first = found.date_obj.date()
    return _month(first.year, first.month) if found.period == "month" else _days(first, 1)


def _begins(said: str, words: frozenset[str]) -> bool:
    return any(said.startswith(word + " ") for word in words)


def _relative(plain: str, today: date) -> Period | None:
    """last month, next 2 weeks, 3 days ago, this financial year."""
    if found := re.fullmatch(r"(last|this|next) (?:(\d+) )?(day|week|month|quarter|year|financial year)", plain):
        which, count, unit = found.groups()
        return _around(which, int(count or 0), unit, today)
    if found := re.fullmatch(r"(\d+) (day|week|month|year) ago", plain):
        count, unit = int(found[1]), found[2]
        if unit in {"day", "week"}:
            return _days(today - timedelta(days=count * (7 if unit == "week" else 1)), 1 if unit == "day" else 7)
        return _unit(unit, _shifted(today, -count * (12 if unit == "year" else 1)))
    return None


def _around(which: str, count: int, unit: str, today: date) -> Period | None:
    if count:  # "last 3 months": up to today, or from it
        months = {"month": 1, "quarter": 3, "year": 12, "financial year": 12}
        days = {"day": 1, "week": 7}
        if which == "next":
            end = _shifted(today, count * months[unit]) if unit in months else today + timedelta(count * days[unit])
            return Period(today, end)
        start = _shifted(today, -count * months[unit]) if unit in months else today - timedelta(count * days[unit])
        return Period(start, today)
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit in {"day", "week"}:
        return _unit(unit, today + timedelta(days=step * (7 if unit == "week" else 1)))
    return _unit(unit, _shifted(today, step * {"month": 1, "quarter": 3, "year": 12, "financial year": 12}[unit]))


def _unit(unit: str, day: date) -> Period:
    """The week, month, quarter or year that `day` lies in; weeks begin on Monday."""
    match unit:
        case "day":
            return _days(day, 1)
        case "week":
            return _days(day - timedelta(days=day.weekday()), 7)
        case "month":
            return _month(day.year, day.month)
        case "quarter":
            first = (day.month - 1) // 3 * 3 + 1
            return Period(date(day.year, first, 1), _month(day.year, first + 2).end)
        case "financial year":
            return _financial_year(day.year if day.month >= _YEAR_BEGINS else day.year - 1)
        case _:
            return Period(date(day.year, 1, 1), date(day.year, 12, 31))


def _quarter(words: _Words, plain: str, today: date, side: Side) -> Period | None:
    """Q2, the second quarter, FY 2024-25."""
    this_year = today.year if today.month >= _YEAR_BEGINS else today.year - 1
    if found := _FINANCIAL_YEAR.search(plain):
        first, second = found.groups()  # FY25 is the year that ends in 2025, FY 2024-25 the same
        return _financial_year(2000 + (int(first) if second else int(first) - 1))
    named = next(
        (words.quarters[word] for word in plain.split() if word in words.quarters and "quarter" in plain), None
    )
    found = _QUARTER.search(plain)
    number = int(found[1]) if found else named
    if number is None:
        return None
    first_month = (_YEAR_BEGINS + 3 * (number - 1) - 1) % 12 + 1
    start = date(this_year + (first_month < _YEAR_BEGINS), first_month, 1)
    if side == "past" and start > today:
        start = _shifted(start, -12)
    if side == "future" and _shifted(start, 3) <= today:
        start = _shifted(start, 12)
    return Period(start, _shifted(start, 3) - timedelta(days=1))


def _financial_year(year: int) -> Period:
    return Period(date(year, _YEAR_BEGINS, 1), date(year + 1, _YEAR_BEGINS - 1, 31))


def _month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _days(first: date, count: int) -> Period:
    return Period(first, first + timedelta(days=count - 1))


def _day_of_month(day: int, today: date, side: Side) -> Period | None:
    """ "5 tarikh": the nearest on that side, today included."""
    for months in range(13):
        month = _shifted(today.replace(day=1), -months if side == "past" else months)
        if 1 <= day <= calendar.monthrange(month.year, month.month)[1]:
            found = month.replace(day=day)
            if (found <= today) if side == "past" else (found >= today):
                return _days(found, 1)
    return None


def _day_and_weekday(plain: str, weekdays: Collection[str]) -> tuple[int, str] | None:
    """A mere figure beside a weekday, which is a day of the month, or an hour: "Tuesday 24", "Tuesday 11"."""
    words = plain.split()
    if len(words) != 2 or not any(word in weekdays for word in words):
        return None
    figure, weekday = sorted(words)
    return (int(figure), weekday) if re.fullmatch(r"\d{1,2}", figure) else None


def _day_on_weekday(day: int, weekday: str, today: date) -> Period | None:
    """The next such day of the month, where it is that weekday and no hour of a half of the day."""
    found = _day_of_month(day, today, "future") if day > _LAST_HOUR else None
    return found if found and f"{found.start:%A}".lower() == weekday else None


def _shifted(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _parser(side: Side, today: date) -> DateDataParser:
    settings = {
        "RELATIVE_BASE": datetime(today.year, today.month, today.day, 23, 59),  # noqa: DTZ001 - a day has no time zone
        "PREFER_DATES_FROM": side,
        "DATE_ORDER": "DMY",
        "RETURN_TIME_AS_PERIOD": False,
    }
    return DateDataParser(languages=["en", "hi"], settings=settings)
