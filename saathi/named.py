"""What a user named, as staff can use it: references as they are written, dates and sums as such."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from saathi.calculators.words import Words
from saathi.periods import PeriodReader
from saathi.references import lead_reference, name, phone_ending, rupees


class NamedReader:
    """Reads what the slots hold in the user's own words."""

    def __init__(self, words: Words, periods: PeriodReader) -> None:
        self._words = words
        self._periods = periods

    @classmethod
    def load(cls) -> "NamedReader":
        """The reader with the designers' words."""
        return cls(Words.load(), PeriodReader())

    def read(self, slots: Mapping[str, Any], today: date) -> dict[str, Any]:
        """The slots, references and names as staff write them, and beside them `period` (two ISO dates, both included)
        and `rupees`, where date and amount can be read. A date is taken for a past one: people tell what happened."""
        read = dict(slots)
        for slot, write in (("lead_reference", lead_reference), ("phone_ending", phone_ending), ("institution", name)):
            read |= {slot: write(str(slots[slot])) or slots[slot]} if slots.get(slot) else {}
        period = self._periods.read(str(slots["date"]), today) if slots.get("date") else None
        if period is not None:
            read["period"] = [period.start.isoformat(), period.end.isoformat()]
        sum_named = rupees(str(slots["amount"]), self._words) if slots.get("amount") else None
        if sum_named is not None:
            read["rupees"] = sum_named
        return read
