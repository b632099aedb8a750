"""What every source of knowledge gives: documents of plain text, each section with its place in the origin."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from knowledge.articles.model import Section, block_texts


class SourceError(Exception):
    """The source cannot be read at all; the message names what to do. Nothing that it gave before is touched."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document. `id` names it within its source for ever, `date` is the day from which it speaks, if it says one.

    Section headings may be empty, their places are not: "page 4", "row 12", "00:03:12". `questions` are what the
    document answers, where it says so. All text is plain: what looks like markup is text.
    """

    id: str
    title: str
    date: date | None
    sections: tuple[Section, ...]
    questions: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that change with what the document says or where it says it."""
        pieces = [self.title, *self.questions]
        for section in self.sections:
            pieces += [
                section.heading,
                section.place,
                *(text for block in section.blocks for text in block_texts(block)),
            ]
        return hashlib.sha256("\x1f".join(pieces).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Gone:
    """The source says that it no longer has the document of that id."""

    id: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A document that could not be taken: which, why, and what to do. It stops only itself.

    `id` is the document's, and what was imported of it before stays; `place` says where in the source, for people.
    Without an id nobody can tell which document is missing, so then none counts as gone.
    """

    place: str
    reason: str
    remedy: str
    id: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}; {self.remedy}"


Item = Document | Gone | Fault


class Source(Protocol):
    """Something that documents are imported from."""

    @property
    def origin(self) -> str:
        """What people call it: the name of its file, folder or host; it is shown on the article's page."""
        ...

    def read(self, since: str | None) -> AsyncIterator[Item]:
        """The documents, in a fixed order. `since` is the mark of the last import, None for everything.

        A source that keeps no marks gives everything each time. Raises `SourceError`.
        """
        ...

    @property
    def expected(self) -> int | None:
        """How many documents there will be, as far as is known by now."""
        ...

    @property
    def mark(self) -> str | None:
        """After reading: where the next import may go on; None for a source that keeps no marks."""
        ...

    @property
    def is_whole(self) -> bool:
        """After reading: whether everything that the source has was given, so that what is missing is gone."""
        ...
