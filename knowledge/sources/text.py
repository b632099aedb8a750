"""Text of foreign documents made plain: no control characters, white space folded, lines joined to blocks."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from knowledge.articles.model import Block, BulletList, Paragraph, Table
from knowledge.articles.sentences import split_sentences

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_JOINERS = {"\u200c", "\u200d"}  # Devanagari is written with them
_BULLET = re.compile(r"(?:[•◦▪●‣·∙*–—-]|\uf0b7)\s+(?=\S)")  # the last is Word's bullet in Symbol
_STEP = re.compile(r"\(?\d{1,2}[.)]\s+(?=\S)")
_FINAL = (".", "?", "!", "।", ":", ";")


def clean(text: str) -> str:
    """The text on one line, NFC, without control, format (as hidden turns of direction) and surrogate characters."""
    text = "".join(_LIGATURES.get(character, character) for character in text if _is_kept(character))
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _is_kept(character: str) -> bool:
    if character.isspace() or character in _JOINERS:
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def paragraph(text: str) -> Paragraph | None:
    """The text as a paragraph; None when nothing is left of it."""
    cleaned = clean(text)
    return Paragraph(split_sentences(cleaned)) if cleaned else None


def read_blocks(text: str) -> tuple[Block, ...]:
    """Plain text as people type it: paragraphs apart by empty lines, lists by dashes, dots or numbers."""
    return tuple(_blocks(_chunks(text.splitlines())))


def _chunks(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pieces of text with their kind: "prose", "item" or "step"; a line without a mark goes on with the piece."""
    kind, piece = "prose", list[str]()
    for line in lines:
        stripped = line.strip()
        marked = _BULLET.match(stripped) or _STEP.match(stripped)
        if (not stripped or marked) and piece:
            yield kind, " ".join(piece)
            kind, piece = "prose", []
        if marked:
            kind = "step" if _STEP.match(stripped) else "item"
            stripped = stripped[marked.end() :]
        if stripped:
            piece.append(stripped)
    if piece:
        yield kind, " ".join(piece)


def _blocks(pieces: Iterable[tuple[str, str]]) -> Iterator[Block]:
    items, kind_of_list = list[str](), ""
    for kind, text in pieces:
        if items and kind != kind_of_list:
            yield BulletList(tuple(items), ordered=kind_of_list == "step")
            items = []
        if kind == "prose":
            if (block := paragraph(text)) is not None:
                yield block
        elif cleaned := clean(text):
            items.append(cleaned)
            kind_of_list = kind
    if items:
        yield BulletList(tuple(items), ordered=kind_of_list == "step")


def make_table(rows: list[tuple[str, ...]]) -> Table | None:
    """Rows of cells as a table, the first its head, all as wide as the widest; None when nothing stands in it."""
    said = [row for row in rows if any(row)]
    if not said:
        return None
    width = max(map(len, said))
    head, *rest = [row + ("",) * (width - len(row)) for row in said]
    return Table(head, tuple(rest))


def join_lines(lines: list[str]) -> str:
    """Lines of a printed page as text for `read_blocks`: a paragraph ends where its last line is short and final."""
    width = max((len(line) for line in lines), default=0)
    out: list[str] = []
    for line in lines:
        stripped = line.rstrip()
        out.append(stripped)
        if stripped.endswith(_FINAL) and len(stripped) < 0.8 * width:
            out.append("")
    return re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", "\n".join(out))
