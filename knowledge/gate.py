"""Decides which article answers and whether it supports an answer at all (calibrate.py fits both)."""

import json
import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from knowledge.index import Fusion
from knowledge.search import Candidate, Evidence, Question

GATE = Path(__file__).resolve().parent.parent / "data" / "knowledge" / "gate.json"

# Shares and cosines alone: BM25 scores grow with the number of articles, and the gate serves other libraries too.
SUPPORT = (
    "lead", "dense", "pointer", "definition", "coverage", "focus", "overlap", "known", "live", "outside",
    "outside_likeness",
)  # fmt: skip
# What an intent adds to the articles of its topic: to their score, which decides who stands first, and to the logit
# that they answer. Chosen on the calibration questions, with the intents that the classifier gave them, and on examples
# of data/nlu: with less, many questions go to a wrong article; with more, misread questions lose theirs.
_TOPIC_SCORE = 3.0
_TOPIC_LOGIT = 1.0
_OFFERED = 3
_NEAR = 0.3  # share of the threshold from which topics are worth offering


@dataclass(frozen=True, slots=True)
class Judgement:
    """The candidates, best first, and the probability, 0 to 1, that the first one answers the question."""

    ranked: tuple[Candidate, ...]
    probability: float
    threshold: float

    @property
    def best(self) -> Candidate | None:
        """The article that answers, None when none is supported."""
        return self.ranked[0] if self.ranked and self.probability >= self.threshold else None

    @property
    def near(self) -> tuple[Candidate, ...]:
        """Articles that may be meant although none is supported."""
        return self.ranked[:_OFFERED] if self.probability >= _NEAR * self.threshold else ()


@dataclass(frozen=True, slots=True)
class Gate:
    """`fusion` makes the candidates, `ranking` weighs `Evidence`'s fields, `support` those of `SUPPORT`; an answer
    stands from the threshold on."""

    fusion: Fusion
    ranking: tuple[float, ...]
    support: tuple[float, ...]
    bias: float
    threshold: float

    @classmethod
    def load(cls, path: Path = GATE) -> "Gate":
        """Reads the fitted gate. Raises `ValueError` when it was fitted for other features."""
        data = json.loads(path.read_text(encoding="utf-8"))
        if list(data["ranking"]) != list(Evidence.__slots__) or list(data["support"]) != list(SUPPORT):
            raise ValueError(f"{path} was fitted for other features: run `python -m knowledge.calibrate`")
        ranking, support = (tuple(data[name].values()) for name in ("ranking", "support"))
        return cls(Fusion(**data["fusion"]), ranking, support, data["bias"], data["threshold"])

    def judge(
        self, question: Question, candidates: Sequence[Candidate], topic: frozenset[str] = frozenset()
    ) -> Judgement:
        """Ranks the candidates and says how likely the first answers the question. Articles of `topic` (slugs) have the
        intent of the question on their side: one outside must fit clearly better."""
        scored = sorted(
            ((self.score(c.evidence) + _TOPIC_SCORE * (c.article.slug in topic), c) for c in candidates),
            key=lambda pair: -pair[0],
        )
        if not scored:
            return Judgement((), 0.0, self.threshold)
        best = scored[0][1]
        features = describe(question, [score for score, _ in scored], best.evidence)
        logit = self.bias + sum(weight * value for weight, value in zip(self.support, features, strict=True))
        logit += _TOPIC_LOGIT * (best.article.slug in topic)
        probability = 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
        return Judgement(tuple(candidate for _, candidate in scored), probability, self.threshold)

    def score(self, evidence: Evidence) -> float:
        """How well the article fits, against others; only differences mean something."""
        return float(sum(weight * value for weight, value in zip(self.ranking, astuple(evidence), strict=True)))


def describe(question: Question, scores: Sequence[float], best: Evidence) -> tuple[float, ...]:
    """The features of `SUPPORT` for the best of the candidates, whose scores are given best first."""
    lead = scores[0] - scores[1] if len(scores) > 1 else 0.0
    return (
        lead, best.dense, best.pointer, best.definition, best.coverage, best.focus, best.overlap,
        question.known, float(question.live), float(question.outside), question.outside_likeness,
    )  # fmt: skip
