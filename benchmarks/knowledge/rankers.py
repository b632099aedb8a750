"""Ways to rank the articles for a question: words alone, vectors alone, both, and all that the assistant does."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Protocol

import bm25s  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from encoder.store import Encodes
from knowledge.chunks import Passage
from knowledge.gate import Gate
from knowledge.search import find_candidates, find_hits, prepare
from knowledge.snapshot import Snapshot
from language import to_latin

DEPTH = 10  # articles of a ranking that count for the mean reciprocal rank
_WORD = re.compile(r"\w+")


class Ranker(Protocol):
    """Ranks articles."""

    async def rank(self, question: str) -> list[str]:
        """The slugs of at most ten articles, best first."""
        ...


class WordsRanker:
    """BM25 (Lucene's, k1 1.5, b 0.75) over plain words: lower case, Latin letters, nothing else done to them."""

    def __init__(self, passages: list[Passage]) -> None:
        self._passages = passages
        self._index = bm25s.BM25()
        self._index.index([_words(passage.searchable) for passage in passages], show_progress=False)

    async def rank(self, question: str) -> list[str]:
        """See `Ranker`. A question without a known word finds nothing."""
        words = _words(question)
        scores = self._index.get_scores(words) if words else np.zeros(len(self._passages), dtype=np.float32)
        return _best_articles(scores, self._passages, least=0.0)


class VectorRanker:
    """The nearest passage by cosine; question and passages as they are written, without our glossary."""

    def __init__(self, passages: list[Passage], encoder: Encodes, vectors: NDArray[np.float32]) -> None:
        self._passages = passages
        self._encoder = encoder
        self._vectors = vectors

    async def rank(self, question: str) -> list[str]:
        """See `Ranker`."""
        return _best_articles(self._vectors @ self._encoder.encode([question])[0], self._passages, least=-2.0)


class HybridRanker:
    """Our search: vectors and words, fused."""

    def __init__(self, knowledge: Snapshot, encoder: Encodes, today: date) -> None:
        self._knowledge = knowledge
        self._encoder = encoder
        self._today = today

    async def rank(self, question: str) -> list[str]:
        """See `Ranker`."""
        asked = prepare(question, self._encoder, self._knowledge)
        hits = await find_hits(asked, self._knowledge, self._today)
        return _first(self._knowledge.passages[hit.passage].article.slug for hit in hits.fused)


class WholeRanker:
    """All of it: the candidates of our search as the gate ranks them, its threshold left aside."""

    def __init__(self, knowledge: Snapshot, encoder: Encodes, gate: Gate, today: date) -> None:
        self._knowledge = knowledge
        self._encoder = encoder
        self._gate = gate
        self._today = today

    async def rank(self, question: str) -> list[str]:
        """See `Ranker`."""
        asked = prepare(question, self._encoder, self._knowledge)
        candidates = await find_candidates(asked, self._knowledge, self._today)
        ranked = self._gate.judge(asked, candidates).ranked
        return _first(candidate.article.slug for candidate in ranked)


def findable(knowledge: Snapshot, today: date) -> list[Passage]:
    """The passages among which our search looks for articles."""
    return [p for p in knowledge.passages.values() if p.kind != "sentence" and p.article.is_current(today)]


def _words(text: str) -> list[str]:
    return _WORD.findall(to_latin(text).lower())


def _best_articles(scores: NDArray[np.float32], passages: list[Passage], least: float) -> list[str]:
    order = np.argsort(-scores, kind="stable")
    return _first(passages[place].article.slug for place in order if scores[place] > least)


def _first(slugs: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(slugs))[:DEPTH]
