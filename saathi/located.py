"""YAML files that people edit: what is wrong in one is told with its line and what to do, never with a traceback."""

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]


class FileFault(Exception):
    """A file cannot be used. The message is one line a fault: `file:line: what to do`."""


@dataclass(frozen=True, slots=True)
class Located(Generic[Model]):
    """What a file says, and on which line each of its keys and items stands (from 1)."""

    content: Model
    lines: dict[Place, int]


def read_located(path: Path, model: type[Model]) -> Located[Model]:
    """Read a file into `model`.

    Raises:
        FileFault: the file is missing, is no YAML, names a key twice or does not fit the model.
    """
    try:
        text = path.read_text(encoding="utf-8")
        root, content = _parse(text)
    except OSError as error:
        raise FileFault(f"{path}:1: the file cannot be read ({error.strerror}); put it back") from error
    except UnicodeDecodeError as error:
        raise FileFault(f"{path}:1: the file is not in UTF-8; save it as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise FileFault(f"{path}:{line}: this is no YAML ({error.problem}); mind colons and indentation") from error
    except yaml.YAMLError as error:
        raise FileFault(f"{path}:1: this is no YAML ({error})") from error
    lines: dict[Place, int] = {}
    twice = _find_lines(root, (), lines) if root is not None else []
    if twice:
        raise FileFault("\n".join(f"{path}:{line}: {name} stands here a second time; keep one" for name, line in twice))
    try:
        return Located(model.model_validate(content), lines)
    except ValidationError as error:
        told = [f"{path}:{_line_of(item['loc'], lines)}: {_advise(item)}" for item in error.errors()]
        raise FileFault("\n".join(told)) from error


def _parse(text: str) -> tuple[yaml.Node | None, object]:
    """The nodes and what they say. The C parser is ten times as fast; what it refuses, the other one places better."""
    try:
        return yaml.compose(text, Loader=yaml.CSafeLoader), yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)


def _find_lines(node: yaml.Node, place: Place, lines: dict[Place, int]) -> list[tuple[str, int]]:
    """Note the line of every key and item below `node`; return the keys that stand twice."""
    twice = []
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below, line = (*place, str(key.value)), key.start_mark.line + 1
            if below in lines:
                twice.append((".".join(map(str, below)), line))
            lines[below] = line
            twice += _find_lines(value, below, lines)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[(*place, number)] = item.start_mark.line + 1
            twice += _find_lines(item, (*place, number), lines)
    return twice


def _line_of(place: Place, lines: dict[Place, int]) -> int:
    """The line of a place, or of what it should stand in."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _advise(fault: ErrorDetails) -> str:
    name = ".".join(str(part) for part in fault["loc"] if part != "[key]") or "the file"
    if fault["type"] == "extra_forbidden":
        return f"{name} is no setting here; mend its spelling or remove it"
    if fault["type"] == "missing":
        return f"{name} is missing; add it"
    if fault["type"] == "value_error":  # our own sentence, which says all there is to say
        return f"{name}: {fault['msg'].removeprefix('Value error, ')}"
    return f"{name} is {fault['input']!r}: {fault['msg'][0].lower()}{fault['msg'][1:]}"
