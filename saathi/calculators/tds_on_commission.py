"""How much TDS is cut from a commission of a resident individual."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel

from saathi.calculators.figures import TdsSheet
from saathi.calculators.inputs import Inputs, Money, amount, option
from saathi.calculators.money import rupees


class TdsInputs(Inputs):
    """A commission from one payer. `earlier` is what the same payer paid before in this tax year of the same kind:
    the limit counts insurance and other commission apart. `has_pan` means valid, and linked with Aadhaar."""

    commission: Money = amount("money", "₹", 1, 100_000_000)
    earlier: Money = amount("money", "₹", 0, 100_000_000, default=Decimal(0))
    kind: Literal["insurance", "other"] = option("choice", "insurance")
    has_pan: bool = option("yes_no", default=True)


class TdsResult(BaseModel):
    """In rupees. `cut` is cut from this commission, also what earlier ones below the limit still owe; `without_pan` is
    what would be cut without a valid PAN all the year."""

    is_over_limit: bool
    year_total: int
    limit: int
    percent: float
    cut: int
    in_hand: int
    without_pan: int


def reckon_tds(inputs: TdsInputs, sheet: TdsSheet) -> TdsResult:
    """Nothing up to the limit; above it the rate on the whole year's commission, less what was due before."""
    total = inputs.commission + inputs.earlier
    percent = sheet.percent if inputs.has_pan else sheet.percent_without_pan
    cut = _cut(inputs, sheet, percent)
    return TdsResult(
        is_over_limit=total > sheet.limit,
        year_total=rupees(total),
        limit=rupees(sheet.limit),
        percent=float(percent),
        cut=cut,
        in_hand=rupees(inputs.commission) - cut,
        without_pan=_cut(inputs, sheet, sheet.percent_without_pan),
    )


def _cut(inputs: TdsInputs, sheet: TdsSheet, percent: Decimal) -> int:
    total = inputs.commission + inputs.earlier
    if total <= sheet.limit:
        return 0
    is_cut_already = inputs.earlier > sheet.limit
    return rupees((inputs.commission if is_cut_already else total) * percent / 100)
