"""The messages that are judged: the examples of data/nlu, and the test sets of tests/nlu."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

from bot.validation.assistant import MARKUP, Example, read_assistant
from bot.validation.finding import Place
from bot.validation.nodes import entries, field, items, text_of
from bot.validation.sources import Source
from language import detect

_EXTRACTOR = "bot.entities.PartnerEntities"
Spans = tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Message:
    """One message; `entities` are (start, end, entity) in `text`, `language` is en, hinglish or hi."""

    text: str
    intent: str
    language: str
    place: Place
    entities: Spans


class Entities(Enum):
    """How the assistant finds entities."""

    NOT_FOUND = "not at all"
    BY_RULES = "by rules"
    BY_RULES_AND_NER = "by rules and a NER"


def read_entities(sources: Iterable[Source]) -> Entities:
    """What config.yml says of them."""
    for source in sources:
        for component in items(field(source.root, "pipeline")):
            if text_of(field(component, "name")) == _EXTRACTOR:
                return Entities.BY_RULES_AND_NER if text_of(field(component, "ner")) == "true" else Entities.BY_RULES
    return Entities.NOT_FOUND


def read_training(sources: Iterable[Source]) -> list[Message]:
    """The examples of data/nlu; their register is what the assistant itself detects."""
    return [_message(example, None) for example in read_assistant(sources).examples if example.plain]


def read_test_sets(sources: Iterable[Source]) -> dict[str, list[Message]]:
    """The files of tests/nlu by their stem; the register stands in their metadata."""
    sets: dict[str, list[Message]] = {}
    for source in sources:
        if source.file.startswith("tests/nlu/"):
            languages = list(_languages(source))
            examples = read_assistant([source]).test_examples
            sets[PurePosixPath(source.file).stem] = [
                _message(example, _language_at(languages, example.place.line)) for example in examples if example.plain
            ]
    return sets


def _languages(source: Source) -> Iterator[tuple[int, str | None]]:
    """The first line of each block, and its register where it tells one."""
    for block in items(field(source.root, "nlu")):
        metadata = {key: text_of(value) for key, _, value in entries(field(block, "metadata"))}
        yield block.start_mark.line + 1, metadata.get("language")


def _language_at(languages: list[tuple[int, str | None]], line: int) -> str | None:
    return next((language for first, language in reversed(languages) if first <= line), None)


def _message(example: Example, language: str | None) -> Message:
    text, spans = read_marked(example.text)
    return Message(text, example.intent, language or detect(text), example.place, spans)


def read_marked(marked: str) -> tuple[str, Spans]:
    """Text without its markup, and where the marked words stand in it."""
    parts: list[str] = []
    spans: list[tuple[int, int, str]] = []
    end = length = 0
    for mark in MARKUP.finditer(marked):
        parts += [marked[end : mark.start()], mark["text"]]
        start = length + mark.start() - end
        length = start + len(mark["text"])
        entity = (Example(mark[0], "", Place("", 0)).entities or [""])[0]
        spans.append((start, length, entity))
        end = mark.end()
    return "".join([*parts, marked[end:]]), tuple(spans)
