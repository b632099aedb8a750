"""A message as words in one spelling, each with its place in the user's own text."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.text import latin_form

# A number, a run of letters (Devanagari vowel signs and joiners belong to it), or a sign that means something. Hyphens,
# dots and apostrophes part words and say nothing: LD-48213, Rs. 500, two-wheeler.
_PIECE = re.compile(
    r"(?P<date>(?<!\d)\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}(?!\d))"
    r"|(?P<number>\d(?:[\d,]*\d)?(?:\.\d+)?)"
    r"|(?P<letters>(?:[^\W\d_]|[\u0900-\u0963\u0970-\u097f\u200b-\u200d])+)"
    r"|(?P<sign>[₹%])"
    r"|(?P<stop>[,?!;()\n।])"
)
STOP = ","
NEW, CAPITAL = "new", "capital"  # a word that nothing knows; CAPITAL where it is written large within a message
NEW_KINDS = frozenset({NEW, CAPITAL})
# Kinds of numbers by what they can be; a pattern's {name} stands for the kinds after it.
NUMBER_KINDS: Mapping[str, tuple[str, ...]] = {
    "number": ("day", "small", "year", "four", "round4", "five", "round", "comma"),
    "day": ("day",),
    "year": ("year",),
    "year4": ("four", "year", "round4"),
    "figure": ("small", "four", "round4", "five", "round", "comma"),
    "ending": ("four", "year", "round4"),
    "code": ("four", "year", "round4", "five", "round"),
    "code5": ("five", "round"),
    "sum": ("round4", "round", "comma"),
    "numeric_date": ("date",),
    "new": (NEW, CAPITAL),
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word in lower-case Latin letters; `text[start:end]` is what the user wrote.

    `kind` is one of NUMBER_KINDS, a sign (stop), or `word`.
    """

    form: str
    kind: str
    start: int
    end: int


def read_words(text: str, known: Container[str] = (), mend: Callable[[str], str | None] | None = None) -> list[Word]:
    """Split `text`; words outside `known` are `new`, unless `mend` says what they were meant to be. Total."""
    words: list[Word] = []
    for piece in _PIECE.finditer(text):
        shape = piece.lastgroup
        if shape == "stop":
            words.append(Word(STOP, "stop", *piece.span()))
            continue
        form = _spelled(piece[0])
        if not form:  # joiners alone
            continue
        if shape == "letters":
            form = (mend(form) if mend else None) or form
            is_large = bool(words) and piece[0][0].isupper() and not piece[0].isupper()
            kind = "word" if form in known else CAPITAL if is_large else NEW
        else:
            kind = kind_of_number(form) if shape == "number" else "date" if shape == "date" else "word"
        words.append(Word(form, kind, *piece.span()))
    return words


@lru_cache(maxsize=8192)
def _spelled(piece: str) -> str:
    return latin_form(piece).replace(" ", "")


def kind_of_number(digits: str) -> str:
    """The kind of a number in digits: by its length, its commas, and whether it ends in hundreds as sums do."""
    if "," in digits:
        return "comma"
    if "." in digits:
        return "small"
    size, value = len(digits), int(digits)
    if size <= 3:
        return "day" if 1 <= value <= 31 else "small"
    if size == 4:
        return "year" if 2015 <= value <= 2035 else "round4" if digits.endswith("00") else "four"
    if size <= 8:
        return "round" if digits.endswith("00") else "five"
    return "long"
