"""Phrases that count wherever they stand in a message, in Latin letters for both scripts."""

import re
from collections.abc import Collection

from language import normalise, to_latin

_WORD = re.compile(r"[^\W_]+")


def read_plain(text: str) -> str:
    """The message's words in small Latin letters, a space around each."""
    return f" {' '.join(_WORD.findall(to_latin(normalise(text)).lower()))} "


def has_phrase(plain: str, phrases: Collection[str]) -> bool:
    """Whether a message, read by `read_plain`, has one of the phrases."""
    return any(f" {phrase} " in plain for phrase in phrases)


def list_others(plain: str, phrases: Collection[str]) -> list[str]:
    """The words of a message, read by `read_plain`, that belong to none of the phrases, the longest taken first."""
    for phrase in sorted(phrases, key=len, reverse=True):
        while f" {phrase} " in plain:
            plain = plain.replace(f" {phrase} ", "  ", 1)
    return plain.split()
