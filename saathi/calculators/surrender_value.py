"""The surrender value of a regular-premium savings policy sold since 1 October 2024, at least."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, model_validator

from saathi.calculators.figures import SurrenderSheet
from saathi.calculators.inputs import Inputs, Money, Percent, amount, conflict
from saathi.calculators.money import rupees

Guarantee = Literal["percent", "policy_scale", "too_early"]


class SurrenderInputs(Inputs):
    """A savings policy with yearly premiums, not a ULIP, not a single premium, premiums payable for five years or more.

    `policy_year` is the year in which it is surrendered, by default the last one paid for. The special surrender value
    is worked out only when `sum_assured` and `bond_yield` are given; `premium_term` is by default the term.
    """

    yearly_premium: Money = amount("money", "₹ a year", 1_000, 10_000_000)
    years_paid: int = amount("years", "years", 1, 60)
    term: int = amount("years", "years", 5, 60)
    policy_year: int | None = amount("years", "years", 1, 60, default=None)
    survival_benefits: Money = amount("money", "₹", 0, 100_000_000, default=Decimal(0))
    sum_assured: Money | None = amount("money", "₹", 1_000, 1_000_000_000, default=None)
    premium_term: int | None = amount("years", "years", 5, 60, default=None)
    bonuses: Money = amount("money", "₹", 0, 1_000_000_000, default=Decimal(0))
    bond_yield: Percent | None = amount("percent", "% a year", 1, 20, default=None)

    @property
    def year(self) -> int:
        """The policy year of the surrender."""
        return self.policy_year or self.years_paid

    @model_validator(mode="after")
    def _fits_together(self) -> "SurrenderInputs":
        paying = self.premium_term or self.term
        if self.years_paid > self.term:
            raise conflict("term", least=self.years_paid)
        if not self.years_paid <= self.year <= self.term:
            raise conflict("policy_year", least=self.years_paid, most=self.term)
        if not self.years_paid <= paying <= self.term:
            raise conflict("premium_term", least=max(self.years_paid, 5), most=self.term)
        return self


class SurrenderResult(BaseModel):
    """In rupees, each at least; None where it cannot be said.

    `guarantee` says why `guaranteed` is what it is: a per cent of the premiums, the policy's own scale (None), or two
    full years are not paid yet (0). `payable` is the higher one of those that are known; the policy's table decides.
    """

    policy_year: int
    premiums_paid: int
    guarantee: Guarantee
    percent: float | None
    guaranteed: int | None
    paid_up: int | None
    special: int | None
    payable: int | None


def reckon_surrender_value(inputs: SurrenderInputs, sheet: SurrenderSheet) -> SurrenderResult:
    """Guaranteed and special surrender value by the least that the regulations allow."""
    paid = inputs.yearly_premium * inputs.years_paid
    guarantee, percent = _guarantee(inputs, sheet)
    guaranteed = None
    if guarantee == "too_early":
        guaranteed = 0
    elif percent is not None:
        guaranteed = rupees(max(paid * percent / 100 - inputs.survival_benefits, Decimal(0)))
    paid_up, special = _special(inputs, sheet)
    known = [value for value in (guaranteed, special) if value is not None]
    return SurrenderResult(
        policy_year=inputs.year,
        premiums_paid=rupees(paid),
        guarantee=guarantee,
        percent=None if percent is None else float(percent),
        guaranteed=guaranteed,
        paid_up=paid_up,
        special=special,
        payable=max(known) if known else None,
    )


def _guarantee(inputs: SurrenderInputs, sheet: SurrenderSheet) -> tuple[Guarantee, Decimal | None]:
    if inputs.years_paid < sheet.premiums_for_guaranteed:
        return "too_early", None
    if inputs.year > inputs.term - sheet.last_years:
        return "percent", sheet.percent_in_last_years
    percent = sheet.percent_by_year.get(inputs.year)
    return ("policy_scale", None) if percent is None else ("percent", percent)


def _special(inputs: SurrenderInputs, sheet: SurrenderSheet) -> tuple[int | None, int | None]:
    """Paid-up sum assured, and today's value of it and of the bonuses, discounted as far as it may be; nothing before
    the first policy year is complete."""
    if inputs.sum_assured is None:
        return None, None
    if inputs.year == 1:
        return 0, 0
    paid_up = inputs.sum_assured * inputs.years_paid / (inputs.premium_term or inputs.term)
    if inputs.bond_yield is None:
        return rupees(paid_up), None
    discount = 1 + (inputs.bond_yield + sheet.margin_over_bond_yield) / 100
    return rupees(paid_up), rupees((paid_up + inputs.bonuses) / discount ** (inputs.term - inputs.year))
