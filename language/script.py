"""Which scripts a text is written in."""

import unicodedata
from dataclasses import dataclass

_DEVANAGARI_BLOCKS = ((0x0900, 0x097F), (0xA8E0, 0xA8FF), (0x1CD0, 0x1CFF))


@dataclass(frozen=True, slots=True)
class ScriptCounts:
    """Letters of a text by script; digits, punctuation, spaces and emoji are counted nowhere."""

    devanagari: int
    latin: int
    other: int


def is_devanagari(character: str) -> bool:
    """Whether one character is a Devanagari letter, vowel sign or other mark (digits and dandas are not)."""
    code = ord(character)
    inside = any(first <= code <= last for first, last in _DEVANAGARI_BLOCKS)
    return inside and unicodedata.category(character)[0] in "LM"


def is_latin(character: str) -> bool:
    """Whether one character is a Latin letter, with or without diacritics."""
    if character.isascii():
        return character.isalpha()
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN")


def count_scripts(text: str) -> ScriptCounts:
    """Count the letters of `text` by script; Devanagari vowel signs count as letters."""
    devanagari = latin = other = 0
    for character in text:
        if is_latin(character):
            latin += 1
        elif is_devanagari(character):
            devanagari += 1
        elif character.isalpha():
            other += 1
    return ScriptCounts(devanagari, latin, other)


def utf16_units(text: str) -> int:
    """The length of a text in UTF-16 units, as Telegram counts it: at least as many as characters."""
    return len(text.encode("utf-16-le")) // 2
