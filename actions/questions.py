"""The parts of a message: two questions in one ("payout kab aata hai aur ulip mein charges kitne hai"), and the
sentences of a story that is told before a question."""

import re

from language import normalise, to_latin

_FEWEST_WORDS = 3  # of a part that can be asked on its own
_MOST_SENTENCES = 6  # of a story: each is a search
_MOST_OTHERS = 4  # with the answer's own buttons no more than a list holds
_ENDS = re.compile(r"(?<=[?!।])\s*|(?<=\.)\s+|\n+")
_QUOTES = re.compile(r"[\"“”„]|(?<!\w)['‘’]|['‘’](?!\w)")
_JOINS = re.compile(r",?\s+(?:and|aur|or|also|और|एवं|तथा)\s+", re.IGNORECASE)
_BEGINS = re.compile(r"^\s*(?:and|aur|also|और)\s+", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:what|how|when|why|which|who|where|kya|kab|kaise|kaisa|kaisi|kitn[aei]|kaun|kon|kaunsa|kaunsi|konsa|konsi|"
    r"kahan|kaha|kyu|kyun|kyon|kis|kise|kisko)\b|^(?:can|does|do|is|are|should|will|may)\b"
)
# What a question without a subject of its own leans on.
_LEANS = re.compile(
    r"\b(?:it|its|this|that|they|them|their|these|those|isk[aeio]|ise|isme|ismein|inka|inki|inko|usk[aeio]|use|usme|"
    r"usmein|unka|unki|unko|ye|yeh|wo|woh|wahi)\b"
)


def split_questions(text: str) -> tuple[str, ...]:
    """The parts of a message that can be asked on their own, in their order; empty unless it has several parts.

    It is cut at the ends of sentences, and at an "and" where both sides ask and name what they ask about.
    """
    sentences = [_BEGINS.sub("", sentence).strip(" ,.") for sentence in _ENDS.split(text)]
    parts = [part for sentence in sentences if sentence for part in _split_at_and(sentence)]
    return tuple(part for part in parts if _stands_alone(part)) if len(parts) > 1 else ()


def split_story(text: str) -> tuple[str, ...]:
    """The sentences of a message, also those that somebody in it says; empty unless there are several."""
    cut = (part.strip(" ,.") for quoted in _QUOTES.split(text) for part in _ENDS.split(quoted))
    sentences = [sentence for sentence in cut if len(sentence.split()) >= _FEWEST_WORDS]
    return tuple(sentences[:_MOST_SENTENCES]) if len(sentences) > 1 else ()


def find_others(text: str, answered: str) -> tuple[str, ...]:
    """The other questions of a message of which one part was `answered`; none when it was the whole."""
    parts = split_questions(text)
    others = dict.fromkeys(part for part in parts if part != answered and _ASKS.search(_plain(part)))
    return tuple(others)[:_MOST_OTHERS] if answered in parts else ()


def _split_at_and(sentence: str) -> list[str]:
    start = 0
    for join in _JOINS.finditer(sentence):
        left, right = sentence[start : join.start()], sentence[join.end() :]
        if all(_stands_alone(side) and _ASKS.search(_plain(side)) for side in (left, right)):
            return [left, *_split_at_and(right)]
    return [sentence]


def _stands_alone(part: str) -> bool:
    return len(part.split()) >= _FEWEST_WORDS and not _LEANS.search(_plain(part))


def _plain(text: str) -> str:
    return to_latin(normalise(text)).lower()
