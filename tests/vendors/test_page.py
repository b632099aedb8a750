"""The page, used as a person uses it: three channels, live, readable, on a desk and on a phone."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import unused_port
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import AXE, LOOKS
from tests.support.vendors import ACCOUNT, BOT_TOKEN, PUBLIC, TOKEN, Running, run_vendors
from tests.vendors.conftest import run_gateway
from tests.vendors.gateway import SmallGateway
from vendors.twilio.whatsapp import PEOPLE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AUTHORIZATION = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT, TOKEN)}
ASHA = "whatsapp:+919800000001"
GREETING = """<Response><Gather input="dtmf speech" numDigits="1" language="hi-IN"
action="/channels/ivr/webhook?step=1">
<Say language="hi-IN">नमस्ते! पेआउट के लिए एक दबाइए।</Say></Gather><Say>Goodbye.</Say><Hangup/></Response>"""


@pytest_asyncio.fixture(loop_scope="session")
async def small() -> AsyncIterator[SmallGateway]:
    async with run_gateway() as gateway:
        gateway.answers["/channels/ivr/webhook"] = GREETING
        yield gateway


@pytest_asyncio.fixture(loop_scope="session")
async def local(small: SmallGateway) -> AsyncIterator[Running]:
    async with run_vendors(small.url) as vendors:
        yield vendors


async def send(local: Running, path: str, **body: Any) -> Any:
    async with (
        aiohttp.ClientSession(headers=AUTHORIZATION) as session,
        session.post(local.url + path, **body) as answer,
    ):
        assert answer.ok, await answer.text()
        return await answer.json()


async def send_whatsapp(local: Running, **fields: str) -> None:
    form = {"To": ASHA, "From": "whatsapp:+918000000000", **fields}
    await send(local, f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", data=form)


async def send_content(local: Running, kind: str, shape: dict[str, Any]) -> None:
    made = await send(local, "/v1/Content", json={"language": "en", "types": {kind: shape}})
    await send_whatsapp(local, ContentSid=made["sid"])


async def send_telegram(local: Running, **body: Any) -> None:
    await send(local, f"/bot{BOT_TOKEN}/sendMessage", json={"chat_id": 700000001, **body})


async def find_faults(page: Page) -> list[tuple[str, list[str]]]:
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("axe.run()")
    return [
        (rule["id"], [node["html"][:160] for node in rule["nodes"]])
        for rule in found["violations"]
        if rule["impact"] in {"serious", "critical"}
    ]


async def choose(page: Page, tab: str) -> None:
    button = page.locator(".tabs").get_by_role("button", name=tab)
    if await button.is_visible():
        await button.click()


async def test_whatsapp_user_writes_taps_and_picks(local: Running, small: SmallGateway, open_page: OpenPage) -> None:
    page = await open_page(local.url)
    await page.get_by_label("Message on WhatsApp").fill("मेरा कमीशन कब आएगा?")
    await page.get_by_label("Message on WhatsApp").press("Enter")
    log = page.get_by_role("log", name="WhatsApp")
    await expect(log.locator(".person .bubble")).to_have_text("मेरा कमीशन कब आएगा?")
    reply = {"type": "QUICK_REPLY", "title": "Payouts", "id": "c-1"}
    await send_content(local, "twilio/quick-reply", {"body": "*Which* one?", "actions": [reply]})
    await log.get_by_role("button", name="Payouts").click()
    row = {"item": "Health plans", "id": "r-2", "description": "for families"}
    await send_content(local, "twilio/list-picker", {"body": "Choose", "button": "Topics", "items": [row]})
    await log.get_by_text("☰ Topics").click()
    await log.get_by_role("button", name="Health plans").click()
    await expect(log.locator(".person .bubble")).to_have_count(3)
    forms = small.sent_to("/channels/whatsapp/webhook")
    assert [form["Body"] for form in forms] == ["मेरा कमीशन कब आएगा?", "Payouts", "Health plans"]
    assert (forms[1]["ButtonPayload"], forms[2]["ListId"]) == ("c-1", "r-2")
    await expect(log.locator(".assistant .meta").first).to_contain_text("read")


async def test_telegram_user_taps_edits_and_writes_in_the_group(
    local: Running,
    small: SmallGateway,
    open_page: OpenPage,
) -> None:
    page = await open_page(local.url)
    field = page.get_by_label("Message on Telegram")
    await field.fill("helo")
    await field.press("Enter")
    log = page.get_by_role("log", name="Telegram")
    await log.get_by_role("button", name="Edit: helo").click()
    await field.fill("hello")
    await field.press("Enter")
    await expect(log.locator(".person .meta")).to_contain_text("edited")
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "k-1"}]]}
    await send_telegram(local, text="*Sure?*", parse_mode="MarkdownV2", reply_markup=keyboard)
    await log.get_by_role("button", name="Yes").click()
    await expect(log.get_by_role("button", name="Yes")).to_have_attribute("aria-busy", "true")
    query = small.updates[-1]["callback_query"]
    await send(local, f"/bot{BOT_TOKEN}/answerCallbackQuery", json={"callback_query_id": query["id"]})
    await expect(log.get_by_role("button", name="Yes")).not_to_have_attribute("aria-busy", "true")
    await page.get_by_label("in the group").check()
    await field.fill("@saathi hello")
    await field.press("Enter")
    await expect(log.locator(".person .bubble")).to_have_text("@saathi hello")
    kinds = [next(key for key in update if key != "update_id") for update in small.updates]
    assert kinds == ["message", "edited_message", "callback_query", "message"]
    assert small.updates[-1]["message"]["chat"]["type"] == "supergroup"
    assert query["data"] == "k-1"


async def test_call_is_walked_by_keys_words_and_silence(
    local: Running, small: SmallGateway, open_page: OpenPage
) -> None:
    page = await open_page(local.url)
    await page.get_by_role("button", name="Call", exact=True).click()
    log = page.get_by_role("log", name="Voice line")
    await expect(log.locator(".say .bubble")).to_have_text("नमस्ते! पेआउट के लिए एक दबाइए।")
    await expect(page.locator("#call-state")).to_have_text("Waits for keys (1) or words, hi-IN")
    await page.get_by_role("button", name="1", exact=True).click()
    await expect(log.locator(".say")).to_have_count(2)
    await page.get_by_label("What you say").fill("payout kab aayega")
    await page.get_by_role("button", name="Say", exact=True).click()
    await expect(log.locator(".say")).to_have_count(3)
    await page.get_by_role("button", name="Stay silent").click()
    await expect(log).to_contain_text("the line hung up")
    await expect(page.get_by_role("button", name="Call", exact=True)).to_be_enabled()
    first, keys, words = small.sent_to("/channels/ivr/webhook")
    assert first["CallStatus"] == "in-progress"
    assert keys["Digits"] == "1"
    assert words["SpeechResult"] == "payout kab aayega"
    assert small.sent_to("/channels/ivr/status")[0]["CallStatus"] == "completed"


async def test_what_the_gateway_does_not_take_is_said(local: Running, small: SmallGateway, open_page: OpenPage) -> None:
    small.statuses = [404]
    page = await open_page(local.url)
    await page.get_by_label("Message on WhatsApp").fill("hello")
    await page.get_by_label("Message on WhatsApp").press("Enter")
    await expect(page.get_by_role("log", name="WhatsApp").locator(".meta")).to_contain_text("not taken: 404")


async def test_page_finds_the_stand_ins_again_after_a_restart(small: SmallGateway, open_page: OpenPage) -> None:
    port = unused_port()
    async with run_vendors(small.url, port) as first:
        page = await open_page(first.url)
        await first.vendors.whatsapp.write(PEOPLE[0], "before")
        bubbles = page.get_by_role("log", name="WhatsApp").locator(".bubble")
        await expect(bubbles).to_have_text("before")
    await expect(page.locator("#live")).to_have_text("Reconnecting")
    async with run_vendors(small.url, port) as second:
        await expect(page.locator("#live")).to_have_text("Live")
        await second.vendors.whatsapp.write(PEOPLE[0], "after")
        await expect(bubbles).to_have_text("after")


async def test_fault_is_played_from_the_page(local: Running, open_page: OpenPage) -> None:
    page = await open_page(local.url)
    await page.locator("#faults summary").click()
    await page.get_by_label("What goes wrong").select_option("answers 500")
    await page.get_by_role("button", name="Play").click()
    await expect(page.locator("#playing")).to_contain_text("1 played")
    with pytest.raises(AssertionError):
        await send_whatsapp(local, Body="x")
    await page.get_by_role("button", name="End all").click()
    await expect(page.locator("#playing")).to_contain_text("none played")
    await send_whatsapp(local, Body="x")
    await expect(page.locator("#requests tr")).to_have_count(1)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_nothing_serious_and_nothing_cut_off(
    local: Running,
    open_page: OpenPage,
    width: int,
    scheme: str,
) -> None:
    # axe styles its own probes, which the page's policy would refuse.
    page = await open_page(local.url, width=width, height=740, color_scheme=scheme, bypass_csp=True)
    await expect(page.locator("#live")).to_have_text("Live")
    actions = [{"type": "QUICK_REPLY", "title": title, "id": title} for title in ("Payouts", "Leads", "A person")]
    await send_content(local, "twilio/quick-reply", {"body": "*Commission* " + "x" * 300, "actions": actions})
    await send_whatsapp(local, Body="See", MediaUrl=f"{PUBLIC}/picture.png")
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "k"}, {"text": "No", "callback_data": "n"}]]}
    await send_telegram(local, text="Was it *good*?", parse_mode="MarkdownV2", reply_markup=keyboard)
    await local.vendors.calls.start("+919800000001")
    for tab, log in (("WhatsApp", "WhatsApp"), ("Telegram", "Telegram"), ("Voice", "Voice line")):
        await choose(page, tab)
        await expect(page.get_by_role("log", name=log).locator(".entry").first).to_be_visible()
        assert await find_faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await choose(page, "Faults")
    assert await find_faults(page) == []
