"""The catalogue over HTTP: `/api/ecommerce/products` and `/product/{id}` for programs, `/products/{slug}` as a page."""

from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, get_args

import jinja2
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from channels.api import authenticate
from channels.errors import ApiError
from channels.pages import WEB
from language import Language
from saathi.products import Catalog, NoSuchProduct, Product, Profile, Standing, Verdict
from saathi.products.catalog import ROWS
from saathi.products.eligibility import check
from saathi.products.model import Ages, Charge, Sums
from saathi.products.wording import Wording

# A page without scripts, that loads its own style and nothing else.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_MOST_FAULTS = 8
_DEAR = Field(ge=0, le=1_000_000_000_000)


class _Query(BaseModel):
    """The filters: what is not given does not filter. Income in whole rupees a year."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str | None = None
    on_sale: bool | None = None
    age: Annotated[int, Field(ge=0, le=120)] | None = None
    income: Annotated[int, _DEAR] | None = None
    need: str | None = None
    limit: int = Field(20, ge=1, le=100)
    offset: int = Field(0, ge=0, le=100_000)


class Products:
    """The handlers of the catalogue."""

    def __init__(self, catalog: Catalog, today: Callable[[], date]) -> None:
        self._catalog = catalog
        self._today = today
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(WEB / "pages"), autoescape=True, undefined=jinja2.StrictUndefined
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        """The catalogue's addresses."""
        return [
            web.get("/api/ecommerce/products", self.list),
            web.get("/api/ecommerce/product/{id}", self.show),
            web.get("/products/{slug}", self.show_page),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """The products that the filters leave, in the order of the catalogue, a page at a time."""
        authenticate(request)
        query = self._read(request)
        found = [product for product in self._catalog.products if self._is_wanted(product, query)]
        page = found[query.offset : query.offset + query.limit]
        after = query.offset + len(page)
        return web.json_response(
            {
                "products": [self._write(product) for product in page],
                "total": len(found),
                "next_offset": after if after < len(found) else None,
            }
        )

    async def show(self, request: web.Request) -> web.Response:
        """One product, sold or not."""
        authenticate(request)
        return web.json_response(self._write(self._find(request.match_info["id"])))

    async def show_page(self, request: web.Request) -> web.Response:
        """A product as a page in three languages, the target of citations."""
        product = self._find(request.match_info["slug"])
        languages: tuple[Language, ...] = get_args(Language)
        comparison = self._catalog.compare([product.slug])
        page = self._templates.get_template("product.html").render(
            product=product,
            rows=[row for row in ROWS if row in comparison.rows and row != "strength"],
            wordings={language: Wording(self._catalog, language, self._today()) for language in languages},
            is_on_sale=product.is_on_sale(self._today()),
            replacement=self._catalog.get(product.replaced_by) if product.replaced_by else None,
        )
        return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": _POLICY})

    def _read(self, request: web.Request) -> _Query:
        """The filters. Raises `ApiError` 422 that names each that is wrong, and what it may be."""
        given = {name: request.query.getall(name) for name in request.query}
        faults = [f"{_cut(name)}: give it once" for name, values in given.items() if len(values) > 1]
        known: dict[str, Collection[str]] = {"kind": self._catalog.words.kinds, "need": self._catalog.words.needs}
        for name, keys in known.items():
            if name in given and given[name][0] not in keys:
                faults.append(f"{name}: one of {', '.join(keys)}")
        try:
            query = _Query.model_validate({name: values[0] for name, values in given.items()})
        except ValidationError as error:
            faults += [_write_fault(one) for one in error.errors(include_url=False, include_input=False)]
            raise ApiError(422, "invalid", "; ".join(faults[:_MOST_FAULTS])) from error
        if faults:
            raise ApiError(422, "invalid", "; ".join(faults[:_MOST_FAULTS]))
        return query

    def _is_wanted(self, product: Product, query: _Query) -> bool:
        """Whether a product passes: what is known of the customer may not speak against it."""
        income = None if query.income is None else query.income * 100
        verdict = Verdict(product, check(product, Profile(age=query.age, income=income)))
        return (
            query.kind in {None, product.kind}
            and (query.need is None or query.need in product.needs)
            and query.on_sale in {None, product.is_on_sale(self._today())}
            and not verdict.standing(Standing.NOT_MET)
        )

    def _find(self, slug: str) -> Product:
        try:
            return self._catalog.get(slug)
        except NoSuchProduct as error:
            raise ApiError(404, "not_found", "There is no such product.") from error

    def _write(self, product: Product) -> dict[str, Any]:
        provider, asks = self._catalog.words.providers[product.provider], product.eligibility
        term = asks.term
        return {
            "id": product.slug,
            "kind": product.kind,
            "provider": provider.en,
            "name": {"en": product.name.en, "hi": product.name.hi},
            "needs": list(product.needs),
            "eligibility": {
                "age": _write_range(asks.age, 1),
                "income_from": None if asks.income_from is None else asks.income_from // 100,
                "employment": list(asks.employment),
                "score_from": asks.score_from,
                "residency": list(asks.residency),
                "amount": _write_range(asks.amount, 100),
                "yearly": _write_range(asks.yearly, 100),
                "term": None if term is None else {"from": term.least, "to": term.most, "unit": term.unit},
                "not_in": [self._catalog.words.regions[key].label.en for key in asks.not_in],
            },
            "charges": [_write_charge(charge) for charge in product.charges],
            "strength": product.strength.model_dump(),
            "exclusions": [self._catalog.words.exclusions[key].model_dump() for key in product.exclusions],
            "documents": [self._catalog.words.documents[key].model_dump() for key in product.documents],
            "article": f"/articles/{product.article}",
            "page": product.url,
            "on_sale": product.is_on_sale(self._today()),
            "valid_from": product.valid_from.isoformat(),
            "valid_until": _write_day(product.valid_until),
            "withdrawn_on": _write_day(product.withdrawn_on),
            "replaced_by": product.replaced_by,
            "reviewed": product.reviewed.isoformat(),
        }


def _write_fault(error: ErrorDetails) -> str:
    """One wrong filter: its name, and what it may be."""
    name = _cut(str(error["loc"][0]))
    if error["type"] == "extra_forbidden":
        return f"{name}: no such filter; the filters are {', '.join(_Query.model_fields)}"
    return f"{name}: {error['msg'].removeprefix('Input ')}"


def _cut(name: str) -> str:
    return name[:40]


def _write_range(bounds: Ages | Sums | None, scale: int) -> dict[str, int] | None:
    return None if bounds is None else {"from": bounds.least // scale, "to": bounds.most // scale}


def _write_charge(charge: Charge) -> dict[str, Any]:
    figures = {"figure": _number(charge.figure), "to": None if charge.most is None else _number(charge.most)}
    return {"what": charge.what, **figures, "unit": charge.unit}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _write_day(day: date | None) -> str | None:
    return day.isoformat() if day else None
