"""A calculator in a browser: filled in without scripts, errors beside the field, nothing that axe calls serious."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import expect

from channels.pages import WEB, Shelf
from channels.tools import Tools
from saathi.calculators import Figures
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import LOOKS, find_faults

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def tools() -> AsyncIterator[TestServer]:
    app = web.Application()
    app.add_routes(Tools(Figures.load(), Shelf(), lambda: date(2026, 11, 20)).routes())
    app.add_routes([web.static("/static", WEB / "static")])
    async with TestServer(app) as server:
        yield server


async def test_form_is_filled_in_and_answered_without_scripts(tools: TestServer, open_page: OpenPage) -> None:
    page = await open_page(str(tools.make_url("/tools/emi")), java_script_enabled=False)
    await page.get_by_label("Loan amount").fill("₹5,00,000")
    await page.get_by_label("Interest rate").fill("99")
    await page.get_by_label("Tenure").fill("36")
    await page.get_by_role("button", name="Work it out").click()
    rate = page.get_by_label("Interest rate")
    await expect(rate).to_have_accessible_description("On reducing balance. This must be between 1 and 60 (% a year).")
    await expect(rate).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Loan amount")).to_have_value("₹5,00,000")
    await rate.fill("12")
    await page.get_by_role("button", name="Work it out").click()
    await expect(page.locator("dd").first).to_have_text("₹16,607")
    await expect(page.locator("q")).to_contain_text("P × r × (1+r)^n")
    await expect(page.get_by_role("link", name="EMI and the real cost of a loan")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_nothing_serious_in_form_errors_and_result(
    tools: TestServer, open_page: OpenPage, width: int, scheme: str
) -> None:
    for query in ("", "?income=1500000&investments=150000", "?income=9000000&age=old"):
        url = str(tools.make_url("/tools/tax-saved")) + query
        page = await open_page(url, width=width, height=740, color_scheme=scheme, bypass_csp=True)
        assert await find_faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
