"""A browser, a fake gateway, and a page that complains about nothing."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from tests.browser.fake_gateway import FakeGateway
from tests.support.files import read_once_for_gateways

CANDIDATES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DEADLINE_MS = 15_000  # how long a busy machine may take

OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session", autouse=True)
def _files_are_read_once() -> Iterator[None]:
    with read_once_for_gateways():
        yield


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = next((path for name in CANDIDATES if (path := shutil.which(name))), None)
    if path is None:
        pytest.fail("no Chromium: install Debian's `chromium`, or leave these tests out with -m 'not browser'")
    expect.set_options(timeout=DEADLINE_MS)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def gateway() -> AsyncIterator[FakeGateway]:
    fake = FakeGateway()
    await fake.server.start_server()
    yield fake
    await fake.break_connections()
    await fake.server.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Opens an address in a window of its own. What scripts throw and what the policy blocks fails the test."""
    complaints: list[str] = []
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    async def open_(url: str, *, width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(DEADLINE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", listen)
        await page.goto(url)
        return page

    yield open_
    for context in contexts:
        await context.close()
    assert complaints == []
