"""Cuts articles into the passages that are indexed."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Literal

from knowledge.articles import Article, Block, BulletList, Paragraph, Section, Table
from knowledge.articles.model import block_texts
from language import Language

Kind = Literal["title", "question", "definition", "section", "sentence"]
Form = Literal["prose", "item", "step", "row"]

_NAMESPACE = uuid.UUID("6d1c3f0e-6f0b-4b86-9d3c-3f1a0c5b7e21")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of one article.

    `text` stands in the article word for word; `context` goes before it into the search alone, so that a
    passage is found by what its article and heading are about. A question or title points to its article; a
    sentence is found only within an article that has already been chosen. `place` is where an imported passage
    stands in its origin ("page 4", "00:03:12"), "" for our own articles. `row` quotes a row of a table.
    """

    article: Article
    kind: Kind
    number: int
    language: Language
    heading: str
    text: str
    context: str = ""
    form: Form = "prose"
    place: str = ""
    row: str = ""

    @property
    def quote(self) -> str:
        """What stands on the article's page."""
        return self.row or self.text

    @property
    def id(self) -> str:
        """The same piece of the same article has the same id in every build."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.article.slug}/{self.kind}/{self.number}"))

    @property
    def searchable(self) -> str:
        """What is indexed: context and text."""
        return f"{self.context} {self.text}".strip()


def cut(article: Article) -> list[Passage]:
    """The passages of one article, numbered within each kind."""
    return [*_pointers(article), *_definitions(article), *_sections(article), *_sentences(article)]


def _pointers(article: Article) -> Iterator[Passage]:
    yield Passage(article, "title", 0, article.language, "", article.title)
    for number, question in enumerate(article.questions):
        yield Passage(article, "question", number, article.language, "", question)


def _definitions(article: Article) -> Iterator[Passage]:
    for number, (language, text) in enumerate(sorted(article.definition.items())):
        yield Passage(article, "definition", number, language, "Definition", text, place=article.place)


def _sections(article: Article) -> Iterator[Passage]:
    number = 0
    for section in article.sections:
        context = f"{article.title}. {_lead(section)}".strip()
        for text in _whole_blocks(section):
            language, place = article.language, section.place
            yield Passage(article, "section", number, language, section.heading, text, context, place=place)
            number += 1


def _whole_blocks(section: Section) -> Iterator[str]:
    for block in section.blocks:
        yield " ".join(block_texts(block))


def _sentences(article: Article) -> Iterator[Passage]:
    number = 0
    for section in article.sections:
        for block in section.blocks:
            form = _form_of(block)
            # A list item or a row may say little without its heading; a sentence names its subject.
            context = "" if isinstance(block, Paragraph) else _lead(section)
            rows = map(block.quote, block.rows) if isinstance(block, Table) else repeat("")
            for text, row in zip(block_texts(block), rows, strict=False):
                language, place = article.language, section.place
                yield Passage(article, "sentence", number, language, section.heading, text, context, form, place, row)
                number += 1


def _lead(section: Section) -> str:
    """The heading as a sentence; an imported section may have none."""
    return f"{section.heading}." if section.heading else ""


def _form_of(block: Block) -> Form:
    match block:
        case Paragraph():
            return "prose"
        case BulletList(ordered=ordered):
            return "step" if ordered else "item"
        case Table():
            return "row"
