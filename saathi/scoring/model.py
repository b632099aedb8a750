"""The trained model: a sum of one curve a feature, in log-odds, read from a JSON file and evaluated without a library.

The score is what the sum says as a probability, in points from 0 to 100. It is shared out among the features along the
straight way from the average lead to this one (integrated gradients). The sum is additive, so each feature's part is
its own share of the log-odds times one factor for all: parts keep their signs, and with the base they are the score
exactly."""

import hashlib
import json
import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from saathi.leads.model import LeadStory
from saathi.scoring.features import Features, Value, list_features

TRAINED = Path(__file__).resolve().parent / "trained" / "model.json"


class ModelUnusable(Exception):
    """The model's file is missing or was changed by hand; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """How many points, of either sign, a feature's value adds to the base."""

    feature: str
    value: Value
    points: float


@dataclass(frozen=True, slots=True)
class Score:
    """`points` from 0 to 100 are the base and all contributions together; `probability` is the same from 0 to 1.
    Contributions are in order of weight, the heaviest first."""

    points: float
    probability: float
    base: float
    contributions: tuple[Contribution, ...]


class Curve(BaseModel):
    """What a feature adds to the log-odds; 0 for the average lead.

    steps: `values[n]` from `edges[n-1]` on, up to `edges[n]`. line: `slope` a unit from `centre`, within `edges` (two).
    names: the value of a word, `other` for one that training saw too rarely. `missing` stands for None.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    feature: str
    kind: Literal["steps", "line", "names"]
    edges: tuple[float, ...] = ()
    values: tuple[float, ...] = ()
    slope: float = 0.0
    centre: float = 0.0
    names: Mapping[str, float] = {}
    other: float = 0.0
    missing: float = 0.0

    def at(self, value: Value) -> float:
        """The log-odds that a value adds."""
        if value is None:
            return self.missing
        if self.kind == "names":
            return self.names.get(str(value), self.other)
        number = float(value)
        if self.kind == "steps":
            return self.values[bisect_right(self.edges, number)]
        return self.slope * (min(max(number, self.edges[0]), self.edges[1]) - self.centre)


class Additive(BaseModel):
    """All curves; `intercept` is the log-odds of the average lead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    intercept: float
    curves: tuple[Curve, ...]

    def score(self, features: Features) -> Score:
        """The score of some features; one that is not there counts as None."""
        parts = [(curve, features.get(curve.feature)) for curve in self.curves]
        odds = [curve.at(value) for curve, value in parts]
        base, whole = _sigmoid(self.intercept), _sigmoid(self.intercept + math.fsum(odds))
        way = math.fsum(odds)
        factor = 100 * ((whole - base) / way if abs(way) > 1e-6 else base * (1 - base))
        shares = [
            Contribution(curve.feature, value, factor * part) for (curve, value), part in zip(parts, odds, strict=True)
        ]
        shares.sort(key=lambda share: (-abs(share.points), share.feature))
        return Score(100 * whole, whole, 100 * base, tuple(shares))


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    digest: str
    model: Additive


class LeadScorer:
    """Scores leads with a trained model. `version` names the model: its last day of data and the start of its
    digest."""

    def __init__(self, version: str, model: Additive) -> None:
        self.version = version
        self._model = model

    @classmethod
    def load(cls, path: Path = TRAINED) -> "LeadScorer":
        """The committed model.

        Raises:
            ModelUnusable: the file is missing, does not fit, or its digest is not its content's.
        """
        try:
            file = _File.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelUnusable(f"{path} cannot be used: put it back, or run `make train-leads`.") from error
        if file.digest != digest_of(file.model):
            raise ModelUnusable(f"{path} was changed by hand: put it back, or run `make train-leads`.")
        return cls(file.version, file.model)

    def score(self, story: LeadStory, success_rate: float | None, now: float) -> Score:
        """The score of a lead at `now` (seconds since the epoch), by what was known then."""
        return self._model.score(list_features(story, success_rate, now))


def write_model(model: Additive, last_day: str, path: Path) -> str:
    """Write a model down; its version."""
    digest = digest_of(model)
    version = f"{last_day}-{digest[:8]}"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"version": version, "digest": digest, "model": _plain(model)}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return version


def digest_of(model: Additive) -> str:
    """SHA-256 over what the model says."""
    return hashlib.sha256(json.dumps(_plain(model), sort_keys=True).encode()).hexdigest()


def _plain(model: Additive) -> object:
    return model.model_dump(mode="json", exclude_defaults=True)


def _sigmoid(log_odds: float) -> float:
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))
