"""The voice line's menu, as designers write it in `data/ivr.yml`."""

from collections.abc import Collection
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from language import normalise, to_latin
from saathi.located import read_located

MENU = Path(__file__).resolve().parents[1] / "data" / "ivr.yml"

Tongue = Literal["en", "hi"]
TONGUES: tuple[Tongue, ...] = ("en", "hi")
Key = Annotated[str, Field(pattern="^[0-9*#]$")]
_Sentence = Annotated[str, Field(min_length=1)]


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


# What stands in the menu beside its items.
MENU_COMMANDS = (Command.PERSON, Command.REPEAT)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Speech(_Part):
    """How one language is picked, spoken and understood."""

    key: Key
    speech: _Sentence
    voice: _Sentence
    words: frozenset[str]


class Item(_Part):
    """One key of the menu."""

    key: Key
    title: dict[Tongue, _Sentence]
    question: dict[Tongue, _Sentence]
    needs_pin: bool = False

    @model_validator(mode="after")
    def _speak_all_languages(self) -> "Item":
        _demand(f"title of key {self.key}", self.title, TONGUES)
        _demand(f"question of key {self.key}", self.question, TONGUES)
        return self


class Shortcut(_Part):
    """The key and the words of a command."""

    key: Key
    words: frozenset[str]


class VoiceMenu(_Part):
    """The whole file."""

    languages: dict[Tongue, Speech]
    commands: dict[Command, Shortcut]
    menu: tuple[Item, ...]
    pin_topics: frozenset[str] = frozenset()
    hints: tuple[str, ...] = ()
    key_names: dict[Key, dict[Tongue, str]] = {}

    @classmethod
    def load(cls, path: Path = MENU) -> "VoiceMenu":
        """Read the menu. Raises `FileFault`, which names file, line and remedy."""
        return read_located(path, cls).content

    @field_validator("languages")
    @classmethod
    def _offer_all_languages(cls, languages: dict[Tongue, Speech]) -> dict[Tongue, Speech]:
        _demand("languages", languages, TONGUES)
        _demand_own_keys("languages", [speech.key for speech in languages.values()])
        return languages

    @field_validator("commands")
    @classmethod
    def _name_all_commands(cls, commands: dict[Command, Shortcut]) -> dict[Command, Shortcut]:
        _demand("commands", commands, tuple(Command))
        _demand_own_keys("commands", [shortcut.key for shortcut in commands.values()])
        return commands

    @field_validator("menu")
    @classmethod
    def _use_keys_once(cls, menu: tuple[Item, ...], info: ValidationInfo) -> tuple[Item, ...]:
        commands: dict[Command, Shortcut] = info.data.get("commands", {})
        beside = [commands[name].key for name in MENU_COMMANDS if name in commands]
        _demand_own_keys("menu", [*(item.key for item in menu), *beside])
        return menu

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
        plain = simplify(said)
        found = (name for name, speech in self.languages.items() if said == speech.key or plain in speech.words)
        return next(found, None)

    def read_command(self, speech: str) -> Command | None:
        """The command that a caller speaks, when that is all there is to it."""
        return self._spoken_commands.get(simplify(speech))

    @cached_property
    def _spoken_commands(self) -> dict[str, Command]:
        return {word: name for name, shortcut in self.commands.items() for word in shortcut.words}


def simplify(speech: str) -> str:
    """Latin letters, small, without punctuation."""
    latin = to_latin(normalise(speech)).lower()
    return " ".join("".join(mark if mark.isalnum() else " " for mark in latin).split())


def _demand(what: str, found: Collection[str], wanted: Collection[str]) -> None:
    if missing := [name for name in wanted if name not in found]:
        raise ValueError(f"{what} lacks {', '.join(missing)}")


def _demand_own_keys(what: str, keys: list[str]) -> None:
    if len(set(keys)) < len(keys):
        raise ValueError(f"{what} uses one key twice")
