"""Fits the intent head (`bot.head`) and sets its threshold on held-out examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.svm import LinearSVC

from bot.head import DENSE_SHARE, LETTERS, WORDS, Calibration, Floats, Head, evidence_of, probabilities, terms

# Two halves: heads on half of the examples are a little less sure, which keeps probabilities and threshold modest.
_FOLDS = 2
FEWEST = 5
_FEWEST_OUT_OF_SCOPE = 10
_CALIBRATED_ON = 10_000  # examples at most: more would only take longer
_LANDMARKS = 30  # of each intent
_TOLERANCE = 0.01  # of the solver: a hundredth of sklearn's takes a quarter longer and judges the same
# Of the in-scope messages that are understood rightly, at most this share may be turned away.
_LARGEST_FALSE_REFUSAL = 0.05
# Where no example shows what is out of scope, nothing can be learnt of how to weigh the evidence.
_WEIGHTS_UNTAUGHT = np.array([2.0, 2.0, 0.0, 6.0, -4.0], dtype=np.float32)
_SHARPNESS = np.arange(1.0, 12.0, 0.5)
Labels = npt.NDArray[np.intp]


class TrainingDataError(ValueError):
    """The examples cannot train a head; the message says what to write."""


@dataclass(frozen=True)
class _Examples:
    """All that training reads: `features` (n, terms + d), `vectors` (n, d), `labels` (n,) of the examples' intents."""

    features: csr_matrix
    vectors: Floats
    labels: Labels
    intents: int
    foreign: int | None


def train_head(
    texts: Sequence[str], vectors: Floats, intents: Sequence[str], out_of_scope: str, fewest: int = FEWEST
) -> Head:
    """Train on `texts` (Latin form) with sentence `vectors` (n, d).

    Raises TrainingDataError for an intent with less than `fewest` examples, or too few of them altogether. Without any
    example of `out_of_scope` the threshold is set on intents that are left out of the training in turn.
    """
    _check(Counter(intents), out_of_scope, fewest)
    known, labels = np.unique(np.array(intents), return_inverse=True)
    words, letters = TfidfVectorizer(**WORDS, dtype=np.float32), TfidfVectorizer(**LETTERS, dtype=np.float32)
    blocks = [words.fit_transform(texts), letters.fit_transform(texts), csr_matrix(DENSE_SHARE * vectors)]
    foreign = int(np.searchsorted(known, out_of_scope)) if out_of_scope in known else None
    examples = _Examples(hstack(blocks, format="csr"), vectors, labels, len(known), foreign)
    with ThreadPoolExecutor(1) as other_core:  # the solver holds no lock on the interpreter
        fitting = other_core.submit(_fit, examples.features, labels)
        calibration = _calibrate(examples)
        machine = fitting.result()
    return Head(
        intents=[str(intent) for intent in known],
        out_of_scope=out_of_scope,
        words=terms(WORDS, words.get_feature_names_out().tolist(), words.idf_.astype(np.float32)),
        letters=terms(LETTERS, letters.get_feature_names_out().tolist(), letters.idf_.astype(np.float32)),
        coefficients=np.ascontiguousarray(machine.coef_.T, dtype=np.float32),
        intercepts=machine.intercept_.astype(np.float32),
        landmarks=_choose_landmarks(examples, np.arange(len(labels))),
        calibration=calibration,
    )


def _check(counts: Counter[str], out_of_scope: str, fewest: int) -> None:
    rare = sorted(intent for intent, count in counts.items() if count < fewest and intent != out_of_scope)
    if rare:
        raise TrainingDataError(f"write at least {fewest} examples of {', '.join(rare)}")
    if 0 < counts[out_of_scope] < _FEWEST_OUT_OF_SCOPE:
        raise TrainingDataError(f"write at least {_FEWEST_OUT_OF_SCOPE} examples of {out_of_scope}")
    if len(counts.keys() - {out_of_scope}) < 2:
        raise TrainingDataError("write examples of at least two intents beside out-of-scope")
    if len(counts) < 3:
        raise TrainingDataError(f"write examples of {out_of_scope}, or of a third intent")


def _fit(features: csr_matrix, labels: Labels) -> LinearSVC:
    return LinearSVC(C=1.0, tol=_TOLERANCE, random_state=0).fit(features, labels)


def _choose_landmarks(examples: _Examples, among: npt.NDArray[np.intp]) -> Floats:
    """Return vectors of examples within scope among those, evenly from each intent."""
    chosen: list[int] = []
    for label in range(examples.intents):
        mine = among[examples.labels[among] == label]
        if label != examples.foreign and len(mine):
            chosen += mine[np.unique(np.linspace(0, len(mine) - 1, _LANDMARKS).astype(int))].tolist()
    return np.ascontiguousarray(examples.vectors[chosen])


def _calibrate(examples: _Examples) -> Calibration:
    """Weigh the evidence on examples that the head had not seen, and choose the threshold on them."""
    examples = _sample(examples)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(examples.labels, examples.labels)
    scores, evidence = _hold_out(examples, folds)
    is_foreign = examples.labels == examples.foreign
    strange = evidence[is_foreign]
    is_right = (scores.argmax(axis=1) == examples.labels) & ~is_foreign
    if examples.foreign is None:
        _, strange = _hold_out(examples, _leave_intents_out(examples))
    rows = np.vstack([evidence[is_right], strange])
    accepted = np.arange(len(rows)) < is_right.sum()
    weights = _WEIGHTS_UNTAUGHT if examples.foreign is None else _weigh_evidence(rows, accepted)
    acceptance = 1.0 / (1.0 + np.exp(-(rows @ weights)))
    return Calibration(_find_sharpness(scores, examples.labels), weights, threshold_between(acceptance, accepted))


def _sample(examples: _Examples) -> _Examples:
    """Return at most so many examples as the calibration needs, evenly from the whole."""
    count = len(examples.labels)
    if count <= _CALIBRATED_ON:
        return examples
    chosen = np.random.default_rng(0).permutation(count)[:_CALIBRATED_ON]
    return replace(
        examples,
        features=examples.features[chosen],
        vectors=examples.vectors[chosen],
        labels=examples.labels[chosen],
    )


def _weigh_evidence(rows: Floats, accepted: np.ndarray) -> Floats:
    model = LogisticRegression(C=1.0, class_weight="balanced", fit_intercept=False, random_state=0, max_iter=1000)
    return np.asarray(model.fit(rows, accepted).coef_[0], dtype=np.float32)


def _hold_out(examples: _Examples, folds: Iterator[tuple[np.ndarray, np.ndarray]]) -> tuple[Floats, Floats]:
    """Return scores (n, intents) and evidence (n, 5) of all examples, each of a head that was trained without it."""
    scores = np.full((len(examples.labels), examples.intents), -1.0, dtype=np.float32)
    evidence = np.zeros((len(examples.labels), 5), dtype=np.float32)
    for seen, unseen in folds:
        machine = _fit(examples.features[seen], examples.labels[seen])
        decided = machine.decision_function(examples.features[unseen])
        if decided.ndim == 1:  # of two classes sklearn scores the second alone
            decided = np.column_stack([-decided, decided])
        scores[np.ix_(unseen, machine.classes_)] = decided
        near = examples.vectors[unseen] @ _choose_landmarks(examples, seen).T
        evidence[unseen] = evidence_of(scores[unseen], near, examples.foreign)
    return scores, evidence


def _leave_intents_out(examples: _Examples) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield folds of whole intents: what is asked of an intent that the head does not know is out of its scope."""
    for _, left_out in KFold(3, shuffle=True, random_state=0).split(np.arange(examples.intents)):
        is_unseen = np.isin(examples.labels, left_out)
        yield np.flatnonzero(~is_unseen), np.flatnonzero(is_unseen)


def _find_sharpness(scores: Floats, labels: Labels) -> float:
    """Return the sharpness whose probabilities are the most likely for held-out examples."""
    rows = np.arange(len(labels))
    losses = [-np.log(probabilities(scores, value)[rows, labels] + 1e-9).mean() for value in _SHARPNESS]
    return float(_SHARPNESS[int(np.argmin(losses))])


def threshold_between(acceptance: np.ndarray, accepted: np.ndarray) -> float:
    """Return the score that parts both best (balanced accuracy) without too many false refusals."""
    kept, refused = np.sort(acceptance[accepted]), np.sort(acceptance[~accepted])
    highest = float(np.quantile(kept, _LARGEST_FALSE_REFUSAL))
    candidates = np.unique(acceptance[acceptance <= highest])
    if not len(candidates):
        return highest
    lost = np.searchsorted(kept, candidates) / len(kept)
    found = np.searchsorted(refused, candidates) / len(refused)
    return float(candidates[int(np.argmax(found - lost))])
