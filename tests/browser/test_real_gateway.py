"""The widget against the real gateway, with a local server in Rasa's place."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer, unused_port
from playwright.async_api import expect

from channels.gateway import build_app
from channels.services import SERVICES
from tests.browser.conftest import OpenPage
from tests.browser.driving import ask, expect_texts, log
from tests.support.gateway import make_settings
from tests.support.rasa import FakeDoor

SECRET = "telegram-secret"
# Nothing is sent: what Telegram would be told waits for a server that is not there.
TELEGRAM = {
    "telegram_bot_token": "700000000:local",
    "telegram_secret_token": SECRET,
    "telegram_api_base": "http://127.0.0.1:9",
}

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def real(tmp_path: Path) -> AsyncIterator[TestServer]:
    door = FakeDoor()
    await door.server.start_server()
    port = unused_port()
    settings = make_settings(door.url, tmp_path, port=port, **TELEGRAM)
    server = TestServer(build_app(settings), port=port)
    await server.start_server()
    yield server
    await server.close()
    await door.server.close()


async def test_question_is_answered_with_a_card_and_rated(real: TestServer, open_page: OpenPage) -> None:
    page = await open_page(str(real.make_url("/")))
    await ask(page, "card")
    card = log(page).locator("saathi-card")
    await expect(card.locator("h3")).to_have_text("Surrender value")
    await expect(card.locator("q")).to_have_text("the money paid")
    await page.get_by_role("button", name="Helpful", exact=True).click()
    await page.get_by_role("button", name="Talk to a person").click()
    await expect(log(page).get_by_text("A person takes over.")).to_be_visible()
    await expect(log(page).locator(".waiting, .failed")).to_have_count(0)


async def test_broken_connection_loses_and_repeats_nothing(real: TestServer, open_page: OpenPage) -> None:
    page = await open_page(str(real.make_url("/")))
    for number in range(5):
        await ask(page, f"{number}")
        for socket in list(real.app[SERVICES].sockets):
            await socket.close(code=1012)
    await expect_texts(page, ".user.sent .bubble", [str(number) for number in range(5)])
    await expect(log(page).locator(".assistant")).to_have_count(5)
    answers = await log(page).locator(".assistant .text").all_text_contents()
    assert sorted(answers) == [f"echo: {number}" for number in range(5)]


async def test_article_is_a_page(real: TestServer, open_page: OpenPage) -> None:
    page = await open_page(str(real.make_url("/articles/surrender-value")))
    await expect(page.get_by_role("heading", level=1)).to_be_visible()


async def write_on_telegram(real: TestServer, text: str, number: int) -> None:
    person = {"id": 900007002, "is_bot": False, "first_name": "Asha"}
    chat = {"id": 900007002, "type": "private", "first_name": "Asha"}
    message = {"message_id": number, "date": 1_700_000_000, "from": person, "chat": chat, "text": text}
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with ClientSession() as session:
        url = real.make_url("/channels/telegram/webhook")
        async with session.post(url, json={"update_id": number, "message": message}, headers=headers) as answer:
            assert answer.status == 200


async def test_chat_is_linked_by_its_code_unlinked_again_and_the_partner_is_told_of_both(
    real: TestServer, open_page: OpenPage
) -> None:
    page = await open_page(str(real.make_url("/")))
    await page.get_by_role("button", name="Connected channels").click()
    await page.get_by_role("button", name="Link Telegram").click()
    code = await page.locator(".code > :first-child").text_content()
    await write_on_telegram(real, f"/start {code}", 1)
    await expect(page.get_by_text("Telegram …7002 is linked.")).to_be_visible()
    await page.get_by_role("button", name="Unlink Telegram …7002").click()
    await page.get_by_role("button", name="Unlink", exact=True).click()
    await expect(page.get_by_text("Telegram …7002 is unlinked.")).to_be_visible()
    await page.keyboard.press("Escape")
    notices = log(page).get_by_role("group", name="Note")
    await expect(notices).to_have_count(2)
    await expect(notices.first).to_contain_text("Telegram …7002 is now linked to your account")
    await expect(notices.last).to_contain_text("Telegram …7002 is no longer linked to your account")
