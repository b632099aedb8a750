"""The Bot API as python-telegram-bot meets it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, EndPointNotFound, NetworkError, RetryAfter

from tests.support.vendors import BOT_TOKEN, Running, needs_documents
from vendors.telegram.markdown import MarkdownFault, read_markdown
from vendors.telegram.people import USERS

CHAT = 700000001


@pytest.fixture
async def bot(running: Running, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # the SDK's next kind of durations; the present one warns
    bot = Bot(BOT_TOKEN, base_url=f"{running.url}/bot", base_file_url=f"{running.url}/file/bot")
    async with bot:
        yield bot


def shown(running: Running) -> list[dict[str, Any]]:
    return running.vendors.journal.list_thread(f"telegram:{CHAT}")


async def test_message_with_buttons_is_sent_edited_and_deleted(running: Running, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="k1")]])
    sent = await bot.send_message(CHAT, "*Commission* is 2\\.5 %", parse_mode="MarkdownV2", reply_markup=keyboard)
    assert sent.text == "Commission is 2.5 %"
    (entry,) = shown(running)
    assert entry["entities"] == [{"type": "bold", "offset": 0, "length": 10}]
    assert entry["buttons"] == [[{"text": "Yes", "callback_data": "k1"}]]
    await bot.edit_message_text("Changed", chat_id=CHAT, message_id=sent.message_id)
    assert (shown(running)[0]["text"], shown(running)[0]["buttons"]) == ("Changed", [])
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_text("Changed", chat_id=CHAT, message_id=sent.message_id)
    await bot.delete_message(CHAT, sent.message_id)
    assert shown(running)[0]["deleted"]


async def test_each_chat_counts_its_messages(bot: Bot) -> None:
    one, two, other = [await bot.send_message(chat, "x") for chat in (CHAT, CHAT, CHAT + 1)]
    assert (two.message_id, other.message_id) == (one.message_id + 1, one.message_id)


async def test_photo_is_sent_as_a_file(running: Running, bot: Bot) -> None:
    sent = await bot.send_photo(CHAT, b"\x89PNG", caption="Step 1")
    assert sent.photo
    media = shown(running)[0]["media"]
    async with aiohttp.ClientSession() as session, session.get(running.url + media[0]["url"]) as answer:
        assert await answer.read() == b"\x89PNG"


async def test_file_that_somebody_sent_can_be_fetched(running: Running, bot: Bot) -> None:
    await running.vendors.telegram.send_file(USERS[0], "photo")
    (file_id,) = running.vendors.telegram.files
    file = await bot.get_file(file_id)
    assert (await file.download_as_bytearray()).startswith(b"\x89PNG")


async def test_webhook_is_kept_and_deleted(running: Running, bot: Bot) -> None:
    assert await bot.set_webhook("https://saathi.example.in/channels/telegram/webhook", secret_token="s")
    assert (await bot.get_webhook_info()).url.endswith("/channels/telegram/webhook")
    assert running.vendors.telegram.secret == "s"
    with pytest.raises(BadRequest, match="unallowed characters"):
        await bot.set_webhook("https://saathi.example.in/", secret_token="a b")
    assert await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""


async def test_method_without_effect_here_is_answered_true(bot: Bot) -> None:
    assert await bot.send_chat_action(CHAT, "typing")
    assert await bot.set_my_commands([("start", "begin")])


@needs_documents
@pytest.mark.parametrize(
    ("method", "body", "fault"),
    [
        ("sendMessage", {"chat_id": CHAT}, "'text' is a required property"),
        ("sendMessage", {"chat_id": CHAT, "text": "x", "colour": "red"}, "colour"),
        ("sendMessage", {"chat_id": [1], "text": "x"}, "body.chat_id"),
        ("sendMessage", {"chat_id": CHAT, "text": "x", "reply_markup": {"inline_keyboard": [{}]}}, "reply_markup"),
    ],
)
async def test_request_that_does_not_fit_the_document_is_refused(
    running: Running, method: str, body: dict[str, Any], fault: str
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{running.url}/bot{BOT_TOKEN}/{method}", json=body) as answer,
    ):
        told = await answer.json()
    assert (answer.status, told["ok"], told["error_code"]) == (400, False, 400)
    assert fault in told["description"]


@needs_documents
async def test_unknown_method_is_not_found(bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendMoney")


async def test_what_telegram_refuses_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)message is too long"):
        await bot.send_message(CHAT, "😀" * 2049)
    assert await bot.send_message(CHAT, "😀" * 2048)
    with pytest.raises(BadRequest, match=r"(?i)text is empty"):
        await bot.send_message(CHAT, "  ")
    with pytest.raises(BadRequest, match=r"(?i)reserved and must be escaped"):
        await bot.send_message(CHAT, "2.5", parse_mode="MarkdownV2")


@pytest.mark.parametrize("data", ["", "दूसरा" * 6])
async def test_callback_data_has_1_to_64_bytes(running: Running, data: str) -> None:
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": data}]]}
    body = {"chat_id": CHAT, "text": "x", "reply_markup": keyboard}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{running.url}/bot{BOT_TOKEN}/sendMessage", json=body) as answer,
    ):
        assert (await answer.json())["description"] == "Bad Request: BUTTON_DATA_INVALID"


async def test_wrong_token_is_refused(running: Running) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{running.url}/bot1:wrong/getMe") as answer:
        assert await answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_limit_of_one_chat_lets_others_through(running: Running, bot: Bot) -> None:
    fault = {"vendor": "telegram", "status": 429, "retry_after": 7, "address": str(CHAT)}
    async with aiohttp.ClientSession(running.url) as session:
        await session.put("/control", json=fault)
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(CHAT, "x")
        assert caught.value.retry_after == timedelta(seconds=7)
        await bot.send_message(CHAT + 1, "x")
        await session.delete("/control")
        await bot.send_message(CHAT, "x")


async def test_dropped_connection_is_a_network_error(running: Running, bot: Bot) -> None:
    async with aiohttp.ClientSession(running.url) as session:
        await session.put("/control", json={"vendor": "telegram", "drop": "after"})
    with pytest.raises(NetworkError):
        await bot.send_message(CHAT, "x")
    assert len(shown(running)) == 1


@pytest.mark.parametrize(
    ("source", "text", "kinds"),
    [
        ("_a_ *b*", "a b", ["italic", "bold"]),
        ("__u__ ~s~ ||p||", "u s p", ["underline", "strikethrough", "spoiler"]),
        ("*a _b_*", "a b", ["bold", "italic"]),
        ("[link](https://example.in/a\\)b)", "link", ["text_link"]),
        ("`a.b` ```x\n1.2```", "a.b x\n1.2", ["code", "pre"]),
        ("\\*\\_\\.", "*_.", []),
        (">quote", "quote", []),
    ],
)
def test_markdown_is_read(source: str, text: str, kinds: list[str]) -> None:
    found, entities = read_markdown(source)
    assert (found, [one["type"] for one in entities]) == (text, kinds)


@pytest.mark.parametrize("source", ["a.b", "1-2", "(x)", "*open", "_open", "[open", "`open", "[a](b", "a > b", "a!"])
def test_markdown_that_telegram_refuses_is_refused(source: str) -> None:
    with pytest.raises(MarkdownFault):
        read_markdown(source)
