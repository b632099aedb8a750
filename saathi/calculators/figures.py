"""The figures of the law that calculators need, with the days on which they hold."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

FIGURES = Path(__file__).resolve().parents[2] / "data" / "calculators" / "figures.yml"

Age = Literal["below_60", "60_to_79", "80_or_more"]


class Expired(Exception):
    """The figures of a calculator do not hold on that day: `last` is their last day, None when they begin later."""

    def __init__(self, calculator: str, last: date | None) -> None:
        super().__init__(f"{calculator}: the figures do not hold today; put the present ones into {FIGURES.name}")
        self.calculator = calculator
        self.last = last


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Read):
    """A quote and the article in which it stands word for word."""

    slug: str
    quote: str


class Sheet(_Read):
    """What every calculator's figures carry; `valid_from` and `valid_until` are both included, None is no known end."""

    valid_from: date
    valid_until: date | None
    source: str
    citations: tuple[Source, ...] = Field(min_length=1)


class SurrenderSheet(Sheet):
    """Least guaranteed surrender value, in per cent of the premiums paid, by the policy year of the surrender."""

    percent_by_year: dict[int, Decimal]
    percent_in_last_years: Decimal
    last_years: int
    premiums_for_guaranteed: int
    margin_over_bond_yield: Decimal


class Slab(_Read):
    """`percent` of the part of the income below `up_to` rupees and above the slab before; None is the rest."""

    up_to: Decimal | None
    percent: Decimal


class Regime(_Read):
    """One of the two ways to work out income tax, in rupees."""

    standard_deduction: Decimal
    rebate: Decimal
    rebate_up_to: Decimal
    has_marginal_relief: bool
    slabs: dict[Age | Literal["any_age"], tuple[Slab, ...]]

    def slabs_at(self, age: Age) -> tuple[Slab, ...]:
        """The slabs of a person of that age."""
        return self.slabs[age] if age in self.slabs else self.slabs["any_age"]


class DeductionLimits(_Read):
    """The most that counts of each deduction of the old regime, in rupees a tax year."""

    investments: Decimal
    nps: Decimal
    health_premium: Decimal
    health_premium_senior: Decimal


class TaxSheet(Sheet):
    """Both regimes of one tax year."""

    cess_percent: Decimal
    new_regime: Regime
    old_regime: Regime
    limits: DeductionLimits


class TdsSheet(Sheet):
    """Rates on the whole commission of a tax year from one payer, once it is above `limit` rupees."""

    percent: Decimal
    percent_without_pan: Decimal
    limit: Decimal


class Figures(_Read):
    """All of them. Each calculator's sheet is named as the calculator is."""

    emi: Sheet
    surrender_value: SurrenderSheet = Field(alias="surrender-value")
    tax_saved: TaxSheet = Field(alias="tax-saved")
    tds_on_commission: TdsSheet = Field(alias="tds-on-commission")

    @classmethod
    def load(cls, path: Path = FIGURES) -> "Figures":
        """Reads the file. Raises pydantic's ValidationError, which names the place, when it is not as above."""
        return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def check_current(calculator: str, sheet: Sheet, today: date) -> None:
    """Raises `Expired` unless the figures hold on that day."""
    if today < sheet.valid_from:
        raise Expired(calculator, None)
    if sheet.valid_until is not None and today > sheet.valid_until:
        raise Expired(calculator, sheet.valid_until)
