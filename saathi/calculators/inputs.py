"""What goes into a calculator: fields with a unit and bounds, and what is wrong with a given value."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar, get_args

from annotated_types import Ge, Le
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from saathi.calculators.money import write_rupees

Kind = Literal["money", "percent", "years", "months", "choice", "yes_no"]
Code = Literal["missing", "unknown", "not_a_number", "not_a_choice", "out_of_bounds", "conflict"]


def _plain(value: Decimal) -> Decimal:
    """Two places are enough for rupees and for per cent; more would only be noise of floating point."""
    return round(value, 2)


Money = Annotated[Decimal, AfterValidator(_plain)]
Percent = Annotated[Decimal, AfterValidator(_plain)]


class Inputs(BaseModel):
    """Inputs of a calculator. Every field names its kind and unit, and its bounds, both included."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def amount(kind: Kind, unit: str, least: int, most: int, default: Any = ...) -> Any:
    """A field that holds a number between `least` and `most` of a unit; without a default it must be given."""
    return Field(default, ge=least, le=most, json_schema_extra={"kind": kind, "unit": unit})


def option(kind: Literal["choice", "yes_no"], default: Any) -> Any:
    """A field that holds one of a few words, or yes or no."""
    return Field(default=default, json_schema_extra={"kind": kind, "unit": ""})


def conflict(field: str, **bound: int) -> PydanticCustomError:
    """The error of a field whose value does not go with another one, which bounds it: `least` or `most`."""
    return PydanticCustomError("conflict", "{field} does not go with another input", {"field": field, **bound})


@dataclass(frozen=True, slots=True)
class Shape:
    """What a page or a chat must know of a field. `least` and `most` are None where it holds no number."""

    name: str
    kind: Kind
    unit: str
    least: Decimal | None
    most: Decimal | None
    choices: tuple[str, ...]
    is_required: bool
    default: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field, and the remedy in `message`: "rate: between 1 and 60 % a year"."""

    field: str
    code: Code
    message: str
    shape: Shape | None


class BadInputs(Exception):
    """Inputs that cannot be worked with; `faults` holds one for each wrong field."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


Model = TypeVar("Model", bound=Inputs)


@lru_cache(maxsize=16)
def shapes_of(model: type[Inputs]) -> dict[str, Shape]:
    """The fields of a calculator in their order."""
    return {name: _shape(name, field) for name, field in model.model_fields.items()}


def read_inputs(model: type[Model], given: Mapping[str, object]) -> Model:
    """The inputs as the calculator takes them. Raises `BadInputs` that names each wrong field and the remedy."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        shapes = shapes_of(model)
        raised = error.errors(include_url=False)
        raise BadInputs(tuple(_fault(dict(one), shapes) for one in raised)) from error


def _shape(name: str, field: FieldInfo) -> Shape:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    kind: Any = extra["kind"]
    return Shape(
        name=name,
        kind=kind,
        unit=str(extra["unit"]),
        least=next((Decimal(str(bound.ge)) for bound in field.metadata if isinstance(bound, Ge)), None),
        most=next((Decimal(str(bound.le)) for bound in field.metadata if isinstance(bound, Le)), None),
        choices=tuple(map(str, get_args(field.annotation))) if kind == "choice" else (),
        is_required=field.is_required(),
        default=None if field.is_required() else field.default,
    )


def _fault(error: dict[str, Any], shapes: dict[str, Shape]) -> Fault:
    name = str(error["ctx"]["field"] if error["type"] == "conflict" else error["loc"][0])
    shape = shapes.get(name)
    if shape is None:
        return Fault(name, "unknown", f"{name}: there is no such input; there are {', '.join(shapes)}", None)
    if error["type"] == "conflict":
        least, most = error["ctx"].get("least", shape.least), error["ctx"].get("most", shape.most)
        narrowed = replace(shape, least=Decimal(least), most=Decimal(most))
        return Fault(name, "conflict", f"{name}: {_allowed(narrowed)}, as the other inputs say", narrowed)
    codes: dict[str, Code] = {
        "missing": "missing",
        "greater_than_equal": "out_of_bounds",
        "less_than_equal": "out_of_bounds",
    }
    code = codes.get(error["type"], "not_a_choice" if shape.least is None else "not_a_number")
    return Fault(name, code, f"{name}: {_allowed(shape)}", shape)


def _allowed(shape: Shape) -> str:
    if shape.kind == "yes_no":
        return "true or false"
    if shape.least is None or shape.most is None:
        return f"one of {', '.join(shape.choices)}"
    if shape.kind == "money":
        return f"between {write_rupees(shape.least)} and {write_rupees(shape.most)}{shape.unit.removeprefix('₹')}"
    whole = "whole " if shape.kind in {"years", "months"} else ""
    return f"between {shape.least} and {shape.most} {whole}{shape.unit}"
