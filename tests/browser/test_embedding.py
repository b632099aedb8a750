"""The widget in a host app of another origin, embedded as docs/embed.md says: it chats where that origin is allowed."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from playwright.async_api import Page, expect
from sqlalchemy import func, select

from channels.gateway import build_app
from channels.services import SERVICES
from channels.tokens import Tokens
from saathi.settings import ROOT
from saathi.store.tables import inbox
from tests.browser.conftest import OpenPage
from tests.browser.driving import ask, expect_texts, log
from tests.support.gateway import JWT, make_settings
from tests.support.rasa import FakeDoor

DOCUMENT = (ROOT / "docs" / "embed.md").read_text(encoding="utf-8")
GATEWAY = "https://saathi.example.org"  # as the document calls it
# Nothing is sent: what Telegram would be told waits for a server that is not there.
TELEGRAM = {
    "telegram_bot_token": "700000000:local",
    "telegram_secret_token": "telegram-secret",
    "telegram_api_base": "http://127.0.0.1:9",
}

# What a page's own script gets of the API: a status, or the error by which the browser keeps the answer from it.
READ_LINKS = """([server, token]) => fetch(server + "/api/links", {headers: {Authorization: "Bearer " + token}})
  .then((answer) => answer.status, (error) => error.name)"""

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


class HostApp:
    """A partner app on an origin of its own, with the document's snippet and policy; its partner is P1001."""

    def __init__(self) -> None:
        self.gateway = ""
        app = web.Application()
        app.router.add_get("/", self._show)
        app.router.add_post("/my-app/saathi-token", self._issue)
        self.server = TestServer(app)

    @property
    def origin(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def _show(self, _request: web.Request) -> web.Response:
        snippet = self._read(r"```html\n(.*?)```")
        policy = " ".join(self._read(r"```\n(\s*script-src.*?)```").split())
        page = f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Partner app</title><main>{snippet}</main>"
        headers = {"Content-Security-Policy": f"default-src 'none'; {policy}"}
        return web.Response(text=page, content_type="text/html", headers=headers)

    def _read(self, pattern: str) -> str:
        """A piece of the document, for the gateway of the test."""
        (piece,) = re.findall(pattern, DOCUMENT, re.DOTALL)
        return str(piece).replace(GATEWAY, self.gateway).replace("wss" + GATEWAY[5:], "ws" + self.gateway[4:])

    async def _issue(self, _request: web.Request) -> web.Response:
        return web.json_response({"token": Tokens(JWT).issue("P1001")})


@pytest_asyncio.fixture(loop_scope="session")
async def host() -> AsyncIterator[HostApp]:
    app = HostApp()
    await app.server.start_server()
    yield app
    await app.server.close()


@asynccontextmanager
async def run_gateway(folder: Path, host: HostApp, **chosen: str) -> AsyncIterator[TestServer]:
    door = FakeDoor()
    await door.server.start_server()
    port = unused_port()
    server = TestServer(build_app(make_settings(door.url, folder, port=port, **TELEGRAM, **chosen)), port=port)
    await server.start_server()
    host.gateway = str(server.make_url("")).rstrip("/")
    yield server
    await server.close()
    await door.server.close()


async def is_loaded(page: Page) -> None:
    picture = log(page).locator("img")
    await expect(picture).to_be_visible()
    await page.wait_for_function("(image) => image.naturalWidth > 0", arg=await picture.element_handle())


async def test_page_of_an_allowed_origin_chats_shows_pictures_and_links_chats(
    host: HostApp, open_page: OpenPage, tmp_path: Path
) -> None:
    async with run_gateway(tmp_path, host, allowed_origins=host.origin):
        page = await open_page(host.origin)
        await ask(page, "hello")
        await expect_texts(page, ".assistant .text", ["echo: hello"])
        await ask(page, "step")
        await is_loaded(page)
        assert await page.evaluate(READ_LINKS, [host.gateway, Tokens(JWT).issue("P1001")]) == 200
        await page.get_by_role("button", name="Connected channels").click()
        await page.get_by_role("button", name="Link Telegram").click()
        await expect(page.locator(".code > :first-child")).to_have_text(re.compile(r"^\w{3}-\w{3}$"))


@pytest.mark.parametrize("allowed", ["", "https://partners.example"])
async def test_page_of_an_origin_that_is_not_allowed_gets_nothing(
    host: HostApp, open_page: OpenPage, tmp_path: Path, allowed: str
) -> None:
    async with run_gateway(tmp_path, host, allowed_origins=allowed) as gateway:
        page = await open_page(host.origin)
        await ask(page, "hello")
        await page.wait_for_event("console", lambda said: "Unexpected response code: 403" in said.text)
        await expect(page.get_by_text("No connection.")).to_be_visible()
        await expect(log(page).locator(".user.waiting")).to_have_count(1)
        await expect(log(page).locator(".assistant, .user.sent")).to_have_count(0)
        await expect(page.get_by_role("button", name="Connected channels")).to_have_count(0)
        assert await page.evaluate(READ_LINKS, [host.gateway, Tokens(JWT).issue("P1001")]) == "TypeError"
        stored = await gateway.app[SERVICES].database.read(lambda c: c.scalar(select(func.count()).select_from(inbox)))
        assert stored == 0
