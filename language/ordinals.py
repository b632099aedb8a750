"""Which of several offered things a message picks: "2", "the second one", "doosra wala", "दूसरा", "last"."""

import re

from language.normalise import normalise
from language.transliterate import to_latin

_WORDS = {
    1: ("1st", "first", "one", "pehla", "pehli", "pehle", "pahla", "pahli", "pahle", "ek", "a"),
    2: ("2nd", "second", "two", "doosra", "doosri", "doosre", "dusra", "dusri", "dusre", "do", "b"),
    3: ("3rd", "third", "three", "teesra", "teesri", "teesre", "tisra", "tisri", "tisre", "teen", "tin", "c"),
    4: ("4th", "fourth", "four", "chautha", "chauthi", "chauthe", "chotha", "char", "chaar", "d"),
    5: ("5th", "fifth", "five", "paanchva", "paanchvi", "panchva", "panchwa", "paanch", "panch", "e"),
    -1: ("last", "aakhri", "akhri", "aakhiri", "antim", "neeche wala", "niche wala"),
}
_NUMBERS = {word: number for number, words in _WORDS.items() for word in words}
# What may stand around the number without changing what is meant.
_AROUND = re.compile(
    r"\b(?:the|one|option|opt|number|no|nambar|wala|wali|wale|vala|vali|vale|please|plz|pls|ji|choose|select|"
    r"i choose|i want|chuno|chahiye|de do|dedo|karo|kar do|hi|ka|ki)\b"
)


def read_ordinal(text: str) -> int | None:
    """The place that a message picks, 1 for the first, -1 for the last; None where it says anything else."""
    plain = to_latin(normalise(text)).lower().strip(" .!)(#:-")
    for form in (plain, " ".join(_AROUND.sub(" ", plain).split())):
        if form.isascii() and form.isdigit() and len(form) == 1 and form != "0":
            return int(form)
        if form in _NUMBERS:
            return _NUMBERS[form]
    return None
