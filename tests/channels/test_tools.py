"""The calculators over HTTP: JSON for programs, a page with a form for browsers."""

from datetime import date
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from channels.errors import answer_errors
from channels.pages import Shelf
from channels.tools import Tools
from saathi.calculators import Figures
from tests.channels.conftest import Gateway

LOAN = {"principal": "500000", "rate": "12", "months": "36"}
BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database is enough: calculators use none."""
    return f"sqlite:///{tmp_path / 'saathi.db'}"


async def get(gateway: Gateway, name: str, *, page: bool = False, **query: str) -> tuple[int, str, dict[str, str]]:
    headers = BROWSER if page else {}
    async with gateway.client.get(f"/tools/{name}", params=query, headers=headers) as answer:
        return answer.status, await answer.text(), dict(answer.headers)


async def test_result_comes_with_inputs_units_and_a_quote_of_the_article(gateway: Gateway) -> None:
    async with gateway.client.get("/tools/emi", params=LOAN) as answer:
        body = await answer.json()
    assert answer.status == 200
    assert body["inputs"] == {"principal": 500_000, "rate": 12, "months": 36}
    assert body["units"] == {"principal": "₹", "rate": "% a year", "months": "months"}
    assert (body["result"]["emi"], body["result"]["interest"]) == (16_607, 97_858)
    assert body["valid"]["until"] is None
    (citation,) = body["citations"]
    async with gateway.client.get(citation["url"]) as article:
        assert citation["quote"] in (await article.text()).replace("&#39;", "'")


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("surrender-value", {"yearly_premium": "50000", "years_paid": "4", "term": "20"}),
        ("tax-saved", {"income": "1500000", "is_salaried": "false", "age": "60_to_79"}),
        ("tds-on-commission", {"commission": "25000", "has_pan": "false"}),
    ],
)
async def test_every_calculator_answers_both_ways(gateway: Gateway, name: str, query: dict[str, str]) -> None:
    status, _, headers = await get(gateway, name, **query)
    assert (status, headers["Content-Type"].split(";")[0]) == (200, "application/json")
    status, page, headers = await get(gateway, name, page=True, **query)
    assert (status, headers["Content-Type"].split(";")[0]) == (200, "text/html")
    assert "Where the formula stands" in page


@pytest.mark.parametrize("name", ["emi", "surrender-value", "tax-saved", "tds-on-commission"])
async def test_browser_without_figures_gets_the_form_alone(gateway: Gateway, name: str) -> None:
    status, page, headers = await get(gateway, name, page=True)
    assert status == 200
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert "script" not in headers["Content-Security-Policy"]
    assert "<script" not in page
    assert "Where the formula stands" not in page
    assert "aria-invalid" not in page


async def test_unknown_calculator_is_404_and_bad_input_422_in_the_form_of_the_api(gateway: Gateway) -> None:
    status, body, _ = await get(gateway, "bmi")
    assert status == 404
    assert '"code": "not_found"' in body
    status, body, _ = await get(gateway, "emi", principal="500000", rate="99")
    assert status == 422
    assert "rate: between 1 and 60 % a year; months: between 1 and 480 whole months" in body
    assert (await get(gateway, "emi"))[0] == 422
    assert (await get(gateway, "emi", **LOAN, colour="red"))[0] == 422


async def test_input_given_twice_is_refused(gateway: Gateway) -> None:
    for headers in ({}, BROWSER):
        async with gateway.client.get(
            "/tools/emi?principal=5000&principal=6000&rate=9&months=9", headers=headers
        ) as answer:
            assert answer.status == 422


async def test_error_stands_beside_its_field_and_keeps_what_was_typed(gateway: Gateway) -> None:
    status, page, _ = await get(gateway, "emi", page=True, principal="₹5,00,000", rate="99", months="")
    assert status == 422
    assert page.count('aria-invalid="true"') == 2
    assert 'aria-describedby="field-rate-hint field-rate-fault" aria-invalid="true"' in page
    assert "between 1 and 60 (% a year)." in page
    assert 'value="₹5,00,000"' in page
    assert 'value="99"' in page
    assert "<title>Error: " in page


async def test_figures_may_be_written_as_in_india_on_the_page(gateway: Gateway) -> None:
    status, page, _ = await get(gateway, "emi", page=True, principal="₹5,00,000", rate="12", months="36")
    assert status == 200
    assert "₹16,607" in page


async def test_markup_in_a_field_stays_text(gateway: Gateway) -> None:
    _, page, _ = await get(gateway, "emi", page=True, principal='"><script>alert(1)</script>', **{"<b>": "1"})
    assert "<script" not in page
    assert "<b>" not in page


@pytest.mark.parametrize(("today", "folder"), [(date(2027, 4, 1), None), (date(2026, 11, 20), "empty")])
async def test_figures_or_articles_that_hold_no_more_give_no_result(
    today: date, folder: str | None, tmp_path: Path
) -> None:
    shelf = Shelf(tmp_path) if folder else Shelf()
    app = web.Application(middlewares=[answer_errors])
    app.add_routes(Tools(Figures.load(), shelf, lambda: today).routes())
    async with TestClient(TestServer(app)) as client:
        async with client.get("/tools/tax-saved?income=1500000") as answer:
            assert answer.status == 503
        async with client.get("/tools/tax-saved?income=1500000", headers=BROWSER) as answer:
            assert answer.status == 503
            assert "not current" in await answer.text()
