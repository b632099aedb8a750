"""Long text in parts that a vendor takes: cut at the ends of paragraphs, sentences, words, never within a character.

The parts joined give the text again, but for the blanks at the cuts.
"""

from collections.abc import Callable

import regex

# From the best place to cut to the worst; each ends where the next part begins.
_PLACES = (
    regex.compile(r"\n\s*\n"),
    regex.compile(r"\n"),
    regex.compile(r"(?<=[.!?।॥])\s+"),
    regex.compile(r"(?<=[,;:])\s+"),
    regex.compile(r"\s+"),
)
_GRAPHEME = regex.compile(r"\X")


def split_text(text: str, most: int, measure: Callable[[str], int] = len) -> list[str]:
    """The text in parts of at most `most` of what `measure` counts (characters, unless told); empty for a blank one.

    A grapheme that is longer than `most` by itself, as only a contrived text has it, is cut all the same.
    """
    parts, rest = [], text.strip()
    while rest:
        part = rest if measure(rest) <= most else _first_part(rest, most, measure)
        parts.append(part.rstrip())
        rest = rest[len(part) :].lstrip()
    return parts


def _first_part(text: str, most: int, measure: Callable[[str], int]) -> str:
    window = _fitting(text, most, measure)
    for place in _PLACES:
        cuts = [match.start() for match in place.finditer(text, 0, len(window) + 1) if match.start() > 0]
        # a cut in the first third would make many small parts; a worse place further on is better
        fitting = [cut for cut in cuts if len(window) // 3 <= cut <= len(window)]
        if fitting:
            return text[: fitting[-1]]
    return window


def _fitting(text: str, most: int, measure: Callable[[str], int]) -> str:
    """As many whole graphemes from the start as fit."""
    end, left = 0, most
    for grapheme in _GRAPHEME.finditer(text):
        left -= measure(grapheme.group())
        if left < 0:
            break
        end = grapheme.end()
    return text[:end] or text[:1]
