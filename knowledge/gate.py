"""Decides whether an article supports an answer: a logistic score over its evidence (calibrate.py fits it)."""

import json
import math
from dataclasses import astuple, dataclass
from pathlib import Path

from knowledge.search import Candidate, Evidence

GATE = Path(__file__).resolve().parent.parent / "data" / "knowledge" / "gate.json"


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights in the order of `Evidence`'s fields; the answer stands when the score reaches the threshold."""

    weights: tuple[float, ...]
    bias: float
    threshold: float

    @classmethod
    def load(cls, path: Path = GATE) -> "Gate":
        """Reads the fitted gate. Raises `ValueError` when it was fitted for other features."""
        data = json.loads(path.read_text(encoding="utf-8"))
        if list(data["weights"]) != list(Evidence.__slots__):
            raise ValueError(f"{path} was fitted for other features: run `python -m knowledge.calibrate`")
        return cls(tuple(data["weights"].values()), data["bias"], data["threshold"])

    def score(self, evidence: Evidence) -> float:
        """Probability, 0 to 1, that the article answers the question."""
        logit = self.bias + sum(weight * value for weight, value in zip(self.weights, astuple(evidence), strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))

    def best(self, candidates: list[Candidate]) -> tuple[Candidate, float] | None:
        """The best candidate with its score, or None when nothing reaches the threshold."""
        scored = [(candidate, self.score(candidate.evidence)) for candidate in candidates]
        best = max(scored, key=lambda pair: pair[1], default=None)
        return best if best is not None and best[1] >= self.threshold else None
