"""Which of several keys a message names, by the phrases that stand for each; in any script."""

import re
from collections.abc import Collection, Mapping

from language import normalise, to_latin


def find_first(said: Mapping[str, tuple[str, ...]], text: str) -> str | None:
    """The first key of which a phrase stands in the text."""
    plain = to_latin(normalise(text)).lower()
    return next((key for key, phrases in said.items() if any(_says(phrase, plain) for phrase in phrases)), None)


def find_longest(said: Mapping[str, tuple[str, ...]], text: str) -> str | None:
    """The key of which the longest phrase stands there: "gold loan" says more than "loan"."""
    plain = to_latin(normalise(text)).lower()
    hits = [(len(phrase), key) for key, phrases in said.items() for phrase in phrases if _says(phrase, plain)]
    return max(hits, key=lambda hit: hit[0])[1] if hits else None


def any_of(words: Collection[str]) -> str:
    """A pattern of any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _says(phrase: str, plain: str) -> bool:
    return phrase in plain and re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", plain) is not None
