"""The catalogue over HTTP: JSON for programs with a token, a page a product for everybody."""

from pathlib import Path
from typing import Any

import pytest

from saathi.clock import today_in_india
from saathi.products import Catalog
from tests.channels.conftest import Gateway

LIST = "/api/ecommerce/products"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database is enough: the catalogue uses none."""
    return f"sqlite:///{tmp_path / 'saathi.db'}"


async def get(gateway: Gateway, path: str, **query: str) -> tuple[int, Any]:
    async with gateway.client.get(path, params=query, headers=gateway.bearer()) as answer:
        return answer.status, await answer.json()


async def ids(gateway: Gateway, **query: str) -> set[str]:
    status, body = await get(gateway, LIST, limit="100", **query)
    assert status == 200
    return {product["id"] for product in body["products"]}


async def test_filters_leave_what_fits_and_what_is_not_known_filters_nothing(gateway: Gateway) -> None:
    assert {"himgiri-suraksha-term", "himgiri-kavach-classic"} <= await ids(gateway, kind="term")
    on_sale = await ids(gateway, kind="term", on_sale="true")
    assert "himgiri-kavach-classic" not in on_sale
    assert await ids(gateway, kind="term", on_sale="false") == {"himgiri-kavach-classic"}
    assert await ids(gateway, kind="term", on_sale="true", age="62") == {"himgiri-saral-jeevan", "sahyog-parivar-term"}
    assert await ids(gateway, kind="term", on_sale="true", age="62", income="100000") == {"himgiri-saral-jeevan"}
    assert "suvarna-neev-secured-card" in await ids(gateway, need="build_credit")


async def test_pages_follow_each_other_without_gap_or_repetition(gateway: Gateway) -> None:
    found: list[str] = []
    offset: int | None = 0
    while offset is not None:
        status, body = await get(gateway, LIST, limit="25", offset=str(offset))
        assert status == 200
        found += [product["id"] for product in body["products"]]
        offset = body["next_offset"]
    assert found == [product.slug for product in Catalog.load().products]
    assert body["total"] == len(found)


async def test_product_is_told_in_rupees_with_its_links(gateway: Gateway) -> None:
    status, body = await get(gateway, "/api/ecommerce/product/suvarna-sahaj-loan")
    assert status == 200
    assert body["eligibility"]["income_from"] == 300_000
    assert body["eligibility"]["amount"] == {"from": 50_000, "to": 2_500_000}
    assert body["eligibility"]["term"] == {"from": 12, "to": 60, "unit": "months"}
    _, other = await get(gateway, "/api/ecommerce/product/aravali-turant-loan")
    assert other["eligibility"]["not_in"] == ["Jammu and Kashmir", "Ladakh"]
    assert {"what": "interest", "figure": 11.25, "to": 16.5, "unit": "percent_a_year"} in body["charges"]
    for link in (body["page"], body["article"]):
        async with gateway.client.get(link) as page:
            assert page.status == 200, link


async def test_withdrawn_product_says_what_takes_its_place(gateway: Gateway) -> None:
    _, body = await get(gateway, "/api/ecommerce/product/suvarna-rajat-card")
    assert (body["on_sale"], body["replaced_by"]) == (False, "suvarna-pehla-card")
    async with gateway.client.get("/products/suvarna-rajat-card") as answer:
        page = await answer.text()
    assert "Do not offer this product." in page
    assert 'href="/products/suvarna-pehla-card"' in page


@pytest.mark.parametrize(
    "query", [{"kind": "boat"}, {"age": "old"}, {"age": "200"}, {"income": "-1"}, {"limit": "0"}, {"colour": "red"}]
)
async def test_bad_filter_is_told_by_its_name(gateway: Gateway, query: dict[str, str]) -> None:
    status, body = await get(gateway, LIST, **query)
    assert status == 422
    assert body["error"]["message"].startswith(f"{next(iter(query))}: ")


async def test_every_bad_filter_is_told_with_what_it_may_be(gateway: Gateway) -> None:
    status, body = await get(gateway, LIST, kind="boat", age="200", on_sale="perhaps", colour="red", need="fun")
    assert status == 422
    told = dict(one.split(": ", 1) for one in body["error"]["message"].split("; ") if ": " in one)
    assert told.keys() == {"kind", "age", "on_sale", "colour", "need"}
    assert "credit-card" in told["kind"]
    assert told["age"] == "should be less than or equal to 120"
    assert "the filters are kind, on_sale, age, income, need, limit, offset" in body["error"]["message"]


async def test_filter_given_twice_is_refused(gateway: Gateway) -> None:
    async with gateway.client.get(f"{LIST}?kind=term&kind=ulip", headers=gateway.bearer()) as answer:
        assert answer.status == 422


async def test_unknown_product_is_404(gateway: Gateway) -> None:
    status, body = await get(gateway, "/api/ecommerce/product/no-such")
    assert (status, body["error"]["code"]) == (404, "not_found")
    async with gateway.client.get("/products/no-such") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("path", [LIST, "/api/ecommerce/product/himgiri-suraksha-term"])
async def test_program_without_a_token_is_refused(gateway: Gateway, path: str) -> None:
    async with gateway.client.get(path) as answer:
        assert answer.status == 401


async def test_page_of_every_product_holds_the_sentences_that_are_quoted(gateway: Gateway) -> None:
    products = Catalog.load()
    for product in products.list(today_in_india()):
        async with gateway.client.get(product.url) as answer:
            page = (await answer.text()).replace("&#39;", "'")
            assert answer.status == 200
            assert "script" not in answer.headers["Content-Security-Policy"]
        for quote in product.strength.model_dump().values():
            assert quote in page
        assert products.words.exclusions[product.exclusions[0]].hi in page
        assert "<script" not in page
