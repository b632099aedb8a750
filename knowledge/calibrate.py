"""Fits the gate on training questions: `python -m knowledge.calibrate`.

Learns from data/knowledge/training_questions.yml and from the articles' own questions, each asked as if its article did
not have it. Writes data/knowledge/gate.json: weights, threshold, and how well they do under cross-validation (each
question judged by a gate that never saw it). These are training figures: the glossary was made with the same questions,
so expect less on others.
"""

import asyncio
import json
import sys
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.articles.library import ARTICLES
from knowledge.loading import load_snapshot
from knowledge.gate import GATE, Gate
from knowledge.index import Hit, Hits
from knowledge.search import Candidate, Evidence, find_candidates, find_hits, prepare, weigh_candidates
from knowledge.snapshot import Snapshot, Vocabulary
from knowledge.vectors import Encodes
from language import Language, detect

TRAINING = GATE.parent / "training_questions.yml"
_FOLDS = 5
_RIDGE = 0.3  # strength of the penalty on weights
# Share of the training questions without an article that must be refused. Most are from near domains, and the intent
# classifier turns half of what is out of scope away before; a higher share costs right answers at twice the rate.
_REFUSED = 0.82
_LEAST = 0.25  # what is less likely than this is never given
_FEATURES = Evidence.__slots__
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A training question with its candidates; `article` is the slug that answers it, None when none does."""

    question: str
    language: Language
    article: str | None
    candidates: list[Candidate]


async def find_examples(knowledge: Snapshot, encoder: Encodes, path: Path = TRAINING) -> list[Example]:
    """The questions of the file, and those of the articles themselves, with what the search finds for each today.

    A question of the file whose article is missing is left out.
    """
    today = datetime.now(UTC).date()
    examples = []
    for row in yaml.safe_load(await asyncio.to_thread(path.read_text, encoding="utf-8")):
        if row["article"] is None or row["article"] in knowledge.articles:
            asked = prepare(row["question"], encoder, knowledge)
            examples.append(Example(**row, candidates=await find_candidates(asked, knowledge, today)))
    return examples + await _find_own_questions(knowledge, encoder, today)


async def _find_own_questions(knowledge: Snapshot, encoder: Encodes, today: date) -> list[Example]:
    """Each article's questions, every one asked of a state of the knowledge that lacks it."""
    examples = []
    for left_out in range(max((len(article.questions) for article in knowledge.articles.values()), default=0)):
        state = _without(knowledge, left_out)
        for article in knowledge.articles.values():
            for text in article.questions[left_out : left_out + 1]:
                asked = prepare(text, encoder, state)
                hits = await find_hits(asked, knowledge, today)
                known = Hits(*(_keep(ranking, state) for ranking in (hits.dense, hits.lexical, hits.fused)))
                examples.append(Example(text, detect(text), article.slug, weigh_candidates(asked, known, state)))
    return examples


def _without(knowledge: Snapshot, left_out: int) -> Snapshot:
    """The same knowledge, had no article its question of that number."""
    articles = [
        replace(article, questions=article.questions[:left_out] + article.questions[left_out + 1 :])
        for article in knowledge.articles.values()
    ]
    passages = {key: p for key, p in knowledge.passages.items() if p.kind != "question" or p.number != left_out}
    return replace(knowledge, passages=passages, vocabulary=Vocabulary(articles, knowledge.lexicon))


def _keep(ranking: tuple[Hit, ...], state: Snapshot) -> tuple[Hit, ...]:
    return tuple(hit for hit in ranking if hit.passage in state.passages)


def fit(examples: list[Example]) -> Gate:
    """Logistic regression over all candidates, by Newton's method; then the threshold."""
    evidence = np.array([astuple(c.evidence) for e in examples for c in e.candidates], dtype=np.float64)
    answers = np.array([c.article.slug == e.article for e in examples for c in e.candidates], dtype=np.float64)
    weights = _solve(np.hstack([evidence, np.ones((len(evidence), 1))]), answers)
    gate = Gate(tuple(weights[:-1].round(4).tolist()), round(float(weights[-1]), 4), 0.0)
    return Gate(gate.weights, gate.bias, _choose_threshold([(e, gate.best(e.candidates)) for e in examples]))


def _solve(rows: Array, answers: Array) -> Array:
    weights = np.zeros(rows.shape[1])
    penalty = np.full(rows.shape[1], _RIDGE)
    penalty[-1] = 0.0  # the bias is free
    for _ in range(30):
        expected = 1 / (1 + np.exp(-rows @ weights))
        gradient = rows.T @ (answers - expected) - penalty * weights
        curvature = (rows * (expected * (1 - expected))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _choose_threshold(judged: list[tuple[Example, tuple[Candidate, float] | None]]) -> float:
    """The lowest threshold from `_LEAST` on that refuses `_REFUSED` of the questions which no article answers."""
    leaks = sorted(found[1] if found else 0.0 for example, found in judged if example.article is None)
    highest = leaks[int(_REFUSED * (len(leaks) - 1))] if leaks else 0.0
    return max(_LEAST, round(highest + 1e-4, 4))


def measure(judged: list[tuple[Example, tuple[Candidate, float] | None]]) -> dict[str, float]:
    """Shares, 0 to 1. Of questions with an article: `answered_right`, `answered_wrong` (another article was given),
    `missed` (refused). Of questions without: `refused`, `leaked` (something was given)."""
    covered = [(e.article, found[0].article.slug if found else None) for e, found in judged if e.article]
    others = [found for e, found in judged if e.article is None]
    right = sum(given == wanted for wanted, given in covered)
    missed = sum(given is None for _, given in covered)
    refused = sum(found is None for found in others)
    return {
        "answered_right": round(right / max(len(covered), 1), 3),
        "answered_wrong": round((len(covered) - right - missed) / max(len(covered), 1), 3),
        "missed": round(missed / max(len(covered), 1), 3),
        "refused": round(refused / max(len(others), 1), 3),
        "leaked": round(1 - refused / max(len(others), 1), 3),
    }


def cross_validate(examples: list[Example]) -> dict[str, Any]:
    """Figures for questions that the gate was not fitted on, over all and by language, and hit@1 without threshold."""
    judged, first = [], 0
    for fold in range(_FOLDS):
        gate = fit([e for n, e in enumerate(examples) if n % _FOLDS != fold])
        open_gate = Gate(gate.weights, gate.bias, 0.0)
        for example in examples[fold::_FOLDS]:
            judged.append((example, gate.best(example.candidates)))
            top = open_gate.best(example.candidates)
            first += bool(example.article and top and top[0].article.slug == example.article)
    languages = {name: [pair for pair in judged if pair[0].language == name] for name in ("en", "hi", "hinglish")}
    return {
        "questions": len(examples),
        "of_which_no_article_answers": sum(e.article is None for e in examples),
        "hit_at_1": round(first / max(sum(e.article is not None for e in examples), 1), 3),
        **measure(judged),
        **{name: measure(part) for name, part in languages.items()},
    }


async def _main() -> int:
    from encoder import Encoder  # noqa: PLC0415 - the model is needed here alone
    from saathi.settings import Settings  # noqa: PLC0415

    encoder = Encoder.load()
    # A folder of its own: the action server may hold the other.
    knowledge = await load_snapshot(Settings().data_dir / "calibration", ARTICLES, encoder)
    examples = await find_examples(knowledge, encoder)
    gate, figures = fit(examples), cross_validate(examples)
    data = {
        "weights": dict(zip(_FEATURES, gate.weights, strict=True)),
        "bias": gate.bias,
        "threshold": gate.threshold,
        "training_figures": figures,
        "encoder": encoder.version,
    }
    GATE.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(data, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
