"""What an article is once it has been read: frozen, plain text, no markup."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from language import Language
from saathi.titles import shorten


class ArticleError(Exception):
    """A broken article: the file, the line, and what to write there."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, as its sentences in order."""

    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BulletList:
    """A list. `ordered` lists are steps."""

    items: tuple[str, ...]
    ordered: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its head and rows, one text a cell."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Each row as a line that says what its cells are: `cell – head: cell; head: cell`."""
        return tuple(row_text(self.head, row) for row in self.rows)

    def quote(self, *rows: tuple[str, ...]) -> str:
        """Rows as a quote: the head and each of them on a line, the cells as they stand with bars between them."""
        return "\n".join(" | ".join(cells) for cells in (self.head, *rows))

    def quotes(self, text: str) -> bool:
        """Whether the text is the head and at least one of the rows, as `quote` has them."""
        head, *lines = text.split("\n")
        rows = {" | ".join(row) for row in self.rows}
        return bool(lines) and head == " | ".join(self.head) and rows.issuperset(lines)


Block = Paragraph | BulletList | Table


@dataclass(frozen=True, slots=True)
class Section:
    """The blocks under one heading. A heading within a section counts as a section of its own.

    `place` says where an imported section stands in its origin ("page 4", "00:03:12"); ours have none. The heading
    of an imported section may be empty, its place may not.
    """

    heading: str
    blocks: tuple[Block, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where the article points on: a title and an address, which is a page of ours or https."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `definition` and `script` hold a text for each of the three languages, `label` a short name.

    An imported one (`imported_from` is "<source>/<document>", "" for ours) may have its definition in its own
    `language` alone, no script, no link and no label; `place` is where its definition stands in the origin.

    The facts hold from `valid_from` to `valid_until`, both days included; None means that no end is known.
    """

    slug: str
    title: str
    product: str
    audience: tuple[str, ...]
    skill_level: str
    language: Language
    valid_from: date
    valid_until: date | None
    source: str
    reviewed: date | None
    questions: tuple[str, ...]
    definition: dict[Language, str]
    sections: tuple[Section, ...]
    script: dict[Language, str]
    link: Link | None
    imported_from: str = ""
    place: str = ""
    label: dict[Language, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Path of the article's page."""
        return f"/articles/{self.slug}"

    def label_in(self, language: Language) -> str:
        """The article's short name in that language, which a button can show; without a label its title, cut."""
        return self.label.get(language) or shorten(self.title)

    def is_current(self, today: date) -> bool:
        """Whether the article's facts hold on that day."""
        return self.valid_from <= today and (self.valid_until is None or today <= self.valid_until)

    def texts(self) -> Iterator[str]:
        """Each text that an answer may use: definitions, scripts, sentences, list items, table rows."""
        yield from self.definition.values()
        yield from self.script.values()
        for section in self.sections:
            for block in section.blocks:
                yield from block_texts(block)

    def states(self, text: str) -> bool:
        """Whether the article says that, as prose, list item or table row."""
        return bool(text.strip()) and any(text in known for known in self.texts())

    def quotes(self, text: str) -> bool:
        """Whether the text stands on the article's page word for word; rows of a table as `Table.quote` has them."""
        blocks = [block for section in self.sections for block in section.blocks]
        tables = [block for block in blocks if isinstance(block, Table)]
        if any(table.quotes(text) for table in tables):
            return True
        lines = {line for table in tables for line in table.lines}
        return bool(text.strip()) and any(text in known for known in self.texts() if known not in lines)


def block_texts(block: Block) -> tuple[str, ...]:
    """The parts of a block that can be quoted alone; a table row reads `cell – head: cell; head: cell`."""
    match block:
        case Paragraph():
            return block.sentences
        case BulletList():
            return block.items
        case Table():
            return block.lines


def row_text(head: tuple[str, ...], row: tuple[str, ...]) -> str:
    """A table row as one line: the first cell, then each further cell after its column's name."""
    cells = [f"{name}: {cell}" for name, cell in zip(head[1:], row[1:], strict=False) if cell]
    return " – ".join([row[0], *(["; ".join(cells)] if cells else [])])
