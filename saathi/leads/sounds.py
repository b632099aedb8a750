"""Names by sound: what one person writes शबनम another writes Shabnam, Sabnam or Shabanam.

Spellings that Indian names vary in are made one: ph and f, v and w, sh and s, breath after a consonant, long and
doubled letters. A sound is what is left of a name without its vowels. Sounds are coarse on purpose: they find
candidates, and `closeness` orders them by the whole name.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from language import normalise, to_latin

_LONGEST = 32  # of the column
_ALIKE = 75.0  # closeness, of 100, from which a name may be the one that is meant
_NEARLY = 80.0  # the same for a name of which no part sounds alike: Savita is not Savitri
_AS_GOOD = 8.0  # points of closeness by which the best of several names is no better than the next
_NOT_LETTERS = re.compile(r"[^a-z]+")
_TITLES = frozenset(
    {
        "mr", "mrs", "ms", "dr", "shri", "shree", "smt", "shrimati", "kumari", "ji", "jee", "bhai", "bhaiya",
        "bhaisahab", "ben", "behen", "bahan", "didi", "sir", "madam", "maam", "sahab", "saheb", "sahib", "saab",
        "uncle", "aunty", "chacha", "chachi",
    }
)  # fmt: skip
_SAME = (
    ("ksh", "ks"), ("x", "ks"), ("chh", "C"), ("ch", "C"), ("sh", "s"), ("ph", "f"), ("gy", "g"),
    ("ee", "i"), ("oo", "u"), ("aa", "a"), ("au", "o"), ("ou", "o"), ("ai", "e"), ("ei", "e"), ("iy", "i"),
)  # fmt: skip
_ONE_LETTER = str.maketrans({"w": "v", "z": "j", "q": "k", "c": "k", "C": "c"})
_BREATH = re.compile(r"(?<=[bdgjkt])h")
_INNER_Y = re.compile(r"(?<=.)y")
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"[aeiou]+")


def sounds_of(name: str) -> tuple[str, ...]:
    """The sounds of a name's parts, without titles, in either script; empty when it has no letters."""
    return tuple(dict.fromkeys(_sound(part) for part in _fold(name)))


def list_near(sound: str, known: Collection[str]) -> list[str]:
    """The sounds among `known` that differ from it in one letter at most."""
    found = process.extract(sound, known, scorer=Levenshtein.distance, score_cutoff=1, limit=None)
    return [other for other, _, _ in found]


def closeness(wanted: str, name: str) -> float:
    """How well a name fits the one asked for, from 0 to 100; what is asked for may be a part of it."""
    return _closeness(_fold(wanted), _fold(name))


def pick_closest(wanted: str, candidates: Collection[tuple[str, str]]) -> list[str]:
    """Of ids and names, the ids of those whose whole name is about as close as the closest."""
    asked, sounds = _fold(wanted), set(sounds_of(wanted))
    close_by = {name: _closeness(asked, _fold(name)) for name in {name for _, name in candidates}}
    least = {name: _ALIKE if sounds.intersection(sounds_of(name)) else _NEARLY for name in close_by}
    ranked = sorted(((close_by[name], id_) for id_, name in candidates if close_by[name] >= least[name]), reverse=True)
    best = ranked[0][0] if ranked else 0.0
    return [id_ for close, id_ in ranked if close >= best - _AS_GOOD]


def find_named(wanted: str, people: Sequence[tuple[str, str]]) -> list[str]:
    """Of ids and names, the ids of those of that name: who sounds alike, else who sounds nearly so."""
    sounds = sounds_of(wanted)
    known = [(id_, name, set(sounds_of(name))) for id_, name in people]
    sounding = [(id_, name) for id_, name, its in known if its.intersection(sounds)]
    if not sounding:
        # the first letter is the one that people get right
        near = {
            other
            for sound in sounds
            for other in list_near(sound, {one for _, _, its in known for one in its if one[:1] == sound[:1]})
        }
        sounding = [(id_, name) for id_, name, its in known if its & near]
    return pick_closest(wanted, sounding)


def _closeness(asked: Sequence[str], parts: Sequence[str]) -> float:
    if not asked or not parts:
        return 0.0
    return sum(max(fuzz.ratio(one, part) for part in parts) for one in asked) / len(asked)


def _fold(name: str) -> list[str]:
    """The parts of a name in one spelling."""
    return [part for word in name.split() for part in _fold_word(word)]


@lru_cache(maxsize=4096)  # most people share their names' parts with others: a list of 200 names takes 1 ms, not 15
def _fold_word(word: str) -> tuple[str, ...]:
    latin = to_latin(normalise(word)).lower()
    return tuple(_fold_part(part) for part in _NOT_LETTERS.split(latin) if part and part not in _TITLES)


def _fold_part(part: str) -> str:
    for written, same in _SAME:
        part = part.replace(written, same)
    part = _BREATH.sub("", part.translate(_ONE_LETTER))
    return _DOUBLED.sub(r"\1", _INNER_Y.sub("i", part))


def _sound(part: str) -> str:
    first = "a" if part[0] in "aeiou" else ""
    return (first + _DOUBLED.sub(r"\1", _VOWELS.sub("", part)))[:_LONGEST]
