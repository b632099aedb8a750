"""The messages with identifiers, the hard negatives, and the shared cases of Presidio's own tests."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from saathi.privacy import Identifier

_MARK = re.compile(r"\[([^\]]+)\]\((\w+)\)")
_ENTITY_KINDS = {
    "IN_AADHAAR": "aadhaar",
    "IN_GSTIN": "gstin",
    "IN_PAN": "pan",
    "IN_PASSPORT": "passport",
    "IN_VEHICLE_REGISTRATION": "vehicle",
    "IN_VOTER": "voter id",
}


@dataclass(frozen=True, slots=True)
class Message:
    """A text without marks, its register, and the identifiers that stand in it; none in a hard negative."""

    text: str
    register: str
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A shared case: how many identifiers of its kind the text holds, and where the first one is, if it says so."""

    text: str
    kind: str
    count: int
    first: tuple[int, int] | None


def read_messages(path: Path) -> list[Message]:
    """All messages of a file: `messages` and `negatives`, a list a register, `[value](kind)` marks an identifier."""
    content: dict[str, dict[str, list[str]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        parse(marked, register)
        for group in ("messages", "negatives")
        for register, texts in content[group].items()
        for marked in texts
    ]


def parse(marked: str, register: str) -> Message:
    """A text with marks; `virtual_id` is the kind "virtual id"."""
    text, identifiers, end = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[end : match.start()]
        kind = match[2].replace("_", " ")
        identifiers.append(Identifier(kind, len(text), len(text) + len(match[1])))
        text += match[1]
        end = match.end()
    return Message(text + marked[end:], register, tuple(identifiers))


def read_cases(path: Path) -> Iterator[Case]:
    """The rows of a table with the columns entity, text, expected_count and first_span."""
    with path.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            span: Any = json.loads(row["first_span"])
            first = (span[0], span[1]) if span else None
            yield Case(row["text"], _ENTITY_KINDS[row["entity"]], int(row["expected_count"]), first)
