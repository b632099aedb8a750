"""What takes no turn on Telegram, and gets one friendly line or none: files, commands, groups, other bots."""

import pytest

from saathi.settings import Settings
from saathi.store.tables import inbox
from tests.channels.conftest import Gateway, run_gateway
from tests.support.gateway import on_sqlite
from tests.support.rasa import FakeDoor
from tests.support.telegram import message, post, read, said, sent, update
from tests.support.vendors import Running


async def test_edited_message_is_no_turn(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    await post(gateway, update(1, "hello"))
    await sent(vendors, 1)
    edited = {"update_id": 2, "edited_message": message("hello!", edit_date=1_700_000_100)}
    assert await post(gateway, edited) == 200
    await sent(vendors, 1)
    assert said(door) == ["hello"]


@pytest.mark.parametrize(("kind", "where"), [("supergroup", "message"), ("channel", "channel_post")])
async def test_group_is_refused_once(gateway: Gateway, vendors: Running, door: FakeDoor, kind: str, where: str) -> None:
    chat = {"id": -500, "type": kind, "title": "Partners"}
    for number in range(3):
        body = {
            "update_id": number,
            where: message("payout kab aayega") | {"chat": chat, "message_id": number},
        }
        assert await post(gateway, body) == 200
    assert "one to one" in (await sent(vendors, 1, -500))[0]
    assert said(door) == []
    assert await read(gateway, inbox.c.text) == ["[group]"]


@on_sqlite
async def test_bot_that_is_added_to_a_group_refuses_at_once(gateway: Gateway, vendors: Running) -> None:
    bot = {"id": 700000000, "is_bot": True, "first_name": "Saathi"}
    change = {
        "chat": {"id": -500, "type": "group", "title": "Partners"},
        "from": message()["from"],
        "date": 1_700_000_000,
        "old_chat_member": {"user": bot, "status": "left"},
        "new_chat_member": {"user": bot, "status": "member"},
    }
    await post(gateway, {"update_id": 1, "my_chat_member": change})
    await post(gateway, {"update_id": 2, "message": message("hi") | {"chat": change["chat"]}})
    await sent(vendors, 1, -500)


@on_sqlite
async def test_command_is_said_in_words(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    await post(gateway, update(1, "/start", **{"from": {**message()["from"], "language_code": "hi-IN"}}))
    await sent(vendors, 1)
    assert (said(door), door.asked[0]["slots"]["language"]) == (["नमस्ते"], "hi")
    assert "payload" not in door.asked[0]


@on_sqlite
async def test_unknown_command_gets_a_line(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    mark = {"type": "bot_command", "offset": 0, "length": 8}
    await post(gateway, update(1, "/restart", entities=[mark]))
    assert "/help" in (await sent(vendors, 1))[0]
    assert said(door) == []


@on_sqlite
async def test_what_is_no_text_gets_a_line_that_fits(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    file = {"file_id": "f", "file_unique_id": "u", "file_size": 1000}
    voice = {**file, "duration": 3}
    await post(gateway, update(1, voice=voice, **{"from": {**message()["from"], "language_code": "hi"}}))
    await post(gateway, update(2, document={**file, "file_name": "kyc.pdf"}))
    await post(gateway, update(3, location={"latitude": 19.0, "longitude": 72.8}))
    texts = await sent(vendors, 3)
    assert [text[:9] for text in texts] == ["वॉइस मैसे", "I cannot ", "Thank you"]
    assert said(door) == []


@on_sqlite
async def test_line_is_in_the_language_of_the_conversation(gateway: Gateway, vendors: Running) -> None:
    await post(gateway, update(1, "mera payout kab aayega bhai"))
    await sent(vendors, 1)
    await post(gateway, update(2, dice={"emoji": "🎲", "value": 3}))
    assert (await sent(vendors, 2))[1].startswith("Badhiya!")


@on_sqlite
async def test_flood_of_stickers_gets_no_more_lines_than_messages_may_be_sent(
    settings: Settings, vendors: Running, door: FakeDoor
) -> None:
    slow = Settings(_env_file=None, **{**settings.model_dump(), "rate_limit": "2/minute"})
    async with run_gateway(slow) as gateway:
        for number in range(6):
            assert await post(gateway, update(number, dice={"emoji": "🎲", "value": 3})) == 200
        await sent(vendors, 2)


@on_sqlite
async def test_another_bot_gets_no_answer(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    assert await post(gateway, update(1, "hello", **{"from": {**message()["from"], "is_bot": True}})) == 200
    await sent(vendors, 0)
    assert said(door) == []


@on_sqlite
async def test_album_gets_one_line_and_its_caption_is_a_message(
    gateway: Gateway, vendors: Running, door: FakeDoor
) -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 90, "height": 90}]
    await post(gateway, update(1, photo=photo, media_group_id="a1", caption="is this form right?"))
    for number in (2, 3, 4):
        await post(gateway, update(number, photo=photo, media_group_id="a1"))
    assert sorted(await sent(vendors, 2))[1] == "echo: is this form right?"
    assert said(door) == ["is this form right?"]


@on_sqlite
async def test_text_that_cannot_be_read_gets_a_line(gateway: Gateway, vendors: Running, door: FakeDoor) -> None:
    for number, text in enumerate(("  ", "x" * 2001, "a\0b", "\ud800")):
        assert await post(gateway, update(number, text)) == 200
    told = ("without any text", "too long", "cannot read", "cannot read")
    assert all(words in text for words, text in zip(told, await sent(vendors, 4), strict=True))
    assert said(door) == []
