"""A score in words: the reasons that weigh most, from data/leads/explanations.yml."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from language import Language
from saathi.located import read_located
from saathi.products.model import Text
from saathi.scoring.features import Value
from saathi.scoring.model import Contribution, Score
from saathi.settings import ROOT

EXPLANATIONS = ROOT / "data" / "leads" / "explanations.yml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Case(_Part):
    begin: float | None = Field(None, alias="from")
    to: float | None = None
    sign: Literal["up", "down"] | None = None
    says: Text

    def fits(self, value: Value, points: float) -> bool:
        if self.sign is not None and (self.sign == "up") != (points > 0):
            return False
        if not isinstance(value, int | float):
            return self.begin is None and self.to is None
        return (self.begin is None or value >= self.begin) and (self.to is None or value <= self.to)


class _Feature(_Part):
    cases: tuple[_Case, ...] = ()
    names: Mapping[str, Text] = {}
    missing: Text | None = None


class _Numbers(_Part):
    en: tuple[str, ...]
    hinglish: tuple[str, ...]
    hi: tuple[str, ...]


class _File(_Part):
    line: Text
    reason: Text
    alone: Text
    numbers: _Numbers
    features: Mapping[str, _Feature]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a score is what it is, in words, and the whole points that it adds."""

    says: str
    points: int


class Explainer:
    """Puts scores into words."""

    def __init__(self, words: _File) -> None:
        self._words = words

    @classmethod
    def load(cls, path: Path = EXPLANATIONS) -> "Explainer":
        """Read the words. Raises `FileFault`."""
        return cls(read_located(path, _File).content)

    def list_reasons(self, score: Score, language: Language, most: int = 3) -> tuple[Reason, ...]:
        """The reasons that weigh most, the heaviest first; what rounds to no point is none, nor what has no words."""
        reasons = (
            Reason(says, round(one.points))
            for one in score.contributions
            if round(one.points) and (says := self._say(one, language))
        )
        return tuple(reasons)[:most]

    def explain(self, score: Score, language: Language, most: int = 3) -> str:
        """The score and its reasons in one line: "82: opened three messages this week (+21), asked for a quote
        (+17)"."""
        words, points = self._words, str(round(score.points))
        reasons = [
            words.reason.say(language).format(says=reason.says, points=f"{reason.points:+d}")
            for reason in self.list_reasons(score, language, most)
        ]
        if not reasons:
            return words.alone.say(language).format(points=points)
        return words.line.say(language).format(points=points, reasons=", ".join(reasons))

    def _say(self, one: Contribution, language: Language) -> str:
        feature = self._words.features.get(one.feature)
        text = _choose(feature, one) if feature else None
        if text is None:
            return ""
        if not isinstance(one.value, int | float):
            return text.say(language)
        return text.say(language).format(count=self._count(int(one.value), language), days=int(one.value))

    def _count(self, number: int, language: Language) -> str:
        """A small number in words, a larger one in figures."""
        names: tuple[str, ...] = getattr(self._words.numbers, language)
        return names[number] if number < len(names) else str(number)


def _choose(feature: _Feature, one: Contribution) -> Text | None:
    if one.value is None:
        return feature.missing
    if isinstance(one.value, str) and one.value in feature.names:
        return feature.names[one.value]
    return next((case.says for case in feature.cases if case.fits(one.value, one.points)), None)
