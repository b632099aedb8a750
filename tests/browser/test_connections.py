"""The panel of connected channels: codes in both directions, unlinking, and the PIN of the voice line."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driving import FOCUSED, log, tab_to
from tests.browser.fake_gateway import FakeGateway
from tests.browser.fake_links import CODE, make_link

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TITLE = "Connected channels"


async def open_panel(page: Page, title: str = TITLE) -> Locator:
    await page.get_by_role("button", name=title).click()
    panel = page.get_by_role("region", name=title)
    await expect(panel.get_by_role("heading", name="WhatsApp")).to_be_visible()
    return panel


def of(panel: Locator, name: str) -> Locator:
    return panel.get_by_role("region", name=name)


async def test_code_is_shown_big_with_its_time_and_the_way_to_the_chat(
    gateway: FakeGateway, open_page: OpenPage
) -> None:
    page = await open_page(gateway.url)
    panel = await open_panel(page)
    await of(panel, "WhatsApp").get_by_role("button", name="Link WhatsApp").click()
    box = panel.get_by_role("group", name="Code for WhatsApp")
    await expect(box).to_be_focused()
    await expect(box.get_by_text(CODE)).to_be_visible()
    assert await box.locator(".code").evaluate("code => parseFloat(getComputedStyle(code).fontSize)") >= 28
    await expect(box.get_by_role("timer")).to_have_text(re.compile(r"Good for 9:[0-5]\d"))
    way = box.get_by_role("link", name="Open WhatsApp")
    await expect(way).to_have_attribute("href", f"https://wa.me/910000000000?text={CODE}")
    await expect(way).to_have_attribute("rel", "noopener")


async def test_code_can_be_copied(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url, permissions=["clipboard-read", "clipboard-write"])
    panel = await open_panel(page)
    await panel.get_by_role("button", name="Link WhatsApp").click()
    await panel.get_by_role("button", name="Copy code").click()
    await expect(panel.get_by_text("Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == CODE


async def test_channel_without_a_known_address_has_no_link(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.links.open = {"telegram": "javascript:alert(1)"}
    panel = await open_panel(await open_page(gateway.url))
    for name in ("WhatsApp", "Telegram"):
        await panel.get_by_role("button", name=f"Link {name}").click()
        await expect(panel.get_by_role("group", name=f"Code for {name}")).to_be_visible()
        await expect(panel.locator(".code-box")).to_have_count(1)  # a new code takes the place of the one before
        await expect(panel.locator(".code-box a")).to_have_count(0)


async def test_chat_that_sent_the_code_appears_with_the_notice(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    panel = await open_panel(page)
    await panel.get_by_role("button", name="Link WhatsApp").click()
    await expect(panel.get_by_text(CODE)).to_be_visible()
    gateway.links.links = [make_link("whatsapp", "4821")]
    await gateway.say(text="WhatsApp …4821 is now linked.", author="system")
    await expect(panel.get_by_role("status").get_by_text("WhatsApp …4821 is linked.")).to_be_visible()
    await expect(panel.locator(".code-box")).to_have_count(0)
    await expect(of(panel, "WhatsApp").get_by_text("Linked", exact=True)).to_be_visible()
    await expect(panel.get_by_role("heading", name="WhatsApp")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(log(page).get_by_role("group", name="Note")).to_contain_text("…4821 is now linked.")


async def test_code_that_is_over_says_so_and_gives_way_to_a_new_one(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.links.lasts_s = 1.5
    panel = await open_panel(await open_page(gateway.url))
    await panel.get_by_role("button", name="Link WhatsApp").click()
    await expect(panel.get_by_text("This code is over.")).to_be_visible()
    await expect(panel.get_by_role("link", name="Open WhatsApp")).to_have_count(0)
    gateway.links.lasts_s = 600
    await panel.get_by_role("button", name="New code").click()
    await expect(panel.get_by_role("timer")).to_contain_text("Good for")


async def test_code_of_a_chat_is_typed_in(gateway: FakeGateway, open_page: OpenPage) -> None:
    panel = await open_panel(await open_page(gateway.url))
    field = panel.get_by_label("I have a code from a chat")
    await field.fill("7k3 9qf")
    await field.press("Enter")
    await expect(panel.get_by_text("Telegram …7002 is linked.")).to_be_visible()
    await expect(of(panel, "Telegram").locator(".number")).to_have_text("…7002")
    await expect(field).to_have_value("")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("code_wrong", "There is no such code."),
        ("code_stale", "older than ten minutes"),
        ("code_own", "This code goes the other way"),
        ("locked", "Try again in an hour."),
        ("unavailable", "did not work just now"),
        ("of_another_version", "did not work just now"),
    ],
)
async def test_code_that_is_refused_stays_and_says_why(
    gateway: FakeGateway, open_page: OpenPage, code: str, said: str
) -> None:
    gateway.links.faults["POST /api/links/redeem"] = code
    panel = await open_panel(await open_page(gateway.url))
    field = panel.get_by_label("I have a code from a chat")
    await field.fill(CODE)
    await panel.get_by_role("button", name="Link", exact=True).click()
    await expect(panel.get_by_role("alert").filter(has_text=said)).to_be_visible()
    await expect(field).to_have_value(CODE)
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")


async def test_nothing_is_sent_without_a_code(gateway: FakeGateway, open_page: OpenPage) -> None:
    panel = await open_panel(await open_page(gateway.url))
    await panel.get_by_role("button", name="Link", exact=True).click()
    await expect(panel.get_by_text("Type the code that the chat gave you.")).to_be_visible()
    assert "POST /api/links/redeem" not in gateway.links.asked


async def test_chat_is_unlinked_only_when_that_is_confirmed(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.links.links = [make_link("whatsapp", "4821"), make_link("whatsapp", "9907")]
    page = await open_page(gateway.url)
    panel = await open_panel(page)
    await panel.get_by_role("button", name="Unlink WhatsApp …4821").click()
    await expect(panel.get_by_text("Unlink WhatsApp …4821?")).to_be_visible()
    await panel.get_by_role("button", name="Keep it").click()
    await expect(panel.get_by_role("button", name="Unlink WhatsApp …4821")).to_be_focused()
    assert len(gateway.links.links) == 2
    await page.keyboard.press("Enter")
    await panel.get_by_role("button", name="Unlink", exact=True).click()
    await expect(panel.get_by_text("WhatsApp …4821 is unlinked.")).to_be_visible()
    await expect(panel.locator(".number")).to_have_text(["…9907"])
    assert [link["address"] for link in gateway.links.links] == ["…9907"]


async def test_chat_that_could_not_be_unlinked_stays(gateway: FakeGateway, open_page: OpenPage) -> None:
    link = make_link("whatsapp", "4821")
    gateway.links.links = [link]
    gateway.links.faults[f"DELETE /api/links/whatsapp/{link['id']}"] = "unavailable"
    panel = await open_panel(await open_page(gateway.url))
    await panel.get_by_role("button", name="Unlink WhatsApp …4821").click()
    await panel.get_by_role("button", name="Unlink", exact=True).click()
    await expect(panel.get_by_text("That did not work just now.")).to_be_visible()
    await expect(panel.get_by_role("button", name="Unlink", exact=True)).to_be_enabled()


async def test_pin_is_set_and_then_changed(gateway: FakeGateway, open_page: OpenPage) -> None:
    panel = await open_panel(await open_page(gateway.url))
    voice = of(panel, "Voice line")
    await expect(voice.get_by_role("link")).to_have_attribute("href", "tel:+911140000000")
    await voice.get_by_role("button", name="Set a PIN").click()
    first, second = voice.get_by_label("New PIN", exact=True), voice.get_by_label("New PIN once more")
    await expect(first).to_be_focused()
    await first.fill("739१५४")  # two digits of a Hindi keyboard
    await second.fill("739154")
    await second.press("Enter")
    await expect(panel.get_by_text("Your PIN is set.")).to_be_visible()
    await expect(voice.get_by_role("button", name="Change PIN")).to_be_focused()
    assert gateway.links.pin == "739154"
    await voice.get_by_role("button", name="Change PIN").click()
    await expect(first).to_have_value("")
    assert await first.get_attribute("type") == "password"


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("12345", "12345", "Type six digits."),
        ("12a456", "12a456", "Type six digits."),
        ("739154", "739145", "The two are not the same."),
        ("111111", "111111", "too easy to guess"),
    ],
)
async def test_pin_that_will_not_do_is_told_and_not_kept(
    gateway: FakeGateway, open_page: OpenPage, first: str, second: str, said: str
) -> None:
    gateway.links.faults["PUT /api/pin"] = "easy"
    panel = await open_panel(await open_page(gateway.url))
    await panel.get_by_role("button", name="Set a PIN").click()
    await panel.get_by_label("New PIN", exact=True).fill(first)
    await panel.get_by_label("New PIN once more").fill(second)
    await panel.get_by_role("button", name="Save PIN").click()
    await expect(panel.get_by_role("alert").filter(has_text=said)).to_be_visible()
    await expect(panel.locator("[aria-invalid=true]")).to_be_focused()
    assert gateway.links.pin is None


async def test_panel_is_opened_used_and_left_with_keys_alone(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    button = page.get_by_role("button", name=TITLE)
    await expect(button).to_be_visible()
    await tab_to(page, TITLE)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=TITLE)).to_be_focused()
    await expect(button).to_have_attribute("aria-expanded", "true")
    await expect(page.get_by_role("button", name="Link WhatsApp")).to_be_visible()
    await tab_to(page, "Link WhatsApp")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("group", name="Code for WhatsApp")).to_be_focused()
    names = []
    for _ in range(30):  # all around: what lies under the panel is never reached
        await page.keyboard.press("Tab")
        names.append(await page.evaluate(FOCUSED))
    assert "Set a PIN" in names
    assert not {"text", "Send", "Conversation with Saathi"} & set(names)
    await button.focus()
    await tab_to(page, "Close")
    await page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await expect(page.get_by_role("region", name=TITLE)).to_have_count(0)
    await tab_to(page, "text")


async def test_what_a_gateway_does_not_have_is_not_offered(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.links.channels = {"chats": ["whatsapp"], "voice": None}
    panel = await open_panel(await open_page(gateway.url))
    await expect(panel.get_by_role("heading", level=4)).to_have_text(["WhatsApp", "I have a code from a chat"])
    gateway.links.channels = {"chats": [], "voice": None}
    page = await open_page(gateway.url)
    await expect(page.get_by_text("Your companion for every sale")).to_be_visible()
    await expect(page.get_by_role("button", name=TITLE)).to_have_count(0)


async def test_panel_that_could_not_be_filled_can_be_tried_again(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.links.faults["GET /api/links"] = "unavailable"
    page = await open_page(gateway.url)
    await page.get_by_role("button", name=TITLE).click()
    await expect(page.get_by_text("That did not work just now.")).to_be_visible()
    gateway.links.faults.clear()
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", name="WhatsApp")).to_be_visible()


async def test_token_that_has_run_out_is_renewed_once(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    panel = await open_panel(page)
    tokens = gateway.tokens
    gateway.links.faults["POST /api/links"] = "unauthorised"
    await panel.get_by_role("button", name="Link WhatsApp").click()
    await expect(panel.get_by_text("That did not work just now.")).to_be_visible()
    assert gateway.links.asked.count("POST /api/links") == 2
    assert gateway.tokens == tokens + 1


@pytest.mark.parametrize(
    ("locale", "language", "title", "link"),
    [
        ("hi-IN", "hi", "जुड़े हुए चैनल", "WhatsApp जोड़िए"),
        ("en-IN", "hinglish", "Jude hue channel", "WhatsApp jodiye"),
        ("en-IN", "en", TITLE, "Link WhatsApp"),
    ],
)
@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_panel_fits_in_every_language_and_nothing_moves(
    gateway: FakeGateway, open_page: OpenPage, width: int, locale: str, language: str, title: str, link: str
) -> None:
    page = await open_page(gateway.url, width=width, height=640, locale=locale)
    await gateway.say(text="…", language=language)
    button = page.get_by_role("button", name=title)
    await expect(button).to_be_visible()
    before = [await page.locator(part).bounding_box() for part in ("header .mark", "textarea", "[role=log]")]
    panel = await open_panel(page, title)
    await panel.get_by_role("button", name=link).click()
    await expect(panel.get_by_text(CODE)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")
    await expect(panel.locator(".code")).to_be_in_viewport(ratio=1)
    assert before == [await page.locator(part).bounding_box() for part in ("header .mark", "textarea", "[role=log]")]
    assert await panel.get_by_role("button").evaluate_all("all => Math.min(...all.map(one => one.offsetHeight))") >= 44
