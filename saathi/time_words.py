"""What hours, lengths of time and parts of a day are called (data/entities/times.yml), and how a moment is said."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from language import Language
from saathi.clock import INDIA
from saathi.dates import DateWords
from saathi.located import read_located
from saathi.products.model import Text
from saathi.settings import ROOT

TIMES = ROOT / "data/entities/times.yml"
PartName = Literal["morning", "noon", "midday", "evening", "night"]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DayPart(_Data):
    """A part of a day: what it is called, and the hour that is meant by it alone."""

    words: frozenset[str]
    hour: int


class _Called(_Data):
    since: int = Field(alias="from")
    says: Text


class Says(_Data):
    """How a moment is said."""

    near: Mapping[int, Text]
    weekdays: tuple[Text, ...] = Field(min_length=7, max_length=7)
    parts: tuple[_Called, ...]
    moment: Text


class TimeWords(_Data):
    """The file of words."""

    numbers: Mapping[str, int]
    shifts: Mapping[str, float]
    fractions: Mapping[str, float]
    oclock: frozenset[str]
    before_noon: frozenset[str]
    after_noon: frozenset[str]
    at: frozenset[str]
    articles: frozenset[str]
    before: frozenset[str]
    ahead: frozenset[str]
    since: frozenset[str]
    namely: frozenset[str]
    minutes_before: int
    day_joins: frozenset[str]
    part_joins: frozenset[str]
    alarms: frozenset[str]
    closing: frozenset[str]
    counted: frozenset[str]
    every: frozenset[str]
    daily: frozenset[str]
    on_weekdays: frozenset[str]
    recurring: frozenset[str]
    starts: frozenset[str] = Field(alias="in")
    later: frozenset[str]
    units: Mapping[str, frozenset[str]]
    parts: Mapping[PartName, DayPart]
    usual_hour: int
    office_begins: int
    says: Says

    @classmethod
    def load(cls, path: Path = TIMES) -> "TimeWords":
        """Read the file. Raises `FileFault`."""
        return read_located(path, cls).content

    @cached_property
    def unit_of(self) -> Mapping[str, str]:
        """Each spelling's unit of time."""
        return {word: unit for unit, words in self.units.items() for word in words}

    @cached_property
    def part_of(self) -> Mapping[str, PartName]:
        """Each spelling's part of the day."""
        return {word: name for name, part in self.parts.items() for word in part.words}


class MomentTeller:
    """Says moments."""

    def __init__(self, says: Says, dates: DateWords) -> None:
        self._says = says
        self._dates = dates

    def tell(self, at: float, now: float, language: Language) -> str:
        """Day, date and hour of a moment, in India."""
        moment = datetime.fromtimestamp(at, UTC).astimezone(INDIA)
        ahead = (moment.date() - datetime.fromtimestamp(now, UTC).astimezone(INDIA).date()).days
        part = [called for called in self._says.parts if called.since <= moment.hour][-1]
        near = self._says.near.get(ahead)
        return (
            self._says.moment.say(language)
            .format(
                near=near.say(language) if near else "",
                weekday=self._says.weekdays[moment.weekday()].say(language),
                date=self._dates.write_day(moment.date(), language),
                clock=_clock(moment, language),
                part=part.says.say(language),
            )
            .strip()
        )


def _clock(moment: datetime, language: Language) -> str:
    hour = moment.hour % 12 or 12
    return f"{hour}:{moment.minute:02}" if moment.minute or language == "en" else str(hour)
