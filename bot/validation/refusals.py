"""What Rasa's readers refuse, file by file: they stop at the first fault, a designer wants all of them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.loading import load_data_from_files
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.utils.io import read_model_configuration
from yaml import Node

from bot.validation.assistant import Assistant
from bot.validation.finding import Finding, Place
from bot.validation.nodes import field, find_below, items, place_of

_REMEDY = "Correct the spelling; the entries above and below show the form"
_KEY = re.compile(r"Key '([^']+)' was not defined\. Path: '([^']*)'")
_SHAPE = re.compile(r"is not (?:of type '(str)'|a (list|dict))\. (?:Value path|Path): '([^']*)'")
_SHAPES = {
    "str": ("text is expected here", "Write text, in double quotes if it holds signs"),
    "list": ("a list is expected here", "Begin each entry below it with '- '"),
    "dict": ("names with values are expected here", "Write 'name: value', a line each"),
}
_MISSING = re.compile(r"Cannot find required key '([^']+)'\. Path: '([^']*)'")
_EMPTY = re.compile(r"Missing 'text' or 'custom' key in response.*?Path: (/responses/\S+)", re.DOTALL)
# Keys that Rasa knows in examples, stories, responses and domains. Where an entry fits none of several forms, Rasa
# calls each of its keys undefined; the fault is then the key that fits nowhere.
_FAMILIAR = frozenset(
    {"intent", "examples", "metadata", "story", "rule", "steps", "condition", "action", "active_loop", "slot_was_set"}
    | {
        "text",
        "buttons",
        "custom",
        "channel",
        "title",
        "payload",
        "type",
        "name",
        "value",
        "mappings",
        "required_slots",
    }
)
_NOISE = (
    r"Failed to validate '[^']*'\. ?",
    r"Please make sure the file is correct and all mandatory.*?:\n",
    r"in \S+:\d+:",
    r"\(?(?:You can|More info|Please (?:take|refer)).*",
    r"https?://\S+",
)
_LINE = re.compile(r":(\d+):|[Ll]ine (\d+)")


def explain(project: Path, assistant: Assistant, error: BaseException) -> Iterator[Finding]:
    """Yield the faults of each file; where each alone is right, what `error` says of all together."""
    findings = [finding for file, fault in _read_each(project, assistant) for finding in _say(assistant, file, fault)]
    if not findings and not isinstance(error, StopIteration):
        findings = list(_say(assistant, "domain.yml", str(error) or type(error).__name__))
    yield from findings


def _read_each(project: Path, assistant: Assistant) -> Iterator[tuple[str, str]]:
    """Yield a file and why Rasa refuses it."""
    domain = Domain.empty()
    with suppress(Exception), warnings.catch_warnings(record=True):  # the file is read below, to say what is wrong
        domain = Domain.load(str(project / "domain.yml"))
    for file, root in assistant.roots.items():
        path = str(project / file)
        readers: list[Callable[[], object]] = []
        if file == "config.yml":
            readers.append(lambda path=path: read_model_configuration(path))  # type: ignore[misc]
        if file == "domain.yml":
            readers.append(lambda path=path: Domain.load(path))  # type: ignore[misc]
        if field(root, "nlu") is not None or field(root, "responses") is not None:
            readers.append(lambda path=path: load_data(path))  # type: ignore[misc]
        if field(root, "stories") is not None or field(root, "rules") is not None:
            readers.append(lambda path=path: load_data_from_files([path], domain))  # type: ignore[misc]
        for reader in readers:
            with warnings.catch_warnings(record=True):
                try:
                    reader()
                except (Exception, SystemExit) as error:  # noqa: BLE001 - Rasa raises what it happens to stumble over
                    if isinstance(error, StopIteration):
                        continue  # a story sets a slot that is not declared, which check_names tells
                    yield file, str(error).replace(f"{project}/", "") or type(error).__name__


def _say(assistant: Assistant, file: str, text: str) -> Iterator[Finding]:
    """Say in one line each what Rasa refuses. Its own text holds paths, and advice for engineers."""
    known = list(_say_known(file, assistant.roots.get(file), text))
    yield from known or [_say_other(file, assistant.roots.get(file), text)]


def _say_known(file: str, root: Node | None, text: str) -> Iterator[Finding]:
    keys = list(dict.fromkeys(_KEY.findall(text)))
    for key, path in [pair for pair in keys if pair[0] not in _FAMILIAR] or keys:
        place = find_below(file, _walk(root, path), key) or Place(file, 1)
        yield Finding(place, f"'{key}' is no word that Rasa knows at this place", _REMEDY)
    if keys:
        return
    for *kinds, path in _SHAPE.findall(text):
        node = _walk(root, path)
        yield Finding(place_of(file, node) if node is not None else Place(file, 1), *_SHAPES["".join(kinds)])
    for key, path in _MISSING.findall(text):
        node = _walk(root, path)
        place = place_of(file, node) if node is not None else Place(file, 1)
        yield Finding(
            place, f"'{key}:' is missing in this entry", "Add it, or correct the spelling of what stands there"
        )
    for path in _EMPTY.findall(text):
        name = path.split("/")[2].rstrip(".")
        wrong = f"a variation of '{name}' has no text"
        yield Finding(find_below(file, root, name) or Place(file, 1), wrong, 'Write its text: text: "..."')


def _say_other(file: str, root: Node | None, text: str) -> Finding:
    line = next((int(a or b) for a, b in _LINE.findall(text)), 1)
    if r"'\t'" in text:
        return Finding(Place(file, line), "a tab stands in the line", "Use spaces")
    plain = text
    for noise in _NOISE:
        plain = re.sub(noise, "", plain, flags=re.DOTALL)
    plain = " ".join(plain.split()).rstrip(".: ")
    found = (find_below(file, root, name) for name in re.findall(r"'([^']+)'", plain))
    place = Place(file, line) if line > 1 else next((place for place in found if place), Place(file, 1))
    return Finding(place, f"Rasa cannot read this: {plain}", _REMEDY)


def _walk(node: Node | None, path: str) -> Node | None:
    """Follow a path such as /nlu/1 as far as it leads."""
    for step in path.strip("/").split("/"):
        listed = list(items(node))
        inner = listed[int(step)] if step.isdigit() and int(step) < len(listed) else field(node, step)
        if inner is None:
            return node
        node = inner
    return node
