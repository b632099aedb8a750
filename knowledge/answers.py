"""Composes an answer from an article: only words that stand in it."""

from dataclasses import dataclass
from datetime import date

from knowledge.articles import Article, Link
from knowledge.index import Hit, Index, Scope
from knowledge.lexicon import Lexicon
from knowledge.search import Question
from language import Language

_MOST_DETAILS = 3
_SENTENCES = 40
_FIGURE_BONUS = 0.15
_WORDS_BONUS = 0.3
_ENOUGH = 0.45  # least cosine plus bonuses of a detail that is worth saying


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


class QuoteError(Exception):
    """A quote that does not stand in the cited article: a fault of ours, never shown to a user."""


def compose(article: Article, language: Language, details: tuple[str, ...], score: float, version: str) -> Answer:
    """The answer from that article, quoting the first detail that stands there as prose, else the definition.

    Raises `QuoteError` when the article does not say something that the answer holds.
    """
    definition, script = article.definition[language], article.script[language]
    for text in (definition, script, *details):
        if not article.states(text):
            raise QuoteError(f"not in {article.slug}: {text!r}")
    quote = next((detail for detail in details if article.quotes(detail)), definition)
    return Answer(
        title=article.title,
        definition=definition,
        details=details,
        script=script,
        link=article.link,
        citations=(Citation(article.title, article.url, quote),),
        articles=(article.slug,),
        score=round(score, 3),
        milliseconds=0.0,
        version=version,
    )


async def choose_details(
    question: Question, article: Article, language: Language, index: Index, lexicon: Lexicon, today: date
) -> tuple[str, ...]:
    """Up to three sentences of the article that answer the question, in the article's order.

    Asked how something is done, the steps of a numbered list come first; asked for a figure, sentences with one.
    The details are English, so a Hindi or Hinglish asker gets them only for such a question.
    """
    number, steps = lexicon.asks_number(question.text), lexicon.asks_steps(question.text)
    if language != "en" and not (number or steps):
        return ()
    scope = Scope(today, ("sentence",), slug=article.slug)
    hits = (await index.search(question.vector, "", scope, _SENTENCES)).dense
    words = frozenset(question.words)
    scored = [(_worth(hit, words, lexicon, number), hit) for hit in hits if hit.text not in article.definition["en"]]
    scored = [(worth, hit) for worth, hit in scored if worth >= _ENOUGH]
    if steps and not number:
        ordered = [(worth, hit) for worth, hit in scored if hit.ordered]
        scored = ordered if len(ordered) > 1 else scored
    best = sorted(scored, key=lambda pair: -pair[0])[:_MOST_DETAILS]
    return tuple(hit.text for hit in sorted((hit for _, hit in best), key=lambda hit: hit.number))


def _worth(hit: Hit, words: frozenset[str], lexicon: Lexicon, number: bool) -> float:
    shared = len(words.intersection(lexicon.content(hit.text))) / len(words) if words else 0.0
    figure = _FIGURE_BONUS if number and any(character.isdigit() for character in hit.text) else 0.0
    return hit.score + _WORDS_BONUS * shared + figure
