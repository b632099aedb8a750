"""The front matter of an article: YAML, checked field by field, each error with its line."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast

import yaml

from knowledge.articles.model import ArticleError
from language import Language, count_scripts, utf16_units
from saathi.titles import LONGEST_BUTTON, LONGEST_ITEM

PRODUCTS = (
    "life-insurance", "health-insurance", "motor-insurance", "travel-insurance", "loans", "cards", "savings", "pension",
    "tax", "grievance", "partner",
)  # fmt: skip
AUDIENCES = ("partner", "caller", "agent")
SKILL_LEVELS = ("beginner", "intermediate", "advanced")
LANGUAGES: tuple[Language, ...] = ("en", "hi", "hinglish")
Status = Literal["draft", "reviewed"]
_FIELDS = (
    "title", "label", "product", "audience", "skill_level", "language", "valid_from", "valid_until", "source",
    "reviewed", "questions",
)  # fmt: skip
_IMPORTED = ("status", "imported_from", "imported_on", "digest")  # an imported document has these as well


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The checked fields, and where the body begins."""

    title: str
    label: dict[Language, str]  # empty only in an imported document
    product: str
    audience: tuple[str, ...]
    skill_level: str
    language: Language
    valid_from: date
    valid_until: date | None
    source: str
    reviewed: date | None
    questions: tuple[str, ...]
    imported_from: str
    body: str
    body_line: int  # line of the file, from 1, on which the body begins


def read_status(path: Path, text: str) -> Status:
    """Whether the article may be answered from; ours always may. Raises `ArticleError` when that cannot be told."""
    lines, closing = _cut(path, text)
    fields = _Fields(path, "\n".join(lines[1:closing]))
    return cast("Status", fields.one_of("status", ("draft", "reviewed"))) if fields.imported else "reviewed"


def read_front_matter(path: Path, text: str) -> FrontMatter:
    """Cuts off and checks the front matter. Raises `ArticleError` with the first fault."""
    lines, closing = _cut(path, text)
    fields = _Fields(path, "\n".join(lines[1:closing]))
    valid_from, valid_until = fields.day("valid_from"), fields.day_or_none("valid_until")
    if valid_until is not None and valid_until < valid_from:
        raise fields.error("valid_until", "write a day that is not before `valid_from`, or null")
    if fields.imported:
        _check_import(fields)
    return FrontMatter(
        title=fields.text("title"),
        label=fields.label(),
        product=fields.one_of("product", PRODUCTS),
        audience=fields.some_of("audience", AUDIENCES),
        skill_level=fields.one_of("skill_level", SKILL_LEVELS),
        language=cast("Language", fields.one_of("language", LANGUAGES if fields.imported else ("en",))),
        valid_from=valid_from,
        valid_until=valid_until,
        source=fields.text("source"),
        reviewed=fields.day_or_none("reviewed"),
        questions=fields.texts("questions", may_be_empty=fields.imported),
        imported_from=fields.text("imported_from") if fields.imported else "",
        body="\n".join(lines[closing + 1 :]),
        body_line=closing + 2,
    )


def _cut(path: Path, text: str) -> tuple[list[str], int]:
    """The lines of the file, and which of them, from 0, closes the front matter."""
    lines = text.split("\n")
    if lines[0].strip() != "---":
        raise ArticleError(path, 1, "begin the file with a line `---`, then the front matter")
    closing = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if closing is None:
        raise ArticleError(path, 1, "close the front matter with a line `---`")
    return lines, closing


def _check_import(fields: "_Fields") -> None:
    fields.day("imported_on")
    fields.text("digest")
    if fields.one_of("status", ("draft", "reviewed")) == "reviewed":
        fields.day("reviewed")
    if "/" not in fields.text("imported_from"):
        raise fields.error("imported_from", "write `<source>/<document>`")


class _Fields:
    """The mapping of the front matter; every getter raises `ArticleError` at the field's line."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._values: dict[str, object] = {}
        self._lines: dict[str, int] = {}
        loader = yaml.SafeLoader(text)
        try:
            root = loader.get_single_node()
        except yaml.MarkedYAMLError as fault:
            line = fault.problem_mark.line + 2 if fault.problem_mark else 1
            message = f"write valid YAML here ({fault.problem}); quote a value with a colon"
            raise ArticleError(path, line, message) from fault
        except yaml.YAMLError as fault:
            raise ArticleError(path, 2, f"write valid YAML in the front matter ({fault})") from fault
        if not isinstance(root, yaml.MappingNode):
            raise ArticleError(path, 2, f"write the fields as `name: value`: {', '.join(_FIELDS)}")
        for key, value in root.value:
            self._take(loader, str(key.value), key.start_mark.line + 2, value)  # `---` is line 1
        self.imported = "imported_from" in self._values
        for name in (*_FIELDS, *(_IMPORTED if self.imported else ())):
            if name not in self._values and not (self.imported and name == "label"):
                raise ArticleError(path, 1, f"add the field `{name}` to the front matter")

    def _take(self, loader: yaml.SafeLoader, name: str, line: int, node: yaml.Node) -> None:
        if name in self._lines:
            raise ArticleError(self._path, line, f"write `{name}` once")
        if name not in _FIELDS + _IMPORTED:
            raise ArticleError(self._path, line, f"remove `{name}`, or write one of: {', '.join(_FIELDS)}")
        self._lines[name] = line
        if isinstance(node, yaml.MappingNode):
            self._lines |= {f"{name}.{key.value}": key.start_mark.line + 2 for key, _ in node.value}
        try:
            self._values[name] = loader.construct_object(node, deep=True)
        except (ValueError, yaml.YAMLError) as fault:  # as 2024-13-45
            raise self.error(name, f"write a value that exists ({fault})") from fault

    def error(self, name: str, message: str) -> ArticleError:
        return ArticleError(self._path, self._lines[name], f"`{name}`: {message}")

    def text(self, name: str) -> str:
        value = self._values[name]
        if not isinstance(value, str) or not value.strip():
            raise self.error(name, "write a text")
        return value.strip()

    def label(self) -> dict[Language, str]:
        if "label" not in self._values:
            return {}
        value = self._values["label"]
        if not isinstance(value, dict) or set(value) != set(LANGUAGES):
            raise self.error("label", f"write a short name for each of {', '.join(LANGUAGES)}, a line each")
        return {language: self._short_name(language, value[language]) for language in LANGUAGES}

    def _short_name(self, language: Language, value: object) -> str:
        name = " ".join(value.split()) if isinstance(value, str) else ""
        if not 0 < utf16_units(name) <= LONGEST_ITEM:
            message = f"write a short name of at most {LONGEST_BUTTON} characters, {LONGEST_ITEM} where it must be"
            raise self.error(f"label.{language}", message)
        if (language == "hi") is not (count_scripts(name).devanagari > 0):
            raise self.error(
                f"label.{language}", f"write it in {'Devanagari' if language == 'hi' else 'Latin letters'}"
            )
        return name

    def texts(self, name: str, *, may_be_empty: bool = False) -> tuple[str, ...]:
        value = self._values[name]
        if may_be_empty and value == []:
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(v, str) and v.strip() for v in value):
            raise self.error(name, "write a list of texts, one a line after `- `; quote a text with a colon")
        return tuple(v.strip() for v in value)

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self._values[name]
        if not isinstance(value, str) or value not in allowed:
            raise self.error(name, f"write one of: {', '.join(allowed)}")
        return value

    def some_of(self, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        value = self._values[name]
        if not isinstance(value, list) or not value or not all(v in allowed for v in value):
            raise self.error(name, f"write a list, in brackets, of: {', '.join(allowed)}")
        return tuple(dict.fromkeys(value))

    def day(self, name: str) -> date:
        value = self._values[name]
        if type(value) is not date:  # a datetime is a date too
            raise self.error(name, "write a day as YYYY-MM-DD")
        return value

    def day_or_none(self, name: str) -> date | None:
        return None if self._values[name] is None else self.day(name)
