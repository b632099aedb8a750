"""What a partner may change of a lead, by the rules of data/leads/changing.yml, and what a message asks to change."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from language import normalise
from saathi.leads.model import Lead, Stage
from saathi.located import read_located
from saathi.phrases import has_phrase, read_plain
from saathi.products.model import Text
from saathi.settings import ROOT
from saathi.times import Word, list_words

CHANGING = ROOT / "data/leads/changing.yml"
DAY_S = 86_400.0
Refusal = Literal["providers", "already", "not_from", "too_late"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Move(_Part):
    """A stage that a partner may set: from which others, how it is said, which reasons are offered."""

    sources: frozenset[Stage] = Field(alias="from")
    words: frozenset[str]
    reasons: tuple[str, ...] = ()


class Reopening(_Part):
    """How a lost lead comes back."""

    to: Stage
    within_days: int
    words: frozenset[str]


class ReasonWords(_Part):
    """A reason: what its button says, and how it is said; the first of its words is what the button sends."""

    title: Text
    words: tuple[str, ...] = Field(min_length=1)


class Rules(_Part):
    """The file."""

    moves: Mapping[Stage, Move]
    reopening: Reopening
    providers: Mapping[Stage, frozenset[str]]
    notes: frozenset[str]
    joins: frozenset[str]
    places: frozenset[str]
    most: int
    reasons: Mapping[str, ReasonWords]
    no_reason: ReasonWords
    agrees: frozenset[str] = Field(alias="yes")
    undo_within_minutes: int

    @classmethod
    def load(cls, path: Path = CHANGING) -> "Rules":
        """Read the file. Raises `FileFault`."""
        return read_located(path, cls).content


@dataclass(frozen=True, slots=True)
class Change:
    """What a message asks to change: a note with its text ("" where it gives none), or a stage; None where it says
    neither."""

    note: str | None = None
    stage: Stage | None = None


class ChangeReader:
    """Reads messages and holds what they ask against the rules."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def read(self, text: str) -> Change:
        """What is to be changed."""
        note = self._read_note(text)
        if note is not None:
            return Change(note=note)
        plain = read_plain(text)
        said = [(len(phrase), stage) for stage, words in self._stages() for phrase in words if f" {phrase} " in plain]
        return Change(stage=max(said)[1] if said else None)

    def read_reason(self, text: str) -> str | None:
        """The code of the reason that a message gives; "" for one that stands in no list, None where it gives none."""
        plain = read_plain(text)
        for reason, said in self._rules.reasons.items():
            if has_phrase(plain, said.words):
                return reason
        return "" if has_phrase(plain, self._rules.no_reason.words) else None

    def agrees(self, text: str) -> bool:
        """Whether a message consists of words for yes."""
        plain = read_plain(text)
        for phrase in sorted(self._rules.agrees, key=len, reverse=True):
            while f" {phrase} " in plain:
                plain = plain.replace(f" {phrase} ", " ")
        return not plain.strip() and bool(text.strip())

    def list_reasons(self, stage: Stage) -> list[ReasonWords]:
        """The reasons that are offered for a stage; empty where none is asked for."""
        move = self._rules.moves.get(stage)
        offered = [self._rules.reasons[reason] for reason in move.reasons] if move else []
        return [*offered, self._rules.no_reason] if offered else []

    def list_settable(self) -> list[Stage]:
        """The stages that a partner may set of some lead."""
        return list(self._rules.moves)

    def refuse(self, lead: Lead, stage: Stage, now: float) -> Refusal | None:
        """Why the partner may not set the stage; None if that is allowed."""
        if stage in self._rules.providers:
            return "providers"
        if stage is lead.stage:
            return "already"
        back = self._rules.reopening
        if lead.stage is Stage.LOST and stage is back.to:
            return "too_late" if now - lead.stage_since > back.within_days * DAY_S else None
        return None if lead.stage in self._rules.moves[stage].sources else "not_from"

    @property
    def undo_within_s(self) -> float:
        """For how long a change can be taken back."""
        return self._rules.undo_within_minutes * 60.0

    def cut(self, note: str) -> str:
        """A note as long as it may be."""
        return note.strip(" .,:;-–\n\"'")[: self._rules.most]

    def _stages(self) -> Iterator[tuple[Stage, Collection[str]]]:
        yield from ((stage, move.words) for stage, move in self._rules.moves.items())
        yield self._rules.reopening.to, self._rules.reopening.words
        yield from self._rules.providers.items()

    def _read_note(self, text: str) -> str | None:
        """What stands behind the words for a note, or behind the first colon."""
        said = normalise(text)
        words = list_words(said)
        latin = [word.latin for word in words]
        for size in (3, 2, 1):
            for first in range(len(latin) - size + 1):
                if " ".join(latin[first : first + size]) in self._rules.notes:
                    return self.cut(self._text_behind(said, words, first, first + size))
        return None

    def _text_behind(self, said: str, words: list[Word], first: int, last: int) -> str:
        """The note of a message whose words for one are those from `first` up to `last`."""
        before, colon, behind = said.partition(":")
        if colon and len(before) >= words[first].start:
            return behind
        ends = words[last - 1].end
        if last < len(words) and words[last].latin in self._rules.places:
            comma = said.find(",", ends)
            joins = [word.end for word in words[last:] if word.latin in self._rules.joins]
            begins = [place for place in (comma + 1 if comma >= 0 else None, *joins[:1]) if place is not None]
            return said[min(begins) :] if begins else ""
        while last < len(words) and words[last].latin in self._rules.joins:
            ends, last = words[last].end, last + 1
        return said[ends:]
