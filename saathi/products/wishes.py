"""What a partner says of a customer: need, kind of product, age, income, sums, term, credit score, where they live.

What is not said stays unknown."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict

from language import normalise, to_latin
from saathi.calculators.amounts import Amount, Message, read_message, write_figures
from saathi.calculators.words import Words as AmountWords
from saathi.products.model import Profile, Span, Text
from saathi.products.phrases import any_of, find_first, find_longest
from saathi.products.spans import SpanReader
from saathi.products.words import Words

Asked = Literal["need", "age", "income", "amount", "yearly"]
_REACH = 4  # words between a sum and the word that says what it is
_MONTHLY_BELOW = 100_000  # rupees: nobody tells a smaller income by the year; the reply says how it was taken
_EARNED_FROM = 10_000 * 12 * 100  # paise a year: a smaller sum a month is put aside
_LEAST_SCORE, _MOST_SCORE = 300, 900
_TRIP = "trip_cover"
_BARE_AGE = re.compile(r"(?:\bis|\bam|,)\s+(\d{2})(?=\s*(?:,|\.|$|with\b|and\b|aur\b|hai\b|single\b|married\b))")
# "a father of 32", but no "tenure of 20"
_AGE_OF = re.compile(
    r"\b(?:a|an|my|his|her)\s+(?!(?:term|tenure|sum|loan|cover|premium|score|limit|period|gap)\b)\w+\s+of\s+(\d{2})"
    r"(?=\s*(?:$|[,.?!]|(?:who|with|and|wants|in|has|earning|on)\b))"
)
_AGE_IN_YEARS = re.compile(
    r"(?<![\d.,₹])(\d{2})\s*-?\s*(?:saal|sal|years?|yrs?|varsh|baras|y/o)(?!\w)"
    r"(?!\s*(?:ke liye|ka loan|ki emi|tak|mein|me|baad|ke baad|pehle|pahle|ago|later|tenure|term))"
)
_FOR_YEARS = re.compile(r"\b(?:for|over|next|in|agle)\s+$")


class Wish(BaseModel):
    """What was said so far; sums in paise, income and `yearly` for a year. `product` is the slug of one that was named,
    `unknown` is what was asked for and nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    need: str | None = None
    kind: str | None = None
    product: str | None = None
    age: int | None = None
    income: int | None = None
    amount: int | None = None
    yearly: int | None = None
    employment: str | None = None
    term: Span | None = None
    score: int | None = None
    residency: str | None = None
    region: str | None = None
    unknown: tuple[Asked, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known yet."""
        return self == Wish()

    @property
    def profile(self) -> Profile:
        """The customer, as the catalogue takes one."""
        return Profile(
            self.age,
            self.income,
            self.employment,
            self.score,
            self.residency,
            self.amount,
            self.yearly,
            self.term,
            self.region,
        )

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
        self._person = re.compile(rf"[\s-]*(?:{any_of(words.reading.person)})(?!\w)")
        self._spans = SpanReader(words.reading, amounts)
        reading = words.reading
        score, below = any_of(reading.score), any_of(reading.below)
        self._age = re.compile(rf"(?<!\w)(?:{any_of(reading.age)})\W+(?:\w+\W+){{0,2}}?(\d{{1,3}})(?!\d)")
        self._child = re.compile(rf"(?<!\w)(?:{any_of(reading.child)})(?:\W+\w+){{0,2}}\W*$")
        self._score = re.compile(
            rf"(?<!\w)(?:{score})(?!\w)[^\w,;]*(?:(?!{below})[^\W\d]+[^\w,;]+){{0,3}}?(\d{{3}})\+?(?![\d.,]*\d|\w|\W*(?:{below})\b)"
            rf"|(?<![\d.,₹])(\d{{3}})\+?\s+(?:(?:ka|ki|ke|wala)\s+)?(?:{score})(?!\w)"
        )
        # what a need is called always names it, also when nobody thought of writing it below `said`
        self._needs = {key: (*need.said, *_in_latin(need.label)) for key, need in words.needs.items()}
        self._regions = {key: (*region.said, *_in_latin(region.label)) for key, region in words.regions.items()}
        self._work = {key: work.said for key, work in words.employment.items()}
        self._residency = {key: residency.said for key, residency in words.residency.items()}
        self._unknown = re.compile(rf"(?<!\w)(?:{any_of(reading.unknown)})(?!\w)")

    def read(self, text: str, requested: Asked | None = None) -> Wish:
        """What a message says. A bare figure is what was `requested`."""
        plain = write_figures(text, self._amounts)
        message = read_message(text, self._amounts)
        score = self._read_score(plain)
        need = find_first(self._needs, text)
        kind = find_longest({key: kind.said for key, kind in self._words.kinds.items()}, text)
        term, rest = self._spans.read(plain, is_trip=_TRIP in {need, kind and self._words.kinds[kind].need})
        read: dict[str, object] = {
            "kind": kind,
            "need": need,
            "employment": find_first(self._work, text),
            "age": self._read_age(rest, requested),
            "term": term,
            "score": score,
            "residency": find_longest(self._residency, text),
            "region": find_longest(self._regions, text),
            **self._read_sums(message, requested, score),
        }
        if self._is_earned(read.get("yearly"), message, need or (kind and self._words.kinds[kind].need)):
            read.setdefault("income", read.pop("yearly"))
        if requested is not None and read.get(requested) is None and self._unknown.search(plain):
            read["unknown"] = (requested,)
        return Wish.model_validate({name: value for name, value in read.items() if value is not None})

    def _read_age(self, plain: str, requested: Asked | None) -> int | None:
        named = self._age.search(plain)
        if named:
            return _human(int(named[1]), 1)
        for found in _AGE_IN_YEARS.finditer(plain):
            before, is_person = plain[: found.start()], self._person.match(plain, found.end())
            if not self._child.search(before) and (is_person or not _FOR_YEARS.search(before)):
                return _human(int(found[1]), 18)
        if bare := _AGE_OF.search(plain) or _BARE_AGE.search(plain):
            return _human(int(bare[1]), 18)
        if requested != "age":
            return None
        if (alone := self._amounts.number_of.get(plain.strip(" .!,"))) is not None:
            return _human(int(alone), 1)
        figures = [a for a in read_message(plain, self._amounts).amounts if a.kind in {"number", "years"}]
        return _human(int(figures[0].value), 1) if len(figures) == 1 else None

    def _is_earned(self, yearly: object, message: Message, need: str | None) -> bool:
        """Whether a sum a month is earned and not put aside: nobody speaks of saving, the need asks for no savings, and
        it asks for an income, or the sum is one."""
        if not isinstance(yearly, int) or self._words.reading.saved.intersection(message.words):
            return False
        asks = self._words.needs[need].asks if need else ()
        return "yearly" not in asks and ("income" in asks or yearly >= _EARNED_FROM)

    def _read_score(self, plain: str) -> int | None:
        """A credit score, 300 to 900; None where it is only said to be below one."""
        found = self._score.search(plain)
        value = int(found[1] or found[2]) if found else 0
        return value if _LEAST_SCORE <= value <= _MOST_SCORE else None

    def _read_sums(self, message: Message, requested: Asked | None, score: int | None) -> dict[str, int]:
        is_asked = requested in {"income", "amount", "yearly"}
        sums = [
            a
            for a in message.amounts
            if (a.kind == "money" or (is_asked and a.kind == "number" and a.value != score))
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


def _in_latin(label: Text) -> tuple[str, ...]:
    """How a label is said, in small Latin letters."""
    return tuple(to_latin(normalise(said)).lower() for said in label.model_dump().values())


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
