"""Which language a message is written in: English, Hindi (Devanagari) or Hinglish (Hindi in Latin script).

Hinglish borrows most of its nouns from English, so nouns decide nothing; the small words do. Each word of a closed
list (`words.txt`) adds weight for Hindi or for English; names of products and providers (`names.txt`) add none,
whatever their words. One clear Hindi word outweighs an English one, because Hinglish writers use English function words
now and then and English writers hardly ever Hindi ones.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from language.normalise import normalise
from language.script import is_devanagari

Language = Literal["en", "hi", "hinglish"]

_WORD = re.compile(r"[^\W\d_]+(?:['\u0900-\u0903\u093a-\u094f\u0962\u0963]+[^\W\d_]*)*")
_CLEAR, _WEAK, _ENDING, _AROUND = 3.0, 1.0, 2.0, 0.75
# Endings of Hindi verbs that no common English word has.
_VERB = re.compile(
    r"\w{2,}(?:unga|ungi|aunga|ayega|ayegi|ayenge|iyega|[^i]yiye|aiye|ijiye|ao|aayen|ayen|iyen|aaye|kardo|dijiye)$"
)
_VOWEL_RUNS = (
    ("aa", "a"),
    ("ee", "i"),
    ("oo", "u"),
    ("ii", "i"),
    ("uu", "u"),
    ("ey", "e"),
    ("ay", "e"),
    ("ai", "e"),
    ("ei", "e"),
)
_SILENT = re.compile(r"(?<=[bdgjkt])h")
_DOUBLED = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class _Lexicon:
    hindi: frozenset[str]
    weak: frozenset[str]
    english: frozenset[str]
    both: frozenset[str]
    neutral: frozenset[str]
    skeletons: frozenset[str]


def detect(text: str, previous: Language | None = None) -> Language:
    """Name the language of one message.

    A message that says nothing ("ok", "12345", a smiley, "", one or two names or nouns) keeps `previous`, or
    is English without one.
    """
    words = _WORD.findall(normalise(text).lower())
    hindi_script = [word for word in words if is_devanagari(word[0])]
    latin = _named().sub(" ", " ".join(word for word in words if not is_devanagari(word[0]))).split()
    lexicon = _lexicon()
    if not hindi_script and all(word in lexicon.neutral for word in latin):
        return previous or "en"
    hindi, english = _weigh(latin, lexicon)
    if not hindi_script and len(latin) <= 2 and not hindi and not english:
        return previous or "en"
    if hindi_script and len(hindi_script) >= min(len(latin), max(hindi / _CLEAR, english)):
        return "hi"
    return "hinglish" if hindi > 0 and hindi >= english else "en"


def is_common_word(word: str) -> bool:
    """Whether a Latin word in lower case is one of the small words of Hindi or English: no name has it for its own."""
    lexicon = _lexicon()
    return any(word in words for words in (lexicon.hindi, lexicon.english, lexicon.both, lexicon.neutral))


def _weigh(words: list[str], lexicon: _Lexicon) -> tuple[float, float]:
    """The weight for Hindi and the weight for English of Latin words in lower case."""
    marks = [_mark(word, lexicon) for word in words]
    hindi = sum(mark for mark in marks if mark > 0)
    english = -sum(mark for mark in marks if mark < 0)
    for index, word in enumerate(words):
        if word in lexicon.both:
            around = sum(marks[max(0, index - 2) : index + 3])
            hindi += _AROUND if around > 0 else 0.0
            english += _AROUND if around < 0 else 0.0
    return hindi, english


def _mark(word: str, lexicon: _Lexicon) -> float:
    """The weight of one word: above 0 for Hindi, below for English."""
    if word in lexicon.both or word in lexicon.neutral:
        return 0.0
    if word in lexicon.hindi:
        return _CLEAR
    if word in lexicon.english:
        return -1.0
    if word in lexicon.weak:
        return _WEAK
    if _VERB.match(word) or _skeleton(word) in lexicon.skeletons:
        return _ENDING
    return 0.0


def _skeleton(word: str) -> str:
    """A word without what Hinglish writers leave to taste: doubled letters, silent h, w or v, z or j, a last n."""
    word = _DOUBLED.sub(r"\1", _replace_vowel_runs(word))
    word = _SILENT.sub("", word).replace("w", "v").replace("z", "j").replace("ph", "f")
    return word.removesuffix("n")


def _replace_vowel_runs(word: str) -> str:
    for run, letter in _VOWEL_RUNS:
        word = word.replace(run, letter)
    return word


@lru_cache(maxsize=1)
def read_names() -> frozenset[str]:
    """The names of products and providers, in lower case, that say nothing about the language."""
    lines = Path(__file__).with_name("names.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=1)
def _named() -> re.Pattern[str]:
    names = sorted(read_names(), key=len, reverse=True)
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, names))})(?!\S)")


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    kinds: dict[str, set[str]] = {kind: set() for kind in ("hindi", "weak", "english", "both", "neutral")}
    for line in Path(__file__).with_name("words.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, _, words = line.partition(":")
            kinds[kind].update(words.split())
    return _Lexicon(
        hindi=frozenset(kinds["hindi"]),
        weak=frozenset(kinds["weak"]),
        english=frozenset(kinds["english"]),
        both=frozenset(kinds["both"]),
        neutral=frozenset(kinds["neutral"]),
        skeletons=frozenset(skeleton for word in kinds["hindi"] if len(skeleton := _skeleton(word)) > 3),
    )
