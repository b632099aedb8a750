"""The voice line's menu, as designers write it in `data/ivr.yml`."""

from collections.abc import Collection
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from language import normalise, to_latin
from saathi.located import read_located

MENU = Path(__file__).resolve().parents[2] / "data" / "ivr.yml"

Tongue = Literal["en", "hi"]
TONGUES: tuple[Tongue, ...] = ("en", "hi")
Key = Annotated[str, Field(pattern="^[0-9*#]$")]


class Command(StrEnum):
    """What a caller can do after an answer, or by a word at any time."""

    MORE = "more"
    LINK = "link"
    HELPED = "helped"
    NOT_HELPED = "not_helped"
    PIN = "pin"
    PERSON = "person"
    MENU = "menu"
    REPEAT = "repeat"
    GOODBYE = "goodbye"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Speech(_Part):
    """How one language is picked, spoken and understood."""

    key: Key
    speech: str
    voice: str
    words: frozenset[str]


class Item(_Part):
    """One key of the menu."""

    key: Key
    title: dict[Tongue, str]
    question: dict[Tongue, str]
    needs_pin: bool = False


class Shortcut(_Part):
    """The key and the words of a command."""

    key: Key
    words: frozenset[str]


class Menu(_Part):
    """The whole file."""

    languages: dict[Tongue, Speech]
    menu: tuple[Item, ...]
    pin_topics: frozenset[str] = frozenset()
    commands: dict[Command, Shortcut]
    hints: tuple[str, ...] = ()
    key_names: dict[Key, dict[Tongue, str]] = {}

    @classmethod
    def load(cls, path: Path = MENU) -> "Menu":
        """Read the menu. Raises `FileFault`, which names file, line and remedy."""
        return read_located(path, cls).content

    @model_validator(mode="after")
    def _check(self) -> "Menu":
        _demand("languages", self.languages, TONGUES)
        _demand("commands", self.commands, tuple(Command))
        for item in self.menu:
            _demand(f"title of key {item.key}", item.title, TONGUES)
            _demand(f"question of key {item.key}", item.question, TONGUES)
        for what, keys in (
            ("languages", [speech.key for speech in self.languages.values()]),
            ("commands", [shortcut.key for shortcut in self.commands.values()]),
            ("menu", [*(item.key for item in self.menu), *(self.commands[name].key for name in MENU_COMMANDS)]),
        ):
            if len(set(keys)) < len(keys):
                raise ValueError(f"{what} uses one key twice")
        return self

    def find_item(self, key: str) -> Item | None:
        """The menu's item with this key."""
        return next((item for item in self.menu if item.key == key), None)

    def find_command(self, key: str) -> Command | None:
        """The command with this key."""
        return next((name for name, shortcut in self.commands.items() if shortcut.key == key), None)

    def name_key(self, key: str, tongue: Tongue) -> str:
        """A key as it is spoken."""
        return self.key_names.get(key, {}).get(tongue, key)

    def read_tongue(self, said: str) -> Tongue | None:
        """The language that a key or a spoken word picks."""
        plain = _simplify(said)
        found = (name for name, speech in self.languages.items() if said == speech.key or plain in speech.words)
        return next(found, None)

    def read_command(self, speech: str) -> Command | None:
        """The command that a caller speaks, when that is all there is to it."""
        return self._spoken_commands.get(_simplify(speech))

    @cached_property
    def _spoken_commands(self) -> dict[str, Command]:
        return {word: name for name, shortcut in self.commands.items() for word in shortcut.words}


# What stands in the menu beside its items.
MENU_COMMANDS = (Command.PERSON, Command.REPEAT)


def _demand(what: str, found: Collection[str], wanted: Collection[str]) -> None:
    if missing := [name for name in wanted if name not in found]:
        raise ValueError(f"{what} lacks {', '.join(missing)}")


def _simplify(speech: str) -> str:
    """Latin letters, small, without punctuation."""
    latin = to_latin(normalise(speech)).lower()
    return " ".join("".join(mark if mark.isalnum() else " " for mark in latin).split())
