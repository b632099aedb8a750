"""Which moment is meant by what a message says of it.

Hours are Indian time. An hour without a half of the day lies in working time: 5 is 17:00, 9 is 9:00.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from saathi.clock import INDIA
from saathi.time_words import PartName, TimeWords

Half = Literal["am", "pm", "24"]
Length = tuple[float, str]  # how much of which unit
_LATEST_GUESS = 21  # o'clock: an hour that is over may mean the evening's, not the night's
_LATE_NIGHT = 5  # "raat 2 baje" is the night after the day that is named
MINUTES_OF = {"minute": 1, "hour": 60}
_DAYS_OF = {"day": 1, "week": 7, "month": 30}
_MOST_DAYS = 2 * 366


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour as said: `value` from 0 to 24 with its fraction; `half` where it says which half of the day."""

    value: float
    half: Half | None = None
    part: PartName | None = None

    @property
    def is_of_part(self) -> bool:
        """Whether only a part of the day is said."""
        return self.half == "24" and self.part is not None


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says of a moment: so long `ahead` of it, a `length` from now on, an hour, a day; `is_before` where
    these are the latest, and `repeats` where more than one moment is meant."""

    ahead: Length | None
    length: Length | None
    hour: Hour | None
    day: date | None
    is_before: bool
    repeats: bool

    @property
    def is_any(self) -> bool:
        """Whether anything is said at all."""
        return self.repeats or any(one is not None for one in (self.ahead, self.length, self.hour, self.day))


def is_counted_from_elsewhere(said: Said) -> bool:
    """Whether it is so long before something whose own moment is not said: "premium se do din pehle"."""
    if said.ahead is None or said.length is not None:
        return False
    return said.hour is None if said.ahead[1] in MINUTES_OF else said.day is None


def reckon(said: Said, here: datetime, words: TimeWords) -> datetime | None:
    """The moment in India, seen from `here`; None where too little is said."""
    at = _reckon_plain(said, here, words)
    if at is None:
        return None
    sooner = timedelta()
    if said.ahead is not None:
        sooner = _span(said.ahead)
    elif said.is_before and said.length is None:
        sooner = timedelta(minutes=words.minutes_before) if said.hour is not None else timedelta(days=1)
    return at - sooner if at - sooner > here else at


def _reckon_plain(said: Said, here: datetime, words: TimeWords) -> datetime | None:
    """Without what it is before of."""
    day = said.day
    if said.length is not None and said.length[1] in MINUTES_OF:
        return here + _span(said.length)
    if said.length is not None:
        day = (here + _span(said.length)).date()
    if said.hour is not None:
        return _at_hour(here, said.hour, day, words, repeats=said.repeats)
    return _at(day, words.usual_hour) if day is not None and day != here.date() else None


def _span(length: Length) -> timedelta:
    value, unit = length
    if unit in MINUTES_OF:
        return timedelta(minutes=value * MINUTES_OF[unit])
    return timedelta(days=min(round(value * _DAYS_OF[unit]), _MOST_DAYS))


def _at_hour(here: datetime, hour: Hour, day: date | None, words: TimeWords, *, repeats: bool) -> datetime:
    value = _in_24_hours(hour, words)
    at = _at(day or here.date(), value)
    if at > here or (day is not None and day != here.date()):
        return at
    is_guess = hour.half is None and hour.part is None and value < 12 and not repeats  # "roz 9 baje" is the morning
    later = at + timedelta(hours=12)
    if is_guess and later > here and (day is not None or value + 12 <= _LATEST_GUESS):
        return later
    return at + timedelta(days=1) if day is None else at


def _in_24_hours(hour: Hour, words: TimeWords) -> float:
    value = hour.value
    if hour.half == "24" or value >= 13:
        return value
    if hour.half is not None or hour.part == "evening":
        return value % 12 + (0 if hour.half == "am" else 12)
    if hour.part == "night":
        return value + (24 if value < _LATE_NIGHT else 12)
    is_early = value < {"morning": 0, "noon": 11, "midday": 11}.get(hour.part or "", words.office_begins)
    return value + 12 if is_early else value


def _at(day: date, hour: float) -> datetime:
    """That hour of a day, which may be one of the night after it."""
    return datetime.combine(day, time(), INDIA) + timedelta(hours=hour)
