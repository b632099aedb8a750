"""What a partner says of a customer: need, kind of product, age, income, sums. What is not said stays unknown."""

import re
from collections.abc import Collection
from typing import Literal

from pydantic import BaseModel, ConfigDict

from language import normalise, to_latin
from saathi.calculators.amounts import Amount, Message, read_message
from saathi.calculators.words import Words as AmountWords
from saathi.products.model import Profile
from saathi.products.phrases import find_first, find_longest
from saathi.products.words import Words

Asked = Literal["need", "age", "income", "amount", "yearly"]
_REACH = 4  # words between a sum and the word that says what it is
_MONTHLY_BELOW = 100_000  # rupees: nobody tells a smaller income by the year; the reply says how it was taken
_FEWEST_RUPEES = 1000
_BARE_AGE = re.compile(r"(?:\bis|\bam|,)\s+(\d{2})(?=\s*(?:,|\.|$|with\b|and\b|aur\b|hai\b|single\b|married\b))")
_AGE_IN_YEARS = re.compile(
    r"(?<![\d.,₹])(\d{2})\s*-?\s*(?:saal|sal|years?|yrs?|varsh|baras|y/o)(?!\w)"
    r"(?!\s*(?:ke liye|ka loan|ki emi|tak|mein|me|baad|ke baad|pehle|pahle|ago|later|tenure|term))"
)
_FOR_YEARS = re.compile(r"(?:for|over|next|in|agle)\s+$")


class Wish(BaseModel):
    """What was said so far; sums in paise, income and `yearly` for a year. `unknown`: asked for, and nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    need: str | None = None
    kind: str | None = None
    age: int | None = None
    income: int | None = None
    amount: int | None = None
    yearly: int | None = None
    employment: str | None = None
    unknown: tuple[Asked, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known yet."""
        return self == Wish()

    @property
    def profile(self) -> Profile:
        """The customer, as the catalogue takes one."""
        return Profile(self.age, self.income, self.employment, amount=self.amount, yearly=self.yearly)

    def needs(self, words: Words) -> tuple[str, ...]:
        """What the customer needs: what was named, and what the named kind is for."""
        of_kind = (words.kinds[self.kind].need,) if self.kind else ()
        return tuple(dict.fromkeys((*of_kind, *((self.need,) if self.need else ()))))

    def missing(self, words: Words) -> Asked | None:
        """What is to be asked next; None when it is enough."""
        need = self.need or (words.kinds[self.kind].need if self.kind else None)
        if need is None:
            return None if "need" in self.unknown else "need"
        return next(
            (asked for asked in words.needs[need].asks if getattr(self, asked) is None and asked not in self.unknown),
            None,
        )

    def with_more(self, more: "Wish") -> "Wish":
        """Both; what was said later holds."""
        later = more.model_dump(exclude_none=True, exclude={"unknown"})
        unknown = tuple(dict.fromkeys(one for one in (*self.unknown, *more.unknown) if one not in later))
        return self.model_copy(update={**later, "unknown": unknown})

    def without(self, asked: str) -> "Wish":
        """The same before `asked` was answered."""
        empty = {"need": None, "kind": None} if asked == "need" else {asked: None}
        return self.model_copy(update={**empty, "unknown": tuple(one for one in self.unknown if one != asked)})


class WishReader:
    """Reads messages in three registers. `amounts` are the words of the calculators, by which sums are read."""

    def __init__(self, words: Words, amounts: AmountWords) -> None:
        self._words = words
        self._amounts = amounts
        reading = words.reading
        self._age = re.compile(rf"(?<!\w)(?:{_any_of(reading.age)})\W+(?:\w+\W+){{0,2}}?(\d{{1,3}})(?!\d)")
        self._child = re.compile(rf"(?<!\w)(?:{_any_of(reading.child)})(?:\W+\w+){{0,2}}\W*$")
        # what a need is called always names it, also when nobody thought of writing it below `said`
        self._needs = {
            key: (*need.said, *(to_latin(normalise(label)).lower() for label in need.label.model_dump().values()))
            for key, need in words.needs.items()
        }
        self._unknown = re.compile(rf"(?<!\w)(?:{_any_of(reading.unknown)})(?!\w)")

    def read(self, text: str, requested: Asked | None = None) -> Wish:
        """What a message says. A bare figure is what was `requested`."""
        plain = to_latin(normalise(text)).lower()
        message = read_message(text, self._amounts)
        read: dict[str, object] = {
            "kind": find_longest({key: kind.said for key, kind in self._words.kinds.items()}, text),
            "need": find_first(self._needs, text),
            "employment": find_first({key: work.said for key, work in self._words.employment.items()}, text),
            "age": self._read_age(plain, message, requested),
            **self._read_sums(message, requested),
        }
        if requested is not None and read.get(requested) is None and self._unknown.search(plain):
            read["unknown"] = (requested,)
        return Wish.model_validate({name: value for name, value in read.items() if value is not None})

    def _read_age(self, plain: str, message: Message, requested: Asked | None) -> int | None:
        named = self._age.search(plain)
        if named:
            return _human(int(named[1]), 1)
        for found in _AGE_IN_YEARS.finditer(plain):
            before = plain[: found.start()]
            if not _FOR_YEARS.search(before) and not self._child.search(before):
                return _human(int(found[1]), 18)
        if bare := _BARE_AGE.search(plain):
            return _human(int(bare[1]), 18)
        if requested != "age":
            return None
        figures = [amount for amount in message.amounts if amount.kind in {"number", "years"}]
        return _human(int(figures[0].value), 1) if len(figures) == 1 else None

    def _read_sums(self, message: Message, requested: Asked | None) -> dict[str, int]:
        is_asked = requested in {"income", "amount", "yearly"}
        sums = [
            a
            for a in message.amounts
            if (_is_sum(a) or (is_asked and a.kind == "number"))
            and not self._words.reading.not_sums.intersection(message.words[a.end : a.end + 1])
        ]
        read: dict[str, int] = {}
        for amount in sums:
            field = self._field_of(amount, message, requested if len(sums) == 1 else None)
            if field is not None:
                read.setdefault(field, self._paise(amount, field, message))
        return read

    def _field_of(self, amount: Amount, message: Message, requested: Asked | None) -> str | None:
        near = _words_around(amount, message)
        if near & self._words.reading.income:
            return "income"
        if requested in {"income", "amount", "yearly"}:
            return requested
        if amount.is_monthly or (near & self._words.reading.saved and near & self._words.reading.yearly):
            return "yearly"
        return None if near & self._words.reading.saved else "amount"

    def _paise(self, amount: Amount, field: str, message: Message) -> int:
        """In paise, of a year where the field is of one. Savings without a word for the year are asked by the month."""
        is_yearly = bool(_words_around(amount, message) & self._words.reading.yearly)
        by_month = amount.is_monthly or (
            not is_yearly and (field == "yearly" or (field == "income" and amount.value < _MONTHLY_BELOW))
        )
        return int(amount.value * 100) * (12 if by_month and field != "amount" else 1)


def _is_sum(amount: Amount) -> bool:
    """Nobody means 800000 years by "8 lakh saal ka"."""
    return amount.kind == "money" or (amount.kind == "years" and amount.value >= _FEWEST_RUPEES)


def _any_of(words: Collection[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _human(age: int, least: int) -> int | None:
    return age if least <= age <= 110 else None


def _words_around(amount: Amount, message: Message) -> set[str]:
    """The words beside a sum, up to a comma or another sum."""
    taken = {place for other in message.amounts if other != amount for place in range(other.start, other.end)}
    near: set[str] = set(message.words[amount.start : amount.end])
    for places in (
        range(amount.start - 1, max(amount.start - 1 - _REACH, -1), -1),
        range(amount.end, min(amount.end + _REACH, len(message.words))),
    ):
        for place in places:
            if place in taken or message.words[place] in ",;":
                break
            near.add(message.words[place])
    return near
