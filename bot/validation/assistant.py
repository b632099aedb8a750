"""The assistant as its files write it: every name with the line where it stands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from yaml import Node

from bot.validation.finding import Place
from bot.validation.nodes import entries, items, named, place_of, scalars, text_of
from bot.validation.nodes import field as field_of
from bot.validation.sources import Source

Kind = Literal["intent", "entity", "slot", "form", "action", "response"]
Places = dict[str, list[Place]]
MARKUP = re.compile(r"\[(?P<text>[^\]]+)\](?:\((?P<entity>[^:)]+)[^)]*\)|\{(?P<fields>[^}]*)\})")
_ENTITY_FIELD = re.compile(r'"entity"\s*:\s*"([^"]+)"')
_DECLARED: dict[str, Kind] = {
    "intents": "intent",
    "entities": "entity",
    "slots": "slot",
    "forms": "form",
    "actions": "action",
    "responses": "response",
}


@dataclass(frozen=True)
class Example:
    """A sentence of `intent` as written, with its entity markup."""

    text: str
    intent: str
    place: Place

    @property
    def plain(self) -> str:
        """The sentence without markup."""
        return MARKUP.sub(lambda match: match["text"], self.text)

    @property
    def entities(self) -> list[str]:
        """The names of the entities marked in it."""
        found = (match["entity"] or match["fields"] for match in MARKUP.finditer(self.text))
        return [name for part in found for name in (_ENTITY_FIELD.findall(part) if '"' in part else [part.strip()])]


@dataclass(frozen=True)
class Block:
    """A story or a rule."""

    kind: Literal["story", "rule"]
    name: str
    place: Place


@dataclass(frozen=True)
class Variation:
    """One wording of a response; `node` is the whole of it."""

    response: str
    place: Place
    node: Node


@dataclass
class Assistant:
    """All names: where the domain (or a response file) declares them, and where stories, rules and forms use them."""

    declared: dict[Kind, Places] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    used: dict[Kind, Places] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    form_slots: dict[str, dict[str, Place]] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)
    test_examples: list[Example] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    variations: list[Variation] = field(default_factory=list)
    roots: dict[str, Node | None] = field(default_factory=dict)

    def declaration(self, kind: Kind, name: str) -> Place:
        """Return where a name is declared; the beginning of domain.yml where it is not."""
        places = self.declared[kind].get(name)
        return places[0] if places else Place("domain.yml", 1)


def read_assistant(sources: Iterable[Source]) -> Assistant:
    """Collect what the files declare and use."""
    assistant = Assistant()
    for source in sources:
        assistant.roots[source.file] = source.root
        if source.file.startswith("tests/"):
            assistant.test_examples += _read_examples(source)
        elif source.file != "config.yml":
            _read_domain(source, assistant)
            _read_blocks(source, assistant)
            assistant.examples += _read_examples(source)
    return assistant


def _read_examples(source: Source) -> Iterator[Example]:
    for item in items(field_of(source.root, "nlu")):
        intent = text_of(field_of(item, "intent"))
        examples = field_of(item, "examples")
        if intent is None or examples is None:
            continue
        for listed in items(examples):
            text = text_of(field_of(listed, "text"))
            if text is not None:
                yield Example(text.strip(), intent, place_of(source.file, listed))
        for line, place in lines_of(source.file, examples):
            if line.startswith("-"):
                yield Example(line[1:].strip(), intent, place)


def lines_of(file: str, node: Node) -> Iterator[tuple[str, Place]]:
    """Yield the lines of a literal block (`|`); the first stands below the sign that opens it."""
    first = place_of(file, node).line + 1
    for number, line in enumerate((text_of(node) or "").split("\n")):
        if line.strip():
            yield line, Place(file, first + number)


def _read_domain(source: Source, assistant: Assistant) -> None:
    for section, kind in _DECLARED.items():
        for name, at in named(field_of(source.root, section)):
            assistant.declared[kind][name].append(place_of(source.file, at))
    for name, _, response in entries(field_of(source.root, "responses")):
        assistant.variations += (Variation(name, place_of(source.file, node), node) for node in items(response))
    for name, _, form in entries(field_of(source.root, "forms")):
        slots = {slot: place_of(source.file, at) for slot, at in named(field_of(form, "required_slots"))}
        assistant.form_slots[name] = slots
        for slot, place in slots.items():
            assistant.used["slot"][slot].append(place)
    for _, _, properties in entries(field_of(source.root, "slots")):
        for mapping in items(field_of(properties, "mappings")):
            _use(source, assistant, "entity", field_of(mapping, "entity"))
            for intent in scalars(field_of(mapping, "intent")):
                _use(source, assistant, "intent", intent)


def _use(source: Source, assistant: Assistant, kind: Kind, node: Node | None) -> None:
    name = text_of(node)
    if node is not None and name:
        assistant.used[kind][name].append(place_of(source.file, node))


def _read_blocks(source: Source, assistant: Assistant) -> None:
    kinds: tuple[tuple[str, Literal["story", "rule"]], ...] = (("stories", "story"), ("rules", "rule"))
    for section, kind in kinds:
        for block in items(field_of(source.root, section)):
            title = field_of(block, kind)
            name = text_of(title)
            if title is not None and name is not None:
                assistant.blocks.append(Block(kind, name, place_of(source.file, title)))
            for part in ("condition", "steps"):
                for step in items(field_of(block, part)):
                    _read_step(source, assistant, step)


def _read_step(source: Source, assistant: Assistant, step: Node) -> None:
    for alternative in items(field_of(step, "or")):
        _read_step(source, assistant, alternative)
    _use(source, assistant, "intent", field_of(step, "intent"))
    loop = field_of(step, "active_loop")
    if text_of(loop) not in ("null", "~", ""):
        _use(source, assistant, "form", loop)
    action = field_of(step, "action")
    name = text_of(action) or ""
    if name.startswith("utter_"):
        _use(source, assistant, "response", action)
    else:
        _use(source, assistant, "form" if name in assistant.form_slots else "action", action)
    for slot, at in named(field_of(step, "slot_was_set")):
        assistant.used["slot"][slot].append(place_of(source.file, at))
    for entity, at in named(field_of(step, "entities")):
        if entity not in ("role", "group"):
            assistant.used["entity"][entity].append(place_of(source.file, at))
