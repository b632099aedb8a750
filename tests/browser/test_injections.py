"""Markup in any text stays text: nothing runs, no element comes of it. The policy is off: it would hide a fault."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driving import ask, log
from tests.browser.fake_gateway import FakeGateway
from tests.browser.injections import ADDRESSES, INJECTIONS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# What the conversation may consist of, with the attributes that may come with it.
LOOK_FOR_FOREIGN = """log => [...log.querySelectorAll('*')].flatMap((element) => {
  const names = /^(div|p|span|button|svg|path|saathi-card|section|h3|h4|ul|ol|li|blockquote|q|a)$/;
  const isOurs = names.test(element.localName);
  const attributes = [...element.attributes].filter(({ name, value }) =>
    !/^(class|role|lang|hidden|type|title|data-id|aria-[a-z]+|viewBox|focusable|d|href|target|rel)$/.test(name) ||
    (name === 'href' && !/^https?:/.test(value)));
  return isOurs && attributes.length === 0 ? [] : [element.outerHTML];
})"""

COPY_RICH_TEXT = """() => navigator.clipboard.write([new ClipboardItem({
  'text/html': new Blob(['<b>rich</b><img src=x onerror=window.hit=1>'], { type: 'text/html' }),
  'text/plain': new Blob(['rich'], { type: 'text/plain' }),
})])"""


def _everywhere(text: str) -> dict[str, Any]:
    """A frame that has the text wherever a text can stand."""
    return {
        "text": text,
        "card": {
            "title": text,
            "definition": text,
            "details": [text, text],
            "script": text,
            "link": {"title": text, "url": text},
        },
        "citations": [{"title": text, "url": text, "quote": text}],
        "choices": [{"id": text, "title": text}],
    }


async def _assert_inert(page: Page, texts: list[str]) -> None:
    shown = await log(page).evaluate("log => log.textContent")
    assert [text for text in texts if text not in shown] == []
    assert await log(page).evaluate(LOOK_FOR_FOREIGN) == []
    assert await page.evaluate("window.hit") is None


async def _open(gateway: FakeGateway, open_page: OpenPage) -> Page:
    gateway.policy = "default-src * 'unsafe-inline' 'unsafe-eval' data: blob: ws:"
    page = await open_page(gateway.url)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    await expect(page.get_by_text("Your companion for every sale")).to_be_visible()
    return page


async def test_there_are_fifty_injections() -> None:
    assert len(set(INJECTIONS)) == len(INJECTIONS) >= 50


async def test_text_of_the_user_stays_text(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await _open(gateway, open_page)
    for text in INJECTIONS:
        await ask(page, text)
    await expect(log(page).locator(".user")).to_have_count(len(INJECTIONS))
    await expect(log(page).locator(".assistant")).to_have_count(len(INJECTIONS))
    assert [frame["text"] for frame in gateway.of_type("message")] == [text.strip() for text in INJECTIONS]
    await _assert_inert(page, [text.strip() for text in INJECTIONS])


@pytest.mark.parametrize("author", ["assistant", "agent", "system"])
async def test_reply_stays_text(gateway: FakeGateway, open_page: OpenPage, author: str) -> None:
    page = await _open(gateway, open_page)
    for text in INJECTIONS:
        await gateway.say(text=text, author=author, language=text)
    await expect(log(page).locator(f".{author}")).to_have_count(len(INJECTIONS))
    await _assert_inert(page, INJECTIONS)


async def test_card_citations_and_choices_stay_text(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await _open(gateway, open_page)
    for text in INJECTIONS:
        await gateway.say(**_everywhere(text))
    await expect(log(page).locator("saathi-card")).to_have_count(len(INJECTIONS))
    await expect(log(page).locator("blockquote")).to_have_text(INJECTIONS)
    await expect(log(page).locator("q")).to_have_text(INJECTIONS)
    await expect(log(page).locator(".choice")).to_have_text([INJECTIONS[-1]])
    await _assert_inert(page, INJECTIONS)


async def test_refusals_and_notices_stay_text(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await _open(gateway, open_page)
    gateway.answer = lambda text: [{"type": "error", "code": text, "text": text}]
    for text in INJECTIONS:
        await ask(page, text)
    await expect(log(page).locator(".failed .note")).to_have_count(len(INJECTIONS))
    await _assert_inert(page, [text.strip() for text in INJECTIONS])


async def test_address_that_runs_something_becomes_no_link(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await _open(gateway, open_page)
    for address in ADDRESSES:
        link = {"title": "a title", "url": address}
        await gateway.say(card={"title": "t", "link": link}, citations=[{**link, "quote": "a quote"}])
    await expect(log(page).locator(".sources li")).to_have_count(len(ADDRESSES))
    assert await log(page).locator("a").count() == 0
    await _assert_inert(page, [])


@pytest.mark.parametrize("wrong", [7, True, [], {}, {"title": {}}, "text", None])
async def test_fields_of_another_type_are_left_out(gateway: FakeGateway, open_page: OpenPage, wrong: object) -> None:
    page = await _open(gateway, open_page)
    await gateway.say(card=wrong, citations=wrong, choices=wrong, text=wrong, author=wrong, language=wrong)
    await gateway.say(card={"title": wrong, "details": wrong, "script": wrong, "link": wrong}, citations=[wrong])
    await gateway.say(text="still here")
    await expect(log(page).get_by_text("still here")).to_be_visible()
    await _assert_inert(page, [])


async def test_pasted_rich_text_stays_text(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await _open(gateway, open_page)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.evaluate(COPY_RICH_TEXT)
    await page.locator("textarea").focus()
    await page.keyboard.press("Control+V")
    await page.keyboard.press("Enter")
    await expect(log(page).locator(".user")).to_have_text("rich" + "Sent")
    await _assert_inert(page, ["rich"])


async def test_dropped_rich_text_stays_text(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await _open(gateway, open_page)
    await page.evaluate("getSelection().selectAllChildren(document.querySelector('.about ul'))")
    await page.locator(".about li").first.hover()
    await page.mouse.down()
    for _ in range(2):
        await page.locator("textarea").hover(force=True)
    await page.mouse.up()
    await expect(page.locator("textarea")).to_have_value(re.compile("Ask in English"))
    assert await page.locator("textarea *").count() == 0
