"""Tables of questions and answers (CSV, TSV) as documents, one a row, cited by row."""

import csv
import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from knowledge.articles.model import Block, Paragraph, Section
from knowledge.sources.model import Document, Fault
from knowledge.sources.text import clean, read_blocks

_MOST_ROWS = 20_000
_NAMES = {"question": ("question", "q", "sawal", "प्रश्न", "सवाल"), "answer": ("answer", "a", "jawab", "उत्तर", "जवाब"),
          "id": ("id",), "date": ("date", "updated")}  # fmt: skip
_REMEDY = "begin the table with a row that names the columns `question` and `answer`"


def read_table(path: Path, name: str) -> Iterator[Document | Fault]:
    """A document for each row. Rows count as in a spreadsheet: the head is row 1.

    A row is named by its column `id`, else by its question, so that it stays the same when rows are put before it.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        rows = csv.reader(file, delimiter=max("\t,;", key=first.count))
        try:
            columns = _columns(next(rows, []))
            if "question" not in columns or "answer" not in columns:
                yield Fault(name, "it has no columns of questions and answers", _REMEDY)
                return
            for number, row in enumerate(rows, 2):
                if number > _MOST_ROWS:
                    yield Fault(f"{name}, row {number}", f"it has more than {_MOST_ROWS:,} rows", "split it")
                    return
                if any(cell.strip() for cell in row):
                    yield _read_row(columns, row, number, name)
        except csv.Error as error:
            yield Fault(f"{name}, line {rows.line_num}", f"it is no table ({error})", "save it anew as CSV in UTF-8")


def _columns(head: list[str]) -> dict[str, int]:
    names = [cell.strip().lower() for cell in head]
    return {column: names.index(name) for column, wanted in _NAMES.items() for name in wanted[::-1] if name in names}


def _read_row(columns: dict[str, int], row: list[str], number: int, name: str) -> Document | Fault:
    place = f"row {number}"
    cells = {column: row[at].strip() if at < len(row) else "" for column, at in columns.items()}
    question, answer = clean(cells["question"]), as_answer(read_blocks(cells["answer"]))
    key = clean(cells.get("id", "")) or (short_digest(question.lower()) if question else "")
    identity = f"{name}#{key}" if key else None
    if not question or not answer:
        missing = "answer" if question else "question"
        return Fault(f"{name}, {place}", f"it has no {missing}", "write it, or remove the row", identity)
    day = None
    if cells.get("date"):
        try:
            day = date.fromisoformat(cells["date"])
        except ValueError:
            return Fault(f"{name}, {place}", "its date is none", "write it as YYYY-MM-DD, or leave it empty", identity)
    assert identity is not None
    return Document(identity, question, day, (Section("", answer, place),), (question,))


def as_answer(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """An answer's blocks: the paragraphs that it begins with are one text."""
    sentences = list[str]()
    for number, block in enumerate(blocks):
        if not isinstance(block, Paragraph):
            return (Paragraph(tuple(sentences)), *blocks[number:]) if sentences else blocks
        sentences += block.sentences
    return (Paragraph(tuple(sentences)),) if sentences else ()


def short_digest(text: str) -> str:
    """Ten hexadecimal digits of a text, as a name for it."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]
