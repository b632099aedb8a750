"""Rules and stories as paths of steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from yaml import Node

from bot.validation.nodes import entries, field, items, named, place_of, text_of
from bot.validation.sources import Source

Kind = Literal["start", "condition", "intent", "action", "response", "form", "done", "again", "slot", "title"]


@dataclass(frozen=True)
class Step:
    """One box: `lines` stand in it one below the other. Steps that are equal are one in the picture."""

    kind: Kind
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Path:
    """A rule or story: its steps, the condition or the start first, and its name last."""

    steps: tuple[Step, ...]


def read_paths(source: Source, forms: Iterable[str]) -> Iterator[Path]:
    """Yield the rules and stories of a file in their order."""
    known = frozenset(forms)
    for section, kind in (("rules", "rule"), ("stories", "story")):
        for block in items(field(source.root, section)):
            title = field(block, kind)
            if title is not None:
                name = Step("title", (f"{kind}: {text_of(title)}", str(place_of(source.file, title))))
                yield Path((*_read_block(block, known), name))


def form_names(sources: Iterable[Source]) -> list[str]:
    """The forms that the domain declares."""
    return [name for source in sources for name, _, _ in entries(field(source.root, "forms"))]


def _read_block(block: Node, forms: frozenset[str]) -> Iterator[Step]:
    conditions = [line for part in items(field(block, "condition")) for line in _facts(part)]
    yield Step("condition", tuple(conditions)) if conditions else Step("start", ("a message",))
    steps = list(items(field(block, "steps")))
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        name = text_of(field(step, "action"))
        if name in forms:
            yield _form(name, after, is_within=f"within {name}" in conditions)
        elif not (text_of(field(step, "active_loop")) and _was_form(steps, step, forms)):
            yield from _read_step(step)


def _form(name: str, after: Node | None, is_within: bool) -> Step:
    """A form by what the step after it says: it goes on, or it is complete."""
    if text_of(field(after, "active_loop")) == name:
        return Step("again", (name, "goes on")) if is_within else Step("form", (name, "asks until all is told"))
    return Step("done", (name, "has all it needs"))


def _was_form(steps: list[Node], step: Node, forms: frozenset[str]) -> bool:
    """Whether the step before was a form, whose box says already what `active_loop` says."""
    at = steps.index(step)
    return at > 0 and text_of(field(steps[at - 1], "action")) in forms


def _read_step(step: Node) -> Iterator[Step]:
    alternatives = list(items(field(step, "or"))) or [step]
    said = tuple(line for alternative in alternatives for line in _said(alternative))
    name, wording = text_of(field(step, "action")), text_of(field(step, "bot"))
    if said:
        yield Step("intent", said)
    elif name is not None:
        yield Step("response" if name.startswith("utter_") else "action", (name,))
    elif wording is not None:
        yield Step("response", (f"“{wording}”",))
    else:
        facts = tuple(_facts(step))
        if facts:
            yield Step("slot", facts)


def _said(step: Node) -> Iterator[str]:
    """What a user may say in a step, a line each."""
    intent, text = text_of(field(step, "intent")), text_of(field(step, "user"))
    entities = "".join(f" [{name}]" for name, _ in named(field(step, "entities")))
    if intent is not None:
        yield intent + entities
    elif text is not None:
        yield f"“{text}”"


def _facts(step: Node) -> Iterator[str]:
    """What a step or condition says of slots, forms and checkpoints."""
    for item in items(field(step, "slot_was_set")):
        yield from (f"{slot} is {text_of(value)}" for slot, _, value in entries(item))
        if text_of(item) is not None:
            yield f"{text_of(item)} is set"
    loop, checkpoint = text_of(field(step, "active_loop")), text_of(field(step, "checkpoint"))
    if loop is not None:
        yield "no form any more" if loop in {"null", "~", ""} else f"within {loop}"
    if checkpoint is not None:
        yield f"checkpoint {checkpoint}"
