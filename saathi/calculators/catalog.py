"""The calculators by name, and the one way to use them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast, get_args

from pydantic import BaseModel

from saathi.calculators.emi import EmiInputs, reckon_emi
from saathi.calculators.figures import Figures, Sheet, check_current
from saathi.calculators.inputs import Inputs, read_inputs
from saathi.calculators.surrender_value import SurrenderInputs, reckon_surrender_value
from saathi.calculators.tax_saved import TaxInputs, reckon_tax_saved
from saathi.calculators.tds_on_commission import TdsInputs, reckon_tds

Name = Literal["emi", "surrender-value", "tax-saved", "tds-on-commission"]


@dataclass(frozen=True, slots=True)
class Calculator:
    """One calculator. `asked` are the inputs that a chat asks for, in this order; the page has all of them."""

    name: Name
    inputs: type[Inputs]
    asked: tuple[str, ...]
    work: Callable[[Any, Any], BaseModel]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What came out, what went in, and the sheet whose figures were used."""

    calculator: Name
    inputs: Inputs
    result: BaseModel
    sheet: Sheet


CALCULATORS: dict[Name, Calculator] = {
    calculator.name: calculator
    for calculator in (
        Calculator("emi", EmiInputs, ("principal", "rate", "months"), reckon_emi),
        Calculator(
            "surrender-value", SurrenderInputs, ("yearly_premium", "years_paid", "term"), reckon_surrender_value
        ),
        Calculator(
            "tax-saved",
            TaxInputs,
            ("income", "is_salaried", "investments", "health_premium", "nps"),
            reckon_tax_saved,
        ),
        Calculator("tds-on-commission", TdsInputs, ("commission", "earlier"), reckon_tds),
    )
}


def find_calculator(name: object) -> Calculator | None:
    """The calculator of that name."""
    return CALCULATORS[cast("Name", name)] if name in get_args(Name) else None


def sheet_of(figures: Figures, name: Name) -> Sheet:
    """The figures of one calculator."""
    sheet: Sheet = getattr(figures, name.replace("-", "_"))
    return sheet


def reckon(name: Name, given: Mapping[str, object], figures: Figures, today: date) -> Reckoning:
    """Works it out.

    Raises `Expired` when the figures do not hold on that day, `BadInputs` when a value is missing or out of bounds.
    """
    calculator, sheet = CALCULATORS[name], sheet_of(figures, name)
    check_current(name, sheet, today)
    inputs = read_inputs(calculator.inputs, given)
    return Reckoning(name, inputs, calculator.work(inputs, sheet), sheet)
