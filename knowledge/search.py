"""A question to candidate articles, with the evidence that speaks for each."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.articles import Article
from knowledge.chunks import Kind
from knowledge.index import Hit, Hits, Index, Scope, Vectors
from knowledge.lexicon import Lexicon

_LIMIT = 40  # passages each way: about ten articles' worth
_CANDIDATES = 6
_FINDABLE: tuple[Kind, ...] = ("title", "question", "definition", "section")


@dataclass(frozen=True, slots=True)
class Question:
    """A question made ready: its unit vector (384) and its content words."""

    text: str
    vector: Vectors
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one article as the answer to one question; the features of the gate, all from 0 to about 1.

    `dense`: cosine to its best passage. `pointer`: cosine to its best question or title. `lead`: `dense` less that of
    the best other article. `coverage`: share of the question's content words that the article has, weighted by
    rarity (idf). `focus`: the same, of the words in its title and questions. `overlap`: likeness (weighted Jaccard)
    to its closest title or question. `known`: share of the question's words that any article has. `agreement`: 1 if
    both searches put it first, 0.5 if one does. `fused`: reciprocal rank in the fused list of articles.
    """

    dense: float
    pointer: float
    lead: float
    coverage: float
    focus: float
    overlap: float
    known: float
    agreement: float
    fused: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may answer."""

    article: Article
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Words:
    """Content words of one article: all of them, those of title and questions, and each pointer's alone."""

    everything: frozenset[str]
    focus: frozenset[str]
    pointers: tuple[frozenset[str], ...]


class Vocabulary:
    """Which article holds which content words, and how rare each word is."""

    def __init__(self, articles: Iterable[Article], lexicon: Lexicon) -> None:
        self._words = {article.slug: _words(article, lexicon) for article in articles}
        frequency = Counter(word for words in self._words.values() for word in words.everything)
        total = max(len(self._words), 1)
        self._idf = {word: math.log(1 + total / count) for word, count in frequency.items()}
        self._unknown = math.log(1 + 2 * total)

    def weigh(self, words: Iterable[str]) -> float:
        """Sum of the words' idf; a word that no article has weighs most."""
        return sum(self._idf.get(word, self._unknown) for word in words)

    def known(self, words: frozenset[str]) -> float:
        """Share of the words, by weight, that any article has."""
        return self._share(words & self._idf.keys(), words)

    def coverage(self, words: frozenset[str], slug: str) -> tuple[float, float, float]:
        """`coverage`, `focus` and `overlap` of `Evidence`."""
        of = self._words[slug]
        overlap = max((self._share(words & pointer, words | pointer) for pointer in of.pointers), default=0.0)
        return self._share(words & of.everything, words), self._share(words & of.focus, words), overlap

    def _share(self, part: Iterable[str], whole: Iterable[str]) -> float:
        weight = self.weigh(whole)
        return self.weigh(part) / weight if weight else 0.0


def _words(article: Article, lexicon: Lexicon) -> _Words:
    pointers = tuple(frozenset(lexicon.content(text)) for text in (article.title, *article.questions))
    focus = frozenset().union(*pointers)
    body = [*article.texts(), *(section.heading for section in article.sections)]
    return _Words(focus.union(*(lexicon.content(text) for text in body)), focus, pointers)


async def find_candidates(
    question: Question,
    index: Index,
    articles: dict[str, Article],
    vocabulary: Vocabulary,
    today: date,
    audience: str | None = None,
) -> list[Candidate]:
    """The articles that may answer, best fused rank first, at most six; only ones current on that day."""
    scope = Scope(today, _FINDABLE, audience)
    hits = await index.search(question.vector, " ".join(question.words), scope, _LIMIT)
    dense = _best_by_article(hits.dense)
    ranked = list(dict.fromkeys(hit.slug for hit in hits.fused))[:_CANDIDATES]
    words = frozenset(question.words)
    first_dense = next(iter(dense), None)
    first_lexical = hits.lexical[0].slug if hits.lexical else None
    known = vocabulary.known(words)
    candidates = []
    for rank, slug in enumerate(ranked, 1):
        score, pointer = dense.get(slug, (_floor(hits), 0.0))
        rival = max((other for name, (other, _) in dense.items() if name != slug), default=0.0)
        coverage, focus, overlap = vocabulary.coverage(words, slug)
        agreement = ((slug == first_dense) + (slug == first_lexical)) / 2
        evidence = Evidence(score, pointer, score - rival, coverage, focus, overlap, known, agreement, 1 / rank)
        candidates.append(Candidate(articles[slug], evidence))
    return candidates


def _best_by_article(hits: Sequence[Hit]) -> dict[str, tuple[float, float]]:
    """For each article, in the order of its best hit: that hit's score, and that of its best pointer."""
    best: dict[str, tuple[float, float]] = {}
    for hit in hits:
        score, pointer = best.get(hit.slug, (hit.score, 0.0))
        if hit.kind in {"title", "question"}:
            pointer = max(pointer, hit.score)
        best[hit.slug] = (score, pointer)
    return best


def _floor(hits: Hits) -> float:
    return hits.dense[-1].score if hits.dense else 0.0
