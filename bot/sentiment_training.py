"""Fits the sentiment head (`bot.sentiment_head`) on `data/sentiment` and sets its cuts on held-out examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from bot.head import LETTERS, WORDS, Floats, terms
from bot.sentiment_head import CLASSES, SentimentHead, read_signs
from bot.text import latin_form

_FOLDS = 5
_FEWEST = 2 * _FOLDS
_STRENGTH = 20.0  # by cross-validation: macro-F1 .73 at 1, .77 at 5, .78 at 20
_FORM = f"write examples as blocks `|` of lines `- ...` under {', '.join(CLASSES)}"
_GRID = np.arange(0.05, 0.9, 0.05)


class SentimentDataError(ValueError):
    """The examples cannot train a head; the message names the file and what to write."""


def read_examples(folder: Path) -> tuple[list[str], list[str]]:
    """Return the texts in `folder` and their classes; raises SentimentDataError for a file of another form."""
    texts: list[str] = []
    names: list[str] = []
    for file in sorted(folder.glob("*.yml")):
        for name, block in _read_blocks(file).items():
            if name not in CLASSES or not isinstance(block, str):
                raise SentimentDataError(f"{file}: {_FORM}, not under {name!r} as it stands")
            for line in block.splitlines():
                if not line.startswith("- ") or not line[2:].strip():
                    raise SentimentDataError(f"{file}: begin each example with `- `, not {line!r}")
                texts.append(line[2:].strip())
                names.append(name)
    rare = [name for name in CLASSES if names.count(name) < _FEWEST]
    if rare:
        raise SentimentDataError(f"{folder}: write at least {_FEWEST} examples of {', '.join(rare)}")
    return texts, names


def train_sentiment_head(texts: Sequence[str], vectors: Floats, names: Sequence[str]) -> SentimentHead:
    """Train on `texts` as typed with sentence `vectors` (n, d) and their classes; about three seconds for 700."""
    classes = np.array([CLASSES.index(name) for name in names])
    head = _fit(texts, vectors, classes)
    return replace(head, cuts=_choose_cuts(score_held_out(texts, vectors, classes), classes))


def score_held_out(texts: Sequence[str], vectors: Floats, classes: np.ndarray) -> np.ndarray:
    """Return the score of each example by a head that has not seen it."""
    scores = np.zeros(len(texts))
    for seen, unseen in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(vectors, classes):
        head = _fit([texts[i] for i in seen], vectors[seen], classes[seen])
        for i in unseen:
            scores[i] = head.score(texts[i], latin_form(texts[i]), vectors[i])
    return scores


def _fit(texts: Sequence[str], vectors: Floats, classes: np.ndarray) -> SentimentHead:
    latin = [latin_form(text) for text in texts]
    words, letters = TfidfVectorizer(**WORDS), TfidfVectorizer(**LETTERS)
    signs = np.array([read_signs(text) for text in texts])
    blocks = [words.fit_transform(latin), letters.fit_transform(latin), csr_matrix(signs), csr_matrix(vectors)]
    regression = LogisticRegression(C=_STRENGTH, max_iter=1000, class_weight="balanced", random_state=0)
    regression.fit(hstack(blocks, format="csr"), classes)
    return SentimentHead(
        words=terms(WORDS, words.get_feature_names_out().tolist(), words.idf_.astype(np.float32)),
        letters=terms(LETTERS, letters.get_feature_names_out().tolist(), letters.idf_.astype(np.float32)),
        coefficients=np.ascontiguousarray(regression.coef_.T, dtype=np.float32),
        intercepts=regression.intercept_.astype(np.float32),
        cuts=(0.0, 0.0),
    )


def _choose_cuts(scores: np.ndarray, classes: np.ndarray) -> tuple[float, float]:
    """Return the cuts with the best macro-F1."""
    pairs = [(-float(below), float(above)) for below in _GRID for above in _GRID]
    judged = [f1_score(classes, np.digitize(scores, pair), average="macro") for pair in pairs]
    return pairs[int(np.argmax(judged))]


def _read_blocks(file: Path) -> dict[str, object]:
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SentimentDataError(f"{file}: {error}") from error
    if not isinstance(read, dict):
        raise SentimentDataError(f"{file}: {_FORM}")
    return read
