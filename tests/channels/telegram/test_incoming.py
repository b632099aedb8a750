"""Telegram: what comes to the webhook takes one turn each, in order, and is answered in its chat."""

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from channels.telegram.webhook import PATH
from channels.telegram.webhook import SECRET as HEADER
from saathi.settings import Settings
from saathi.store.tables import inbox
from tests.channels.conftest import Gateway, run_gateway
from tests.support.gateway import on_sqlite
from tests.support.rasa import FakeDoor
from tests.support.telegram import CHAT, message, post, read, said, sent, update
from tests.support.vendors import SECRET, Running


async def test_message_is_answered_in_its_chat(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    assert await post(gateway, update(1, "kab aayega payout? 10% (net) - ok!")) == 200
    assert await sent(vendors, 1, CHAT) == ["echo: kab aayega payout? 10% (net) - ok!"]
    assert vendors.asked("telegram", "sendMessage")[0].fields["parse_mode"] == "MarkdownV2"
    assert door.asked[0]["channel"] == "telegram"


@on_sqlite
async def test_update_without_the_secret_is_refused(gateway: Gateway) -> None:
    for secret in (None, "", "wrong", SECRET + "x", "हाँ"):
        assert await post(gateway, update(1, "hello"), secret) == 403
    assert await read(gateway, inbox.c.id) == []


@on_sqlite
@pytest.mark.parametrize("lacking", ["telegram_bot_token", "telegram_secret_token"])
async def test_channel_without_its_secrets_is_off(settings: Settings, lacking: str) -> None:
    without = Settings(_env_file=None, **{**settings.model_dump(), lacking: ""})
    async with run_gateway(without) as gateway:
        assert await post(gateway, update(1, "hello")) == 404


async def test_five_equal_updates_at_once_are_one_turn(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    assert await asyncio.gather(*(post(gateway, update(1, "hello")) for _ in range(5))) == [200] * 5
    assert await sent(vendors, 1) == ["echo: hello"]
    assert said(door) == ["hello"]


async def test_updates_count_by_their_id_in_order_of_arrival(
    gateway: Gateway, vendors: Running, door: FakeDoor
) -> None:
    for number in (5, 3, 4, 4, 3, 1):
        assert await post(gateway, update(number, f"text {number}")) == 200
    assert await sent(vendors, 4) == [f"echo: text {number}" for number in (5, 3, 4, 1)]
    assert said(door) == ["text 5", "text 3", "text 4", "text 1"]


async def test_id_that_comes_again_after_an_idle_week_is_another_message(gateway: Gateway, vendors: Running) -> None:
    await post(gateway, update(9, "before"))
    await post(gateway, update(9, "after", date=1_700_000_000 + 7 * 86400 + 60))
    assert await sent(vendors, 2) == ["echo: before", "echo: after"]


async def test_copy_after_a_restart_changes_nothing(settings: Settings, vendors: Running) -> None:
    async with run_gateway(settings) as gateway:
        await post(gateway, update(1, "hello"))
        await sent(vendors, 1)
    async with run_gateway(settings) as gateway:
        assert await post(gateway, update(1, "hello")) == 200
        await sent(vendors, 1)


async def test_hundred_copies_over_two_gateways_are_one_turn(
    settings: Settings, vendors: Running, door: FakeDoor
) -> None:
    async with run_gateway(settings) as one, run_gateway(settings) as other:
        posts = [post(gateway, update(1, "hello")) for _ in range(50) for gateway in (one, other)]
        assert set(await asyncio.gather(*posts)) == {200}
        assert await sent(vendors, 1) == ["echo: hello"]
    assert said(door) == ["hello"]


async def test_twenty_quick_messages_are_answered_in_order(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    door.delay_s = 0.02
    for number in range(20):
        await post(gateway, update(number, f"text {number}"))
    assert await sent(vendors, 20) == [f"echo: text {number}" for number in range(20)]


@on_sqlite
async def test_message_is_masked_before_it_is_kept(gateway: Gateway, vendors: Running) -> None:
    await post(gateway, update(1, "my pan is ABCPE1234F"))
    await sent(vendors, 1)
    assert "ABCPE1234F" not in json.dumps(await read(gateway, inbox.c.text))


@on_sqlite
async def test_what_is_no_update_is_acknowledged_and_left(gateway: Gateway) -> None:
    for body in ("", "{", "[" * 5000, "[]", '{"update_id": "1"}', '{"update_id": 1, "message": 5}'):
        async with gateway.client.post(PATH, data=body, headers={HEADER: SECRET}) as answer:
            assert answer.status == 200
    assert await read(gateway, inbox.c.id) == []


@on_sqlite
async def test_long_update_is_taken(gateway: Gateway, vendors: Running) -> None:
    quoted = message("q", reply_markup={"inline_keyboard": [[{"text": "y" * 100, "url": "https://a.example"}]] * 800})
    await post(gateway, update(1, "hello", reply_to_message=quoted))
    assert await sent(vendors, 1) == ["echo: hello"]


@on_sqlite
async def test_message_that_cannot_be_stored_is_asked_for_again(
    gateway: Gateway, vendors: Running, door: FakeDoor, tmp_path: Path
) -> None:
    lock = sqlite3.connect(tmp_path / "saathi.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    assert await post(gateway, update(1, "hello")) == 503
    lock.execute("COMMIT")
    lock.close()
    assert await post(gateway, update(1, "hello")) == 200
    assert await sent(vendors, 1) == ["echo: hello"]
