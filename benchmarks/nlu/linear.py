"""The plain linear systems that ours must beat: the same TF-IDF, no kernel, no look at the nearest example."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

from benchmarks.nlu.examples import OUT_OF_SCOPE
from bot.head import LETTERS, WORDS, Floats
from bot.head_training import threshold_between
from bot.text import latin_form
from encoder import Encoder

_HELD_SHARE = 1 / 3


def train_linear(
    texts: Sequence[str], intents: Sequence[str], encoder: Path | None
) -> Callable[[str], tuple[str, str]]:
    """Logistic regression (C=5) on TF-IDF and the vectors of the encoder in that folder; without one a linear SVM.

    Only the logistic regression refuses: by its top probability alone, the threshold set as ours is.
    """
    latin = [latin_form(text) for text in texts]
    if encoder is None:
        machine = Pipeline([("words", _tfidf()), ("svm", LinearSVC())]).fit(latin, list(intents))

        def classify(text: str) -> tuple[str, str]:
            found = str(machine.predict([latin_form(text)])[0])
            return found, found

        return classify
    reader = Encoder.load(encoder)
    vectors, names = reader.encode(texts), np.array(intents)
    model = _Logistic(latin, vectors, names)
    threshold = _threshold(latin, vectors, names)

    def judge(text: str) -> tuple[str, str]:
        shares = model.shares([latin_form(text)], reader.encode([text]))[0]
        likeliest = str(model.intents[shares.argmax()])
        return (likeliest if shares.max() >= threshold else OUT_OF_SCOPE), likeliest

    return judge


class _Logistic:
    """Multinomial logistic regression on words, letters and vectors side by side."""

    def __init__(self, latin: Sequence[str], vectors: Floats, names: np.ndarray) -> None:
        self._tfidf = _tfidf()
        features = hstack([self._tfidf.fit_transform(latin), csr_matrix(vectors)], format="csr")
        self._regression = LogisticRegression(C=5.0, max_iter=300, random_state=0).fit(features, names)
        self.intents: np.ndarray = self._regression.classes_

    def shares(self, latin: Sequence[str], vectors: Floats) -> np.ndarray:
        """Probabilities (texts, intents)."""
        features = hstack([self._tfidf.transform(latin), csr_matrix(vectors)], format="csr")
        return self._regression.predict_proba(features)


def _threshold(latin: list[str], vectors: Floats, names: np.ndarray) -> float:
    """From training data only: a third held back; without out-of-scope examples, a third of the intents as well."""
    chance = np.random.default_rng(0)
    seen, held = train_test_split(np.arange(len(names)), test_size=_HELD_SHARE, random_state=0)
    intents = np.unique(names)
    if OUT_OF_SCOPE not in intents:
        intents = chance.permutation(intents)
        foreign = np.isin(names, intents[: max(1, round(len(intents) * _HELD_SHARE))])
        seen = seen[~foreign[seen]]
    else:
        foreign = names == OUT_OF_SCOPE
    model = _Logistic([latin[i] for i in seen], vectors[seen], names[seen])
    shares = model.shares([latin[i] for i in held], vectors[held])
    is_right = model.intents[shares.argmax(axis=1)] == names[held]
    judged = (is_right & ~foreign[held]) | foreign[held]
    return threshold_between(shares.max(axis=1)[judged], ~foreign[held][judged])


def _tfidf() -> FeatureUnion:
    return FeatureUnion([("words", TfidfVectorizer(**WORDS)), ("letters", TfidfVectorizer(**LETTERS))])
