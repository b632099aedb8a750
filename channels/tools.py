"""The calculators over HTTP: `GET /tools/{name}` as JSON for programs, as a page with a form for browsers."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import jinja2
import structlog
from aiohttp import web

from channels.errors import ApiError
from channels.pages import WEB, Shelf
from saathi.calculators import BadInputs, Calculator, Citation, Expired, Figures, Reckoning, SourceChanged, cite, reckon
from saathi.calculators.catalog import find_calculator, sheet_of
from saathi.calculators.inputs import Fault, Shape, shapes_of
from saathi.calculators.money import write_number, write_rupees

log = structlog.get_logger()

# A page without scripts whose form comes back to us.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Tools:
    """The handler of the calculators. `shelf` holds the articles that they cite."""

    def __init__(self, figures: Figures, shelf: Shelf, today: Callable[[], date]) -> None:
        self._figures = figures
        self._shelf = shelf
        self._today = today
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(WEB / "pages"), autoescape=True, undefined=jinja2.StrictUndefined
        )
        self._templates.filters["rupees"] = write_rupees

    def routes(self) -> list[web.AbstractRouteDef]:
        """The calculators' address."""
        return [web.get("/tools/{name}", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        """One calculator: a result for its query parameters, or for a browser the form."""
        calculator = find_calculator(request.match_info["name"])
        if calculator is None:
            raise ApiError(404, "not_found", "There is no such calculator.")
        given = {name: request.query.getall(name) for name in request.query}
        if "text/html" in request.headers.get("Accept", ""):
            return self._show_page(calculator, given)
        try:
            reckoning, citations = self._reckon(calculator, _take_single(given))
        except BadInputs as error:
            raise ApiError(422, "invalid", str(error)) from error
        except (Expired, SourceChanged) as error:
            log.warning("calculator_unavailable", calculator=calculator.name, reason=str(error))
            message = "The figures of this calculator are not current; no result is better than a wrong one."
            raise ApiError(503, "unavailable", message) from error
        return web.json_response(_write(reckoning, citations), headers={"Vary": "Accept"})

    def _reckon(self, calculator: Calculator, given: Mapping[str, object]) -> tuple[Reckoning, tuple[Citation, ...]]:
        today = self._today()
        citations = cite(sheet_of(self._figures, calculator.name), self._shelf.find, today)
        return reckon(calculator.name, given, self._figures, today), citations

    def _show_page(self, calculator: Calculator, given: dict[str, list[str]]) -> web.Response:
        """The form; with parameters also the result, or what is wrong beside each field. An empty field is none."""
        filled = {name: [value.strip() for value in values if value.strip()] for name, values in given.items()}
        status, faults, found, is_stale = 200, {}, None, False
        try:
            cleaned = _take_single({name: values for name, values in filled.items() if values})
            found = self._reckon(calculator, _without_commas(cleaned)) if given else None
        except BadInputs as error:
            status, faults = 422, {fault.field: fault for fault in error.faults}
        except (Expired, SourceChanged) as error:
            log.warning("calculator_unavailable", calculator=calculator.name, reason=str(error))
            status, is_stale = 503, True
        page = self._templates.get_template("tool.html").render(
            name=calculator.name,
            fields=[_Field(shape, given.get(shape.name), faults.get(shape.name)) for shape in _shapes(calculator)],
            strange=sorted(faults.keys() - {shape.name for shape in _shapes(calculator)}),
            result=found and found[0].result,
            citations=found[1] if found else (),
            sheet=sheet_of(self._figures, calculator.name),
            is_stale=is_stale,
        )
        headers = {"Content-Security-Policy": _POLICY, "Vary": "Accept"}
        return web.Response(text=page, status=status, content_type="text/html", headers=headers)


class _Field:
    """One field of the form: its shape, what was typed, what is wrong with it, and its bounds as people write them."""

    def __init__(self, shape: Shape, typed: list[str] | None, fault: Fault | None) -> None:
        self.shape = shape
        self.typed = typed[0] if typed else None
        self.fault = fault
        bounds = fault.shape if fault and fault.shape else shape
        write = write_rupees if shape.kind == "money" else write_number
        self.least = "" if bounds.least is None else write(bounds.least)
        self.most = "" if bounds.most is None else write(bounds.most)

    def is_chosen(self, value: str) -> bool:
        """Whether an option stands chosen when the page opens."""
        default = str(self.shape.default).lower() if self.shape.kind == "yes_no" else self.shape.default
        return value == (default if self.typed is None else self.typed)


def _shapes(calculator: Calculator) -> list[Shape]:
    return list(shapes_of(calculator.inputs).values())


def _take_single(given: Mapping[str, list[str]]) -> dict[str, str]:
    faults = tuple(Fault(n, "unknown", f"{n}: give it once", None) for n, values in given.items() if len(values) != 1)
    if faults:
        raise BadInputs(faults)
    return {name: values[0] for name, values in given.items()}


def _without_commas(given: Mapping[str, str]) -> dict[str, str]:
    """People write ₹5,00,000 into a form."""
    return {
        name: value.replace(",", "").removeprefix("₹").strip() if value[:1] in "₹0123456789" else value
        for name, value in given.items()
    }


def _write(reckoning: Reckoning, citations: tuple[Citation, ...]) -> dict[str, Any]:
    sheet, shapes = reckoning.sheet, shapes_of(type(reckoning.inputs))
    inputs = {name: _number(getattr(reckoning.inputs, name)) for name in shapes}
    return {
        "calculator": reckoning.calculator,
        "inputs": inputs,
        "units": {name: shape.unit for name, shape in shapes.items() if shape.unit},
        "result": reckoning.result.model_dump(mode="json"),
        "citations": [citation.as_dict() for citation in citations],
        "valid": {
            "from": sheet.valid_from.isoformat(),
            "until": sheet.valid_until.isoformat() if sheet.valid_until else None,
            "source": sheet.source,
        },
    }


def _number(value: object) -> object:
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
