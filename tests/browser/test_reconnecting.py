"""Connections break; nothing that was said is lost, and nothing is there twice."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.driving import ask, expect_texts, hurry, log, storage
from tests.browser.fake_gateway import FakeGateway

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_message_without_acknowledgement_is_sent_again_and_answered_once(
    gateway: FakeGateway, open_page: OpenPage, moment: str
) -> None:
    page = await open_page(gateway.url)
    await ask(page, "one")
    await expect(log(page).get_by_text("echo: one")).to_be_visible()
    gateway.drop_next = moment
    await ask(page, "two")
    await expect_texts(page, ".assistant .text", ["echo: one", "echo: two"])
    await expect_texts(page, ".user.sent .bubble", ["one", "two"])
    ids = {frame["id"] for frame in gateway.of_type("message") if frame["text"] == "two"}
    assert len(ids) == 1
    assert [frame["after"] for frame in gateway.of_type("resume")] == [0, 1]


async def test_what_came_while_away_is_shown_once_and_in_order(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    await ask(page, "one")
    await expect(log(page).get_by_text("echo: one")).to_be_visible()
    gateway.is_closed = True
    await gateway.break_connections()
    await expect(page.get_by_text("No connection.")).to_be_visible()
    for text in ("a", "b", "c"):
        await gateway.say(text=text, author="agent")
    await ask(page, "written without connection")
    await expect(log(page).get_by_text("Waiting to be sent")).to_be_visible()
    gateway.is_closed = False
    await hurry(page)
    await expect_texts(page, ".agent .text", ["a", "b", "c"])
    await expect(log(page).get_by_text("echo: written without connection")).to_be_visible()
    await expect(page.get_by_text("No connection.")).to_be_hidden()


async def test_frame_that_comes_twice_is_shown_once(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    await ask(page, "one")
    await expect(log(page).get_by_text("echo: one")).to_be_visible()
    await gateway.break_connections()
    await page.evaluate("sessionStorage.clear()")  # the number goes, the page stays
    gateway.sent.append(gateway.sent[0])  # replayed twice
    await page.reload()
    await expect_texts(page, ".assistant .text", ["echo: one"])


async def test_reloaded_page_shows_the_conversation_and_resumes_after_it(
    gateway: FakeGateway, open_page: OpenPage
) -> None:
    page = await open_page(gateway.url)
    await ask(page, "one")
    await expect(log(page).get_by_text("echo: one")).to_be_visible()
    await page.get_by_role("button", name="Helpful", exact=True).click()
    await page.reload()
    await expect_texts(page, ".bubble", ["one", "echo: one"])
    await expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "true")
    await ask(page, "two")
    await expect_texts(page, ".bubble", ["one", "echo: one", "two", "echo: two"])
    assert gateway.of_type("resume")[-1] == {"type": "resume", "after": 1}
    assert (await storage(page))["seq"] == 2


async def test_message_that_waits_survives_a_reload(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    await expect(page.get_by_text("Your companion for every sale")).to_be_visible()
    gateway.is_closed = True
    await gateway.break_connections()
    await ask(page, "patient")
    await page.reload()
    await expect(log(page).get_by_text("patient")).to_be_visible()
    gateway.is_closed = False
    await hurry(page)
    await expect_texts(page, ".bubble", ["patient", "echo: patient"])


async def test_refused_token_is_renewed(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.refuse_tokens = 1
    page = await open_page(gateway.url)
    await ask(page, "one")
    await expect(log(page).get_by_text("echo: one")).to_be_visible()
    assert gateway.tokens == 2


async def test_signed_out_partner_is_told_and_can_try_again(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.refuse_tokens = 2
    page = await open_page(gateway.url)
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    await page.get_by_role("button", name="Try again").click()
    await ask(page, "one")
    await expect(log(page).get_by_text("echo: one")).to_be_visible()


async def test_refused_message_says_why_and_can_be_sent_again(gateway: FakeGateway, open_page: OpenPage) -> None:
    refusal = {"type": "error", "code": "too_fast", "text": "Please wait a few seconds."}
    gateway.answer = lambda _: [refusal]
    page = await open_page(gateway.url)
    await ask(page, "one")
    await expect(log(page).get_by_role("alert")).to_contain_text("Please wait a few seconds.")
    gateway.answer = lambda text: [{"text": f"echo: {text}"}]
    gateway.forget()
    await page.get_by_role("button", name="Try again").click()
    await expect_texts(page, ".bubble", ["one", "echo: one"])
    first, second = gateway.of_type("message")
    assert first == second


@pytest.mark.parametrize("raw", ["no json", "null", "[]", '{"type": 7}', '{"type": "message"}', '{"type": "nudge"}'])
async def test_unknown_or_broken_frame_changes_nothing(gateway: FakeGateway, open_page: OpenPage, raw: str) -> None:
    page = await open_page(gateway.url)
    await ask(page, "one")
    await expect(log(page).get_by_text("echo: one")).to_be_visible()
    await gateway.send_raw(raw)
    await ask(page, "two")
    await expect_texts(page, ".bubble", ["one", "echo: one", "two", "echo: two"])
