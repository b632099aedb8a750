"""The form of a message that sparse features see; the user's own text stays what is stored."""

from __future__ import annotations

from language.normalise import normalise
from language.transliterate import to_latin


def latin_form(text: str) -> str:
    """Return `text` in lower-case Latin letters in one spelling, so that "कमीशन" and "kamishan" can meet.

    Word patterns cut Devanagari at its vowel signs, so it is transliterated before words and letters are counted.
    """
    return to_latin(normalise(text)).lower()
