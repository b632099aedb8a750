"""The EMI of a loan on a reducing balance."""

from decimal import Decimal

from pydantic import BaseModel

from saathi.calculators.figures import Sheet
from saathi.calculators.inputs import Inputs, Money, Percent, amount
from saathi.calculators.money import rupees

_ROWS = 12


class EmiInputs(Inputs):
    """A loan with equal monthly instalments."""

    principal: Money = amount("money", "₹", 1_000, 100_000_000)
    rate: Percent = amount("percent", "% a year", 1, 60)
    months: int = amount("months", "months", 1, 480)


class Row(BaseModel):
    """One month of the schedule, in rupees; `balance` is what is owed after it."""

    month: int
    interest: int
    principal: int
    balance: int


class EmiResult(BaseModel):
    """In rupees. `total` and `interest` are of the exact instalment, `emi` is rounded to the rupee as lenders do."""

    emi: int
    interest: int
    total: int
    schedule: tuple[Row, ...]


def reckon_emi(inputs: EmiInputs, _sheet: Sheet) -> EmiResult:
    """P × r × (1+r)^n ÷ ((1+r)^n − 1), and the first twelve months of the schedule."""
    monthly = inputs.rate / 1200
    growth = (1 + monthly) ** inputs.months
    emi = inputs.principal * monthly * growth / (growth - 1)
    total = emi * inputs.months
    return EmiResult(
        emi=rupees(emi),
        interest=rupees(total - inputs.principal),
        total=rupees(total),
        schedule=tuple(_schedule(inputs, monthly, emi)),
    )


def _schedule(inputs: EmiInputs, monthly: Decimal, emi: Decimal) -> list[Row]:
    rows, balance = [], inputs.principal
    for month in range(1, min(inputs.months, _ROWS) + 1):
        interest = balance * monthly
        balance -= emi - interest
        row = Row(month=month, interest=rupees(interest), principal=rupees(emi - interest), balance=rupees(balance))
        rows.append(row)
    return rows
