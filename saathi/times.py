"""Moments to come, as people say them: "kal 5 baje", "in two hours", "परसों सुबह".

Days and dates are `saathi/periods.py`'s; which moment is meant by what was said is `saathi/reckoning.py`'s.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from language import normalise, to_latin
from saathi.clock import INDIA
from saathi.periods import PeriodReader
from saathi.reckoning import MINUTES_OF, is_counted_from_elsewhere, reckon
from saathi.time_message import Message
from saathi.time_words import TimeWords

FURTHEST = timedelta(days=366)
Fault = Literal["unclear", "counted", "past", "far"]

_TOKEN = re.compile(r"[0-9०-९]+(?:[:./-][0-9०-९]+)*|[A-Za-z\u0900-\u0963\u0971-\u097F]+")
_OCLOCK = re.compile(r"\bo ?['’] ?clock\b", re.IGNORECASE)
_DOTTED = re.compile(r"\b([ap])\.\s?m\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a message in Latin letters, and where it stands in the text."""

    latin: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Moment:
    """What a message says of a moment. `at` is seconds since the epoch, None with a `fault` ("counted": so long before
    something that is no day); `text` is the message normalised, and `words` are those of it that say nothing of the
    moment."""

    at: float | None
    fault: Fault | None
    text: str
    words: tuple[Word, ...]
    is_said: bool  # whether it says anything of a moment at all
    repeats: bool  # whether it asks for more than one: `at` is the first
    hour_alone: bool = False  # whether it says an hour and no day
    day_alone: bool = False  # whether it says a day and no hour: `at` is the usual one


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
        text = _OCLOCK.sub("oclock", _DOTTED.sub(r"\1m", normalise(said)))
        words = list_words(text)
        message = Message([word.latin for word in words], self._words, self._periods)
        here = datetime.fromtimestamp(now, UTC).astimezone(INDIA)
        told, left = message.take_all(here.date()), tuple(words[place] for place in message.left())

        def without(fault: Fault) -> Moment:
            return Moment(None, fault, text, left, told.is_any, told.repeats)

        if is_counted_from_elsewhere(told):
            return without("counted")
        at = None if message.has_no_such_day else reckon(told, here, self._words)
        if at is None:
            return without("unclear")
        if at <= here:
            return without("past")
        if at - here > FURTHEST:
            return without("far")
        hour_alone = told.hour is not None and told.day is None and told.length is None and told.ahead is None
        day_alone = told.hour is None and not (told.length and told.length[1] in MINUTES_OF)
        return Moment(at.timestamp(), None, text, left, told.is_any, told.repeats, hour_alone, day_alone)

    def read_instead(self, said: str, now: float, before: float) -> Moment:
        """The moment that is to take the place of the one `before`: an hour alone is of the same day, where that is not
        over, and a day alone has the same hour."""
        moment, other = self.read(said, now), datetime.fromtimestamp(before, UTC).astimezone(INDIA)
        at = moment.at
        if at is not None and moment.hour_alone:
            midnight = other.replace(hour=0, minute=0, second=0, microsecond=0)
            same_day = self.read(said, midnight.timestamp()).at
            at = same_day if same_day is not None and same_day > now else at
        elif at is not None and moment.day_alone:
            day = datetime.fromtimestamp(at, UTC).astimezone(INDIA).date()
            same_hour = datetime.combine(day, other.timetz()).timestamp()
            at = same_hour if same_hour > now else at
        return replace(moment, at=at)
