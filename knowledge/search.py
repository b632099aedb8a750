"""A question to candidate articles, with the evidence that speaks for each."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from encoder.store import Encodes
from knowledge.articles import Article
from knowledge.chunks import Kind, Passage
from knowledge.index import Hit, Hits, Scope, Vectors
from knowledge.snapshot import Snapshot

_LIMIT = 120  # passages each way
_CANDIDATES = 15
_FINDABLE: tuple[Kind, ...] = ("title", "question", "definition", "section")
_BEST = 3  # passages of an article that speak for it together


@dataclass(frozen=True, slots=True)
class Question:
    """A question made ready: its unit vector (384), its content words, and what is known of it before any search.

    `known`: share of its words that any article has, weighted by rarity (idf). `live`: it asks for the asker's own
    data, a rate of the day or a forecast. `outside`: it names a subject that no article covers. `outside_likeness`:
    cosine to the nearest question that none answers.
    """

    text: str
    vector: Vectors
    words: tuple[str, ...]
    known: float
    live: bool
    outside: bool
    outside_likeness: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one article as the answer to one question; what ranks the articles.

    Cosines: `dense` of its best three passages, `pointer` of its best three questions or titles (mean of each),
    `definition` and `section` of the best one. BM25 scores, as logarithms: `lexical` of the best passage, `lexicals` of
    the best three. Shares of the question's content words, weighted by rarity (idf): `coverage` in the article,
    `focus` in its title, questions and headings; `overlap`: likeness (weighted Jaccard) to its closest title or
    question.
    """

    dense: float
    pointer: float
    definition: float
    section: float
    lexical: float
    lexicals: float
    coverage: float
    focus: float
    overlap: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may answer."""

    article: Article
    evidence: Evidence


def prepare(text: str, encoder: Encodes, knowledge: Snapshot) -> Question:
    """The question made ready for search, slips of the pen mended by the articles' own words."""
    lexicon, vocabulary = knowledge.lexicon, knowledge.vocabulary
    words = tuple(vocabulary.correct(word) for word in lexicon.content(text))
    vector = encoder.encode([lexicon.gloss(text)])[0]
    known = vocabulary.known(frozenset(words))
    likeness = float((knowledge.outside @ vector).max(initial=0.0))
    return Question(text, vector, words, known, lexicon.asks_live(text), lexicon.is_outside(text), likeness)


async def find_hits(question: Question, knowledge: Snapshot, today: date, audience: str | None = None) -> Hits:
    """The passages that speak to the question and are current on that day."""
    scope = Scope(today, _FINDABLE, audience)
    return await knowledge.index.search(question.vector, " ".join(question.words), scope, _LIMIT)


async def find_candidates(
    question: Question,
    knowledge: Snapshot,
    today: date,
    audience: str | None = None,
    topic: frozenset[str] = frozenset(),
) -> list[Candidate]:
    """The articles that may answer, best fused rank first: at most fifteen, and those of `topic`, whatever their rank.
    Only ones for the audience and current on that day."""
    hits = await find_hits(question, knowledge, today, audience)
    wanted = (knowledge.articles[slug] for slug in sorted(topic & knowledge.articles.keys()))
    meant = [a.slug for a in wanted if a.is_current(today) and (audience is None or audience in a.audience)]
    return weigh_candidates(question, hits, knowledge, meant)


def weigh_candidates(question: Question, hits: Hits, knowledge: Snapshot, meant: Sequence[str] = ()) -> list[Candidate]:
    """Groups the passages found to articles and gathers the evidence for the first fifteen, and for those that are
    `meant`."""
    words = frozenset(question.words)
    # What is below the list is no nearer than its end; a passage that another process has put in is not known here.
    floor = hits.dense[-1].score if hits.dense else 0.0
    dense, lexical = (_by_article(ranking, knowledge.passages) for ranking in (hits.dense, hits.lexical))
    return [
        Candidate(knowledge.articles[slug], _weigh(slug, dense[slug], lexical[slug], floor, words, knowledge))
        for slug in dict.fromkeys([*first_articles(hits, knowledge), *meant])
    ]


def first_articles(hits: Hits, knowledge: Snapshot) -> list[str]:
    """The slugs of the candidates: of the articles whose passages stand first in the fused ranking."""
    slugs = [knowledge.passages[hit.passage].article.slug for hit in hits.fused if hit.passage in knowledge.passages]
    return list(dict.fromkeys(slugs))[:_CANDIDATES]


def _by_article(ranking: Iterable[Hit], passages: dict[str, Passage]) -> dict[str, list[tuple[Passage, float]]]:
    """For each article its passages in the ranking, best first."""
    found: dict[str, list[tuple[Passage, float]]] = defaultdict(list)
    for hit in ranking:
        passage = passages.get(hit.passage)
        if passage is not None:
            found[passage.article.slug].append((passage, hit.score))
    return found


def _weigh(
    slug: str,
    dense: list[tuple[Passage, float]],
    lexical: list[tuple[Passage, float]],
    floor: float,
    words: frozenset[str],
    knowledge: Snapshot,
) -> Evidence:
    def cosines(*kinds: Kind) -> list[float]:
        return [score for passage, score in dense if passage.kind in kinds]

    scores = [score for _, score in lexical]
    return Evidence(
        _mean(cosines(*_FINDABLE), floor),
        _mean(cosines("question", "title"), floor),
        max(cosines("definition"), default=floor),
        max(cosines("section"), default=floor),
        math.log1p(max(scores, default=0.0)),
        math.log1p(_mean(scores, 0.0)),
        *knowledge.vocabulary.coverage(words, slug),
    )


def _mean(scores: list[float], floor: float) -> float:
    """Of the best three, those that are missing at the floor."""
    best = [*scores[:_BEST], *[floor] * (_BEST - len(scores))]
    return sum(best) / _BEST
