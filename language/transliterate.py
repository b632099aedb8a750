"""Devanagari in the Latin spelling that Hinglish writers use, so that a word has one form wherever it is looked up.

Three steps a word: the spelling that stands in `spellings.tsv` (loan words and words that no rule spells as people
do), else the rules below. The rules follow the usual account of Hindi schwa deletion (Choudhury and Basu, 2002):
the inherent vowel falls at the end of a word and between a vowel-consonant and a consonant-vowel, right to left.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_CONSONANTS = {
    "क": "k", "ख": "kh", "ग": "g", "घ": "gh", "ङ": "n", "च": "ch", "छ": "chh", "ज": "j", "झ": "jh", "ञ": "n",
    "ट": "t", "ठ": "th", "ड": "d", "ढ": "dh", "ण": "n", "त": "t", "थ": "th", "द": "d", "ध": "dh", "न": "n",
    "प": "p", "फ": "ph", "ब": "b", "भ": "bh", "म": "m", "य": "y", "र": "r", "ल": "l", "ळ": "l", "व": "v",
    "श": "sh", "ष": "sh", "स": "s", "ह": "h",
    "क़": "q", "ख़": "kh", "ग़": "g", "ज़": "z", "ड़": "d", "ढ़": "dh", "फ़": "f", "य़": "y", "ऱ": "r", "ऩ": "n", "ऴ": "l",
}  # fmt: skip
_VOWEL_SIGNS = {
    "ा": "a", "ि": "i", "ी": "i", "ु": "u", "ू": "u", "ृ": "ri", "े": "e", "ै": "ai", "ो": "o", "ौ": "au",
    "ॉ": "o", "ॅ": "e", "ॆ": "e", "ॊ": "o", "ॄ": "ri",
}  # fmt: skip
_VOWELS = {
    "अ": "a", "आ": "aa", "इ": "i", "ई": "i", "उ": "u", "ऊ": "u", "ऋ": "ri", "ए": "e", "ऐ": "ai", "ओ": "o", "औ": "au",
    "ऑ": "o", "ऍ": "e", "ऎ": "e", "ऒ": "o", "ॲ": "e",
}  # fmt: skip
_SCHWA = "ə"
_NASALS = {"ं": "n", "ँ": "n"}
_DANDAS = str.maketrans({"।": ".", "॥": "."})
_WORD = re.compile(r"[\u0900-\u0963\u0970-\u097f]+")


@dataclass(slots=True)
class _Syllable:
    """Consonants, the vowel after them ("" when none is spoken) and a nasal or breath at the end."""

    onset: str
    vowel: str
    coda: str = ""
    cluster: bool = False  # more than one consonant in the onset


def to_latin(text: str) -> str:
    """Return `text` with every Devanagari word and digit in Latin script; all other text comes back unchanged.

    Give it normalised text (`language.normalise`): composed nukta letters are understood either way, joiners
    inside a word are not.
    """
    if text.isascii():
        return text
    text = _WORD.sub(lambda word: _spell(word[0]), text).translate(_DANDAS)
    return "".join(str(unicodedata.digit(c)) if "०" <= c <= "९" else c for c in text)


@lru_cache(maxsize=1)
def _spellings() -> Mapping[str, str]:
    lines = Path(__file__).with_name("spellings.tsv").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {unicodedata.normalize("NFC", word): latin for word, latin in pairs}


@lru_cache(maxsize=4096)
def _spell(word: str) -> str:
    word = unicodedata.normalize("NFC", word)
    known = _spellings().get(word)
    return known if known is not None else _join(_drop_schwas(_parse(word)))


def _parse(word: str) -> list[_Syllable]:
    syllables: list[_Syllable] = []
    position = 0
    while position < len(word):
        letter = word[position : position + 2] if word[position + 1 : position + 2] == "़" else word[position]
        position += len(letter)
        if letter in _CONSONANTS:
            _add_consonant(syllables, letter)
        elif letter in _VOWEL_SIGNS and syllables:
            syllables[-1].vowel = _VOWEL_SIGNS[letter]
        elif letter in _VOWELS:
            syllables.append(_Syllable("", _VOWELS[letter]))
        elif letter == "्" and syllables:
            syllables[-1].vowel = ""
        elif letter in _NASALS and syllables:
            syllables[-1].coda = _NASALS[letter]
        elif letter == "ः" and syllables:
            syllables[-1].coda = "h"
        elif letter == "ॐ":
            syllables.append(_Syllable("", "om"))
    return syllables


def _add_consonant(syllables: list[_Syllable], letter: str) -> None:
    latin = _CONSONANTS[letter]
    if syllables and not syllables[-1].vowel and not syllables[-1].coda:  # after a virama
        last = syllables[-1]
        joined = {("j", "n"): "gy", ("k", "sh"): "ksh"}.get((last.onset, latin), last.onset + latin)
        last.onset, last.vowel, last.cluster = joined, _SCHWA, True
    else:
        syllables.append(_Syllable(latin, _SCHWA))


def _drop_schwas(syllables: list[_Syllable]) -> list[_Syllable]:
    last = len(syllables) - 1
    if last > 0 and _is_bare(syllables[last]) and not (syllables[last].cluster and syllables[last].onset[-1] in "yvr"):
        syllables[last].vowel = ""
    for index in range(last - 1, 0, -1):
        here, before, after = syllables[index], syllables[index - 1], syllables[index + 1]
        between = before.vowel and not before.coda and after.onset and after.vowel
        if _is_bare(here) and not here.cluster and not after.cluster and between:
            here.vowel = ""
    return syllables


def _is_bare(syllable: _Syllable) -> bool:
    return syllable.vowel == _SCHWA and not syllable.coda


def _join(syllables: list[_Syllable]) -> str:
    spoken = sum(1 for s in syllables if s.vowel)
    parts: list[str] = []
    for index, here in enumerate(syllables):
        before = syllables[index - 1] if index else None
        after = syllables[index + 1] if index + 1 < len(syllables) else None
        parts.append(_onset(here, before) + _vowel(here, spoken, after, index == 0) + _coda(here, after))
    return "".join(parts)


def _onset(here: _Syllable, before: _Syllable | None) -> str:
    """The consonants; `v` before a is written w (wala, wapas), and a glide joins two vowels (aayega, gaye, jaye)."""
    if not here.onset and here.vowel == "e" and before and before.vowel in {"a", "aa", "i", _SCHWA}:
        return "y"
    if not here.onset and here.vowel == "i" and before and before.vowel == _SCHWA:
        return "y"
    if here.onset == "v" and here.vowel in {"a", "o"}:
        return "w"
    return here.onset


def _vowel(here: _Syllable, spoken: int, after: _Syllable | None, first: bool) -> str:
    if here.vowel == _SCHWA or (here.vowel == "aa" and not first):
        return "a"  # hua, not huaa
    closed = after is not None or bool(here.coda)
    if here.vowel == "a" and here.onset and spoken == 1 and closed:
        return "aa"  # kaam, naam, haan: the one vowel of a closed word is written long
    return here.vowel


def _coda(here: _Syllable, after: _Syllable | None) -> str:
    if here.coda == "n" and after is not None and after.onset[:1] in {"p", "b", "m"}:
        return "m"
    return here.coda
