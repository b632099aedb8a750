"""Buttons on Telegram: a tap says what the server kept, and every tap is answered."""

import asyncio
from typing import Any

import pytest

from saathi.store.tables import inbox
from tests.channels.conftest import Gateway
from tests.support.gateway import on_sqlite
from tests.support.rasa import FakeDoor
from tests.support.telegram import post, read, said, sent, shown, tap, update
from tests.support.vendors import Running
from tests.support.waiting import until


async def test_choice_is_offered_by_its_id_and_taken_from_the_server(
    gateway: Gateway, vendors: Running, door: FakeDoor
) -> None:
    await post(gateway, update(1, "card"))
    await sent(vendors, 1)
    one, other = [button for line in shown(vendors)[0]["buttons"] for button in line]
    assert (one["text"], other["text"]) == ("Talk to a person", "What is a ULIP?")
    assert "/ask_human" not in str(vendors.asked("telegram"))
    await post(gateway, tap(2, one["callback_data"]))
    await post(gateway, tap(3, other["callback_data"]))
    assert (await sent(vendors, 3))[1:] == ["A person takes over.", "echo: What is a ULIP?"]
    assert door.asked[1]["payload"] == "/ask_human"
    assert [asked.fields["callback_query_id"] for asked in vendors.asked("telegram", "answerCallbackQuery")] == [
        "q2",
        "q3",
    ]


@on_sqlite
async def test_unknown_choice_gets_a_line_and_its_tap_is_answered(
    gateway: Gateway, vendors: Running, door: FakeDoor
) -> None:
    for number, data in enumerate(("f" * 32, "/ask_human", "\0", "x" * 64)):
        assert await post(gateway, tap(number, data)) == 200
    assert all("no longer available" in text for text in await sent(vendors, 4))
    assert len(vendors.asked("telegram", "answerCallbackQuery")) == 4
    assert said(door) == []


async def test_choice_of_another_person_is_unknown(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    await post(gateway, update(1, "card"))
    await sent(vendors, 1)
    one = shown(vendors)[0]["buttons"][0][0]
    await post(gateway, tap(2, one["callback_data"], chat=78))
    assert "no longer available" in (await sent(vendors, 1, 78))[0]
    assert len(door.asked) == 1


@on_sqlite
async def test_line_about_an_unknown_choice_is_in_the_language_of_its_button(
    gateway: Gateway, vendors: Running
) -> None:
    keyboard = {"inline_keyboard": [[{"text": "किसी व्यक्ति से बात करनी है", "callback_data": "f" * 32}]]}
    await post(gateway, tap(1, "f" * 32, on={"reply_markup": keyboard}))
    assert (await sent(vendors, 1))[0].startswith("यह बटन")


@on_sqlite
async def test_tap_that_cannot_be_answered_is_heard_all_the_same(
    gateway: Gateway, vendors: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.telegram.sender.CALLBACK_DEADLINE_S", 0.5)
    await post(gateway, update(1, "card"))
    await sent(vendors, 1)
    faults: list[dict[str, Any]] = [{"status": 400}, {"status": 500}, {"drop": "after"}, {"hang": 30}]
    for number, fault in enumerate(faults, 2):
        vendors.play("telegram", path="answerCallbackQuery", **fault)
        async with asyncio.timeout(5):
            assert await post(gateway, tap(number, shown(vendors)[0]["buttons"][0][0]["callback_data"])) == 200
        assert (await sent(vendors, number))[-1] == "A person takes over."
    assert len(vendors.asked("telegram", "answerCallbackQuery")) == 4


@on_sqlite
async def test_tap_in_a_group_is_only_answered(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    assert await post(gateway, tap(1, "f" * 32, on={"chat": {"id": -5, "type": "group", "title": "P"}})) == 200

    async def is_answered() -> bool:
        return len(vendors.asked("telegram", "answerCallbackQuery")) == 1

    await until(is_answered)
    assert await sent(vendors, 0) == await sent(vendors, 0, -5) == []
    assert await read(gateway, inbox.c.id) == []
