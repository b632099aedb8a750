"""Word files (DOCX) as documents, a section a heading, cited by paragraph: Word keeps no pages."""

import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import docx
from docx.document import Document as WordDocument
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from knowledge.articles.model import Block, BulletList, Paragraph, Section, Table
from knowledge.sources.model import Document, Fault
from knowledge.sources.text import clean, make_table, paragraph

_MOST_UNPACKED = 200_000_000  # bytes
_OLD_OFFICE = bytes.fromhex("d0cf11e0")  # an encrypted DOCX is wrapped so, and a DOC begins so


def read_docx(path: Path, name: str) -> Iterator[Document | Fault]:
    """The file as one document. A broken file raises anything."""
    with path.open("rb") as file:
        if file.read(4) == _OLD_OFFICE:
            yield Fault(name, "it is encrypted, or an old DOC file", "save it as DOCX without a password", name)
            return
    with zipfile.ZipFile(path) as package:
        unpacked = sum(part.file_size for part in package.infolist())
    if unpacked > _MOST_UNPACKED:
        yield Fault(name, f"it unpacks to {unpacked // 10**6} MB", "take the pictures out, or split it", name)
        return
    word = docx.Document(str(path))
    yield Document(name, _title(word, path), _day(word), tuple(_sections(word)))


def _sections(word: WordDocument) -> Iterator[Section]:
    heading, place, blocks = "", "paragraph 1", list[Block]()
    items, ordered = list[str](), False
    for number, content in enumerate(word.iter_inner_content(), 1):
        style = _style(content)
        in_list = style.startswith("List") and isinstance(content, WordParagraph)
        if items and (not in_list or style.startswith("List Number") != ordered):
            blocks.append(BulletList(tuple(items), ordered))
            items = []
        if style.startswith(("Heading", "Title")) and isinstance(content, WordParagraph):
            if blocks:
                yield Section(heading, tuple(blocks), place)
            heading, place, blocks = ("" if style == "Title" else clean(content.text)), f"paragraph {number}", []
        elif in_list and isinstance(content, WordParagraph):
            ordered = style.startswith("List Number")
            items += [text] if (text := clean(content.text)) else []
        else:
            blocks += [block] if (block := _block(content)) is not None else []
    if items:
        blocks.append(BulletList(tuple(items), ordered))
    if blocks:
        yield Section(heading, tuple(blocks), place)


def _style(content: WordParagraph | WordTable) -> str:
    return str(content.style.name or "") if content.style is not None else ""


def _block(content: WordParagraph | WordTable) -> Paragraph | Table | None:
    if isinstance(content, WordParagraph):
        return paragraph(content.text)
    rows = [tuple(clean(cell.text) for cell in row.cells) for row in content.rows]
    return make_table(rows)


def _title(word: WordDocument, path: Path) -> str:
    written = clean(word.core_properties.title or "")
    named = (clean(each.text) for each in word.paragraphs if _style(each) in {"Title", "Heading 1"})
    return next((text for text in named if text), "") or written or path.stem


def _day(word: WordDocument) -> date | None:
    changed = word.core_properties.modified or word.core_properties.created
    return changed.date() if changed else None
