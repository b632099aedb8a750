"""Composes an answer from an article: only words that stand in it."""

from dataclasses import dataclass
from datetime import date

from knowledge.articles import Article, Link
from knowledge.articles.sentences import split_sentences
from knowledge.chunks import Passage
from knowledge.index import Hit, Scope
from knowledge.search import Question
from knowledge.snapshot import Snapshot
from language import Language

_MOST_DETAILS = 3
_SENTENCES = 40
_FIGURE_BONUS = 0.15
_WORDS_BONUS = 0.3
_ENOUGH = 0.45  # least cosine plus bonuses of a detail that is worth saying
_NEAR = 0.25  # and how far it may stay behind the best one


@dataclass(frozen=True, slots=True)
class Citation:
    """A source: the article's title, its page, and a quote that stands there word for word."""

    title: str
    url: str
    quote: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A grounded answer. `definition` and `script` are in the asker's language, `details` are sentences of the
    article, none to three. `score` is the gate's probability, `version` the index's fingerprint."""

    title: str
    definition: str
    details: tuple[str, ...]
    script: str
    link: Link
    citations: tuple[Citation, ...]
    articles: tuple[str, ...]
    score: float
    milliseconds: float
    version: str


@dataclass(frozen=True, slots=True)
class Details:
    """Sentences of an article that answer a question; `point` is the one that holds the figure or step asked for."""

    texts: tuple[str, ...] = ()
    point: str | None = None


class QuoteError(Exception):
    """A quote that does not stand in the cited article: a fault of ours, never shown to a user."""


def compose(article: Article, language: Language, details: Details, score: float, version: str) -> Answer:
    """The answer from that article, quoting what was asked for, else the definition's first sentence.

    Raises `QuoteError` when the article does not say something that the answer holds.
    """
    definition, script = article.definition[language], article.script[language]
    for text in (definition, script, *details.texts):
        if not article.states(text):
            raise QuoteError(f"not in {article.slug}: {text!r}")
    quote = details.point or split_sentences(definition)[0]
    return Answer(
        title=article.title,
        definition=definition,
        details=details.texts,
        script=script,
        link=article.link,
        citations=(Citation(article.title, article.url, quote),),
        articles=(article.slug,),
        score=round(score, 3),
        milliseconds=0.0,
        version=version,
    )


async def choose_details(
    question: Question, article: Article, language: Language, knowledge: Snapshot, today: date
) -> Details:
    """Up to three sentences of the article that answer the question, in the article's order.

    Asked how something is done, the steps of a numbered list come first; asked for a figure, sentences with one.
    Table rows and list items say little alone, so they come only for such a question. The details are English, so a
    Hindi or Hinglish asker gets them only then, too.
    """
    number, steps = knowledge.lexicon.asks_number(question.text), knowledge.lexicon.asks_steps(question.text)
    if language != "en" and not (number or steps):
        return Details()
    scope = Scope(today, ("sentence",), slug=article.slug)
    hits = (await knowledge.index.search(question.vector, "", scope, _SENTENCES)).dense
    words = frozenset(question.words)
    found = [(_worth(hit, words, knowledge, number), knowledge.passages[hit.passage]) for hit in hits]
    found = [(worth, p) for worth, p in found if _stands_alone(p) and (number or steps or p.form == "prose")]
    enough = max(_ENOUGH, max((worth for worth, _ in found), default=0.0) - _NEAR)
    found = [(worth, passage) for worth, passage in found if worth >= enough]
    if steps and not number:
        ordered = [(worth, passage) for worth, passage in found if passage.form == "step"]
        found = ordered if len(ordered) > 1 else found
    best = [passage for _, passage in sorted(found, key=lambda pair: -pair[0])[:_MOST_DETAILS]]
    texts = tuple(passage.text for passage in sorted(best, key=lambda passage: passage.number))
    point = next((passage.text for passage in best if article.quotes(passage.text)), None)
    return Details(texts, point if number or steps else None)


def _stands_alone(passage: Passage) -> bool:
    """False for a sentence that only leads to the table or list below it."""
    return not passage.text.endswith(":")


def _worth(hit: Hit, words: frozenset[str], knowledge: Snapshot, number: bool) -> float:
    text = knowledge.passages[hit.passage].text
    shared = knowledge.vocabulary.share(words & knowledge.vocabulary.of_text(text), words)
    figure = _FIGURE_BONUS if number and any(character.isdigit() for character in text) else 0.0
    return hit.score + _WORDS_BONUS * shared + figure
