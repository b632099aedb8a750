"""What a message says that goes on from leads just told or listed: a question on the one, a place in the list, why."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from saathi.located import read_located
from saathi.phrases import has_phrase, list_others, read_plain
from saathi.settings import ROOT

FOLLOWING = ROOT / "data/leads/following.yml"
_SOME_WORDS = 10  # a longer message says itself what it is about


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Counted(_Part):
    """Where a figure stands that says how many are wanted."""

    behind: frozenset[str]
    before: frozenset[str]
    figures: Mapping[int, frozenset[str]]


class Following(_Part):
    """The file of words, in Latin letters; Devanagari is transliterated before it is compared."""

    about: frozenset[str]
    why: frozenset[str]
    beside: frozenset[str]
    beside_more: frozenset[str]
    places: Mapping[int, frozenset[str]]
    beside_place: frozenset[str]
    counted: Counted

    @classmethod
    def load(cls, path: Path = FOLLOWING) -> "Following":
        """Read the file. Raises `FileFault`."""
        return read_located(path, cls).content


class FollowReader:
    """Reads such messages. `more` are words for the next page."""

    def __init__(self, words: Following, more: frozenset[str]) -> None:
        self._words = words
        self._more = more

    def asks_of_one(self, text: str) -> bool:
        """Whether it asks something of the lead just told, and names nothing."""
        return self._is_made_of(text, self._words.about, self._words.beside)

    def asks_why(self, text: str) -> bool:
        """Whether it asks why a lead stands where it does, and names none."""
        return self._is_made_of(text, self._words.why, self._words.beside)

    def asks_more(self, text: str) -> bool:
        """Whether it asks for the next page of a list, and for nothing else."""
        return self._is_made_of(text, self._more, self._words.beside_more)

    def read_place(self, text: str, listed: int) -> int | None:
        """The place, from 0, that it points at in a list of that many; None where it does not, or there is none."""
        for number, said in self._words.places.items():
            if self._is_made_of(text, said, self._words.beside_place):
                place = (number or listed) - 1
                return place if 0 <= place < listed else None
        return None

    def list_but_pointers(self, text: str) -> list[str]:
        """The words of a message that neither point at one of several ("wali", "the one of") nor ask something of one
        lead."""
        plain, words = read_plain(text), self._words
        if has_phrase(plain, words.about):
            return [word for word in list_others(plain, words.about) if word not in words.beside]
        return [word for word in plain.split() if word not in words.beside_place]

    def read_most(self, text: str) -> int | None:
        """How many of the best are wanted; None where it does not say."""
        plain, counted = read_plain(text), self._words.counted
        for number, figures in counted.figures.items():
            behind = {f"{word} {figure}" for word in counted.behind for figure in figures}
            before = {f"{figure} {word}" for word in counted.before for figure in figures}
            if has_phrase(plain, behind | before):
                return number
        return None

    def _is_made_of(self, text: str, phrases: frozenset[str], beside: frozenset[str]) -> bool:
        plain = read_plain(text)
        if len(plain.split()) > _SOME_WORDS or not has_phrase(plain, phrases):
            return False
        return beside.issuperset(list_others(plain, phrases))
