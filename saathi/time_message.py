"""What the words of a message say of a moment: how long from now or before, an hour, a day, whether it repeats."""

import re
from collections.abc import Collection
from datetime import date, timedelta
from typing import Literal

from saathi.periods import PeriodReader
from saathi.reckoning import Half, Hour, Length, Said
from saathi.time_words import TimeWords

_FIGURE = re.compile(r"\d{1,3}")
_CLOCK = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)")
_EITHER = re.compile(r"(\d{1,2})-\d{1,2}")  # "4-5 baje"
_LONGEST_DATE = 4  # words
_MINUTES = (15, 30, 45)  # that are said without "minutes"
_LAST_HOUR = 12  # of a half of the day


class Message:
    """A message's words, of which one thing after the other is taken."""

    def __init__(self, words: list[str], known: TimeWords, periods: PeriodReader) -> None:
        """`words` are in Latin letters."""
        self._words: list[str | None] = [*words]  # None: taken
        self._known = known
        self._periods = periods
        self._day: tuple[int, int] | None = None  # where it stands: first and last word
        self._ahead_ends: int | None = None  # where "15 minutes before" ends
        self.has_no_such_day = False

    def take_all(self, today: date) -> Said:
        """Everything that is said of the moment."""
        on_weekdays = any(word in self._known.on_weekdays for word in self._words)
        ahead, length, hour, day = self._take_ahead(), self._take_length(), self._take_hour(), self._take_day(today)
        beside = self._take_beside_day() if hour is None or hour.is_of_part else None
        if beside is not None:
            hour = Hour(beside.value, part=hour.part if hour else None)
        return Said(ahead, length, hour, day, self._take_before(), self._take_repeats() or on_weekdays)

    def left(self) -> list[int]:
        """The places of the words that nothing was taken of."""
        return [place for place, word in enumerate(self._words) if word is not None]

    def _take_ahead(self) -> Length | None:
        """How long before something: "do din pehle", "10 minutes before"; no "do din pehle baat hui thi"."""
        for place, word in enumerate(self._words):
            value, first = self._count_before(place)
            last = self._behind(place, self._known.before | self._known.ahead)
            if word not in self._known.unit_of or first == place or last is None:
                continue
            if self._is(last + 1, self._known.namely):  # "do din pehle, yani 18 ko"
                continue
            joins = first > 0 and self._at(first - 1) in self._known.since
            is_asked = last == len(self._words) - 1 or self._at(last + 1) in self._known.closing
            if joins or is_asked or self._at(last) in self._known.before:
                self._take(first - joins, last)
                self._ahead_ends = last
                return value, self._known.unit_of[str(word)]
        return None

    def _take_length(self) -> Length | None:
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
            is_alarm = self._is_alarm(first, place)
            if behind is None and before is None and not is_all and not is_alarm:
                continue
            self._take(first if before is None else before, behind or place)
            return value, unit
        return None

    def _take_hour(self) -> Hour | None:
        """An hour, a part of the day, or both."""
        part = self._find_part()
        joins = self._phrase_before(part, self._known.part_joins) if part is not None else 0
        found = self._find_clock() or self._find_bare(part, joins)
        name = self._known.part_of[str(self._words[part])] if part is not None else None
        if part is not None:
            self._take(part - joins, part)
        if found is None:
            return Hour(self._known.parts[name].hour, "24", name) if name else None
        return Hour(found.value, found.half, name)

    def _take_beside_day(self) -> Hour | None:
        """A figure beside the day: "Tuesday 11", "4.30 tomorrow", "friday ko 3"."""
        if self._day is None:
            return None
        first, last = self._day
        joined = last + 2 if self._at(last + 1) in self._known.day_joins else last + 1
        found = self._bare_at(joined)
        if found is not None and (self._is_figure(joined) or self._ends_at(found[1])):
            self._take(joined, found[1])
            return Hour(found[0])
        found = self._bare_at(first - 1) if self._is_figure(first - 1) else None
        if found is None or found[0] > _LAST_HOUR:
            return None
        self._take(first - (2 if self._is(first - 2, self._known.at) else 1), first - 1)
        return Hour(found[0])

    def _take_before(self) -> bool:
        """Whether what was taken is the latest moment: "before 6", "5 baje se pehle"."""
        for place in range(len(self._words)):
            last = self._behind(place - 1, self._known.ahead)
            is_latest = last is not None and last > place  # no mere "pehle", which is "first"
            if is_latest and place and self._words[place - 1] is None:
                self._take(place, place + 1)
                return True
            if self._is(place, self._known.before) and place + 1 < len(self._words) and self._words[place + 1] is None:
                self._take(place, place)
                return True
        return False

    def _take_repeats(self) -> bool:
        """Whether more than one moment is meant: "har somvar", "every 2 hours", "roz"."""
        for place in range(len(self._words)):
            behind = self._at(place + 1)
            is_taken = place + 1 < len(self._words) and behind is None
            is_counted = self._at(place + 2) in self._known.unit_of  # "every 2 hours", "every working day"
            is_unit = behind in self._known.unit_of or is_counted
            if self._is(place, self._known.every) and (is_taken or is_unit):
                self._take(place, place if is_taken else place + (1 if behind in self._known.unit_of else 2))
                return True
            if self._is(place, self._known.daily) and behind not in self._known.recurring:
                self._take(place, place)
                return True
        return False

    def _take_day(self, today: date) -> date | None:
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
                self._day = first, first + size - 1
                return max(period.start, today + timedelta(days=1)) if is_stretch else period.start
        return None

    def _find_part(self) -> int | None:
        return next((place for place, word in enumerate(self._words) if word in self._known.part_of), None)

    def _find_clock(self) -> Hour | None:
        """An hour that says that it is one: "5 baje", "5 pm", "17:30"."""
        for place, word in enumerate(self._words):
            half = self._half_behind(place)
            is_marked = half is not None or self._is(place + 1, self._known.oclock)
            if clock := _CLOCK.fullmatch(word or ""):
                if is_marked or ":" in clock[0]:
                    self._take(place, place + is_marked)
                    return _clock(clock, half)
                continue
            value = float(either[1]) if (either := _EITHER.fullmatch(word or "")) else self._number(place)
            hour = self._number(place - 1) if is_marked and value in _MINUTES else None
            if hour is not None and 0 < hour <= _LAST_HOUR and value is not None:  # "10 30 baje"
                self._take(place - 1, place + 1)
                return Hour(hour + value / 60, half)
            if is_marked and value is not None and 0 < value <= 24:
                shift, size = self._shift_before(place)
                behind = self._half_behind(place + 1) if half is None else None  # "5 baje pm"
                self._take(place - size, place + (2 if behind else 1))
                return Hour(value + shift, half or behind)
        return None

    def _find_bare(self, part: int | None, joins: int) -> Hour | None:
        """A figure next to a part of the day, or behind "at", "before" or "alarm for"; and "half seven". Of "11 in the
        morning", `joins` words stand between the figure and the part."""
        places = range(len(self._words))
        beside = [] if part is None else [part + 1, part - joins - 1]
        if part is not None and self._is(part + 1, self._known.day_joins) and self._is_figure(part + 2):
            beside.append(part + 2)  # "sham ko 7"
        behind = [place + 1 for place in places if self._is(place, self._known.at)]
        others = [place for place in places if self._is_bound(place) or self._is_alarm(place, place)]
        shifted = [place for place in places if self._shift_at(place)[1]]
        for place in [*beside, *behind, *others, *shifted]:
            found = self._bare_at(place)
            dated = [self._at(place) or "", self._at(place + 1) or ""]
            if found is not None and not self._periods.is_date(dated):  # "reminder for 15 December"
                self._take(place - 1 if place in behind else place, found[1])
                return Hour(found[0])
        return None

    def _bare_at(self, place: int) -> tuple[float, int] | None:
        """The hour that a mere figure at `place` may mean, and its last word; None for what counts something."""
        shift, size = self._shift_at(place)
        at = place + size
        clock = _CLOCK.fullmatch(self._at(at) or "")
        value = _clock(clock, None).value if clock else self._number(at)
        is_article = not size and self._at(at) in self._known.articles
        counts = self._at(at + 1) in self._known.unit_of or self._at(at + 1) in self._known.counted
        if value is None or not 0 < value <= 24 or is_article or counts:
            return None
        minutes = self._minutes_at(at + 1) if not clock and not size else None
        return (value + shift, at) if minutes is None else (value + minutes / 60, at + 1)

    def _minutes_at(self, place: int) -> float | None:
        """The minutes of "seven thirty", "10 30"; None for a number that counts something."""
        counts = self._at(place + 1) in self._known.unit_of or self._at(place + 1) in self._known.counted
        value = self._number(place)
        return value if value in _MINUTES and not counts else None

    def _is_bound(self, place: int) -> bool:
        """Whether "before" stands in front of `place`."""
        return self._is(place - 1, self._known.before) or (place - 1 == self._ahead_ends)

    def _is_figure(self, place: int) -> bool:
        word = self._at(place) or ""
        return bool(_FIGURE.fullmatch(word) or _CLOCK.fullmatch(word))

    def _ends_at(self, place: int) -> bool:
        """Whether nothing more is said behind `place` than what asks for the reminder."""
        return place == len(self._words) - 1 or self._at(place + 1) in self._known.closing

    def _is_alarm(self, first: int, last: int) -> bool:
        """Whether the words from `first` to `last` stand behind "timer for" or before "ka timer"."""
        return self._phrase_before(first, self._known.alarms) > 0 or self._behind(last, self._known.alarms) is not None

    def _phrase_before(self, place: int, phrases: Collection[str]) -> int:
        """How many words right before `place` are one of the phrases; 0 for none."""
        for size in (2, 1):
            before = [word or "" for word in self._words[max(place - size, 0) : place]]
            if len(before) == size and " ".join(before) in phrases:
                return size
        return 0

    def _shift_before(self, place: int) -> tuple[float, int]:
        """What shifts the hour at `place` ("sadhe", "quarter to"), and how many words that is."""
        size = self._phrase_before(place, self._known.shifts)
        return (
            (self._known.shifts[" ".join(str(self._at(at)) for at in range(place - size, place))], size)
            if size
            else (0.0, 0)
        )

    def _shift_at(self, place: int) -> tuple[float, int]:
        """What shifts the hour that follows, beginning at `place`."""
        for number in (place + 2, place + 1):
            shift, size = self._shift_before(number)
            if size and number - size == place and self._number(number) is not None:
                return shift, size
        return 0.0, 0

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


def _clock(found: re.Match[str], half: Half | None) -> Hour:
    exact: Half | None = "24" if int(found[1]) > _LAST_HOUR or found[1].startswith("0") else None
    return Hour(int(found[1]) + int(found[2]) / 60, half or exact)
