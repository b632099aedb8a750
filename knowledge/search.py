"""A question to candidate articles, with the evidence that speaks for each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.articles import Article
from knowledge.chunks import Kind, Passage
from knowledge.index import Hit, Hits, Scope, Vectors
from knowledge.snapshot import Snapshot
from knowledge.vectors import Encodes

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
    rarity (idf). `focus`: the same, of the words in its title, questions and headings. `overlap`: likeness (weighted
    Jaccard) to its closest title or question. `known`: share of the question's words that any article has.
    `agreement`: 1 if both searches put it first, 0.5 if one does. `fused`: reciprocal rank in the fused list.
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


def prepare(text: str, encoder: Encodes, knowledge: Snapshot) -> Question:
    """The question made ready for search, slips of the pen mended by the articles' own words."""
    words = tuple(knowledge.vocabulary.correct(word) for word in knowledge.lexicon.content(text))
    return Question(text, encoder.encode([knowledge.lexicon.gloss(text)])[0], words)


async def find_hits(question: Question, knowledge: Snapshot, today: date, audience: str | None = None) -> Hits:
    """The passages that speak to the question and are current on that day."""
    scope = Scope(today, _FINDABLE, audience)
    return await knowledge.index.search(question.vector, " ".join(question.words), scope, _LIMIT)


async def find_candidates(
    question: Question, knowledge: Snapshot, today: date, audience: str | None = None
) -> list[Candidate]:
    """The articles that may answer, best fused rank first, at most six; only ones current on that day."""
    return weigh_candidates(question, await find_hits(question, knowledge, today, audience), knowledge)


def weigh_candidates(question: Question, hits: Hits, knowledge: Snapshot) -> list[Candidate]:
    """Groups the passages found to articles and gathers the evidence for the best six."""
    words = frozenset(question.words)
    dense = _best_by_article(hits.dense, knowledge.passages)
    first_dense, first_lexical = next(iter(dense), None), next(_slugs(hits.lexical, knowledge.passages), None)
    floor = hits.dense[-1].score if hits.dense else 0.0  # an article below the list is no nearer than its end
    known = knowledge.vocabulary.known(words)
    candidates = []
    for rank, slug in enumerate(list(dict.fromkeys(_slugs(hits.fused, knowledge.passages)))[:_CANDIDATES], 1):
        score, pointer = dense.get(slug, (floor, 0.0))
        rival = max((other for name, (other, _) in dense.items() if name != slug), default=0.0)
        coverage, focus, overlap = knowledge.vocabulary.coverage(words, slug)
        agreement = ((slug == first_dense) + (slug == first_lexical)) / 2
        evidence = Evidence(score, pointer, score - rival, coverage, focus, overlap, known, agreement, 1 / rank)
        candidates.append(Candidate(knowledge.articles[slug], evidence))
    return candidates


def _slugs(hits: Iterable[Hit], passages: dict[str, Passage]) -> Iterator[str]:
    return (passages[hit.passage].article.slug for hit in hits)


def _best_by_article(hits: Iterable[Hit], passages: dict[str, Passage]) -> dict[str, tuple[float, float]]:
    """For each article, in the order of its best hit: that hit's score, and that of its best question or title."""
    best: dict[str, tuple[float, float]] = {}
    for hit in hits:
        passage = passages[hit.passage]
        score, pointer = best.get(passage.article.slug, (hit.score, 0.0))
        if passage.kind in {"title", "question"}:
            pointer = max(pointer, hit.score)
        best[passage.article.slug] = (score, pointer)
    return best
