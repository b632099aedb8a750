"""Fits the intent head (`bot.head`) and sets its threshold on held-out examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from bot.head import LETTERS, WORDS, Floats, Head, best_in_scope, evidence_of, terms

_FOLDS = 3
_FEWEST = 5
# Held-out heads need not be exact to the last digit: their scores only set the threshold, and they cost a third.
_ITERATIONS_HELD_OUT = 60
_ITERATIONS = 1000
# Of the in-scope messages that are understood rightly, at most this share may be turned away.
_LARGEST_FALSE_REFUSAL = 0.05
_FEWEST_OUT_OF_SCOPE = 10


class TrainingDataError(ValueError):
    """The examples cannot train a head; the message says what to write."""


def train_head(texts: Sequence[str], vectors: Floats, intents: Sequence[str], out_of_scope: str) -> Head:
    """Train on `texts` (Latin form) with sentence `vectors` (n, d); raises TrainingDataError for too few examples."""
    counts = Counter(intents)
    rare = sorted(intent for intent, count in counts.items() if count < _FEWEST)
    if rare:
        raise TrainingDataError(f"write at least {_FEWEST} examples of {', '.join(rare)}")
    if counts[out_of_scope] < _FEWEST_OUT_OF_SCOPE:
        raise TrainingDataError(f"write at least {_FEWEST_OUT_OF_SCOPE} examples of {out_of_scope}")
    weights, threshold = _calibrate(list(texts), vectors, np.array(intents), out_of_scope)
    head = _fit(list(texts), vectors, np.array(intents), out_of_scope, _ITERATIONS)
    return replace(head, acceptance=weights, threshold=threshold)


def _fit(texts: list[str], vectors: Floats, intents: np.ndarray, out_of_scope: str, iterations: int) -> Head:
    words, letters = TfidfVectorizer(**WORDS), TfidfVectorizer(**LETTERS)
    blocks = [words.fit_transform(texts), letters.fit_transform(texts), csr_matrix(vectors)]
    regression = LogisticRegression(C=5.0, max_iter=iterations, multi_class="multinomial", random_state=0)
    regression.fit(hstack(blocks, format="csr"), intents)
    coefficients, intercepts = regression.coef_, regression.intercept_
    if len(regression.classes_) == 2:  # sklearn keeps one row for two classes
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.array([-intercepts[0], intercepts[0]])
    return Head(
        intents=[str(intent) for intent in regression.classes_],
        out_of_scope=out_of_scope,
        words=terms(WORDS, words.get_feature_names_out().tolist(), words.idf_.astype(np.float32)),
        letters=terms(LETTERS, letters.get_feature_names_out().tolist(), letters.idf_.astype(np.float32)),
        coefficients=np.ascontiguousarray(coefficients.T, dtype=np.float32),
        intercepts=intercepts.astype(np.float32),
        examples=np.ascontiguousarray(vectors[intents != out_of_scope]),
        acceptance=np.zeros(3, dtype=np.float32),
        threshold=0.0,
    )


def _calibrate(texts: list[str], vectors: Floats, intents: np.ndarray, out_of_scope: str) -> tuple[Floats, float]:
    """Weigh the evidence on examples that the head had not seen, and choose the threshold on them."""
    evidence: list[Floats] = []
    is_right: list[bool] = []
    is_foreign: list[bool] = []
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    for seen, unseen in folds.split(texts, intents):
        head = _fit([texts[i] for i in seen], vectors[seen], intents[seen], out_of_scope, _ITERATIONS_HELD_OUT)
        for i in unseen:
            ranking = head.judge(texts[i], vectors[i]).ranking
            nearest = float((head.examples @ vectors[i]).max())
            evidence.append(evidence_of(best_in_scope(ranking, out_of_scope), nearest))
            is_right.append(bool(ranking[0][0] == intents[i] != out_of_scope))
            is_foreign.append(bool(intents[i] == out_of_scope))
    rows, right, foreign = np.array(evidence), np.array(is_right), np.array(is_foreign)
    judged = right | foreign
    model = LogisticRegression(C=1.0, class_weight="balanced", fit_intercept=False, random_state=0)
    model.fit(rows[judged], right[judged])
    weights = model.coef_[0].astype(np.float32)
    scores = 1.0 / (1.0 + np.exp(-(rows @ weights)))
    return weights, _threshold(scores[right], scores[foreign])


def _threshold(accepted: np.ndarray, refused: np.ndarray) -> float:
    """Return the score that parts both best (balanced accuracy) without too many false refusals."""
    highest = float(np.quantile(accepted, _LARGEST_FALSE_REFUSAL))
    candidates = [score for score in np.unique(np.concatenate([accepted, refused])) if score <= highest]
    if not candidates:
        return highest
    parted = [np.mean(accepted >= score) + np.mean(refused < score) for score in candidates]
    return float(candidates[int(np.argmax(parted))])
