"""Reads `data/entities/patterns.yml`, which conversation designers edit, into patterns for spaCy's EntityRuler."""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.words import NUMBER_KINDS, read_words

PATTERNS = Path(__file__).resolve().parent.parent / "data" / "entities" / "patterns.yml"
ENTITIES = ("product", "institution", "lead_reference", "person", "amount", "date", "course", "phone_ending")
NO_ENTITY = "none"
_NAME_LISTS = ("name", "word_name", "surname")
_NO_TOPIC = "no_topic"
_MOST_PHRASES = 64
_FEW = 2
_PART = re.compile(r"\[|\]|\{[\w|]+\}\??|[^\s\[\]{}]+")


class PatternError(ValueError):
    """The pattern file is wrong; the message names the entry and the remedy."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a pattern's match is: its value (None: the words as written), and how many words at its ends are context."""

    value: str | None = None
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class PatternBook:
    """`rulers` are EntityRuler patterns whose id is the place of their meaning in `meanings`."""

    rulers: list[dict[str, Any]] = field(default_factory=list)
    meanings: list[Meaning] = field(default_factory=list)
    same: dict[str, str] = field(default_factory=dict)  # other spellings of words
    vocabulary: set[str] = field(default_factory=set)  # all words of the file
    mended: set[str] = field(default_factory=set)  # words of which slips are mended
    names: set[str] = field(default_factory=set)  # of persons
    anchors: set[str] = field(default_factory=set)  # each pattern of words alone holds one of these

    def forms(self, text: str) -> list[str]:
        """The words of `text` as messages are read."""
        return [word.form for word in read_words(text, mend=self.same.get)]


def version_of(path: Path = PATTERNS) -> str:
    """Return a hash of the file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_patterns(path: Path = PATTERNS) -> PatternBook:
    """Read the file; raises PatternError for one that cannot be used."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise PatternError(f"{path.name}: {error}") from error
    if not isinstance(data, dict) or set(data) != {"same", "lists", "values", "patterns"}:
        raise PatternError(f"{path.name}: it needs same, lists, values and patterns, and nothing else")
    book = PatternBook()
    for name, words in data["same"].items():
        book.same.update((_one_word(book, name, word), name) for word in words)
    lists = {
        name: list(dict.fromkeys(_one_word(book, name, word) for word in words))
        for name, words in data["lists"].items()
    }
    for entity, values in data["values"].items():
        _check_entity(entity)
        for value, spellings in values.items():
            _add_spellings(book, entity, str(value), [str(value), *map(str, spellings or [])])
    lists["product_word"] = sorted(book.mended.difference(lists.get(_NO_TOPIC, ())))
    for entity, patterns in data["patterns"].items():
        _check_entity(entity)
        for pattern in patterns:
            _add_pattern(book, entity, str(pattern), lists)
    for name, words in lists.items():
        book.vocabulary.update(words)
        if name in _NAME_LISTS:
            book.names.update(words)
    book.mended.difference_update(book.names)
    return book


def _check_entity(entity: str) -> None:
    if entity not in (*ENTITIES, NO_ENTITY):
        raise PatternError(f"patterns.yml: there is no entity {entity!r}; there are {', '.join(ENTITIES)}")


def _one_word(book: PatternBook, name: str, word: object) -> str:
    if not isinstance(word, str):
        raise PatternError(f"patterns.yml: put quotes around {word!r} in the list {name!r}; YAML reads it as no text")
    forms = book.forms(word)
    if len(forms) != 1:
        raise PatternError(f"patterns.yml: {word!r} in the list {name!r} must be one word; write a pattern for it")
    return forms[0]


def _add_spellings(book: PatternBook, entity: str, value: str, spellings: list[str]) -> None:
    meaning = len(book.meanings)
    book.meanings.append(Meaning(value))
    phrases = dict.fromkeys(tuple(book.forms(spelling)) for spelling in spellings)
    for words in phrases:
        if not words:
            raise PatternError(f"patterns.yml: a spelling of {value!r} holds no word")
        book.rulers.append({"label": entity, "pattern": " ".join(words), "id": str(meaning)})
        book.vocabulary.update(words)
        if entity == "product":
            book.mended.update(words)


def _add_pattern(book: PatternBook, entity: str, pattern: str, lists: Mapping[str, list[str]]) -> None:
    for parts in _variants(_PART.findall(pattern)):
        choices = [_choices(book, part, pattern, lists) for part in parts if part not in "[]"]
        before = parts.index("[") if "[" in parts else 0
        after = len(parts) - 1 - parts.index("]") if "]" in parts else 0
        meaning = str(len(book.meanings))
        book.meanings.append(Meaning(None, before, after))
        said: list[list[str]] = [words for words in choices if not isinstance(words, dict)]
        if len(choices) == len(said):
            shortest = min(said, key=len)
            book.anchors.update(shortest)
        for words in _expanded(choices):
            book.rulers.append({"label": entity, "pattern": words, "id": meaning})
        book.vocabulary.update(word for words in said for word in words)


def _expanded(choices: list[list[str] | dict[str, Any]]) -> Iterator[str | list[dict[str, Any]]]:
    """A pattern of words alone is phrases, one of numbers and new words is token patterns.

    spaCy finds phrases in no time and asks Python for each list of a token pattern, so what can be written out is.
    """
    plain = [words for words in choices if not isinstance(words, dict)]
    if len(plain) == len(choices) and math.prod(map(len, plain)) <= _MOST_PHRASES:
        yield from map(" ".join, itertools.product(*plain))
        return
    tokens = [_tokens(words) for words in choices]
    yield from map(list, itertools.product(*tokens))


def _tokens(choice: list[str] | dict[str, Any]) -> list[dict[str, Any]]:
    if isinstance(choice, dict):
        return [choice]
    return [{"ORTH": word} for word in choice] if len(choice) <= _FEW else [{"ORTH": {"IN": choice}}]


def _variants(parts: list[str]) -> Iterator[list[str]]:
    """A pattern with `word?` is two patterns, so that each has a fixed length."""
    choices = [[(part[:-1],), ()] if part.endswith("?") else [(part,)] for part in parts]
    for chosen in itertools.product(*choices):
        yield [part for parts in chosen for part in parts]


def _choices(book: PatternBook, part: str, pattern: str, lists: Mapping[str, list[str]]) -> list[str] | dict[str, Any]:
    """The words that may stand here, or a condition on the kind of the word."""
    if not part.startswith("{"):
        return list(dict.fromkeys(form for alternative in part.split("|") for form in book.forms(alternative)))
    names = part[1:-1].split("|")
    if all(name in lists for name in names):
        return list(dict.fromkeys(word for name in names for word in lists[name]))
    if names[0] in NUMBER_KINDS:
        kinds = NUMBER_KINDS[names[0]]
        return {"TAG": kinds[0]} if len(kinds) == 1 else {"TAG": {"IN": list(kinds)}}
    raise PatternError(f"patterns.yml: {pattern!r} names the list {part}, which is not there")
