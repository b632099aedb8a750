"""The form of a message that sparse features see; the user's own text stays what is stored."""

from __future__ import annotations

import hashlib
from pathlib import Path

from language.normalise import normalise
from language.transliterate import to_latin


def latin_form(text: str) -> str:
    """Return `text` in lower-case Latin letters in one spelling, so that "कमीशन" and "kamishan" can meet.

    Word patterns cut Devanagari at its vowel signs, so it is transliterated before words and letters are counted.
    """
    return to_latin(normalise(text)).lower()


def source_digest(*modules: str) -> str:
    """Return a hash of modules of this package: what a component is made of beside its own class."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update((Path(__file__).parent / module).read_bytes())
    return digest.hexdigest()
