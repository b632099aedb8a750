"""Moments to come, as people say them: "kal 5 baje", "in two hours", "परसों सुबह".

Days and dates are `saathi/periods.py`'s. Hours are Indian time. An hour without a half of the day lies in office hours:
5 is 17:00.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from language import normalise, to_latin
from saathi.clock import INDIA
from saathi.periods import PeriodReader
from saathi.time_words import PartName, TimeWords

FURTHEST = timedelta(days=366)
Fault = Literal["unclear", "past", "far"]
_Half = Literal["am", "pm", "24"]

_TOKEN = re.compile(r"[0-9०-९]+(?:[:./-][0-9०-९]+)*|[A-Za-z\u0900-\u0963\u0971-\u097F]+")
_FIGURE = re.compile(r"\d{1,3}")
_CLOCK = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)")
_DOTTED = re.compile(r"\b([ap])\.\s?m\b\.?", re.IGNORECASE)
_LONGEST_DATE = 4  # words
_LATEST_GUESS = 21  # o'clock: an hour that is over may mean the evening's, not the night's
_LATE_NIGHT = 5  # "raat 2 baje" is the night after the day that is named
_MINUTES_OF = {"minute": 1, "hour": 60}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a message in Latin letters, and where it stands in the text."""

    latin: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Moment:
    """What a message says of a moment. `at` is seconds since the epoch, None with a `fault`; `text` is the message
    normalised, and `words` are those of it that say nothing of the moment."""

    at: float | None
    fault: Fault | None
    text: str
    words: tuple[Word, ...]
    is_said: bool  # whether it says anything of a moment at all


@dataclass(frozen=True, slots=True)
class _Hour:
    """An hour as said: `value` from 0 to 24 with its fraction; `half` where it says which half of the day."""

    value: float
    half: _Half | None = None
    part: PartName | None = None


def list_words(text: str) -> list[Word]:
    """The words of a normalised text."""
    return [Word(to_latin(m[0]).lower(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


class MomentReader:
    """Reads moments, seen from `now` (seconds since the epoch)."""

    def __init__(self, words: TimeWords, periods: PeriodReader) -> None:
        self._words = words
        self._periods = periods
        self.read("1 january", 0.0)  # loads dateparser's languages, most of a second, before anybody waits for it

    def read(self, said: str, now: float) -> Moment:
        """The moment to come that a message names."""
        text = _DOTTED.sub(r"\1m", normalise(said))
        message = _Message(list_words(text), self._words, self._periods)
        here = datetime.fromtimestamp(now, UTC).astimezone(INDIA)
        length, hour = message.take_length(), message.take_hour()
        day = message.take_day(here.date())
        left = tuple(message.left())
        is_said = length is not None or hour is not None or day is not None
        at = None if message.has_no_such_day else self._resolve(here, length, hour, day)
        if at is None:
            return Moment(None, "unclear", text, left, is_said)
        if at <= here:
            return Moment(None, "past", text, left, is_said)
        if at - here > FURTHEST:
            return Moment(None, "far", text, left, is_said)
        return Moment(at.timestamp(), None, text, left, is_said)

    def _resolve(
        self, here: datetime, length: tuple[float, str] | None, hour: _Hour | None, day: date | None
    ) -> datetime | None:
        if length is not None and length[1] in _MINUTES_OF:
            return here + timedelta(minutes=length[0] * _MINUTES_OF[length[1]])
        if length is not None:
            days = {"day": 1, "week": 7, "month": 30}[length[1]] * length[0]
            day = here.date() + timedelta(days=round(days)) if days <= FURTHEST.days * 2 else date.max
        if hour is None:
            return _at(day, self._words.usual_hour) if day is not None and day != here.date() else None
        return self._at_hour(here, hour, day)

    def _at_hour(self, here: datetime, hour: _Hour, day: date | None) -> datetime | None:
        value = self._in_24_hours(hour)
        at = _at(day or here.date(), value)
        if at > here or (day is not None and day != here.date()):
            return at
        is_guess = hour.half is None and hour.part is None and value < 12
        later = at + timedelta(hours=12)
        if is_guess and later > here and (day is not None or value + 12 <= _LATEST_GUESS):
            return later
        return at + timedelta(days=1) if day is None else at

    def _in_24_hours(self, hour: _Hour) -> float:
        value = hour.value
        if hour.half == "24" or value >= 13:
            return value
        if hour.half is not None or hour.part == "evening":
            return value % 12 + (0 if hour.half == "am" else 12)
        if hour.part == "night":
            return value + (24 if value < _LATE_NIGHT else 12)
        is_early = value < {"morning": 0, "noon": 11, "midday": 11}.get(hour.part or "", self._words.office_begins)
        return value + 12 if is_early else value


class _Message:
    """A message's words, of which one thing after the other is taken."""

    def __init__(self, words: list[Word], known: TimeWords, periods: PeriodReader) -> None:
        self._all = words
        self._words: list[str | None] = [word.latin for word in words]  # None: taken
        self._known = known
        self._periods = periods
        self.has_no_such_day = False

    def left(self) -> list[Word]:
        """What nothing was taken of."""
        return [word for word, latin in zip(self._all, self._words, strict=True) if latin is not None]

    def take_length(self) -> tuple[float, str] | None:
        """A length of time from now on: how much of which unit."""
        for place, word in enumerate(self._words):
            unit = self._known.unit_of.get(word or "")
            if unit is None:
                continue
            value, first = self._count_before(place)
            if first == place and self._periods.is_date([self._at(place - 1) or "", word or ""]):  # "agle hafte mein"
                continue
            behind = self._behind(place, self._known.later)
            before = first - 1 if self._is(first - 1, self._known.starts) else None
            is_all = first == 0 and place == len(self._words) - 1
            if behind is None and before is None and not is_all:
                continue
            self._take(first if before is None else before, behind or place)
            return value, unit
        return None

    def take_hour(self) -> _Hour | None:
        """An hour, a part of the day, or both."""
        part = self._find_part()
        found = self._find_clock() or self._find_bare(part)
        name = self._known.part_of[str(self._words[part])] if part is not None else None
        if part is not None:
            self._take(part, part)
        if found is None:
            return _Hour(self._known.parts[name].hour, "24") if name else None
        return _Hour(found.value, found.half, name)

    def take_day(self, today: date) -> date | None:
        """The first day, or stretch of time whose beginning is meant."""
        for first in range(len(self._words)):
            for size in range(_LONGEST_DATE, 0, -1):
                window = [word for word in self._words[first : first + size] if word is not None]
                if len(window) < size or not self._periods.is_date(window):
                    continue
                period = self._periods.read(" ".join(window), today, "future")
                if period is None:
                    continue
                is_stretch = period.start < period.end
                if is_stretch and any(
                    _FIGURE.fullmatch(self._at(beside) or "") for beside in (first - 1, first + size)
                ):
                    self.has_no_such_day = True  # "31 feb"
                    continue
                self.has_no_such_day = False
                self._take(first, first + size - 1)
                return max(period.start, today + timedelta(days=1)) if is_stretch else period.start
        return None

    def _find_part(self) -> int | None:
        return next((place for place, word in enumerate(self._words) if word in self._known.part_of), None)

    def _find_clock(self) -> _Hour | None:
        """An hour that says that it is one: "5 baje", "5 pm", "17:30"."""
        for place, word in enumerate(self._words):
            half = self._half_behind(place)
            is_marked = half is not None or self._is(place + 1, self._known.oclock)
            if clock := _CLOCK.fullmatch(word or ""):
                if is_marked or ":" in clock[0]:
                    self._take(place, place + is_marked)
                    exact: _Half | None = "24" if int(clock[1]) > 12 or clock[1].startswith("0") else None
                    return _Hour(int(clock[1]) + int(clock[2]) / 60, half or exact)
                continue
            value = self._number(place)
            if is_marked and value is not None and 0 < value <= 24:
                shift = self._known.shifts.get(self._at(place - 1) or "")
                behind = self._half_behind(place + 1) if half is None else None  # "5 baje pm"
                self._take(place - (shift is not None), place + (2 if behind else 1))
                return _Hour(value + (shift or 0.0), half or behind)
        return None

    def _find_bare(self, part: int | None) -> _Hour | None:
        """A figure next to a part of the day, or behind "at"."""
        beside = [] if part is None else [part + 1, part - 1]
        behind = [place + 1 for place, word in enumerate(self._words) if word in self._known.at]
        shifted = [place for place, word in enumerate(self._words) if word in self._known.shifts]
        for place in [*beside, *behind, *shifted]:
            word, value = self._at(place), self._number(place)
            is_counted = self._at(place + 1) in self._known.unit_of
            if value is None or not 0 < value <= 24 or is_counted or word in {"do", "a", "an"}:
                shift = self._known.shifts.get(word or "")
                following = self._number(place + 1)
                if shift is None or following is None:
                    continue
                self._take(place, place + 1)
                return _Hour(following + shift)
            self._take(place - 1 if place in behind else place, place)
            return _Hour(value)
        return None

    def _half_behind(self, place: int) -> Literal["am", "pm"] | None:
        word = self._at(place + 1)
        if word in self._known.before_noon:
            return "am"
        return "pm" if word in self._known.after_noon else None

    def _number(self, place: int) -> float | None:
        word = self._at(place)
        if word is None:
            return None
        if _FIGURE.fullmatch(word):
            return float(word)
        if word in self._known.fractions:
            return self._known.fractions[word]
        known = self._known.numbers.get(word)
        return float(known) if known is not None else self._periods.number(word)

    def _count_before(self, place: int) -> tuple[float, int]:
        """How many of the unit at `place`, and where that begins: one, where it does not say."""
        value, first = self._number(place - 1), place - 1
        if self._at(first) in {"a", "an"} and self._at(first - 1) in self._known.fractions:  # "half an hour"
            value, first = self._known.fractions[str(self._at(first - 1))], first - 1
        if value is None:
            return 1.0, place
        shift = self._known.shifts.get(self._at(first - 1) or "")
        return value + (shift or 0.0), first - (shift is not None)

    def _behind(self, place: int, phrases: frozenset[str]) -> int | None:
        """Where one of the phrases that stands right behind `place` ends."""
        for size in (2, 1):
            behind = [word or "" for word in self._words[place + 1 : place + 1 + size]]
            if " ".join(behind) in phrases:
                return place + len(behind)
        return None

    def _at(self, place: int) -> str | None:
        return self._words[place] if 0 <= place < len(self._words) else None

    def _is(self, place: int, words: frozenset[str]) -> bool:
        return self._at(place) in words

    def _take(self, first: int, last: int) -> None:
        for place in range(max(first, 0), last + 1):
            self._words[place] = None


def _at(day: date, hour: float) -> datetime:
    """That hour of a day, which may be one of the night after it."""
    return datetime.combine(day, time(), INDIA) + timedelta(hours=hour)
