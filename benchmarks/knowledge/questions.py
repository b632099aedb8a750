"""The questions that are asked: two files, one of what an article answers, one of what none does."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from language import Language

LANGUAGES: tuple[Language, ...] = ("en", "hinglish", "hi")
Group = Literal["all", "en", "hinglish", "hi", "clean", "noisy", "near", "far"]


class QuestionsError(Exception):
    """A file of questions that cannot be used; the message names the file, the question by its number, the remedy."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `slugs` are the articles that are equally right, none where it must be refused.

    `noisy` says whether it is misspelt or telegraphic, `near` whether an unanswerable one is of a neighbouring field;
    None where the file does not say.
    """

    text: str
    language: Language
    slugs: tuple[str, ...]
    noisy: bool | None = None
    near: bool | None = None

    @property
    def groups(self) -> tuple[Group, ...]:
        """Every group that it counts in."""
        groups: list[Group] = ["all", self.language]
        if self.noisy is not None:
            groups.append("noisy" if self.noisy else "clean")
        if self.near is not None:
            groups.append("near" if self.near else "far")
        return tuple(groups)


def read_answerable(path: Path, slugs: frozenset[str]) -> list[Asked]:
    """A list of `question`, `language`, `article` (a slug or a list of them) and perhaps `noisy`.

    `slugs` are the articles there are. Raises `QuestionsError`.
    """
    asked = [_read(path, number, row) for number, row in enumerate(_rows(path), 1)]
    for number, one in enumerate(asked, 1):
        unknown = [slug for slug in one.slugs if slug not in slugs]
        if not one.slugs or unknown:
            what = f"there is no article {', '.join(unknown)}" if unknown else "it names no article"
            raise QuestionsError(f"{path}, question {number}: {what}; write the slug of one that answers it")
    return asked


def read_unanswerable(path: Path) -> list[Asked]:
    """A list of `question`, `language` and perhaps `near`. Raises `QuestionsError`."""
    asked = [_read(path, number, row) for number, row in enumerate(_rows(path), 1)]
    for number, one in enumerate(asked, 1):
        if one.slugs:
            raise QuestionsError(f"{path}, question {number}: it names an article; move it to the answerable ones")
    return asked


def _rows(path: Path) -> list[Any]:
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise QuestionsError(f"{path} cannot be read ({error})") from error
    if not isinstance(rows, list) or not rows:
        raise QuestionsError(f"{path}: write a list of questions, each with `question` and `language`")
    return rows


def _read(path: Path, number: int, row: Any) -> Asked:
    if not isinstance(row, dict) or not isinstance(row.get("question"), str) or row.get("language") not in LANGUAGES:
        raise QuestionsError(f"{path}, question {number}: write `question` and `language` (en, hinglish or hi)")
    article = row.get("article")
    slugs = tuple(article) if isinstance(article, list) else (article,) if article else ()
    return Asked(row["question"], cast("Language", row["language"]), slugs, row.get("noisy"), row.get("near"))
