"""The head of the intent classifier: numbers in, an intent or a refusal out. It knows nothing of Rasa.

Features are TF-IDF of words (1-2) and of letters within words (2-4), each of length 1, beside the sentence vector,
also of length 1; on them a logistic regression (C=5). A message whose best intent is unlikely, or that resembles no
training example, is rejected: a second logistic regression on both weighs them, and its threshold is set on held-out
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


@dataclass(frozen=True)
class Verdict:
    """How likely each intent is (most likely first), and whether the message is too strange to believe it."""

    ranking: list[tuple[str, float]]
    acceptance: float
    is_rejected: bool


@dataclass(frozen=True)
class Head:
    """A trained head. `coefficients` is (terms + dense, intents); `examples` are the in-scope sentence vectors."""

    intents: list[str]
    out_of_scope: str
    words: Terms
    letters: Terms
    coefficients: Floats
    intercepts: Floats
    examples: Floats
    acceptance: Floats  # weights of log-odds, similarity, and the constant
    threshold: float

    def judge(self, text: str, vector: Floats) -> Verdict:
        """Judge one text (in Latin form) with its sentence vector; well under a millisecond."""
        logits = self.intercepts + vector @ self.coefficients[-len(vector) :]
        offset = 0
        for block in (self.words, self.letters):
            columns, weights = block.weigh(text)
            logits = logits + weights @ self.coefficients[offset + columns]
            offset += len(block.idf)
        shares = np.exp(logits - logits.max())
        likely = shares / shares.sum()
        ranking = [(self.intents[i], float(likely[i])) for i in np.argsort(-likely)]
        evidence = evidence_of(best_in_scope(ranking, self.out_of_scope), float((self.examples @ vector).max()))
        acceptance = float(1.0 / (1.0 + np.exp(-(self.acceptance @ evidence))))
        is_rejected = ranking[0][0] != self.out_of_scope and acceptance < self.threshold
        return Verdict(ranking, acceptance, is_rejected)

    def save(self, folder: Path) -> None:
        """Write arrays and names into `folder`, as numbers and JSON: nothing that is run when it is read."""
        np.savez(
            folder / _ARRAYS,
            words=self.words.idf,
            letters=self.letters.idf,
            coefficients=self.coefficients,
            intercepts=self.intercepts,
            examples=self.examples,
            acceptance=self.acceptance,
        )
        names = {
            "intents": self.intents,
            "out_of_scope": self.out_of_scope,
            "words": list(self.words.index),
            "letters": list(self.letters.index),
            "threshold": self.threshold,
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
                examples=arrays["examples"],
                acceptance=arrays["acceptance"],
                threshold=names["threshold"],
            )


def terms(settings: dict[str, object], names: Sequence[str], idf: Floats) -> Terms:
    """Return a block for the terms `names`, in the order of their columns."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - half a second that tests spare

    analyze = TfidfVectorizer(**settings).build_analyzer()
    return Terms(analyze, {name: column for column, name in enumerate(names)}, idf)


def best_in_scope(ranking: Sequence[tuple[str, float]], out_of_scope: str) -> float:
    """Return the probability of the likeliest intent other than `out_of_scope`."""
    return max((share for intent, share in ranking if intent != out_of_scope), default=0.0)


def evidence_of(probability: float, similarity: float) -> Floats:
    """Return what acceptance is weighed on: the log-odds, the cosine to the nearest example, the constant."""
    p = min(max(probability, 1e-6), 1.0 - 1e-6)
    return np.array([np.log(p / (1.0 - p)), similarity, 1.0], dtype=np.float32)
