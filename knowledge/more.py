"""What an article says beyond what was said of it."""

from dataclasses import dataclass
from datetime import date

from knowledge.answers import Citation
from knowledge.articles import Article
from knowledge.index import Scope
from knowledge.search import Question
from knowledge.snapshot import Snapshot

_MOST = 3
_SENTENCES = 60


@dataclass(frozen=True, slots=True)
class More:
    """Further texts of an article, in its order, a citation each; both empty when all that fits was said."""

    title: str
    url: str
    texts: tuple[str, ...]
    citations: tuple[Citation, ...]


async def choose_more(
    question: Question, article: Article, shown: frozenset[str], knowledge: Snapshot, today: date
) -> More:
    """The sentences and steps nearest to the question that are not among `shown`."""
    scope = Scope(today, ("sentence",), slug=article.slug)
    hits = (await knowledge.index.search(question.vector, "", scope, _SENTENCES)).dense
    found = [knowledge.passages[hit.passage] for hit in hits]
    unseen = [p for p in found if p.form != "row" and p.text not in shown and not p.text.endswith(":")]
    chosen = sorted(unseen[:_MOST], key=lambda passage: passage.number)
    return More(
        article.title,
        article.url,
        tuple(passage.text for passage in chosen),
        tuple(Citation(article.title, article.url, p.quote, p.place or p.heading) for p in chosen),
    )
