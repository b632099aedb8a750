"""One spelling for what people type: the form that understanding and search work on, never shown to anybody."""

import re
import unicodedata

# Quotes, dashes and dots that phones put in; NFKC leaves these alone.
_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    }
)  # fmt: skip

_SPACES = re.compile(r"\s+")
# Three or more of one letter; Devanagari vowel signs are marks, so they are named.
_ELONGATED = re.compile(r"([^\W\d_]|[\u093e-\u094c\u0901-\u0903])\1{2,}", re.IGNORECASE)
# Numbers, addresses and links keep every letter: AAAPL1234C is not a drawn-out word.
_LITERAL = re.compile(r"[\d@/_]|\w\.\w")


def normalise(text: str) -> str:
    """Return `text` in NFKC without control, zero-width and surrogate characters, spaces folded, letters not drawn out.

    Total: every string gives a string, possibly an empty one. A lone surrogate carries nothing that can be
    stored or sent, so it is dropped. Case is kept. Devanagari nukta letters come out as letter plus nukta
    (NFKC never composes them); joiners (ZWJ, ZWNJ) change only how a word is drawn, so they go as well.
    Runs of a letter: one at the end of a word ("plzzzz", "kyaaaa") becomes a single letter, one inside
    ("goood") two.
    """
    text = "".join(" " if character.isspace() else character for character in text if not _is_noise(character))
    text = unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)
    return " ".join(_shorten(word) for word in _SPACES.split(text) if word)


def _is_noise(character: str) -> bool:
    """Control, format, surrogate and private-use characters and variation selectors; white space is none of them."""
    if character.isascii():
        return not character.isprintable() and not character.isspace()
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} or "\ufe00" <= character <= "\ufe0f"


def _shorten(word: str) -> str:
    if _LITERAL.search(word):
        return word
    return _ELONGATED.sub(_shorten_run, word)


def _shorten_run(run: re.Match[str]) -> str:
    whole, start, end = run.string, run.start(), run.end()
    at_start = start == 0 or not whole[start - 1].isalnum()
    at_end = end == len(whole) or not whole[end].isalnum()
    if at_start and at_end:
        return run[0]  # "www", "iii", "mmm": a word of its own
    if at_end or run[1] in "\u0901\u0902\u0903" or not run[1].isalpha():
        return run[1]
    return run[1] * 2
