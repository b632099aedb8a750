"""Fits the gate on calibration questions: `python -m knowledge.calibrate`.

Learns from data/knowledge/calibration_questions, which stand in no article and which the encoder has not seen. First
the fusion (the right article among the candidates), then the ranking (it before the others), then the support (whether
the first one answers), then the threshold. Writes data/knowledge/gate.json: all of these, and how well they do under
cross-validation (each question judged by a ranking and support that never saw it).
"""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from encoder.store import Encodes
from knowledge.articles.library import ARTICLES
from knowledge.examples import read_questions
from knowledge.gate import GATE, SUPPORT, Gate, Judgement, describe
from knowledge.index import PLAIN, Fusion, Hit, Hits, settle_ties
from knowledge.loading import load_snapshot
from knowledge.search import Candidate, Evidence, Question, find_hits, first_articles, prepare, weigh_candidates
from knowledge.snapshot import Snapshot
from language import Language

_FOLDS = 5
_RIDGE = 1.0  # penalty on the weights of features that are brought to one scale
_ROUNDS = 30
_FUSIONS = (
    PLAIN, *(Fusion(1.0, lexical, k) for k in (2, 5, 20, 60) for lexical in (0.25, 0.5, 1.0, 2.0, 4.0)),
)  # fmt: skip
# Share of the calibration questions without an article that must be refused. Most are from near domains, and the intent
# classifier turns half of what is out of scope away before; a higher share costs right answers at twice the rate.
_REFUSED = 0.83
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A calibration question with its candidates; `slugs` are the articles that answer it, none when none does."""

    question: Question
    language: Language
    slugs: frozenset[str]
    candidates: list[Candidate]

    def is_right(self, candidate: Candidate) -> bool:
        """Whether the candidate answers the question."""
        return candidate.article.slug in self.slugs


@dataclass(frozen=True, slots=True)
class Search:
    """A calibration question with the passages that were found for it; see `Example`."""

    question: Question
    language: Language
    slugs: frozenset[str]
    hits: Hits


async def search_all(
    knowledge: Snapshot, encoder: Encodes, rows: Sequence[dict[str, Any]] | None = None
) -> list[Search]:
    """The questions with what is found for each today; one whose article is missing is left out."""
    today = datetime.now(UTC).date()
    searches = []
    for row in tqdm(read_questions() if rows is None else rows, desc="searching", leave=False):
        slugs = frozenset([row["article"]] if isinstance(row["article"], str) else row["article"] or ())
        if slugs <= knowledge.articles.keys():
            asked = prepare(row["question"], encoder, knowledge)
            searches.append(Search(asked, row["language"], slugs, await find_hits(asked, knowledge, today)))
    return searches


def fit_fusion(searches: Sequence[Search], knowledge: Snapshot) -> Fusion:
    """The fusion whose candidates hold the right article most often; of equal ones the plainest."""
    covered = [search for search in searches if search.slugs]

    def count(fusion: Fusion) -> int:
        return sum(not s.slugs.isdisjoint(first_articles(fuse(s.hits, fusion), knowledge)) for s in covered)

    return max(_FUSIONS, key=count)


def weigh(searches: Sequence[Search], knowledge: Snapshot, fusion: Fusion) -> list[Example]:
    """The candidates that each question gets by that fusion."""
    return [
        Example(s.question, s.language, s.slugs, weigh_candidates(s.question, fuse(s.hits, fusion), knowledge))
        for s in searches
    ]


def fuse(hits: Hits, fusion: Fusion) -> Hits:
    """The hits fused in another way, as the index would (see `Fusion`)."""
    scores: dict[str, float] = defaultdict(float)
    for ranking, weight in ((hits.dense, fusion.dense), (hits.lexical, fusion.lexical)):
        for rank, hit in enumerate(ranking, 1):
            scores[hit.passage] += 1 / (rank / weight + fusion.k - 1)
    return replace(hits, fused=settle_ties((Hit(*pair) for pair in scores.items()), hits.dense))


def fit(examples: Sequence[Example], fusion: Fusion = PLAIN) -> Gate:
    """Ranking, support and threshold for the candidates of that fusion."""
    ranking = _fit_ranking([example for example in examples if any(map(example.is_right, example.candidates))])
    ranker = Gate(fusion, ranking, (0.0,) * len(SUPPORT), 0.0, 0.0)
    judged = [(e, ranker.judge(e.question, e.candidates).ranked) for e in examples if e.candidates]
    rows = np.array([_describe(e.question, ranked, ranker) for e, ranked in judged])
    right = np.array([e.is_right(ranked[0]) for e, ranked in judged], dtype=np.float64)
    support, bias = _fit_support(rows, right)
    gate = Gate(fusion, ranking, support, bias, 0.0)
    return replace(gate, threshold=_choose_threshold([(e, gate.judge(e.question, e.candidates)) for e in examples]))


def _describe(question: Question, ranked: Sequence[Candidate], gate: Gate) -> tuple[float, ...]:
    return describe(question, [gate.score(candidate.evidence) for candidate in ranked], ranked[0].evidence)


def _fit_ranking(examples: Sequence[Example]) -> tuple[float, ...]:
    """Conditional logistic regression: the right article against the other candidates, by Newton's method."""
    every = np.array([astuple(c.evidence) for e in examples for c in e.candidates])
    scale = np.maximum(every.std(axis=0), 1e-6)
    groups = [np.array([astuple(c.evidence) for c in e.candidates]) / scale for e in examples]
    wanted = [list(map(e.is_right, e.candidates)).index(True) for e in examples]
    weights = np.zeros(every.shape[1])
    for _ in range(_ROUNDS):
        gradient, curvature = -_RIDGE * weights, _RIDGE * np.eye(len(weights))
        for rows, right in zip(groups, wanted, strict=True):
            scores = rows @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            mean = shares @ rows
            gradient += rows[right] - mean
            curvature += (rows * shares[:, None]).T @ rows - np.outer(mean, mean)
        weights = weights + np.linalg.solve(curvature, gradient)
    return tuple((weights / scale).round(4).tolist())


def _fit_support(rows: Array, right: Array) -> tuple[tuple[float, ...], float]:
    """Logistic regression, by Newton's method: weights and bias."""
    scale = np.maximum(rows.std(axis=0), 1e-6)
    scaled = np.hstack([rows / scale, np.ones((len(rows), 1))])
    penalty = np.full(scaled.shape[1], _RIDGE)
    penalty[-1] = 0.0  # the bias is free
    weights = np.zeros(scaled.shape[1])
    for _ in range(_ROUNDS):
        expected = 1 / (1 + np.exp(-scaled @ weights))
        gradient = scaled.T @ (right - expected) - penalty * weights
        curvature = (scaled * (expected * (1 - expected))[:, None]).T @ scaled + np.diag(penalty)
        weights = weights + np.linalg.solve(curvature, gradient)
    return tuple((weights[:-1] / scale).round(4).tolist()), round(float(weights[-1]), 4)


def _choose_threshold(judged: Sequence[tuple[Example, Judgement]]) -> float:
    """The lowest threshold that refuses `_REFUSED` of the questions which no article answers."""
    leaks = sorted(found.probability for example, found in judged if not example.slugs)
    return round(leaks[int(_REFUSED * (len(leaks) - 1))] + 1e-4, 4) if leaks else 0.5


def measure(judged: Sequence[tuple[Example, Judgement]]) -> dict[str, float]:
    """Shares, 0 to 1. Of questions with an article: `hit_at_1` without the threshold, `answered_right`,
    `answered_wrong` (another article was given), `missed` (refused). Of questions without: `refused`."""
    covered = [(e, found) for e, found in judged if e.slugs]
    others = [found for e, found in judged if not e.slugs]
    first = sum(bool(found.ranked) and e.is_right(found.ranked[0]) for e, found in covered)
    right = sum(found.best is not None and e.is_right(found.best) for e, found in covered)
    missed = sum(found.best is None for _, found in covered)
    refused = sum(found.best is None for found in others)
    return {
        "hit_at_1": round(first / max(len(covered), 1), 3),
        "answered_right": round(right / max(len(covered), 1), 3),
        "answered_wrong": round((len(covered) - right - missed) / max(len(covered), 1), 3),
        "missed": round(missed / max(len(covered), 1), 3),
        "refused": round(refused / max(len(others), 1), 3),
    }


def cross_validate(examples: Sequence[Example]) -> dict[str, Any]:
    """Figures for questions that the gate was not fitted on, over all and by language."""
    judged = []
    for fold in range(_FOLDS):
        gate = fit([e for n, e in enumerate(examples) if n % _FOLDS != fold])
        judged += [(e, gate.judge(e.question, e.candidates)) for e in examples[fold::_FOLDS]]
    return {
        "questions": len(examples),
        "of_which_no_article_answers": sum(not e.slugs for e in examples),
        **measure(judged),
        **{name: measure([pair for pair in judged if pair[0].language == name]) for name in ("en", "hi", "hinglish")},
    }


async def _main() -> int:
    from encoder import Encoder  # noqa: PLC0415 - the model is needed here alone
    from saathi.settings import Settings  # noqa: PLC0415

    encoder = Encoder.load()
    # A folder of its own: the action server may hold the other.
    knowledge = await load_snapshot(Settings().data_dir / "calibration", ARTICLES, encoder)
    searches = await search_all(knowledge, encoder)
    fusion = fit_fusion(searches, knowledge)
    examples = weigh(searches, knowledge, fusion)
    gate = fit(examples, fusion)
    data = {
        "fusion": fusion._asdict(),
        "ranking": dict(zip(Evidence.__slots__, gate.ranking, strict=True)),
        "support": dict(zip(SUPPORT, gate.support, strict=True)),
        "bias": gate.bias,
        "threshold": gate.threshold,
        "training_figures": cross_validate(examples),
        "encoder": encoder.version,
    }
    GATE.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(data, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
