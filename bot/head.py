"""The head of the intent classifier: numbers in, an intent or a refusal out. It knows nothing of Rasa.

Features are TF-IDF of words (1-2) and of letters within words (2-4), each of length 1, beside the sentence vector; on
them a linear support vector machine, one against the rest. A message whose best intent is unlikely, or that resembles
no training example, is rejected: a logistic regression on the evidence for it, whose threshold is set on held-out
examples.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

WORDS = {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"\w+", "sublinear_tf": True}
LETTERS = {"analyzer": "char_wb", "ngram_range": (2, 4), "sublinear_tf": True}
DENSE_SHARE = 0.7  # length of the sentence vector beside two blocks of length 1
_NEAREST = 3
_LEAST_SHARE = 0.4  # an intent that is less likely than that is not acted upon
_ARRAYS = "head.npz"
_NAMES = "head.json"


@dataclass(frozen=True)
class Terms:
    """One TF-IDF block: what sklearn's fitted TfidfVectorizer knows, applied to one text without its pipeline."""

    analyze: Callable[[str], list[str]]
    index: dict[str, int]
    idf: Floats

    def weigh(self, text: str) -> tuple[npt.NDArray[np.intp], Floats]:
        """Return the columns of the known terms of `text` and their weights, of length 1 together."""
        counts = Counter(self.index[term] for term in self.analyze(text) if term in self.index)
        columns = np.fromiter(counts.keys(), np.intp, len(counts))
        weights = (1.0 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[columns]
        length = float(np.sqrt(weights @ weights))
        return columns, weights / length if length else weights

    def knows(self, text: str) -> bool:
        """Return whether a term of `text` occurred in training; keyboard noise and unknown languages have none."""
        return any(term in self.index for term in self.analyze(text))


@dataclass(frozen=True)
class Verdict:
    """How likely each intent is (most likely first), and whether the message is too strange to believe it."""

    ranking: list[tuple[str, float]]
    acceptance: float
    is_rejected: bool


@dataclass(frozen=True)
class Calibration:
    """What turns scores into probabilities (`sharpness`), and evidence into a refusal (`weights`, `threshold`)."""

    sharpness: float
    weights: Floats
    threshold: float


@dataclass(frozen=True)
class Head:
    """A trained head. `coefficients` is (terms + dimensions, intents); `landmarks` are sentence vectors of in-scope
    examples, some of each intent."""

    intents: list[str]
    out_of_scope: str
    words: Terms
    letters: Terms
    coefficients: Floats
    intercepts: Floats
    landmarks: Floats
    calibration: Calibration

    def judge(self, text: str, vector: Floats) -> Verdict:
        """Judge one text (in Latin form) with its sentence vector; well under a millisecond."""
        scores = self.intercepts + DENSE_SHARE * vector @ self.coefficients[-len(vector) :]
        offset = 0
        for block in (self.words, self.letters):
            columns, weights = block.weigh(text)
            scores = scores + weights @ self.coefficients[offset + columns]
            offset += len(block.idf)
        foreign = self.intents.index(self.out_of_scope) if self.out_of_scope in self.intents else None
        evidence = evidence_of(scores[None], (self.landmarks @ vector)[None], foreign)[0]
        acceptance = float(1.0 / (1.0 + np.exp(-(self.calibration.weights @ evidence))))
        likely = probabilities(scores[None], self.calibration.sharpness)[0]
        ranking = [(self.intents[i], float(likely[i])) for i in np.argsort(-likely)]
        is_strange = acceptance < self.calibration.threshold or ranking[0][1] < _LEAST_SHARE
        is_rejected = (is_strange and ranking[0][0] != self.out_of_scope) or not self.words.knows(text)
        return Verdict(ranking, acceptance, is_rejected)

    def save(self, folder: Path) -> None:
        """Write arrays and names into `folder`, as numbers and JSON: nothing that is run when it is read."""
        np.savez(
            folder / _ARRAYS,
            words=self.words.idf,
            letters=self.letters.idf,
            coefficients=self.coefficients,
            intercepts=self.intercepts,
            landmarks=self.landmarks,
            acceptance=self.calibration.weights,
        )
        names = {
            "intents": self.intents,
            "out_of_scope": self.out_of_scope,
            "words": list(self.words.index),
            "letters": list(self.letters.index),
            "sharpness": self.calibration.sharpness,
            "threshold": self.calibration.threshold,
        }
        (folder / _NAMES).write_text(json.dumps(names), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Head:
        """Read what `save` wrote."""
        names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return cls(
                intents=names["intents"],
                out_of_scope=names["out_of_scope"],
                words=terms(WORDS, names["words"], arrays["words"]),
                letters=terms(LETTERS, names["letters"], arrays["letters"]),
                coefficients=arrays["coefficients"],
                intercepts=arrays["intercepts"],
                landmarks=arrays["landmarks"],
                calibration=Calibration(names["sharpness"], arrays["acceptance"], names["threshold"]),
            )


def terms(settings: dict[str, object], names: Sequence[str], idf: Floats) -> Terms:
    """Return a block for the terms `names`, in the order of their columns."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - half a second that tests spare

    analyze = TfidfVectorizer(**settings).build_analyzer()
    return Terms(analyze, {name: column for column, name in enumerate(names)}, idf)


def probabilities(scores: Floats, sharpness: float) -> Floats:
    """Return the softmax of `scores` (messages, intents) times `sharpness`."""
    shares = np.exp(sharpness * (scores - scores.max(axis=1, keepdims=True)))
    return shares / shares.sum(axis=1, keepdims=True)


def evidence_of(scores: Floats, similarity: Floats, foreign: int | None) -> Floats:
    """Return what acceptance is weighed on, (messages, 5), from `scores` (messages, intents).

    The best score within scope, its lead over the next, the score of out-of-scope (the column `foreign`), the mean
    cosine to the nearest three landmarks (`similarity`: messages, landmarks), and the constant.
    """
    within = scores if foreign is None else np.delete(scores, foreign, axis=1)
    outside = np.zeros(len(scores)) if foreign is None else scores[:, foreign]
    two = np.partition(within, -2, axis=1)[:, -2:] if within.shape[1] > 1 else np.pad(within, ((0, 0), (1, 0)))
    count = min(_NEAREST, similarity.shape[1])
    nearest = np.partition(similarity, -count, axis=1)[:, -count:].mean(axis=1)
    return np.column_stack([two[:, 1], two[:, 1] - two[:, 0], outside, nearest, np.ones(len(scores))]).astype(
        np.float32
    )
