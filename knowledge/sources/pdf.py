"""PDF files as documents, cited by page."""

import logging
import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import DependencyError

from knowledge.articles.model import Section
from knowledge.sources.model import Document, Fault
from knowledge.sources.text import clean, join_lines, read_blocks

_MOST_PAGES = 500
_DEADLINE = 120.0  # seconds for one file
_MOST_CHARACTERS = 2_000_000  # what a page or file may unfold to before reading stops


def read_pdf(path: Path, name: str) -> Iterator[Document | Fault]:
    """The file as one document, a section a page; headings come from its bookmarks. A broken file raises anything."""
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of every oddity of a file that it can read
    try:
        yield _read(path, name)
    except DependencyError:
        yield _encrypted(name)


def _encrypted(name: str) -> Fault:
    return Fault(name, "it is encrypted", "save it without a password", name)


def _read(path: Path, name: str) -> Document | Fault:
    reader = PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        return _encrypted(name)
    if len(reader.pages) > _MOST_PAGES:
        return Fault(name, f"it has {len(reader.pages)} pages, more than {_MOST_PAGES}", "split it by chapters", name)
    pages, length, started = [], 0, time.monotonic()
    for page in reader.pages:
        pages.append(_lines(page.extract_text()))
        length += sum(map(len, pages[-1]))
        if length > _MOST_CHARACTERS:
            return Fault(name, "it unfolds to far more text than anybody reads", "split it by chapters", name)
        if time.monotonic() - started > _DEADLINE:
            return Fault(name, f"reading it takes more than {_DEADLINE:g} s", "save it anew as PDF, or split it", name)
    repeated = _repeated_lines(pages)
    headings = _headings(reader)
    sections, heading = [], ""
    for number, lines in enumerate(pages, 1):
        heading = headings.get(number, heading)
        kept = [line for line in lines if _shape(line) not in repeated and clean(line) != heading]
        blocks = read_blocks(join_lines(kept))
        if blocks:
            sections.append(Section(heading, blocks, f"page {number}"))
    return Document(name, _title(reader, path), _day(reader), tuple(sections))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def _shape(line: str) -> str:
    """A line without its figures: "Page 3 of 9" is "Page # of #" on every page."""
    return re.sub(r"\d+", "#", line.strip())


def _repeated_lines(pages: list[list[str]]) -> set[str]:
    """Heads and feet: the first or last line of most pages, of three at least."""
    ends = Counter[str]()
    for lines in pages:
        said = [line for line in lines if line.strip()]
        ends.update({_shape(line) for line in (*said[:1], *said[-1:])})
    return {shape for shape, count in ends.items() if count >= max(3, len(pages) * 0.6)}


def _headings(reader: PdfReader) -> dict[int, str]:
    """The bookmark under which each page begins, by page number; the last of several on one page."""
    found: dict[int, str] = {}
    for entry in _flatten(reader.outline):
        page = reader.get_destination_page_number(entry)
        if page is not None and entry.title:
            found[page + 1] = clean(str(entry.title))
    return found


def _flatten(outline: Any) -> Iterator[Any]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _flatten(entry)
        else:
            yield entry


def _title(reader: PdfReader, path: Path) -> str:
    written = reader.metadata.title if reader.metadata else None
    return clean(written) if isinstance(written, str) and clean(written) else path.stem


def _day(reader: PdfReader) -> date | None:
    made = reader.metadata.creation_date if reader.metadata else None
    return made.date() if made else None
