"""Resolved tickets (JSON Lines) as documents, with what identifies a person masked before anything else is done.

A line is an object with `subject`, `question`, `resolution`, `closed` (YYYY-MM-DD...) and perhaps `id`. Tickets without
a resolution are still open and are left out. Names in free text are not masked: the reviewer takes them out.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ValidationError

from knowledge.articles.model import Section
from knowledge.sources.model import Document, Fault
from knowledge.sources.table import as_answer, short_digest
from knowledge.sources.text import clean, read_blocks
from saathi.privacy import Masker

_LONGEST_QUESTION = 300


def _day(value: str) -> str:
    date.fromisoformat(value[:10])
    return value[:10]


class _Ticket(BaseModel):
    id: str | int = ""
    subject: str
    question: str
    resolution: str | None = None
    closed: Annotated[str, AfterValidator(_day)] | None = None


class TicketReader:
    """Reads tickets; nothing unmasked leaves it, also not in a fault."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker

    def read(self, path: Path, name: str) -> Iterator[Document | Fault]:
        """A document for each resolved ticket, cited as "ticket <id>", else by its line."""
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip() and (item := self._read_line(line, number, name)) is not None:
                    yield item

    def _read_line(self, line: str, number: int, name: str) -> Document | Fault | None:
        where = f"{name}, line {number}"
        try:
            ticket = _Ticket.model_validate(json.loads(line))
        except ValidationError as error:
            fields = ", ".join(sorted({f"`{'.'.join(map(str, fault['loc']))}`" for fault in error.errors()}))
            return Fault(where, f"its fields are not as they should be: {fields}", "write `subject`, `question`, "
                         "`resolution` as texts and `closed` as YYYY-MM-DD")  # fmt: skip
        except (ValueError, RecursionError):
            return Fault(where, "it is no JSON", "write one object a line")
        if not ticket.resolution or not ticket.closed:
            return None
        subject, question = clean(self._masker.mask(ticket.subject)), clean(self._masker.mask(ticket.question))
        answer = as_answer(read_blocks(self._masker.mask(ticket.resolution)))
        said = clean(str(ticket.id))
        key = said if said and self._masker.mask(said) == said else short_digest(f"{said}\n{subject}\n{question}")
        place = f"ticket {said}" if key == said else f"line {number}"
        title = subject or question[:_LONGEST_QUESTION]
        questions = (question,) if question and len(question) <= _LONGEST_QUESTION else ()
        day = date.fromisoformat(ticket.closed)
        return Document(f"{name}#{key}", title, day, (Section("", answer, place),) if answer else (), questions)
