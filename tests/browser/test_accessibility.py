"""axe finds nothing serious, in any look, and the page fits a phone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.answers import SURRENDER_VALUE, TERM_PLAN_IN_HINDI
from tests.browser.conftest import OpenPage
from tests.browser.driving import ask, log
from tests.browser.fake_gateway import FakeGateway
from tests.browser.fake_links import make_link

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE = Path(__file__).resolve().parents[2] / "channels" / "web" / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = [
    pytest.param(1280, "light", id="desktop-light"),
    pytest.param(1280, "dark", id="desktop-dark"),
    pytest.param(360, "light", id="phone-light"),
    pytest.param(360, "dark", id="phone-dark"),
]


@pytest.fixture(autouse=True)
def let_axe_style_its_probes(gateway: FakeGateway) -> None:
    gateway.policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


async def find_faults(page: Page) -> list[tuple[str, str, list[str]]]:
    """What axe calls serious or critical: rule, what it means, where."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate("axe.run()")
    return [
        (rule["id"], rule["help"], [node["html"][:120] for node in rule["nodes"]])
        for rule in found["violations"]
        if rule["impact"] in {"serious", "critical"}
    ]


def answer(text: str) -> list[dict[str, Any]]:
    if text == "refuse":
        return [{"type": "error", "code": "too_fast", "text": "Please wait."}]
    if text == "people":
        return [{"text": "A colleague joins.", "author": "system"}, {"text": "Hello.", "author": "agent"}]
    return [TERM_PLAN_IN_HINDI if text == "hindi" else SURRENDER_VALUE]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_nothing_serious_before_and_in_a_conversation(
    gateway: FakeGateway, open_page: OpenPage, width: int, scheme: str
) -> None:
    gateway.answer = answer
    page = await open_page(gateway.url, width=width, height=740, color_scheme=scheme)
    await expect(log(page).get_by_text("Namaste!")).to_be_visible()
    assert await find_faults(page) == []
    for text in ("hindi", "people", "refuse", "english"):
        await ask(page, text)
        await expect(log(page).locator(".user:not(.waiting) .bubble").last).to_have_text(text)
    await expect(log(page).locator("saathi-card")).to_have_count(2)
    await page.get_by_role("button", name="Not helpful").click()
    assert await find_faults(page) == []
    gateway.is_closed = True
    await gateway.break_connections()
    await ask(page, "waits")
    await expect(page.get_by_text("No connection.")).to_be_visible()
    assert await find_faults(page) == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_panel_of_channels_has_nothing_serious(
    gateway: FakeGateway, open_page: OpenPage, width: int, scheme: str
) -> None:
    gateway.links.links = [make_link("whatsapp", "4821"), make_link("telegram", "7002")]
    gateway.links.faults = {"POST /api/links/redeem": "code_wrong"}
    page = await open_page(gateway.url, width=width, height=740, color_scheme=scheme)
    await page.get_by_role("button", name="Connected channels").click()
    await page.get_by_role("button", name="Link another chat").first.click()
    await page.get_by_role("button", name="Unlink Telegram …7002").click()
    await page.get_by_label("I have a code from a chat").fill("7K3-9QF")
    await page.get_by_label("I have a code from a chat").press("Enter")
    await expect(page.get_by_text("There is no such code.")).to_be_visible()
    await page.get_by_role("button", name="Set a PIN").click()
    await page.get_by_role("button", name="Save PIN").click()
    await expect(page.get_by_text("Type six digits.")).to_be_visible()
    assert await find_faults(page) == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_article_page_has_nothing_serious(
    gateway: FakeGateway, open_page: OpenPage, width: int, scheme: str
) -> None:
    page = await open_page(f"{gateway.url}/articles/surrender-value", width=width, height=740, color_scheme=scheme)
    await expect(page.get_by_role("button", name="Copy", exact=True)).to_be_visible()
    assert await find_faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [320, 360, 414, 768])
async def test_nothing_is_cut_off_on_a_narrow_screen(gateway: FakeGateway, open_page: OpenPage, width: int) -> None:
    gateway.answer = lambda text: [{"text": "x" * 400}] if text == "long" else [TERM_PLAN_IN_HINDI]
    page = await open_page(gateway.url, width=width, height=640)
    for text in ("card", "long"):
        await ask(page, text)
    await expect(log(page).locator(".assistant")).to_have_count(2)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await log(page).evaluate("log => log.scrollWidth <= log.clientWidth")
    await expect(page.locator("textarea")).to_be_in_viewport(ratio=1)
    await expect(page.locator(".send")).to_be_in_viewport(ratio=1)


async def test_new_messages_are_announced(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    await ask(page, "one")
    await expect(log(page).get_by_role("group", name="Saathi")).to_contain_text("echo: one")
    await expect(page.get_by_role("log", name="Conversation with Saathi")).to_be_visible()


async def test_long_answer_is_shown_from_its_top(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.answer = lambda _: [TERM_PLAN_IN_HINDI]
    page = await open_page(gateway.url, width=360, height=640)
    for text in ("first", "second"):
        await ask(page, text)
    await expect(log(page).locator("saathi-card")).to_have_count(2)
    await expect(log(page).locator("h3").last).to_be_in_viewport(ratio=1)


async def test_motion_stops_for_those_who_want_none(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url, reduced_motion="reduce")
    await expect(page.get_by_text("Your companion for every sale")).to_be_visible()
    await gateway.send_raw('{"type": "typing"}')
    await expect(page.locator(".dot").first).to_be_visible()
    assert await page.locator(".dot").first.evaluate("dot => getComputedStyle(dot).animationName") == "none"
