"""The YAML files of an assistant, each read once; what does not parse is said in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.validation.finding import Finding, Place
from bot.validation.nodes import entries, items, place_of

_FOLDERS = ("data/nlu", "data/stories", "data/responses", "tests/nlu")
_FILES = ("config.yml", "domain.yml")
# What Rasa reads of a file below data/ or of domain.yml; it passes over everything else in silence.
_DATA_KEYS = ("version", "nlu", "stories", "rules", "responses")
_DOMAIN_KEYS = ("intents", "entities", "slots", "forms", "actions", "e2e_actions", "session_config")
_QUOTE = 'Put the whole text after the first colon into double quotes: text: "..."'
_INDENT = "Let the line begin exactly under the lines that it belongs to, with spaces; and close every quote"
_OPEN_QUOTE = re.compile(r"""\s*(?:- )?[\w-]+:\s+("[^"]*|'[^']*)$""")
_BARE_EXAMPLES = re.compile(r"^ *examples:[ \t]*\n(?= *- (?!text:))", re.MULTILINE)
# What the parser's words mean to who writes the file: what is wrong, and the remedy.
_PLAIN = {
    "mapping values are not allowed": ("a colon stands within text that has no quotes", _QUOTE),
    "did not find expected key": ("the line does not fit the lines above it", _INDENT),
    "did not find expected '-' indicator": ("the line does not fit the list above it", _INDENT),
    "could not find expected ':'": ("a colon is missing after a name", "Write the name, a colon and a space"),
    "unexpected end of stream": ("a quote is opened here and never closed", "Close it with the same kind of quote"),
    "did not find expected ',' or ']'": ("a [ is opened and not closed", "Close it, or put the text into quotes"),
    "did not find expected ',' or '}'": ("a { is opened and not closed", "Close it, or put the text into quotes"),
    "found character that cannot start any token": (
        "text begins with a sign that YAML reserves, such as @, %, ` or a tab",
        "Put the text into double quotes, and indent with spaces only",
    ),
    "found undefined alias": ("text begins with *, which YAML reserves", "Put the text into double quotes"),
    "unknown escape character": ("a backslash stands within double quotes", "Write it twice, or use single quotes"),
}


@dataclass(frozen=True)
class Source:
    """A file that parsed. `file` is relative to the project."""

    file: str
    root: yaml.Node | None


def read_sources(project: Path) -> tuple[list[Source], list[Finding]]:
    """Read every file; return those that parse, and what is wrong with the others."""
    sources: list[Source] = []
    findings = [
        Finding(Place(name, 1), f"{name} is missing", "Put it back: nothing can be trained without it")
        for name in (*_FILES, *_FOLDERS[:3])
        if not (project / name).exists()
    ]
    for path in _paths(project):
        file = path.relative_to(project).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
            bare = _find_bare_examples(file, text)
            if bare:  # what the parser makes of them says nothing to anybody
                findings += bare
                continue
            source = Source(file, yaml.compose(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            findings.append(Finding(Place(file, line), "the file is not UTF-8", "Save it with the encoding UTF-8"))
        except yaml.MarkedYAMLError as error:
            findings.append(_explain(file, text, error))
        except yaml.YAMLError as error:
            findings.append(Finding(Place(file, 1), f"the file is no YAML: {error}", "Take the strange signs out"))
        else:
            sources.append(source)
            findings += _find_repeated_keys(file, source.root)
            findings += _find_unknown_keys(source)
    return sources, findings


def _paths(project: Path) -> Iterator[Path]:
    yield from (project / name for name in _FILES if (project / name).is_file())
    for folder in _FOLDERS:
        yield from sorted(path for kind in ("*.yml", "*.yaml") for path in (project / folder).rglob(kind))


def _explain(file: str, text: str, error: yaml.MarkedYAMLError) -> Finding:
    """Say a syntax error with line and column."""
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    if "end of stream" in problem or "or ']'" in problem or "or '}'" in problem:
        mark = error.context_mark or mark  # where it was opened; the end of the file helps nobody
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    opened = _find_open_quote(text, error) if problem == "did not find expected key" else None
    if opened is not None:
        return Finding(Place(file, opened), *_PLAIN["unexpected end of stream"])
    tab = _find_tab(text, (error.problem_mark.line if error.problem_mark else line) + 1)
    if tab is not None:
        return Finding(Place(file, tab), "the line is indented with a tab", "Use spaces; YAML allows no tabs there")
    wrong, remedy = next(
        (plain for words, plain in _PLAIN.items() if words in problem), (f"this is no YAML: {problem}", _INDENT)
    )
    return Finding(Place(file, line), f"column {column}: {wrong}", remedy)


def _find_bare_examples(file: str, text: str) -> list[Finding]:
    """Return the lines `examples:` that lack the sign | and so make a list of what follows."""
    return [
        Finding(
            Place(file, text.count("\n", 0, match.start()) + 1),
            "after 'examples:' the sign | is missing",
            "Write examples: |",
        )
        for match in _BARE_EXAMPLES.finditer(text)
    ]


def _find_tab(text: str, last: int) -> int | None:
    for number, line in enumerate(text.splitlines()[:last], start=1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            return number
    return None


def _find_open_quote(text: str, error: yaml.MarkedYAMLError) -> int | None:
    """Return the last line before the fault whose text opens a quote and does not close it."""
    first = error.context_mark.line if error.context_mark else 0
    last = error.problem_mark.line if error.problem_mark else 0
    lines = text.splitlines()
    return next((at + 1 for at in range(last, first - 1, -1) if _OPEN_QUOTE.match(lines[at])), None)


def _find_repeated_keys(file: str, node: yaml.Node | None) -> Iterator[Finding]:
    seen: dict[str, Place] = {}
    for key, at, value in entries(node):
        if key in seen:
            yield Finding(
                place_of(file, at),
                f"'{key}' is written a second time; the first is in line {seen[key].line}",
                "Join the two, or rename one",
            )
        seen.setdefault(key, place_of(file, at))
        yield from _find_repeated_keys(file, value)
    for item in items(node):
        yield from _find_repeated_keys(file, item)


def _find_unknown_keys(source: Source) -> Iterator[Finding]:
    if source.file == "config.yml":
        return
    for key, at, _ in entries(source.root):
        if key not in (*_DATA_KEYS, *_DOMAIN_KEYS):
            wrong = f"'{key}' is no section that Rasa knows, so it is passed over"
            yield Finding(
                place_of(source.file, at), wrong, "Correct the name, such as nlu, stories, rules or responses"
            )
