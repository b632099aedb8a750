"""Why the widget is not the deep-chat component: what it cannot keep, run against the version in the lock file.

Each test states a fault. When one fails after an upgrade, deep-chat has become better: see docs/embed.md,
and decide anew.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.fake_gateway import WEB
from tests.browser.test_accessibility import find_faults

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HERE = Path(__file__).parent


@pytest_asyncio.fixture(loop_scope="session")
async def address() -> AsyncIterator[str]:
    async def show(request: web.Request) -> web.FileResponse:
        return web.FileResponse(HERE / (request.match_info.get("file") or "deep_chat.html"))

    app = web.Application()
    app.router.add_static("/deep-chat", WEB / "node_modules" / "deep-chat" / "dist")
    app.router.add_get("/{file:deep_chat.js}", show)
    app.router.add_get("/", show)
    server = TestServer(app)
    await server.start_server()
    yield str(server.make_url("/"))
    await server.close()


async def _write(page: Page, text: str) -> None:
    await page.locator("#text-input").click()
    await page.keyboard.insert_text(text)


async def test_text_of_the_user_becomes_links_and_images(address: str, open_page: OpenPage) -> None:
    page = await open_page(f"{address}?bare")
    await _write(page, "[a](javascript:window.hit=1) ![b](/leak.png)")
    await page.keyboard.press("Enter")
    await expect(page.locator("#messages a")).to_have_attribute("href", "javascript:window.hit=1")
    await expect(page.locator("#messages img")).to_have_count(1)


async def test_page_asks_a_foreign_host_for_a_font(address: str, open_page: OpenPage) -> None:
    page = await open_page(f"{address}?bare")
    await expect(page.locator("#text-input")).to_be_visible()
    assert await page.locator("link[href*='//fonts.']").count() == 1


async def test_send_button_does_not_answer_to_space(address: str, open_page: OpenPage) -> None:
    page = await open_page(address)
    await _write(page, "one")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Send")).to_be_focused()
    await page.keyboard.press("Space")
    await page.wait_for_timeout(200)
    assert await page.evaluate("sent.length") == 0
    await page.keyboard.press("Enter")
    await expect(page.locator("#messages .user-message")).to_have_text("one\n")


async def test_axe_finds_a_serious_fault_that_no_option_mends(address: str, open_page: OpenPage) -> None:
    page = await open_page(address)
    for number in range(12):
        await _write(page, f"message {number}")
        await page.keyboard.press("Enter")
    await expect(page.locator("#messages .user-message")).to_have_count(12)
    assert "scrollable-region-focusable" in [fault[0] for fault in await find_faults(page)]


async def test_new_messages_are_announced_to_nobody(address: str, open_page: OpenPage) -> None:
    page = await open_page(address)
    await expect(page.locator("#text-input")).to_be_visible()
    assert await page.locator("deep-chat :is([aria-live], [role=log], [role=status])").count() == 0


async def test_rich_text_dropped_into_the_input_becomes_elements(address: str, open_page: OpenPage) -> None:
    page = await open_page(address)
    await expect(page.locator("#text-input")).to_be_visible()
    await page.evaluate("getSelection().selectAllChildren(document.getElementById('rich'))")
    await page.locator("#rich b").hover()
    await page.mouse.down()
    await page.locator("#text-input").hover(force=True)
    await page.locator("#text-input").hover(force=True)
    await page.mouse.up()
    await expect(page.locator("#text-input b")).to_have_count(1)
