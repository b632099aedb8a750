"""How a test uses the widget: as a person with a keyboard, a mouse and eyes."""

from typing import Any

from playwright.async_api import Locator, Page, expect

# The focused element, looked up through shadow roots.
FOCUSED = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element?.getAttribute("aria-label") || element?.id || element?.textContent.trim() || "";
}"""


def log(page: Page) -> Locator:
    """The conversation."""
    return page.get_by_role("log")


async def ask(page: Page, text: str) -> None:
    """Type a question and send it with Enter."""
    await page.locator("textarea").fill(text)
    await page.locator("textarea").press("Enter")


async def expect_texts(page: Page, selector: str, texts: list[str]) -> None:
    """Wait until exactly these texts stand there, in this order."""
    await expect(log(page).locator(selector)).to_have_text(texts)


async def tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Press Tab until the element with that name has the focus."""
    for _ in range(40):
        await page.keyboard.press("Shift+Tab" if back else "Tab")
        if await page.evaluate(FOCUSED) == name:
            return
    raise AssertionError(f"Tab never reached {name!r}")


async def hurry(page: Page) -> None:
    """Tell the page that the network is back."""
    await page.evaluate("window.dispatchEvent(new Event('online'))")


async def storage(page: Page) -> dict[str, Any]:
    """What the tab keeps."""
    kept: dict[str, Any] = await page.evaluate("JSON.parse(sessionStorage.getItem('saathi-chat:P1001'))")
    return kept
