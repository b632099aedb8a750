"""Income tax of a year in both regimes, and what deductions save in the old one."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel

from saathi.calculators.figures import Age, Regime, TaxSheet
from saathi.calculators.inputs import Inputs, Money, amount, option
from saathi.calculators.money import rupees

_NOTHING = Decimal(0)


class TaxInputs(Inputs):
    """Income and deductions of a resident for one tax year, without income at special rates (gains from shares).

    `income` is before any deduction; above ₹50 lakh a surcharge comes on top, which is not worked out here.
    `investments` count under section 123 (the old 80C), health premiums under 126 (80D), `nps` is the own extra
    payment under 124 (80CCD(1B)); `other_deductions` are rent allowance, home loan interest and the like.
    """

    income: Money = amount("money", "₹ a year", 1, 5_000_000)
    is_salaried: bool = option("yes_no", default=True)
    age: Age = option("choice", "below_60")
    investments: Money = amount("money", "₹ a year", 0, 5_000_000, default=_NOTHING)
    health_premium: Money = amount("money", "₹ a year", 0, 5_000_000, default=_NOTHING)
    is_family_senior: bool = option("yes_no", default=False)
    parents_premium: Money = amount("money", "₹ a year", 0, 5_000_000, default=_NOTHING)
    are_parents_senior: bool = option("yes_no", default=False)
    nps: Money = amount("money", "₹ a year", 0, 5_000_000, default=_NOTHING)
    other_deductions: Money = amount("money", "₹ a year", 0, 5_000_000, default=_NOTHING)


class TaxResult(BaseModel):
    """In rupees a year, tax with cess.

    `saved_in_old` is what the deductions save there; `saved` is what they save the person, who takes the cheaper
    regime: nothing as long as the new one is cheaper with them as without.
    """

    new_taxable: int
    new_tax: int
    old_taxable: int
    old_tax: int
    old_tax_without: int
    counted: int
    saved_in_old: int
    saved: int
    cheaper: Literal["new", "old", "same"]
    difference: int


def reckon_tax_saved(inputs: TaxInputs, sheet: TaxSheet) -> TaxResult:
    """Tax in the new regime, and in the old one with and without the deductions."""
    counted = _count(inputs, sheet)
    new_income, new_tax = _tax(inputs, sheet.new_regime, sheet.cess_percent, _NOTHING)
    old_income, old_tax = _tax(inputs, sheet.old_regime, sheet.cess_percent, counted)
    _, without = _tax(inputs, sheet.old_regime, sheet.cess_percent, _NOTHING)
    return TaxResult(
        new_taxable=rupees(new_income),
        new_tax=new_tax,
        old_taxable=rupees(old_income),
        old_tax=old_tax,
        old_tax_without=without,
        counted=rupees(counted),
        saved_in_old=without - old_tax,
        saved=min(new_tax, without) - min(new_tax, old_tax),
        cheaper="same" if new_tax == old_tax else "new" if new_tax < old_tax else "old",
        difference=abs(new_tax - old_tax),
    )


def _count(inputs: TaxInputs, sheet: TaxSheet) -> Decimal:
    limits = sheet.limits
    family = limits.health_premium_senior if inputs.is_family_senior else limits.health_premium
    parents = limits.health_premium_senior if inputs.are_parents_senior else limits.health_premium
    return (
        min(inputs.investments, limits.investments)
        + min(inputs.health_premium, family)
        + min(inputs.parents_premium, parents)
        + min(inputs.nps, limits.nps)
        + inputs.other_deductions
    )


def _tax(inputs: TaxInputs, regime: Regime, cess_percent: Decimal, deductions: Decimal) -> tuple[Decimal, int]:
    """Taxable income, and the tax on it with rebate, marginal relief and cess."""
    standard = regime.standard_deduction if inputs.is_salaried else _NOTHING
    taxable = max(inputs.income - standard - deductions, _NOTHING)
    tax, below = _NOTHING, _NOTHING
    for slab in regime.slabs_at(inputs.age):
        top = taxable if slab.up_to is None else min(taxable, slab.up_to)
        tax += max(top - below, _NOTHING) * slab.percent / 100
        below = max(below, top)
    if taxable <= regime.rebate_up_to:
        tax = max(tax - regime.rebate, _NOTHING)
    elif regime.has_marginal_relief:
        tax = min(tax, taxable - regime.rebate_up_to)
    return taxable, rupees(tax * (1 + cess_percent / 100))
