"""Composes an answer from an article: only words that stand in it, each with its citation."""

from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.articles import Article, Link, Table
from knowledge.articles.sentences import split_sentences
from knowledge.chunks import Passage
from language import Language, detect

MOST_CHARACTERS = 1200  # of an answer's texts: the words around them bring a message to at most 1,600
_MOST_SPOKEN = 60  # words: about 25 seconds of speech


@dataclass(frozen=True, slots=True)
class Citation:
    """A source: the article's title and page, a quote that stands there word for word, and where (a heading, or
    "page 4" of an imported document). Rows of a table are quoted as `Table.quote` has them."""

    title: str
    url: str
    quote: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """What can be offered: a question, the article that answers it ("" where none is known), and the name on a button,
    both in the asker's language."""

    question: str
    slug: str
    label: str


@dataclass(frozen=True, slots=True)
class Details:
    """What an article says on the question asked.

    `point` is the sentence that holds the figure asked for; `passages` are further sentences, steps or rows;
    `table` puts side by side what a question wants compared.
    """

    point: Passage | None = None
    passages: tuple[Passage, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A grounded answer. `definition` and `script` are in the asker's language where the article has them so.

    `point` answers the question in one sentence, `details` are up to three more; `next` is worth asking after it;
    `label` is the article's short name;
    `spoken` is what a voice says, at most 25 seconds. Every text of the answer has its citation. `score` is the gate's
    probability, `version` the index's fingerprint.
    """

    title: str
    label: str
    point: str | None
    definition: str
    details: tuple[str, ...]
    table: Table | None
    script: str | None
    link: Link | None
    next: Topic | None
    spoken: str
    citations: tuple[Citation, ...]
    articles: tuple[str, ...]
    score: float
    version: str
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """No article supports an answer. `nearest` are topics that may be meant, `stale` the article that would answer
    had its facts not run out."""

    nearest: tuple[Topic, ...] = ()
    stale: Article | None = None


class QuoteError(Exception):
    """A text that does not stand in the cited article: a fault of ours, never shown to a user."""


def offer(article: Article, language: Language) -> Topic:
    """The article as a topic. Its question is the title, for others than English the first one in their language."""
    questions = (question for question in article.questions if language != "en" and detect(question) == language)
    return Topic(next(questions, article.title), article.slug, article.label_in(language))


def compose(
    article: Article,
    language: Language,
    details: Details,
    score: float,
    version: str,
    following: Article | None = None,
) -> Answer:
    """The answer from that article, short enough for every channel; `following` is the article to offer next.

    Raises `QuoteError` when the article does not say something that the answer holds.
    """
    definition = article.definition.get(language) or article.definition[article.language]
    script = article.script.get(language)
    kept = _shorten(details, MOST_CHARACTERS - len(definition) - len(script or ""))
    point = kept.point.text if kept.point else None
    table = kept.table
    answer = Answer(
        title=article.title,
        label=article.label_in(language),
        point=point,
        definition=definition,
        details=tuple(passage.text for passage in kept.passages),
        table=table,
        script=script,
        link=article.link,
        next=offer(following, language) if following else None,
        # a voice cannot change its language in the middle: what the article has in another one is not said
        spoken=_speak(point if article.language == language else None, definition),
        citations=tuple(dict.fromkeys(_cite(article, definition, script, kept, table))),
        articles=(article.slug,),
        score=round(score, 3),
        version=version,
    )
    _check(answer, article)
    return answer


def _cite(
    article: Article, definition: str, script: str | None, details: Details, table: Table | None
) -> Iterator[Citation]:
    """One citation a text, what was asked for first."""
    for passage in ((details.point,) if details.point else ()) + details.passages:
        yield Citation(article.title, article.url, passage.quote, passage.place or passage.heading)
    if table:
        yield Citation(article.title, article.url, table.quote(*table.rows), _place_of(article, table))
    yield Citation(article.title, article.url, definition, article.place or "Definition")
    if script:
        yield Citation(article.title, article.url, script, "Script")


def _place_of(article: Article, table: Table) -> str:
    """Where the section that holds the table's rows stands."""
    quote = table.quote(*table.rows)
    return next(
        section.place or section.heading
        for section in article.sections
        if any(isinstance(block, Table) and block.quotes(quote) for block in section.blocks)
    )


def _check(answer: Answer, article: Article) -> None:
    for text in (answer.point, answer.definition, *answer.details, answer.script):
        if text and not article.states(text):
            raise QuoteError(f"not in {article.slug}: {text!r}")
    for citation in answer.citations:
        if not article.quotes(citation.quote):
            raise QuoteError(f"not on the page of {article.slug}: {citation.quote!r}")


def _shorten(details: Details, room: int) -> Details:
    """What of the details goes into so many characters: the point always, then the table, then the first passages."""
    room -= len(details.point.text) if details.point else 0
    size = sum(len(line) + 3 for line in details.table.lines) if details.table else 0
    table = details.table if size <= room else None
    room -= size if table else 0
    kept: list[Passage] = []
    for passage in details.passages:
        room -= len(passage.text) + 3
        if room < 0:
            break
        kept.append(passage)
    return Details(details.point, tuple(kept), table)


def _speak(point: str | None, definition: str) -> str:
    """The point, else as many sentences of the definition as can be said; a longer first one is cut at a word."""
    said: list[str] = []
    for sentence in [point] if point else split_sentences(definition):
        words = sentence.split()
        if said and len(said) + len(words) > _MOST_SPOKEN:
            break
        said.extend(words)
    return " ".join(said) if len(said) <= _MOST_SPOKEN else " ".join(said[:_MOST_SPOKEN]) + " ..."
