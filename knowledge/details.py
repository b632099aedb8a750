"""Chooses what an article says on the question asked: a figure, steps, a comparison, or plain sentences."""

from datetime import date

from knowledge.answers import Details
from knowledge.articles import Article, Table
from knowledge.chunks import Passage, cut
from knowledge.index import Hit, Scope
from knowledge.search import Question
from knowledge.snapshot import Snapshot
from language import Language

_MOST_DETAILS = 3
_MOST_STEPS = 6
_SENTENCES = 40
_FIGURE_BONUS = 0.15
_WORDS_BONUS = 0.3
_ENOUGH = 0.45  # least cosine plus bonuses of a detail that is worth saying
_NEAR = 0.25  # and how far it may stay behind the best one
_COMPARED = 3  # columns at least of a table that puts things side by side
_OF_QUESTION = 0.6  # least share of the question's words in a table that compares what it names
_EXAMPLE = ("Example", "For example", "Suppose", "Take ", "If ", "Say ")


async def choose_details(
    question: Question, article: Article, language: Language, knowledge: Snapshot, today: date
) -> Details:
    """What to say beside the definition, in the article's order.

    Asked how something is done, the steps of a numbered list come from its first on; asked for a figure, the sentence
    that holds it; asked for a difference, a table. Rows and list items say little alone, so they come only for such a
    question. The details are in the article's language, so others get them only then, too.
    """
    lexicon = knowledge.lexicon
    number, steps = lexicon.asks_number(question.text), lexicon.asks_steps(question.text)
    compares = lexicon.asks_comparison(question.text)
    if language != article.language and not (number or steps or compares):
        return Details()
    scope = Scope(today, ("sentence", "definition"), slug=article.slug)
    hits = (await knowledge.index.search(question.vector, "", scope, _SENTENCES)).dense
    words = frozenset(question.words)
    ranked = [(_worth(hit, words, knowledge, number), knowledge.passages[hit.passage]) for hit in hits]
    found = [(worth, passage) for worth, passage in ranked if passage.kind == "sentence"]
    if steps and not number and (ordered := _follow(found)):
        return Details(passages=ordered)
    table = _compare(article, found, words, knowledge) if compares else None
    found = [(worth, p) for worth, p in found if _stands_alone(p) and (number or steps or p.form == "prose")]
    enough = max(_ENOUGH, max((worth for worth, _ in found), default=0.0) - _NEAR)
    found = [(worth, passage) for worth, passage in found if worth >= enough]
    if table is not None:
        found = [(worth, passage) for worth, passage in found if passage.form != "row"]
    best = [passage for _, passage in sorted(found, key=lambda pair: -pair[0])[:_MOST_DETAILS]]
    point = _point(ranked, best) if number else None
    rest = sorted((passage for passage in best if passage is not point), key=lambda passage: passage.number)
    return Details(point, tuple(rest), table)


def _point(ranked: list[tuple[float, Passage]], best: list[Passage]) -> Passage | None:
    """The best sentence that holds a figure, unless the definition, which is said anyway, has a better one.

    A row leaves out what its figure is of, and an example's figures are of the example.
    """
    figures = [
        (worth, passage) for worth, passage in ranked
        if passage.form != "row" and _has_figure(passage.text) and not passage.text.startswith(_EXAMPLE)
    ]  # fmt: skip
    first = max(figures, key=lambda pair: pair[0], default=None)
    return first[1] if first is not None and first[1] in best else None


def _follow(found: list[tuple[float, Passage]]) -> tuple[Passage, ...]:
    """The numbered list that holds the best step, from its beginning, since steps lead nowhere without the first."""
    ranked = sorted(((worth, p) for worth, p in found if p.form == "step"), key=lambda pair: -pair[0])
    if not ranked or ranked[0][0] < _ENOUGH:
        return ()
    best = ranked[0][1]
    here = [p for p in cut(best.article) if p.form == "step" and p.heading == best.heading]
    return tuple(here[:_MOST_STEPS])


def _compare(
    article: Article, found: list[tuple[float, Passage]], words: frozenset[str], knowledge: Snapshot
) -> Table | None:
    """The table that has most of the question's words; the one with the nearest row where two have as many."""
    near = {passage.text: worth for worth, passage in found if passage.form == "row"}
    tables = [b for s in article.sections for b in s.blocks if isinstance(b, Table) and len(b.head) >= _COMPARED]

    def rank(table: Table) -> tuple[float, float]:
        cells = " ".join([*table.head, *(cell for row in table.rows for cell in row)])
        share = knowledge.vocabulary.share(words & knowledge.vocabulary.of_text(cells), words)
        return share, max((near.get(text, 0.0) for text in table.lines), default=0.0)

    best = max(tables, key=rank, default=None)
    return best if best is not None and rank(best)[0] >= _OF_QUESTION else None


def _stands_alone(passage: Passage) -> bool:
    """False for a sentence that only leads to the table or list below it."""
    return not passage.text.endswith(":")


def _worth(hit: Hit, words: frozenset[str], knowledge: Snapshot, number: bool) -> float:
    text = knowledge.passages[hit.passage].text
    shared = knowledge.vocabulary.share(words & knowledge.vocabulary.of_text(text), words)
    figure = _FIGURE_BONUS if number and _has_figure(text) else 0.0
    return hit.score + _WORDS_BONUS * shared + figure


def _has_figure(text: str) -> bool:
    return any(character.isdigit() for character in text)
