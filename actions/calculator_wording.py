"""What a calculator's result puts into the responses: which of them, and the text of their variables."""

from decimal import Decimal

from saathi.calculators import Fault, Reckoning
from saathi.calculators.emi import EmiInputs, EmiResult
from saathi.calculators.money import write_number, write_rupees
from saathi.calculators.surrender_value import SurrenderInputs, SurrenderResult
from saathi.calculators.tax_saved import TaxInputs, TaxResult
from saathi.calculators.tds_on_commission import TdsInputs, TdsResult


def fill(reckoning: Reckoning) -> tuple[str, dict[str, str]]:
    """The end of the response's name, and its variables: each input and result under its own name, as text, and the
    `tax_year` in which the figures begin to hold.

    Raises `ValueError` for a result that no response is written for.
    """
    inputs, result, first = reckoning.inputs, reckoning.result, reckoning.sheet.valid_from.year
    match inputs, result:
        case EmiInputs(), EmiResult():
            case = "emi"
        case SurrenderInputs(), SurrenderResult():
            case = f"surrender_{result.guarantee}"
        case TaxInputs(), TaxResult():
            case = f"tax_{'saved' if result.saved > 0 else 'not_saved'}"
        case TdsInputs(), TdsResult():
            case = f"tds_{'cut' if result.is_over_limit else 'none'}"
        case _:
            raise ValueError(f"write a response for {type(result).__name__}")
    shapes = type(inputs).model_fields
    money = {name for name, field in shapes.items() if _unit(field.json_schema_extra).startswith("₹")}
    filled = {name: _write(getattr(inputs, name), is_money=name in money) for name in shapes}
    counts = {"percent", "policy_year"}
    for name in type(result).model_fields:
        filled[name] = _write(getattr(result, name), is_money=name not in counts)
    return case, {**filled, "tax_year": f"{first}-{(first + 1) % 100:02}"}


def write_range(fault: Fault) -> str:
    """The bounds of a field, in figures alone: "₹1,000 – ₹10,00,00,000", "1% – 60%", "1 – 480"."""
    shape = fault.shape
    if shape is None or shape.least is None or shape.most is None:
        raise ValueError(f"{fault.field} has no bounds")
    write = write_rupees if shape.kind == "money" else write_number
    percent = "%" if shape.kind == "percent" else ""
    return f"{write(shape.least)}{percent} – {write(shape.most)}{percent}"


def _unit(extra: object) -> str:
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def _write(value: object, *, is_money: bool) -> str:
    match value:
        case bool() | None:
            return ""
        case int() | Decimal():
            return write_rupees(value) if is_money else write_number(value)
        case float():
            return write_number(Decimal(str(value)))
        case _:
            return str(value)
