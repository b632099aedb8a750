"""What people type for the gateway itself to understand, before any turn: codes and wishes of linking, thumbs, and
answers to the survey. The words stand in `data/commands.yml`.
"""

import re
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from language import normalise
from saathi import linking
from saathi.feedback import Thumb
from saathi.located import read_located

WORDS = Path(__file__).resolve().parents[1] / "data" / "commands.yml"
LONGEST_CODE = 40  # characters, with the words before it

_TONES = dict.fromkeys([*range(0x1F3FB, 0x1F400), 0xFE0F])  # skin tones, and the sign for colour
_SCORE = re.compile(r"([1-5])\s*(?:/\s*5)?(?:[\s,.:;!-]+(\S.*))?[\s,.:;!-]*")
_MARKS = " .,:;!-"

_Phrase = Annotated[str, StringConstraints(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SurveyWords(_Model):
    """What may follow a score, and what makes a number none."""

    after_score: tuple[_Phrase, ...]
    no_scores: tuple[_Phrase, ...]


class Words(_Model):
    """The file."""

    before_code: tuple[_Phrase, ...]
    link: tuple[_Phrase, ...]
    unlink: tuple[_Phrase, ...]
    helpful: tuple[_Phrase, ...]
    not_helpful: tuple[_Phrase, ...]
    survey: SurveyWords

    @model_validator(mode="after")
    def _mean_one_thing_each(self) -> Self:
        lists = {name: _fold_all(getattr(self, name)) for name in ("link", "unlink", "helpful", "not_helpful")}
        for (one, its), (other, others) in combinations(lists.items(), 2):
            if both := its & others:
                raise ValueError(f"{min(both)} stands under {one} and under {other}; keep one")
        return self


@dataclass(frozen=True, slots=True)
class TakeCode:
    """A code of a partner was sent from an address."""

    code: str


@dataclass(frozen=True, slots=True)
class GiveCode:
    """A code is wanted, to be typed in the app."""


@dataclass(frozen=True, slots=True)
class Unlink:
    """The address is to be nobody's again."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A thumb for an answer: `reply` is its row of the outbox, None while it has not been looked up."""

    value: Thumb
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """An answer to the survey: from 1 to 5, and a line; `survey` is None while it has not been looked up."""

    score: int
    comment: str | None
    survey: str | None = None


Command = TakeCode | GiveCode | Unlink | Rate | Score


class CommandReader:
    """Reads messages by the words of a file."""

    def __init__(self, path: Path = WORDS) -> None:
        """Read the words.

        Raises:
            FileFault: the file cannot be used; it says why and where.
        """
        words = read_located(path, Words).content
        self._link, self._unlink = _fold_all(words.link), _fold_all(words.unlink)
        self._thumbs: dict[str, Thumb] = {_fold(sign): "up" for sign in words.helpful}
        self._thumbs |= {_fold(sign): "down" for sign in words.not_helpful}
        self._before_code = _any_of(words.before_code)
        self._after_score = _any_of(words.survey.after_score)
        self._no_score = _any_of(words.survey.no_scores)

    def read(self, text: str) -> Command | None:
        """The command that a text may be; whether it is one here depends on what was said before."""
        folded = _fold(text)
        if (code := self.read_code(text)) is not None:
            return TakeCode(code)
        if folded in self._link:
            return GiveCode()
        if folded in self._unlink:
            return Unlink()
        if folded in self._thumbs:
            return Rate(self._thumbs[folded])
        return self._read_score(text)

    def read_code(self, text: str) -> str | None:
        """The linking code that a text consists of, with or without words before it, in capitals and without dashes."""
        folded = _fold(text)
        before = self._before_code.match(folded)
        code = linking.fold_code(folded[before.end() :] if before else folded)
        return code if linking.is_code(code) and len(folded) <= LONGEST_CODE else None

    def _read_score(self, text: str) -> Score | None:
        found = _SCORE.fullmatch(_to_digits(normalise(text)).strip()) if "\n" not in text.strip() else None
        if found is None:
            return None
        comment = found[2] or ""
        if self._no_score.match(comment.lower()) or comment.rstrip().endswith("?"):
            return None
        after = self._after_score.match(comment.lower())
        return Score(int(found[1]), comment[after.end() if after else 0 :].strip(_MARKS) or None)


def _fold(text: str) -> str:
    return normalise(text).translate(_TONES).lower().strip(_MARKS)


def _fold_all(phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_fold, phrases))


def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """One of the phrases at the start of a folded text, as whole words, with marks behind it; the longest counts."""
    longest_first = sorted(_fold_all(phrases), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, longest_first))})(?:[\s,.:;!-]+|$)")


def _to_digits(text: str) -> str:
    """Devanagari digits as the others."""
    return text.translate({0x0966 + digit: str(digit) for digit in range(10)})
