"""Amounts as people say them: "5 lakh", "1.5 cr", "₹3,60,000", "11%", "60 mahine", "ढाई लाख"."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from language import normalise, to_latin
from saathi.calculators.words import Words

AmountKind = Literal["money", "percent", "years", "months", "number"]

_SCALES = {"thousand": Decimal(1_000), "lakh": Decimal(100_000), "crore": Decimal(10_000_000)}
# A number with what sticks to it ("5l", "11%", "₹500"), a word, or a sign. A section's name is no amount: 80c.
_TOKEN = re.compile(r"₹|%|\d(?:[\d,]*\d)?(?:\.\d+)?|[^\W\d_]+|[,;]")
_NUMBER = re.compile(r"\d(?:[\d,]*\d)?(?:\.\d+)?")
_NEXT_WORD = re.compile(r"[\s-]*([^\W\d_]+)")
_SECTION = re.compile(r"(\d{2,3})(c|d|ccd|si|di|sisidi)\W*")
_IN_LATIN = {"si": "c", "di": "d", "sisidi": "ccd"}
_FEWEST_CLEAR = 11  # smaller numbers in words are other words as well: do, char, che
_FEWEST_RUPEES = 1000  # a bare number from here on is money, as no rate or tenure is that large


@dataclass(frozen=True, slots=True)
class Amount:
    """A value with its kind and its place among the words of the message, `start` to before `end`.

    Money is in rupees; `is_monthly` says that it is so much a month. A `number` has no unit.
    """

    value: Decimal
    kind: AmountKind
    start: int
    end: int
    is_monthly: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message as words in Latin letters, and the amounts among them."""

    words: tuple[str, ...]
    amounts: tuple[Amount, ...]

    def rest(self) -> tuple[str, ...]:
        """The words that belong to no amount."""
        taken = {place for amount in self.amounts for place in range(amount.start, amount.end)}
        return tuple(word for place, word in enumerate(self.words) if place not in taken)


def read_message(text: str, words: Words) -> Message:
    """The words and amounts of a message in any of the three languages. Total: every text gives a message."""
    tokens = tuple(_split(to_latin(normalise(text)).lower()))
    amounts: list[Amount] = []
    place = 0
    while place < len(tokens):
        amount = _amount_at(tokens, place, words)
        if amount is not None:
            amounts.append(amount)
        place = amount.end if amount else place + 1
    return Message(tokens, tuple(amounts))


def write_figures(text: str, words: Words) -> str:
    """A message in small Latin letters, its numbers in figures: "umar bayalis" is "umar 42".

    Below 11, and where a word has another meaning, only what is counted is a number: "do saal", not "bata do".
    """
    return words.spoken.sub(lambda said: _write_figure(said, words), to_latin(normalise(text)).lower())


def _write_figure(said: re.Match[str], words: Words) -> str:
    tokens = tuple(said[0].replace("-", " ").split())
    value, end = _spoken_at(tokens, 0, words)
    counted = _NEXT_WORD.match(said.string, said.end())
    is_clear = value is not None and value >= _FEWEST_CLEAR and not words.homonyms.intersection(tokens)
    if value is None or end < len(tokens) or not (is_clear or (counted and counted[1] in words.measures)):
        return said[0]
    return f"{value.normalize():f}"


def _split(text: str) -> list[str]:
    tokens: list[str] = []
    for chunk in text.replace("(", " ").replace(")", " ").split():
        section = _SECTION.fullmatch(chunk)  # one word, in either script; a unit stuck to its number is two: 5lakh
        tokens += [section[1] + _IN_LATIN.get(section[2], section[2])] if section else _TOKEN.findall(chunk)
    return tokens


def _amount_at(tokens: tuple[str, ...], place: int, words: Words) -> Amount | None:
    start = place
    is_money = tokens[place] in words.units["rupees"]
    if is_money:
        place += 1
    value, place = _number_at(tokens, place, words)
    if value is None or _names_no_amount(tokens, start, words):
        return None
    scale = _at(tokens, place, words.scale_of)
    if scale is not None:
        value, place, is_money = value * _SCALES[scale], place + 1, True
    kind, place = _unit_at(tokens, place, words)
    is_monthly, place = _monthly_at(tokens, start, place, words)
    if kind in {"months", "years"} and value >= _FEWEST_RUPEES:  # "salary 50000 mahina", "8 lakh saal ka"
        is_monthly = is_monthly or kind == "months"
        kind = "money"
    if kind == "number" and (is_money or is_monthly or value >= _FEWEST_RUPEES):
        kind = "money"
    return Amount(value, kind, start, place, is_monthly and kind == "money")


def _number_at(tokens: tuple[str, ...], place: int, words: Words) -> tuple[Decimal | None, int]:
    """A number in digits, or in words where a scale or unit follows."""
    if place >= len(tokens):
        return None, place
    if _NUMBER.fullmatch(tokens[place]):
        return Decimal(tokens[place].replace(",", "")), place + 1
    half = Decimal("0.5") if tokens[place] in words.halves else Decimal(0)
    value, end = _spoken_at(tokens, place + bool(half), words)
    if value is None or end >= len(tokens) or tokens[end] not in words.measures:
        return None, place
    return value + half, end


def _spoken_at(tokens: tuple[str, ...], place: int, words: Words) -> tuple[Decimal | None, int]:
    """A number in words: "forty two", "bayalis", "saat sau bees"."""
    value, end = _below_hundred_at(tokens, place, words)
    if tokens[end : end + 1] and tokens[end] in words.hundreds:
        value, end = (Decimal(1) if value is None else value) * 100, end + 1
        rest, after = _below_hundred_at(tokens, end + (tokens[end : end + 1] == ("and",)), words)
        return (value, end) if rest is None else (value + rest, after)
    return value, end


def _below_hundred_at(tokens: tuple[str, ...], place: int, words: Words) -> tuple[Decimal | None, int]:
    for length in (2, 1):
        value = words.number_of.get(" ".join(tokens[place : place + length]))
        if value is not None and place + length <= len(tokens):
            return value, place + length
    return None, place


def _unit_at(tokens: tuple[str, ...], place: int, words: Words) -> tuple[AmountKind, int]:
    kinds: tuple[tuple[str, AmountKind], ...] = (
        ("rupees", "money"), ("percent", "percent"), ("years", "years"), ("months", "months")
    )  # fmt: skip
    for length in (2, 1):
        said = " ".join(tokens[place : place + length])
        for unit, kind in kinds:
            if said in words.units[unit] and place + length <= len(tokens):
                return kind, place + length
    return "number", place


def _monthly_at(tokens: tuple[str, ...], start: int, end: int, words: Words) -> tuple[bool, int]:
    for length in (2, 1):
        if " ".join(tokens[end : end + length]) in words.per_month:
            return True, end + length
        if start >= length and " ".join(tokens[start - length : start]) in words.per_month:
            return True, end
    return False, end


def _names_no_amount(tokens: tuple[str, ...], start: int, words: Words) -> bool:
    return any(
        start >= length and " ".join(tokens[start - length : start]) in words.before_no_amount for length in (1, 2)
    )


def _at(tokens: tuple[str, ...], place: int, kinds: dict[str, str]) -> str | None:
    return kinds.get(tokens[place]) if place < len(tokens) else None
