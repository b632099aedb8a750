"""Which of several offered things a message picks: "2", "12", "the second one", "doosra wala", "तीसरा", "last"."""

import re

from language.normalise import normalise
from language.transliterate import to_latin

_WORDS = {
    1: ("1st", "first", "one", "pehla", "pehli", "pehle", "pahla", "pahli", "pahle", "ek", "a"),
    2: ("2nd", "second", "two", "doosra", "doosri", "doosre", "dusra", "dusri", "dusre", "do", "b"),
    3: ("3rd", "third", "three", "teesra", "teesri", "teesre", "tisra", "tisri", "tisre", "teen", "tin", "c"),
    4: ("4th", "fourth", "four", "chautha", "chauthi", "chauthe", "chotha", "char", "chaar", "d"),
    5: ("5th", "fifth", "five", "paanch", "panch", "e"),
    6: ("6th", "sixth", "six", "chhe", "che", "chhah", "chhatha", "chhathi", "chhathe", "chhata", "chhati", "chhath"),
    7: ("7th", "seventh", "seven", "saat", "sat"),
    8: ("8th", "eighth", "eight", "aath", "ath"),
    9: ("9th", "ninth", "nine", "nau", "nawan", "navan", "nava"),
    10: ("10th", "tenth", "ten", "das", "dus", "🔟"),
    -1: ("last", "aakhri", "akhri", "aakhiri", "antim", "neeche wala", "niche wala"),
}
_NUMBERS = {word: number for number, words in _WORDS.items() for word in words}
_DIGITS = re.compile(r"[1-9][0-9]?")
# "paanchva", "panchawan", "satvin", "दसवें": numbers from five on are made places by an ending.
_ENDING = re.compile(r"(?<=\w{3})a?[vw](?:aa?|ee?|i)n?$")
# What may stand around the number without changing what is meant.
_AROUND = re.compile(
    r"\b(?:the|one|option|opt|opshan|vikalp|number|no|nambar|wala|wali|wale|vala|vali|vale|please|plz|pls|ji|choose|select|"
    r"i choose|i want|chuno|chahiye|de do|dedo|karo|kar do|hi|ka|ki)\b"
)


def read_ordinal(text: str) -> int | None:
    """The place that a message picks, 1 for the first, -1 for the last; None where it says anything else."""
    plain = to_latin(normalise(text)).lower().strip(" .!)(#:-\u20e3")  # the last is the key around a figure
    for form in (plain, " ".join(_AROUND.sub(" ", plain).split())):
        if _DIGITS.fullmatch(form):
            return int(form)
        for word in (form, _ENDING.sub("", form)):
            if word in _NUMBERS:
                return _NUMBERS[word]
    return None
