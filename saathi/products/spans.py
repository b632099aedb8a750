"""How long a product shall run, as it is said: "20 saal ke liye", "tenure 60 months", "10 din ki trip"."""

import re

from saathi.calculators.words import Words as AmountWords
from saathi.products.model import Span, Unit
from saathi.products.phrases import any_of
from saathi.products.words import Reading

_LONGEST = {"days": 3650, "months": 480, "years": 60}


class SpanReader:
    """Tells a term from an age and from how long something lasted."""

    def __init__(self, reading: Reading, amounts: AmountWords) -> None:
        units: dict[Unit, frozenset[str]] = {
            "days": reading.days,
            "months": amounts.units["months"],
            "years": amounts.units["years"],
        }
        self._units = {word: unit for unit, words in units.items() for word in words}
        self._weeks = reading.weeks
        words = any_of({*self._units, *reading.weeks})
        self._time = re.compile(rf"(?<![\d.,₹])(\d{{1,3}})\s*-?\s*({words})(?!\w)")
        self._before = re.compile(rf"(?<!\w)(?:{any_of(reading.term_is)})(?:\s+(?:is|of|hai|ki|ka|the|next))?[\s:=-]*$")
        self._after = re.compile(rf"[\s-]*(?:{any_of(reading.for_term)})(?!\w)")
        self._person = re.compile(rf"[\s-]*(?:{any_of(reading.person)})(?!\w)")
        self._lasted = re.compile(rf"(?<!\w)(?:{any_of(reading.lasted)})(?:\W+\w+){{0,3}}\W*$")

    def read(self, plain: str, *, is_trip: bool) -> tuple[Span | None, str]:
        """The term in a message in small Latin letters with figures, and the message without it. Of a journey any time
        in days is how long it takes."""
        for found in self._time.finditer(plain):
            before, unit = plain[: found.start()], found[2]
            is_said = self._before.search(before) or self._after.match(plain, found.end())
            is_short = unit in self._weeks or self._units[unit] == "days"
            is_other = self._lasted.search(before) or self._person.match(plain, found.end())
            if is_other or not (is_said or (is_trip and is_short)):
                continue
            span = self._make(int(found[1]), unit)
            if span is not None:
                return span, f"{before} {plain[found.end() :]}"
        return None, plain

    def _make(self, value: int, word: str) -> Span | None:
        unit: Unit = "days" if word in self._weeks else self._units[word]
        value = value * 7 if word in self._weeks else value
        return Span(value, unit) if 1 <= value <= _LONGEST[unit] else None
