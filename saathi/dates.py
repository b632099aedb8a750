"""How days and months are written in replies: data/dates.yml."""

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from language import Language
from saathi.located import read_located
from saathi.products.model import Text
from saathi.settings import ROOT

DATES = ROOT / "data/dates.yml"


class DateWords(BaseModel):
    """The names of the months, and how several are told in a row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    months: tuple[Text, ...] = Field(min_length=12, max_length=12)
    span: Text

    @classmethod
    def load(cls, path: Path = DATES) -> "DateWords":
        """Read the file. Raises `FileFault`."""
        return read_located(path, cls).content

    def write_day(self, day: date, language: Language) -> str:
        """10 November."""
        return f"{day.day} {self.months[day.month - 1].say(language)}"

    def write_month(self, month: date, language: Language, today: date) -> str:
        """November; with the year when that is not today's."""
        name = self.months[month.month - 1].say(language)
        return name if month.year == today.year else f"{name} {month.year}"

    def write_months(self, first: date, last: date, language: Language, today: date) -> str:
        """April to September; a single month by its name. Of two years each month has its own."""
        begin, end = (self.write_month(month, language, today) for month in (first, last))
        if first.year != last.year:
            begin, end = (f"{self.months[month.month - 1].say(language)} {month.year}" for month in (first, last))
        return begin if begin == end else self.span.say(language).format(first=begin, last=end)
