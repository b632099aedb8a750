"""A document as the markdown file that is reviewed: front matter, then plain text in which nothing is markup."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import yaml

from knowledge.articles.model import Block, BulletList, Paragraph, Section, Table, block_texts
from knowledge.sources.model import Document
from knowledge.sources.text import clean
from language import detect

_LEAST_WORDS = 8  # a shorter paragraph introduces, and defines nothing
_LONGEST_TITLE = 150
_MARKS = re.compile(r"([\\`*_\[\]<>&|~])")
_LINE_MARK = re.compile(r"^[#+\-=]")
_NUMBER = re.compile(r"^(\d+)([.)])")
_RESERVED = {"definition", "script", "link"}


@dataclass(frozen=True, slots=True)
class Fields:
    """What a person decides about a document; the rest of the front matter follows from the document."""

    product: str | None = None
    audience: list[str] = field(default_factory=lambda: ["partner"])
    skill_level: str = "beginner"


class _Plain(yaml.SafeDumper):
    """YAML for people: a value that stands twice is written twice."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def write_markdown(document: Document, source: str, origin: str, fields: Fields, today: date) -> str:
    """The draft's text. `source` is the source's name, `origin` what people call its file, folder or host."""
    definition, place, sections = _take_definition(document)
    file, origin = document.id.partition("#")[0], clean(origin)
    front = {
        "title": clean(document.title)[:_LONGEST_TITLE],
        "product": fields.product,
        "audience": fields.audience,
        "skill_level": fields.skill_level,
        "language": detect(definition),
        "valid_from": document.date or today,
        "valid_until": None,
        "source": origin if file == origin else f"{origin}: {file}",
        "reviewed": None,
        "questions": list(document.questions),
        "status": "draft",
        "imported_from": f"{source}/{document.id}",
        "imported_on": today,
        "digest": document.digest,
    }
    head = yaml.dump(front, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=10**6)
    parts = [f"---\n{head}---", _heading("Definition", place), _escape(definition)]
    for section in sections:
        name = f"{section.heading}:" if section.heading.lower() in _RESERVED else section.heading
        parts += [_heading(_escape(name), section.place), *_write_blocks(section.blocks)]
    return "\n\n".join(parts) + "\n"


def _take_definition(document: Document) -> tuple[str, str, tuple[Section, ...]]:
    """The paragraph that defines, its place, and the sections without it.

    That is the first of some length, or the first at all; a document of lists and tables is named by its title.
    """
    places = [
        (at, number, block)
        for at, section in enumerate(document.sections)
        for number, block in enumerate(section.blocks)
        if isinstance(block, Paragraph)
    ]
    if not places:
        return clean(document.title), document.sections[0].place, document.sections
    at, number, block = next((p for p in places if len(" ".join(p[2].sentences).split()) >= _LEAST_WORDS), places[0])
    chosen = document.sections[at]
    left = Section(chosen.heading, chosen.blocks[:number] + chosen.blocks[number + 1 :], chosen.place)
    sections = (*document.sections[:at], left, *document.sections[at + 1 :])
    return " ".join(block.sentences), chosen.place, tuple(section for section in sections if section.blocks)


def _heading(text: str, place: str) -> str:
    quoted = clean(place).replace('"', "'")
    return f'## {text} {{place="{_escape(quoted)}"}}'.replace("##  ", "## ")


def _write_blocks(blocks: tuple[Block, ...]) -> Iterator[str]:
    """One text a block. Lists that follow each other take turns with their marks, else they would be one."""
    turn = False
    for block in blocks:
        match block:
            case Paragraph():
                yield _escape(" ".join(block.sentences))
            case BulletList():
                turn = not turn
                yield "\n".join(_items(block, first=turn))
            case Table():
                yield "\n".join(_rows(block))


def _items(block: BulletList, *, first: bool) -> Iterator[str]:
    for number, item in enumerate(block.items, 1):
        mark = f"{number}{'.' if first else ')'}" if block.ordered else "-" if first else "*"
        yield f"{mark} {_escape(item)}"


def _rows(table: Table) -> Iterator[str]:
    yield _row(table.head)
    yield "|" + "---|" * len(table.head)
    for row in table.rows:
        yield _row(row)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_escape(cell) for cell in cells) + " |"


def _escape(text: str) -> str:
    """The text so that markdown reads it as nothing but text: also what would begin a heading, list or underline."""
    text = _MARKS.sub(r"\\\1", text)
    return _NUMBER.sub(r"\1\\\2", _LINE_MARK.sub(r"\\\g<0>", text))


def has_text(document: Document) -> bool:
    """Whether anything is said."""
    return any(text.strip() for section in document.sections for block in section.blocks for text in block_texts(block))
