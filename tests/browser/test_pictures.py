"""A step of a guide is shown with its picture, in words too."""

from typing import Any

import pytest
from playwright.async_api import Locator, Request, expect

from tests.browser.conftest import OpenPage
from tests.browser.driving import ask, log
from tests.browser.fake_gateway import FakeGateway

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ALT = "The app's Profile page: first the person icon at the bottom right, then the row Bank account."
STEP: dict[str, Any] = {
    "text": "Step 1 of 4. Open the app, then Profile, then Bank account.",
    "card": {"picture": "/pictures/bank_open.en.png", "alt": ALT},
    "citations": [],
    "choices": [{"id": "c1", "title": "Done, next"}, {"id": "c2", "title": "Stop"}],
    "language": "en",
}


async def _is_loaded(picture: Locator) -> bool:
    await picture.scroll_into_view_if_needed()
    return bool(await picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0, () => false)"))


@pytest.mark.parametrize("width", [320, 360, 1280])
async def test_step_is_shown_with_text_picture_and_choices(
    gateway: FakeGateway, open_page: OpenPage, width: int
) -> None:
    gateway.answer = lambda _: [STEP]
    page = await open_page(gateway.url, width=width, height=740)
    await ask(page, "change my bank account")
    picture = log(page).get_by_role("img", name=ALT)
    assert await _is_loaded(picture)
    await expect(log(page).get_by_text(STEP["text"])).to_be_visible()
    await expect(page.get_by_role("button", name="Done, next")).to_be_visible()
    assert await log(page).evaluate("log => log.scrollWidth <= log.clientWidth")
    box = await picture.bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(box["height"], abs=1)
    assert min(width * 0.6, 280) < box["width"] <= 288


async def test_step_without_its_picture_still_says_what_to_do(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.answer = lambda _: [{**STEP, "card": {"picture": "/pictures/lost.png", "alt": ALT}}]
    page = await open_page(gateway.url)
    await ask(page, "change my bank account")
    await expect(log(page).get_by_text(STEP["text"])).to_be_visible()
    assert not await _is_loaded(log(page).get_by_role("img", name=ALT))


async def test_picture_of_another_host_is_not_fetched(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.policy = "default-src * 'unsafe-inline' data: blob: ws:"
    gateway.answer = lambda said: [{**STEP, "text": said, "card": {"picture": said, "alt": ALT}}]
    page = await open_page(gateway.url)
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    for address in ("https://example.invalid/x.png", "//example.invalid/x.png", "data:image/png;base64,AAAA"):
        await ask(page, address)
        await expect(log(page).locator(".assistant .text").last).to_have_text(address)
    await expect(log(page).get_by_role("img")).to_have_count(0)
    assert [url for url in asked if not url.startswith(gateway.url)] == []
