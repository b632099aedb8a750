"""Cuts a paragraph into sentences, in English, Hinglish and Hindi."""

import re

# A dot after one of these ends no sentence. Single letters ("S. 80C", "e.g.") are held by the pattern below.
_ABBREVIATIONS = frozenset(
    {"rs", "no", "nos", "sec", "ltd", "mr", "mrs", "ms", "dr", "st", "vs", "etc", "approx", "cl", "para"}
)
_END = re.compile(r"(?<=[.?!।])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9₹\u0900-\u097F])")
_LAST_WORD = re.compile(r"(?:^|[\s(])([A-Za-z.]+)\.$")


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, white space trimmed, in order; joined by one blank they are the text again.

    A dot ends a sentence only before a capital letter, a figure or Devanagari, and not after an abbreviation.
    """
    sentences: list[str] = []
    start = 0
    for end in _END.finditer(text):
        piece = text[start : end.end()].strip()
        if piece.endswith(".") and _is_abbreviation(piece):
            continue
        sentences.append(piece)
        start = end.end()
    rest = text[start:].strip()
    return tuple([*sentences, rest] if rest else sentences)


def _is_abbreviation(piece: str) -> bool:
    word = _LAST_WORD.search(piece)
    if word is None:
        return False
    last = word.group(1).lower()
    return last in _ABBREVIATIONS or len(last) == 1 or "." in last
