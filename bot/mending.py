"""Mends slips of long words: "insurence", "polciy", "edowment" become the word of the pattern file that was meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

_LEAST_LETTERS = 6
_LEAST_CONSONANTS = 3
_NO_VOWELS = str.maketrans("", "", "aeiouyh")


class Mender:
    """Finds the vocabulary's word that differs in one letter, in two letters swapped, or in vowels alone.

    The first letter is nearly always typed right, so it must be the same. Short words are left alone.
    """

    def __init__(self, vocabulary: Collection[str], common: Collection[str], same: Mapping[str, str]) -> None:
        """`common` words are right as they are; `same` are other spellings of words, which need no guess."""
        self._same = same
        self._vocabulary = frozenset(vocabulary)
        self._common = frozenset(common)
        self._by_shape: dict[str, str] = {}
        for word in sorted(word for word in self._vocabulary if word.isascii() and word.isalpha()):
            for shape in _shapes(word):
                self._by_shape.setdefault(shape, word)

    def kept(self) -> dict[str, Any]:
        """What makes this mender again."""
        return {"vocabulary": sorted(self._vocabulary), "common": sorted(self._common), "same": dict(self._same)}

    def mend(self, word: str) -> str | None:
        """The word that was meant, or None where `word` is right or like no other."""
        if word in self._same:
            return self._same[word]
        if word in self._vocabulary or word in self._common or len(word) <= _LEAST_CONSONANTS:
            return None
        return next((self._by_shape[shape] for shape in _shapes(word) if shape in self._by_shape), None)


def _shapes(word: str) -> Iterator[str]:
    """Forms that two spellings of one word share: without its vowels, and without any one letter but the first."""
    bones = word[1:].translate(_NO_VOWELS)
    if len(bones) >= _LEAST_CONSONANTS:
        yield f"{word[0]}~{bones}"
    if len(word) >= _LEAST_LETTERS:
        yield word
        yield from (word[:place] + word[place + 1 :] for place in range(1, len(word)))
