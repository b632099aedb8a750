"""The words for figures and signs, as designers write them in `data/speech.yml`."""

import re
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from saathi.located import read_located
from saathi.voice_menu import TONGUES, Tongue

WORDS = Path(__file__).resolve().parents[1] / "data" / "speech.yml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tongued(_Part):
    """The words of one language. `numbers` are those from 0 to 99."""

    numbers: Annotated[tuple[str, ...], Field(min_length=100, max_length=100)]
    hundred: str
    thousand: str
    lakh: str
    crore: str
    point: str
    rupee: str
    rupees: str
    paise: str
    percent: str
    range: str
    and_: Annotated[str, Field(alias="and")]
    plus: str
    instead: dict[str, str] = {}
    months: Annotated[tuple[str, ...], Field(min_length=12, max_length=12)]

    @cached_property
    def written(self) -> re.Pattern[str]:
        """What stands in `instead`, as whole words where it is words."""
        found = (rf"(?<!\w){re.escape(name)}(?!\w)" if name.isalnum() else re.escape(name) for name in self.instead)
        return re.compile("|".join(found) or r"(?!)")

    def say_number(self, number: int) -> str:
        """A whole number from 0 on, the Indian way: one lakh twenty thousand, एक लाख बीस हज़ार."""
        if number < 100:
            return self.numbers[number]
        scales = ((10**7, self.crore), (10**5, self.lakh), (1000, self.thousand), (100, self.hundred))
        size, scale = next((size, scale) for size, scale in scales if number >= size)
        head = f"{self.say_number(number // size)} {scale}"
        return f"{head} {self.say_number(number % size)}" if number % size else head

    def say_decimal(self, number: str) -> str:
        """`2.50` as two point five: what is behind the point digit by digit, without zeros at the end."""
        whole, _, part = number.partition(".")
        said, digits = self.say_number(int(whole)), part.rstrip("0")
        if not digits:
            return said
        return " ".join([said, self.point, *(self.numbers[int(digit)] for digit in digits)])


class SpokenWords(_Part):
    """The whole file."""

    tongues: dict[Tongue, Tongued]
    said_as_words: frozenset[str]

    @field_validator("tongues")
    @classmethod
    def _speak_all_languages(cls, tongues: dict[Tongue, Tongued]) -> dict[Tongue, Tongued]:
        if missing := [tongue for tongue in TONGUES if tongue not in tongues]:
            raise ValueError(f"tongues lacks {', '.join(missing)}")
        return tongues

    @classmethod
    def load(cls, path: Path = WORDS) -> "SpokenWords":
        """Read the words. Raises `FileFault`, which names file, line and remedy."""
        return read_located(path, cls).content
