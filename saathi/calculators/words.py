"""The words around amounts, as designers write them in `data/calculators/words.yml`."""

import re
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

WORDS = Path(__file__).resolve().parents[2] / "data" / "calculators" / "words.yml"


class Answers(BaseModel):
    """Words that answer a field of yes or no."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()


class Words(BaseModel):
    """All of them, in Latin letters. `fields` holds by calculator and field the words that point to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scales: dict[str, frozenset[str]]
    units: dict[str, frozenset[str]]
    numbers: dict[Decimal, frozenset[str]]
    hundreds: frozenset[str]
    homonyms: frozenset[str]
    halves: frozenset[str]
    per_month: frozenset[str]
    before_no_amount: frozenset[str]
    affirming: frozenset[str]
    nothing: frozenset[str]
    fields: dict[str, dict[str, frozenset[str]]]
    answers: dict[str, Answers]
    fillers: frozenset[str]
    going_on: frozenset[str]

    @classmethod
    def load(cls, path: Path = WORDS) -> "Words":
        """Reads the file. Raises pydantic's ValidationError, which names the place, when it is not as above."""
        return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))

    @cached_property
    def scale_of(self) -> dict[str, str]:
        """The scale that a word names: lac -> lakh."""
        return {word: scale for scale, words in self.scales.items() for word in words}

    @cached_property
    def number_of(self) -> dict[str, Decimal]:
        """The number that one or two words name: paintalis -> 45."""
        return {word: number for number, words in self.numbers.items() for word in words}

    @cached_property
    def spoken(self) -> re.Pattern[str]:
        """A run of words that are numbers."""
        one = "|".join(sorted({*self.number_of, *self.hundreds}, key=len, reverse=True)).replace(" ", "[ -]")
        return re.compile(rf"(?<!\w)(?:{one})(?:[ -](?:and )?(?:{one}))*(?!\w)")

    @cached_property
    def measures(self) -> frozenset[str]:
        """What may follow a number that is written as a word."""
        return frozenset().union(*self.scales.values(), *self.units.values())
