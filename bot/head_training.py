"""Fits the intent head (`bot.head`) and sets its threshold on held-out examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import lapack
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold

from bot.head import LETTERS, WORDS, Calibration, Floats, Head, dense_kernel, evidence_of, probabilities, terms

_FOLDS = 3
FEWEST = 5
_FEWEST_OUT_OF_SCOPE = 10
# What is added to the kernel's diagonal. From 0.1 to 1 the cross-validated accuracy hardly changes.
_REGULARISATION = 0.15
# How much the vectors weigh against words and letters. Data in many registers wants little, one language much.
_DENSE_SHARES = (3.0, 5.0, 8.0)
# Of the in-scope messages that are understood rightly, at most this share may be turned away.
_LARGEST_FALSE_REFUSAL = 0.015
# Of 384 dimensions: most of the time for each message goes into its cosines to all examples.
_AXES = 256
# Terms in a larger share of the texts are multiplied densely: a sparse product pays for each pair of texts.
_FREQUENT = 0.02
_ROWS = 512
_SHARPNESS = np.arange(4.0, 31.0)


class TrainingDataError(ValueError):
    """The examples cannot train a head; the message says what to write."""


@dataclass(frozen=True)
class _Examples:
    """All that training reads: `kernel` (n, n) and `cosines` (n, n) among the examples, `labels` (n,) their intents."""

    kernel: Floats
    cosines: Floats
    labels: npt.NDArray[np.intp]
    intents: int
    foreign: int | None

    def targets(self) -> Floats:
        return _targets(self.labels, self.intents)


def train_head(
    texts: Sequence[str], vectors: Floats, intents: Sequence[str], out_of_scope: str, fewest: int = FEWEST
) -> Head:
    """Train on `texts` (Latin form) with sentence `vectors` (n, d).

    Raises TrainingDataError for an intent with less than `fewest` examples, or too few of them altogether. Without any
    example of `out_of_scope` the threshold is set on intents that are left out of the training in turn.
    """
    _check(Counter(intents), out_of_scope, fewest)
    order = np.argsort(np.array(intents) == out_of_scope, kind="stable")  # out-of-scope last: see Head.examples
    texts, vectors, names = [texts[i] for i in order], vectors[order], np.array(intents)[order]
    known, labels = np.unique(names, return_inverse=True)
    words, letters = TfidfVectorizer(**WORDS, dtype=np.float32), TfidfVectorizer(**LETTERS, dtype=np.float32)
    sparse = hstack([words.fit_transform(texts), letters.fit_transform(texts)], format="csr")
    axes = _principal_axes(vectors)
    nearby = np.ascontiguousarray(vectors @ axes)
    cosines = nearby @ nearby.T
    foreign = int(np.searchsorted(known, out_of_scope)) if out_of_scope in known else None
    kernel, share = _weigh_blocks(_products(sparse), dense_kernel(cosines), labels)
    examples = _Examples(kernel, cosines, labels, len(known), foreign)
    duals = _solve(kernel, examples.targets())
    return Head(
        intents=[str(intent) for intent in known],
        out_of_scope=out_of_scope,
        words=terms(WORDS, words.get_feature_names_out().tolist(), words.idf_.astype(np.float32)),
        letters=terms(LETTERS, letters.get_feature_names_out().tolist(), letters.idf_.astype(np.float32)),
        coefficients=np.ascontiguousarray(sparse.T @ duals, dtype=np.float32),
        axes=axes,
        examples=nearby,
        duals=np.ascontiguousarray(share * duals),
        in_scope=int(np.sum(names != out_of_scope)),
        calibration=_calibrate(examples),
    )


def _check(counts: Counter[str], out_of_scope: str, fewest: int) -> None:
    rare = sorted(intent for intent, count in counts.items() if count < fewest and intent != out_of_scope)
    if rare:
        raise TrainingDataError(f"write at least {fewest} examples of {', '.join(rare)}")
    if 0 < counts[out_of_scope] < _FEWEST_OUT_OF_SCOPE:
        raise TrainingDataError(f"write at least {_FEWEST_OUT_OF_SCOPE} examples of {out_of_scope}")
    if len(counts.keys() - {out_of_scope}) < 2:
        raise TrainingDataError("write examples of at least two intents beside out-of-scope")


def _principal_axes(vectors: Floats) -> Floats:
    """Return the axes (d, 256) along which `vectors` extend most; fewer where they have fewer dimensions."""
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(axes[:, ::-1][:, :_AXES], dtype=np.float32)


def _products(sparse: csr_matrix) -> Floats:
    """Return the inner products (n, n) of the rows of `sparse`."""
    is_frequent = np.diff(sparse.tocsc().indptr) > _FREQUENT * sparse.shape[0]
    frequent = sparse[:, is_frequent].toarray()
    products = frequent @ frequent.T
    rare = sparse[:, ~is_frequent]
    across = rare.T.tocsr()
    for start in range(0, len(products), _ROWS):
        products[start : start + _ROWS] += (rare[start : start + _ROWS] @ across).toarray()
    return products


def _weigh_blocks(sparse: Floats, dense: Floats, labels: npt.NDArray[np.intp]) -> tuple[Floats, float]:
    """Return the sum of the kernels with the share of `dense` that is the best on a held-out third, and that share."""
    seen, unseen = next(StratifiedKFold(_FOLDS, shuffle=True, random_state=1).split(labels, labels))
    targets = _targets(labels[seen], int(labels.max()) + 1)
    inner, across = np.ix_(seen, seen), np.ix_(unseen, seen)
    found = []
    for share in _DENSE_SHARES:
        duals = _solve(sparse[inner] + np.float32(share) * dense[inner], targets)
        scores = (sparse[across] + np.float32(share) * dense[across]) @ duals
        found.append(float(np.mean(scores.argmax(axis=1) == labels[unseen])))
    best = _DENSE_SHARES[int(np.argmax(found))]
    return sparse + np.float32(best) * dense, best


def _targets(labels: npt.NDArray[np.intp], intents: int) -> Floats:
    return (labels[:, None] == np.arange(intents)[None]).astype(np.float32)


def _solve(kernel: Floats, targets: Floats) -> Floats:
    """Return the dual coefficients of ridge regression: (kernel + regularisation) x = targets."""
    system = kernel.copy()
    system[np.diag_indices_from(system)] += _REGULARISATION
    factor, failed = lapack.spotrf(system.T, lower=1, overwrite_a=1)  # the transpose: Fortran order without a copy
    assert failed == 0, "a kernel plus its regularisation is positive definite"
    solution, _ = lapack.spotrs(factor, targets, lower=1)
    return np.asarray(solution, dtype=np.float32)


def _calibrate(examples: _Examples) -> Calibration:
    """Weigh the evidence on examples that the head had not seen, and choose the threshold on them."""
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(examples.labels, examples.labels)
    scores, evidence = _held_out(examples, folds)
    is_foreign = examples.labels == examples.foreign
    strange = evidence[is_foreign]
    is_right = (scores.argmax(axis=1) == examples.labels) & ~is_foreign
    if examples.foreign is None:
        _, strange = _held_out(examples, _intents_left_out(examples))
    rows = np.vstack([evidence[is_right], strange])
    accepted = np.arange(len(rows)) < is_right.sum()
    model = LogisticRegression(C=1.0, class_weight="balanced", fit_intercept=False, random_state=0, max_iter=1000)
    weights = model.fit(rows, accepted).coef_[0].astype(np.float32)
    acceptance = 1.0 / (1.0 + np.exp(-(rows @ weights)))
    return Calibration(_sharpness(scores, examples.labels), weights, threshold_between(acceptance, accepted))


def _held_out(examples: _Examples, folds: Iterator[tuple[np.ndarray, np.ndarray]]) -> tuple[Floats, Floats]:
    """Return scores and evidence of all examples, each from a head that was trained without its fold."""
    scores = np.zeros((len(examples.labels), examples.intents), dtype=np.float32)
    evidence: list[Floats] = [np.empty(0, dtype=np.float32)] * len(scores)
    targets = examples.targets()
    for seen, unseen in folds:
        duals = _solve(examples.kernel[np.ix_(seen, seen)], targets[seen])
        scores[unseen] = examples.kernel[np.ix_(unseen, seen)] @ duals
        near = examples.cosines[np.ix_(unseen, seen[examples.labels[seen] != examples.foreign])]
        for i, row in zip(unseen, evidence_of(scores[unseen], near, examples.foreign), strict=True):
            evidence[i] = row
    return scores, np.array(evidence)


def _intents_left_out(examples: _Examples) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield folds of whole intents: what is asked of an intent that the head does not know is out of its scope."""
    for _, left_out in KFold(_FOLDS, shuffle=True, random_state=0).split(np.arange(examples.intents)):
        is_unseen = np.isin(examples.labels, left_out)
        yield np.flatnonzero(~is_unseen), np.flatnonzero(is_unseen)


def _sharpness(scores: Floats, labels: npt.NDArray[np.intp]) -> float:
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
