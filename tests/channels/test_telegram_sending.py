"""Telegram's Bot API fails, limits or is away: the right messages are tried again, each chat by itself."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select
from telegram.error import BadRequest

from channels.telegram import sender, setup
from channels.wording import Wording
from saathi import addresses, outbox
from saathi.messages import Offer, Reply
from saathi.settings import Settings
from saathi.store.tables import outbox as rows
from saathi.store.tables import sent_parts
from tests.channels.conftest import Gateway, run_gateway
from tests.support import telegram
from tests.support.telegram import BotApi
from tests.support.waiting import until


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with telegram.run_bot_api() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, api: BotApi) -> Settings:
    return telegram.turn_on(settings, api.url)


async def queue(gateway: Gateway, chat: int, *replies: Reply) -> None:
    database, address = gateway.services.database, str(chat)
    known = await database.write(lambda c: addresses.enter(c, "telegram", address, time.time()))
    await database.write(
        lambda c: outbox.add(c, known.conversation, "telegram", list(replies), time.time(), address=address)
    )
    gateway.services.dispatcher.wake()


async def state(gateway: Gateway, chat: int) -> tuple[str, int, str | None]:
    """State, attempts and fault of the last row to a chat."""
    query = select(rows.c.state, rows.c.attempts, rows.c.fault).where(rows.c.address == str(chat))
    found = await gateway.services.database.read(lambda c: c.execute(query.order_by(rows.c.seq.desc())).first())
    assert found is not None
    return found.state, found.attempts, found.fault


async def becomes(gateway: Gateway, chat: int, wanted: str) -> None:
    async def has_become() -> bool:
        return (await state(gateway, chat))[0] == wanted

    await until(has_become)


def say(text: str, **content: Any) -> Reply:
    return Reply(text, "en", **content)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_refused_message_is_not_tried_again_and_the_next_one_goes_out(
    gateway: Gateway, api: BotApi, status: int
) -> None:
    api.faults[1] = [status]
    await queue(gateway, 1, say("one"))
    await becomes(gateway, 1, "failed")
    assert (await state(gateway, 1))[1] == 1
    await queue(gateway, 1, say("two"))
    await becomes(gateway, 1, "sent")
    assert api.texts(1) == ["two"]


@pytest.mark.parametrize("fault", [500, 502, 429])
async def test_message_that_was_not_taken_is_tried_again(gateway: Gateway, api: BotApi, fault: Any) -> None:
    api.faults[1] = [fault]
    await queue(gateway, 1, say("one"), say("two"))
    await becomes(gateway, 1, "sent")
    assert api.texts(1) == ["one", "two"]


async def test_pause_that_telegram_asks_for_is_kept_and_holds_up_nobody_else(gateway: Gateway, api: BotApi) -> None:
    api.faults[1] = [2.0]
    started = time.monotonic()
    await queue(gateway, 1, say("one"), say("two"))
    await queue(gateway, 2, say("other"))
    await becomes(gateway, 2, "sent")
    assert api.texts(1) == []
    await becomes(gateway, 1, "sent")
    assert time.monotonic() - started >= 2.0
    assert api.texts(1) == ["one", "two"]
    assert len(api.refused) == 1


@pytest.mark.parametrize("fault", ["drop", "hang", "<html>", "{}", '{"ok": true, "result": 5}'])
async def test_message_whose_fate_is_unknown_is_not_repeated(
    settings: Settings, api: BotApi, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(sender, "READ_DEADLINE_S", 0.5)
    async with run_gateway(settings) as gateway:
        api.faults[1] = [fault]
        await queue(gateway, 1, say("one"))
        await queue(gateway, 2, say("other"))
        await becomes(gateway, 2, "sent")
        await becomes(gateway, 1, "unknown")
        await asyncio.sleep(1.5)
        assert len(api.refused) == 1
        await queue(gateway, 1, say("two"))
        await becomes(gateway, 1, "sent")


async def test_message_waits_while_telegram_cannot_be_reached(settings: Settings, api: BotApi) -> None:
    port = api.server.port
    await api.server.close()
    async with run_gateway(settings) as gateway:
        await queue(gateway, 1, say("one"))

        async def is_postponed() -> bool:
            return (await state(gateway, 1))[::2] == ("queued", "httpx.ConnectError: All connection attempts failed")

        await until(is_postponed)
        async with telegram.run_bot_api(port) as back:
            await becomes(gateway, 1, "sent")
            assert back.texts(1) == ["one"]


async def test_long_text_comes_in_parts_with_the_keyboard_at_the_last(gateway: Gateway, api: BotApi) -> None:
    text = "Premium is due on 5 May. 🙏🏽 कमीशन। " * 400
    await queue(gateway, 1, say(text, offers=(Offer("Yes", "/affirm"),)))
    await becomes(gateway, 1, "sent")
    assert " ".join(api.texts(1)) == text.strip()
    assert [bool(asked.buttons) for asked in api.sent(1)] == [False] * (len(api.sent(1)) - 1) + [True]


async def test_retry_goes_on_after_the_last_part_that_was_taken(gateway: Gateway, api: BotApi) -> None:
    api.faults["sendMessage"] = [None, 500]
    text = "Premium is due on 5 May. " * 500
    await queue(gateway, 1, say(text))
    await becomes(gateway, 1, "sent")
    assert " ".join(api.texts(1)) == text.strip()
    kept = await gateway.services.database.read(lambda c: list(c.scalars(select(sent_parts.c.vendor_id))))
    assert sorted(kept) == [f"1:{number}" for number in range(1, len(api.sent(1)) + 1)]


async def test_messages_of_two_chats_with_one_number_are_both_known(gateway: Gateway, api: BotApi) -> None:
    await queue(gateway, 1, say("one"))
    await queue(gateway, 2, say("two"))
    await becomes(gateway, 1, "sent")
    await becomes(gateway, 2, "sent")
    kept = await gateway.services.database.read(lambda c: list(c.scalars(select(sent_parts.c.vendor_id))))
    assert sorted(kept) == ["1:1", "2:1"]


async def test_picture_is_sent_by_its_address(gateway: Gateway, api: BotApi) -> None:
    await queue(gateway, 1, say("Step 1: open the app.", card={"picture": "/pictures/kyc-1.png"}))
    await becomes(gateway, 1, "sent")
    (photo,) = api.methods("sendPhoto")
    assert photo.fields["photo"] == f"{gateway.settings.origin}/pictures/kyc-1.png"
    assert photo.text == "Step 1: open the app."


async def test_step_is_told_without_its_picture_when_telegram_cannot_fetch_it(gateway: Gateway, api: BotApi) -> None:
    api.faults["sendPhoto"] = [400]
    await queue(gateway, 1, say("Step 1.", card={"picture": "/pictures/kyc-1.png"}, offers=(Offer("Next", "next"),)))
    await becomes(gateway, 1, "sent")
    (told,) = api.sent(1)
    assert (told.method, told.text, bool(told.buttons)) == ("sendMessage", "Step 1.", True)


async def test_body_without_anything_to_show_fails_by_itself(gateway: Gateway, api: BotApi) -> None:
    await queue(gateway, 1, say(" "), say("two"))
    await becomes(gateway, 1, "sent")
    assert api.texts(1) == ["two"]


async def test_set_up_tells_telegram_where_the_webhook_is(settings: Settings, api: BotApi) -> None:
    url = await setup.set_up(settings, Wording())
    assert url == "https://saathi.example/channels/telegram/webhook"
    (asked,) = api.methods("setWebhook")
    assert (asked.fields["url"], asked.fields["secret_token"]) == (url, telegram.SECRET)
    assert "edited_message" not in asked.fields["allowed_updates"]
    commands = [asked.fields["commands"] for asked in api.methods("setMyCommands")]
    assert [[one["command"] for one in some] for some in commands] == [["help", "language", "human", "stop"]] * 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("telegram_secret_token", "has a space"), ("telegram_bot_token", ""), ("telegram_secret_token", "")],
)
async def test_set_up_says_which_setting_is_wrong(settings: Settings, api: BotApi, name: str, value: str) -> None:
    wrong = Settings(_env_file=None, **{**settings.model_dump(), name: value})
    with pytest.raises(ValueError, match="TELEGRAM_"):
        await setup.set_up(wrong, Wording())
    assert api.asked == []


async def test_set_up_wants_an_address_that_telegram_can_reach(settings: Settings) -> None:
    wrong = Settings(_env_file=None, **{**settings.model_dump(), "public_url": "", "telegram_api_base": ""})
    with pytest.raises(ValueError, match="PUBLIC_URL"):
        await setup.set_up(wrong, Wording())


async def test_set_up_fails_where_telegram_refuses(settings: Settings, api: BotApi) -> None:
    api.faults["setWebhook"] = [400]
    with pytest.raises(BadRequest):
        await setup.set_up(settings, Wording())
