"""Telegram's Bot API fails, limits or is away: the right messages are tried again, each chat by itself."""

import asyncio
import time
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from sqlalchemy import select

from channels.telegram import sender
from saathi import addresses, outbox
from saathi.messages import Offer, Reply
from saathi.settings import Settings
from saathi.store.tables import outbox as rows
from saathi.store.tables import sent_parts
from tests.channels.conftest import Gateway, run_gateway
from tests.support.gateway import on_sqlite
from tests.support.telegram import shown, texts
from tests.support.vendors import PUBLIC, Running, run_vendors
from tests.support.waiting import until


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


@on_sqlite
@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_refused_message_is_not_tried_again_and_the_next_one_goes_out(
    gateway: Gateway, vendors: Running, status: int
) -> None:
    vendors.play("telegram", status=status, address="1", calls=1)
    await queue(gateway, 1, say("one"))
    await becomes(gateway, 1, "failed")
    assert (await state(gateway, 1))[1] == 1
    await queue(gateway, 1, say("two"))
    await becomes(gateway, 1, "sent")
    assert texts(vendors, 1) == ["two"]


@on_sqlite
@pytest.mark.parametrize("status", [500, 502, 429])
async def test_message_that_was_not_taken_is_tried_again(gateway: Gateway, vendors: Running, status: int) -> None:
    vendors.play("telegram", status=status, address="1", calls=1)
    await queue(gateway, 1, say("one"), say("two"))
    await becomes(gateway, 1, "sent")
    assert texts(vendors, 1) == ["one", "two"]


@on_sqlite
async def test_error_whose_body_cannot_be_read_is_tried_again(settings: Settings) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=502, text="<html>Bad Gateway</html>")

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    async with TestServer(app) as broken:
        away = settings.model_copy(update={"telegram_api_base": str(broken.make_url(""))})
        async with run_gateway(away) as gateway:
            await queue(gateway, 1, say("one"))

            async def is_tried_again() -> bool:
                found = await state(gateway, 1)
                return found[0] in {"queued", "sending"} and found[1] >= 2

            await until(is_tried_again)


async def test_pause_that_telegram_asks_for_is_kept_and_holds_up_nobody_else(
    gateway: Gateway, vendors: Running
) -> None:
    vendors.play("telegram", status=429, retry_after=2, address="1", calls=1)
    started = time.monotonic()
    await queue(gateway, 1, say("one"), say("two"))
    await queue(gateway, 2, say("other"))
    await becomes(gateway, 2, "sent")
    assert texts(vendors, 1) == []
    await becomes(gateway, 1, "sent")
    assert time.monotonic() - started >= 2.0
    assert texts(vendors, 1) == ["one", "two"]
    assert len(vendors.asked("telegram", address="1")) == 3


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": "after"},
        {"hang": 30},
        {"rubbish": "<html>"},
        {"rubbish": "{}"},
        {"rubbish": '{"ok": true, "result": 5}'},
    ],
    ids=["drop", "hang", "html", "empty", "number"],
)
async def test_message_whose_fate_is_unknown_is_not_repeated(
    settings: Settings, vendors: Running, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    monkeypatch.setattr(sender, "READ_DEADLINE_S", 0.5)
    async with run_gateway(settings) as gateway:
        vendors.play("telegram", address="1", calls=1, **fault)
        await queue(gateway, 1, say("one"))
        await queue(gateway, 2, say("other"))
        await becomes(gateway, 2, "sent")
        await becomes(gateway, 1, "unknown")
        await asyncio.sleep(1.5)
        assert len(vendors.asked("telegram", address="1")) == 1
        await queue(gateway, 1, say("two"))
        await becomes(gateway, 1, "sent")


async def test_message_waits_while_telegram_cannot_be_reached(settings: Settings) -> None:
    port = unused_port()
    away = settings.model_copy(update={"telegram_api_base": f"http://127.0.0.1:{port}"})
    async with run_gateway(away) as gateway:
        await queue(gateway, 1, say("one"))

        async def is_postponed() -> bool:
            return (await state(gateway, 1))[::2] == ("queued", "httpx.ConnectError: All connection attempts failed")

        await until(is_postponed)
        async with run_vendors(port=port) as back:
            await becomes(gateway, 1, "sent")
            assert texts(back, 1) == ["one"]


@on_sqlite
async def test_long_text_comes_in_parts_with_the_keyboard_at_the_last(gateway: Gateway, vendors: Running) -> None:
    text = "Premium is due on 5 May. 🙏🏽 कमीशन। " * 400
    await queue(gateway, 1, say(text, offers=(Offer("Yes", "/affirm"),)))
    await becomes(gateway, 1, "sent")
    assert " ".join(texts(vendors, 1)) == text.strip()
    assert [bool(one["buttons"]) for one in shown(vendors, 1)] == [False] * (len(shown(vendors, 1)) - 1) + [True]


async def test_retry_goes_on_after_the_last_part_that_was_taken(gateway: Gateway, vendors: Running) -> None:
    vendors.play("telegram", hang=0.5, path="sendMessage", calls=1)
    text = "Premium is due on 5 May. " * 500
    await queue(gateway, 1, say(text))

    async def is_taken() -> bool:
        return len(shown(vendors, 1)) == 1

    await until(is_taken)
    vendors.play("telegram", status=500, path="sendMessage", calls=1)
    await becomes(gateway, 1, "sent")
    assert " ".join(texts(vendors, 1)) == text.strip()
    kept = await gateway.services.database.read(lambda c: list(c.scalars(select(sent_parts.c.vendor_id))))
    assert sorted(kept) == [f"1:{one['message_id']}" for one in shown(vendors, 1)]
    assert len(vendors.asked("telegram", "sendMessage")) == len(kept) + 1


async def test_messages_of_two_chats_with_one_number_are_both_known(gateway: Gateway, vendors: Running) -> None:
    await queue(gateway, 1, say("one"))
    await queue(gateway, 2, say("two"))
    await becomes(gateway, 1, "sent")
    await becomes(gateway, 2, "sent")
    kept = await gateway.services.database.read(lambda c: list(c.scalars(select(sent_parts.c.vendor_id))))
    (one,), (two,) = shown(vendors, 1), shown(vendors, 2)
    assert one["message_id"] == two["message_id"]
    assert sorted(kept) == [f"1:{one['message_id']}", f"2:{two['message_id']}"]


@on_sqlite
async def test_picture_is_sent_by_its_address(gateway: Gateway, vendors: Running) -> None:
    vendors.vendors.gateway.find_at(gateway.url, PUBLIC)
    await queue(gateway, 1, say("Step 1: open the app.", card={"picture": "/pictures/bank_open.en.png"}))
    await becomes(gateway, 1, "sent")
    (photo,) = vendors.asked("telegram", "sendPhoto")
    assert photo.fields["photo"] == f"{PUBLIC}/pictures/bank_open.en.png"
    (one,) = shown(vendors, 1)
    assert (one["text"], one["media"][0]["kind"]) == ("Step 1: open the app.", "image/png")


@on_sqlite
async def test_step_is_told_without_its_picture_when_telegram_cannot_fetch_it(
    gateway: Gateway, vendors: Running
) -> None:
    vendors.vendors.gateway.find_at(gateway.url, PUBLIC)
    await queue(gateway, 1, say("Step 1.", card={"picture": "/pictures/nowhere.png"}, offers=(Offer("Next", "next"),)))
    await becomes(gateway, 1, "sent")
    assert [asked.status for asked in vendors.asked("telegram", "sendPhoto")] == [400]
    (one,) = shown(vendors, 1)
    assert (one["text"], one["media"], bool(one["buttons"])) == ("Step 1.", [], True)


@on_sqlite
async def test_body_without_anything_to_show_fails_by_itself(gateway: Gateway, vendors: Running) -> None:
    await queue(gateway, 1, say(" "), say("two"))
    await becomes(gateway, 1, "sent")
    assert texts(vendors, 1) == ["two"]
