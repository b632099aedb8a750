"""A product of the catalogue, and the customer it is held against. Money is in paise; files and people write rupees."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from language import Language

Criterion = Literal["age", "income", "employment", "score", "residency", "amount", "yearly", "term", "region"]
Unit = Literal["days", "months", "years"]
_DAYS = {"days": 1, "months": 30, "years": 360}  # so that 12 months are a year; a term is only compared


def _to_paise(value: object) -> object:
    """A sum in whole rupees as the file has it; anything else is left for the error to name."""
    return value * 100 if isinstance(value, int) and not isinstance(value, bool) else value


Paise = Annotated[int, BeforeValidator(_to_paise), Field(ge=0)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+$")]
Said = Annotated[str, StringConstraints(min_length=2, strip_whitespace=True)]


class Read(BaseModel):
    """What is read from the catalogue's files."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Read):
    """One wording in the three languages."""

    en: Said
    hinglish: Said
    hi: Said

    def say(self, language: Language) -> str:
        """The wording in that language."""
        return self.hi if language == "hi" else self.hinglish if language == "hinglish" else self.en


class Name(Read):
    """A name: in Hinglish it is written as in English."""

    en: Said
    hi: Said

    def say(self, language: Language) -> str:
        """The name in that language's script."""
        return self.hi if language == "hi" else self.en


class _Range(Read):
    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        least, most = getattr(self, "least", 0), getattr(self, "most", 0)
        if least > most:
            raise ValueError("`from` is above `to`; swap them")
        return self


class Ages(_Range):
    """Ages in years, both included."""

    least: int = Field(alias="from", ge=0, le=120)
    most: int = Field(alias="to", ge=0, le=120)


class Sums(_Range):
    """Sums in paise, both included."""

    least: Paise = Field(alias="from")
    most: Paise = Field(alias="to")


class Terms(_Range):
    """How long it may run, both included."""

    least: int = Field(alias="from", ge=1)
    most: int = Field(alias="to", ge=1)
    unit: Unit


class Eligibility(Read):
    """Who may have a product; what is None or empty does not matter. `amount` is the cover, loan, deposit or value,
    `yearly` what is paid in a year."""

    age: Ages | None = None
    income_from: Paise | None = None
    employment: tuple[Key, ...] = ()
    score_from: int | None = Field(None, ge=300, le=900)
    residency: tuple[Key, ...] = ()
    amount: Sums | None = None
    yearly: Sums | None = None
    term: Terms | None = None
    not_in: tuple[Key, ...] = ()


class Charge(Read):
    """A charge or rate; `most` where it is a range. In rupees or per cent, as the unit says."""

    what: Key
    figure: Decimal = Field(ge=0)
    most: Decimal | None = Field(None, alias="to")
    unit: Key

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.most is not None and self.figure > self.most:
            raise ValueError("`figure` is above `to`; swap them")
        return self


class Product(Read):
    """One product. The first of `needs` and of `exclusions` is the main one. `kind` is that of its file."""

    slug: Slug
    kind: Key = ""
    provider: Key
    name: Name
    also_called: tuple[Said, ...] = ()
    needs: tuple[Key, ...] = Field(min_length=1)
    eligibility: Eligibility
    charges: tuple[Charge, ...] = Field(min_length=1)
    strength: Text
    exclusions: tuple[Key, ...] = Field(min_length=1)
    documents: tuple[Key, ...] = Field(min_length=1)
    article: Slug
    valid_from: date
    valid_until: date | None = None
    withdrawn_on: date | None = None
    replaced_by: Slug | None = None
    reviewed: date

    @model_validator(mode="after")
    def _has_sound_days(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("`valid_until` is before `valid_from`")
        if self.withdrawn_on is not None and self.withdrawn_on < self.valid_from:
            raise ValueError("`withdrawn_on` is before `valid_from`")
        if self.replaced_by is not None and self.withdrawn_on is None:
            raise ValueError("`replaced_by` needs `withdrawn_on`")
        return self

    @property
    def url(self) -> str:
        """The path of its page."""
        return f"/products/{self.slug}"

    def is_withdrawn(self, day: date) -> bool:
        """Whether it was taken from sale by that day."""
        return self.withdrawn_on is not None and day >= self.withdrawn_on

    def is_on_sale(self, day: date) -> bool:
        """Whether it may be offered on that day."""
        is_over = self.valid_until is not None and day > self.valid_until
        return self.valid_from <= day and not is_over and not self.is_withdrawn(day)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as somebody said it."""

    value: int
    unit: Unit

    @property
    def days(self) -> int:
        """For comparing only: a month has 30, a year 360."""
        return self.value * _DAYS[self.unit]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a customer; None is not known, and nothing is put in its place. Sums in paise."""

    age: int | None = None
    income: int | None = None
    employment: str | None = None
    score: int | None = None
    residency: str | None = None
    amount: int | None = None
    yearly: int | None = None
    term: Span | None = None
    region: str | None = None
