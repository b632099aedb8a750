"""Articles that nobody can find: asked their own questions, each as if they did not have it, others come first."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from knowledge.check.findings import Finding
from knowledge.chunks import Passage
from knowledge.index import Vectors
from knowledge.snapshot import Vocabulary

_FINDABLE = frozenset({"title", "question", "definition", "section"})
_WORDS_COUNT = 0.3  # what shared words add to the cosine, beside it from 0 to 1
_FIRST = 3  # an article counts as found among so many
_ENOUGH = 0.5  # share of its questions that must find it

Scores = NDArray[np.float32]


def find_unfindable(passages: list[Passage], vectors: Vectors, vocabulary: Vocabulary) -> Iterator[Finding]:
    """The articles that less than half of their own questions find; `vectors` has a row a passage.

    This is a plain search by meaning and shared words, stricter than the assistant's own, so that it says which
    articles stand in another's shade whatever the search is tuned to.
    """
    chosen = [n for n, passage in enumerate(passages) if passage.kind in _FINDABLE]
    kept, rows = [passages[n] for n in chosen], vectors[chosen]
    slugs = sorted({passage.article.slug for passage in kept})
    owner = np.array([slugs.index(passage.article.slug) for passage in kept])
    bodies = [_body_words(slug, kept, vocabulary) for slug in slugs]
    asked: dict[str, int] = dict.fromkeys(slugs, 0)
    missed: dict[str, list[str]] = {slug: [] for slug in slugs}
    for at, passage in enumerate(kept):
        if passage.kind != "question":
            continue
        cosine = rows @ rows[at]
        cosine[at] = -1.0
        best = _best_by_owner(cosine, owner, len(slugs)) + _WORDS_COUNT * _shares(passage, bodies, vocabulary)
        first = [slugs[n] for n in np.argsort(-best)[:_FIRST]]
        asked[passage.article.slug] += 1
        if passage.article.slug not in first:
            missed[passage.article.slug].append(f"{passage.text} -> {first[0]}")
    for slug, questions in missed.items():
        if asked[slug] and len(questions) > (1 - _ENOUGH) * asked[slug]:
            found = asked[slug] - len(questions)
            message = f"{slug}: {found} of its {asked[slug]} questions find it; these find another article first"
            yield Finding("unfindable", (slug,), message, tuple(questions), len(questions) / asked[slug])


def _body_words(slug: str, passages: list[Passage], vocabulary: Vocabulary) -> frozenset[str]:
    texts = (p.text for p in passages if p.article.slug == slug and p.kind != "question")
    return frozenset[str]().union(*(vocabulary.of_text(text) for text in texts))


def _best_by_owner(scores: Scores, owner: NDArray[np.int64], count: int) -> Scores:
    best = np.full(count, -1.0, dtype=np.float32)
    np.maximum.at(best, owner, scores)
    return best


def _shares(question: Passage, bodies: list[frozenset[str]], vocabulary: Vocabulary) -> Scores:
    words = vocabulary.of_text(question.text)
    return np.array([vocabulary.share(words & body, words) for body in bodies], dtype=np.float32)
