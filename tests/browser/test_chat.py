"""A partner asks in the widget and reads the answer."""

import pytest
from playwright.async_api import expect

from tests.browser.answers import SURRENDER_VALUE, TERM_PLAN_IN_HINDI
from tests.browser.conftest import OpenPage
from tests.browser.driving import ask, expect_texts, log, tab_to
from tests.browser.fake_gateway import FakeGateway

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_question_is_answered_with_definition_script_link_and_sources(
    gateway: FakeGateway, open_page: OpenPage
) -> None:
    gateway.answer = lambda _: [SURRENDER_VALUE]
    page = await open_page(gateway.url)
    await ask(page, "How do I explain the surrender value of a policy?")
    card = log(page).locator("saathi-card")
    await expect(card.locator("h3")).to_have_text(SURRENDER_VALUE["card"]["title"])
    await expect(card.locator(".definition")).to_have_text(SURRENDER_VALUE["card"]["definition"])
    await expect(card.locator(".details li")).to_have_text(SURRENDER_VALUE["card"]["details"])
    await expect(card.locator("blockquote")).to_have_text(SURRENDER_VALUE["card"]["script"])
    await expect(card.locator("q")).to_have_text([entry["quote"] for entry in SURRENDER_VALUE["citations"]])
    await expect(card.locator(".link a")).to_have_attribute("href", f"{gateway.url}/articles/endowment-policy")
    assert gateway.received[0] == {"type": "resume", "after": 0}
    sent = gateway.of_type("message")
    assert [frame["text"] for frame in sent] == ["How do I explain the surrender value of a policy?"]


async def test_citation_opens_the_article_at_the_quoted_words(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.answer = lambda _: [SURRENDER_VALUE]
    page = await open_page(gateway.url, height=420)
    await ask(page, "surrender value")
    async with page.expect_popup() as popup:
        await log(page).locator(".quote a").nth(1).click()
    article = await popup.value
    await article.wait_for_load_state()
    assert article.url.startswith(f"{gateway.url}/articles/surrender-value")
    await expect(article.get_by_text("The insurer pays the higher of two values.")).to_be_in_viewport()


async def test_choice_is_sent_by_its_id_and_is_gone_afterwards(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.answer = lambda said: [{"text": "Good."}] if said == "c1" else [SURRENDER_VALUE]
    page = await open_page(gateway.url)
    await ask(page, "surrender value")
    await page.get_by_role("button", name="That helped").click()
    await expect_texts(page, ".user .bubble", ["surrender value", "That helped"])
    await expect(page.get_by_role("button", name="Not what I meant")).to_have_count(0)
    assert [frame["choice"] for frame in gateway.of_type("choice")] == ["c1"]


async def test_rating_is_sent_with_its_reason(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    await ask(page, "one")
    await page.get_by_role("button", name="Helpful", exact=True).click()
    await page.get_by_role("button", name="Not helpful").click()
    await page.get_by_role("button", name="Out of date").click()
    await expect(log(page).get_by_text("Thank you, noted.")).to_be_visible()
    seen = [(frame["message"], frame["value"], frame["reason"]) for frame in gateway.of_type("feedback")]
    assert seen == [("m1", "up", None), ("m1", "down", None), ("m1", "down", "outdated")]


async def test_people_and_notices_are_told_apart_and_not_rated(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    await expect(page.get_by_text("Your companion for every sale")).to_be_visible()
    await gateway.say(text="A colleague joins.", author="system")
    await gateway.say(text="Hello, I have read it all.", author="agent")
    await expect(log(page).get_by_role("group", name="Our colleague")).to_contain_text("Hello, I have read it all.")
    await expect(log(page).get_by_role("group", name="Note")).to_contain_text("A colleague joins.")
    await expect(log(page).locator(".thumb")).to_have_count(0)


async def test_typing_is_shown_until_the_answer_comes(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    await expect(page.get_by_text("Your companion for every sale")).to_be_visible()
    await gateway.send_raw('{"type": "typing"}')
    await expect(page.get_by_text("Saathi is writing…")).to_be_visible()
    await gateway.say(text="Here.")
    await expect(page.get_by_text("Saathi is writing…")).to_be_hidden()


async def test_labels_follow_the_language_of_the_answer(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.answer = lambda said: [TERM_PLAN_IN_HINDI if "टर्म" in said else SURRENDER_VALUE]
    page = await open_page(gateway.url)
    await ask(page, "टर्म इंश्योरेंस क्या है?")
    await expect(page.get_by_role("button", name="कॉपी कीजिए")).to_be_visible()
    await expect(page.get_by_placeholder("अपना सवाल लिखिए…")).to_be_visible()
    await expect(log(page).locator(".assistant")).to_have_attribute("lang", "hi")
    await gateway.say(text="Theek hai.", language="hinglish")
    await expect(page.get_by_placeholder("Apna sawaal likhiye…")).to_be_visible()
    await expect(log(page).locator(".assistant").last).to_have_attribute("lang", "hi-Latn")


async def test_browser_language_decides_before_anything_was_said(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url, locale="hi-IN")
    await expect(page.get_by_text("नमस्ते! आज क्या समझना या समझाना है?")).to_be_visible()


async def test_whole_conversation_works_with_keys_alone(gateway: FakeGateway, open_page: OpenPage) -> None:
    gateway.answer = lambda said: [{"text": "Good."}] if said == "c1" else [SURRENDER_VALUE]
    page = await open_page(gateway.url)
    await expect(page.get_by_text("Your companion for every sale")).to_be_visible()
    await tab_to(page, "text")
    await page.keyboard.type("surrender")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("value")
    await tab_to(page, "Send")
    await page.keyboard.press("Space")
    await expect(log(page).locator("saathi-card")).to_be_visible()
    assert gateway.of_type("message")[0]["text"] == "surrender\nvalue"
    await tab_to(page, "Helpful", back=True)
    await page.keyboard.press("Space")
    await expect(log(page).get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "true")
    await tab_to(page, "That helped")
    await page.keyboard.press("Enter")
    await expect(log(page).get_by_text("Good.")).to_be_visible()
    await tab_to(page, "text")


async def test_enter_within_an_input_method_sends_nothing(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    await page.locator("textarea").fill("नम")
    await page.locator("textarea").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await expect(page.locator("textarea")).to_have_value("नम")
    await expect(log(page).locator(".user")).to_have_count(0)


async def test_another_partner_sees_nothing_of_the_first_ones_chat(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    await ask(page, "mine alone")
    await expect(log(page).get_by_text("echo: mine alone")).to_be_visible()
    gateway.sent.clear()
    await page.get_by_label("Demo partner").fill("p1002")
    await page.get_by_role("button", name="Switch").click()
    await expect(log(page).get_by_text("Namaste!")).to_be_visible()
    await expect(log(page).get_by_text("mine alone")).to_have_count(0)
    await page.get_by_label("Demo partner").fill("P1001")
    await page.get_by_role("button", name="Switch").click()
    await expect(log(page).get_by_text("echo: mine alone")).to_be_visible()


async def test_signing_out_leaves_nothing_behind(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    await ask(page, "one")
    await expect(log(page).get_by_text("echo: one")).to_be_visible()
    await page.evaluate("document.querySelector('saathi-chat').forget()")
    assert await page.evaluate("sessionStorage.length") == 0
    await expect(page.locator("saathi-chat")).to_have_count(0)


async def test_host_app_tells_what_the_partner_did(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    await expect(page.get_by_text("Your companion for every sale")).to_be_visible()
    await page.evaluate("document.querySelector('saathi-chat').sendEvent('lead_opened', {lead: 'L7'})")
    await ask(page, "one")
    await expect(log(page).get_by_text("echo: one")).to_be_visible()
    assert gateway.of_type("event") == [{"type": "event", "name": "lead_opened", "data": {"lead": "L7"}}]


async def test_survey_is_shown_and_answered_by_a_message(gateway: FakeGateway, open_page: OpenPage) -> None:
    page = await open_page(gateway.url)
    await ask(page, "thank you")
    await gateway.say(type="survey", author="system", text="How was this chat, from 1 to 5?")
    await expect(log(page).get_by_text("How was this chat, from 1 to 5?")).to_be_visible()
    await ask(page, "5 very quick")
    assert [frame["text"] for frame in gateway.of_type("message")] == ["thank you", "5 very quick"]
