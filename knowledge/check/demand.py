"""What people asked: questions that nobody answers, and articles that nobody needed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from encoder.store import Encodes
from knowledge.articles import Article
from knowledge.check.findings import Finding
from knowledge.lexicon import Lexicon
from saathi.messages import Outcome
from saathi.store.tables import inbox, outcomes

DAYS = 90
_ALIKE = 0.62  # cosine to a group's first question
_MOST_GROUPS = 50
_SHOWN = 5  # questions of a group
_MOST_QUESTIONS = 5000
_MEANINGFUL = 200  # answered turns with a citation below which it means nothing that an article was not cited


@dataclass(frozen=True, slots=True)
class Demand:
    """What the outcomes of the last 90 days hold: refused questions (masked, newest first), and how often each
    article was cited."""

    refused: tuple[str, ...]
    cited: dict[str, int]


def read_demand(connection: Connection, now: float) -> Demand:
    """Reads the outcome rows."""
    since = outcomes.c.at >= now - DAYS * 86400
    joined = outcomes.join(inbox, inbox.c.id == outcomes.c.turn)
    texts = (
        select(inbox.c.text)
        .select_from(joined)
        .where(since, outcomes.c.outcome == Outcome.REFUSED.value)
        .order_by(outcomes.c.at.desc())
        .limit(_MOST_QUESTIONS)
    )
    answered = select(outcomes.c.citations).where(since, outcomes.c.outcome == Outcome.ANSWERED.value)
    cited: dict[str, int] = {}
    for citations in connection.scalars(answered):
        for slug in {url.removeprefix("/articles/").partition("#")[0] for url in citations}:
            cited[slug] = cited.get(slug, 0) + 1
    return Demand(tuple(connection.scalars(texts)), cited)


def find_unused(articles: Iterable[Article], demand: Demand) -> Iterator[Finding]:
    """Articles that no answer cited; none while too little was asked to tell."""
    if sum(demand.cited.values()) < _MEANINGFUL:
        return
    for article in articles:
        if article.slug not in demand.cited:
            yield Finding("unused", (article.slug,), f"{article.slug}: {article.title}")


def find_unanswered(demand: Demand, encoder: Encodes, lexicon: Lexicon) -> Iterator[Finding]:
    """Refused questions, those that mean the same together. A question joins the first group that is near enough."""
    counts: dict[str, int] = {}
    for text in demand.refused:
        plain = " ".join(text.split())
        counts[plain] = counts.get(plain, 0) + 1
    ordered = sorted(counts, key=lambda text: -counts[text])
    if not ordered:
        return
    vectors = encoder.encode([lexicon.gloss(text) for text in ordered])
    groups: list[list[int]] = []
    for at in range(len(ordered)):
        near = next((group for group in groups if float(vectors[group[0]] @ vectors[at]) >= _ALIKE), None)
        if near is None:
            groups.append([at])
        else:
            near.append(at)
    sizes = [(sum(counts[ordered[at]] for at in group), group) for group in groups]
    for size, group in sorted(sizes, key=lambda pair: -pair[0])[:_MOST_GROUPS]:
        texts = tuple(f"{ordered[at]} ({counts[ordered[at]]})" for at in group[1 : 1 + _SHOWN])
        yield Finding("unanswered", (), f"asked {size} times: {ordered[group[0]]}", texts, size)
