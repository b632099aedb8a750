"""Telegram: what comes to the webhook takes one turn each, in order, and is answered in its chat."""

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from channels.telegram.webhook import PATH, SECRET
from saathi import linking
from saathi.settings import Settings
from saathi.store.tables import feedback, inbox
from tests.channels.conftest import Gateway, run_gateway
from tests.support import telegram
from tests.support.rasa import FakeDoor
from tests.support.telegram import BotApi, message, tap, update
from tests.support.waiting import until

CHAT = 77


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with telegram.run_bot_api() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, api: BotApi) -> Settings:
    return telegram.turn_on(settings, api.url)


async def post(gateway: Gateway, body: Any, secret: str | None = telegram.SECRET) -> int:
    headers = {SECRET: secret} if secret is not None else {}
    async with gateway.client.post(PATH, json=body, headers=headers) as answer:
        return answer.status


async def sent(api: BotApi, count: int, chat: int | None = None) -> list[str]:
    """The texts of the messages once so many have come; a moment later there must be no more."""

    async def have_come() -> bool:
        return len(api.sent(chat)) >= count

    await until(have_come)
    await asyncio.sleep(0.2)
    assert len(api.sent(chat)) == count
    return api.texts(chat)


def said(door: FakeDoor) -> list[str]:
    return [asked.get("text", asked.get("payload")) for asked in door.asked]


async def read(gateway: Gateway, query: Any) -> list[Any]:
    return list(await gateway.services.database.read(lambda c: c.scalars(query).all()))


async def test_message_is_answered_in_its_chat(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    assert await post(gateway, update(1, "kab aayega payout? 10% (net) - ok!")) == 200
    assert await sent(api, 1, CHAT) == ["echo: kab aayega payout? 10% (net) - ok!"]
    assert api.sent()[0].fields["parse_mode"] == "MarkdownV2"
    assert door.asked[0]["channel"] == "telegram"


async def test_update_without_the_secret_is_refused(gateway: Gateway) -> None:
    for secret in (None, "", "wrong", telegram.SECRET + "x", "हाँ"):
        assert await post(gateway, update(1, "hello"), secret) == 403
    assert await read(gateway, select(inbox.c.id)) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("lacking", ["telegram_bot_token", "telegram_secret_token"])
async def test_channel_without_its_secrets_is_off(settings: Settings, lacking: str) -> None:
    without = Settings(_env_file=None, **{**settings.model_dump(), lacking: ""})
    async with run_gateway(without) as gateway:
        assert await post(gateway, update(1, "hello")) == 404


async def test_five_equal_updates_at_once_are_one_turn(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    assert await asyncio.gather(*(post(gateway, update(1, "hello")) for _ in range(5))) == [200] * 5
    assert await sent(api, 1) == ["echo: hello"]
    assert said(door) == ["hello"]


async def test_updates_count_by_their_id_in_order_of_arrival(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    for number in (5, 3, 4, 4, 3, 1):
        assert await post(gateway, update(number, f"text {number}")) == 200
    assert await sent(api, 4) == [f"echo: text {number}" for number in (5, 3, 4, 1)]
    assert said(door) == ["text 5", "text 3", "text 4", "text 1"]


async def test_id_that_comes_again_after_an_idle_week_is_another_message(gateway: Gateway, api: BotApi) -> None:
    await post(gateway, update(9, "before"))
    await post(gateway, update(9, "after", date=1_700_000_000 + 7 * 86400 + 60))
    assert await sent(api, 2) == ["echo: before", "echo: after"]


async def test_copy_after_a_restart_changes_nothing(settings: Settings, api: BotApi) -> None:
    async with run_gateway(settings) as gateway:
        await post(gateway, update(1, "hello"))
        await sent(api, 1)
    async with run_gateway(settings) as gateway:
        assert await post(gateway, update(1, "hello")) == 200
        await sent(api, 1)


async def test_hundred_copies_over_two_gateways_are_one_turn(settings: Settings, api: BotApi, door: FakeDoor) -> None:
    async with run_gateway(settings) as one, run_gateway(settings) as other:
        posts = [post(gateway, update(1, "hello")) for _ in range(50) for gateway in (one, other)]
        assert set(await asyncio.gather(*posts)) == {200}
        assert await sent(api, 1) == ["echo: hello"]
    assert said(door) == ["hello"]


async def test_twenty_quick_messages_are_answered_in_order(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    door.delay_s = 0.02
    for number in range(20):
        await post(gateway, update(number, f"text {number}"))
    assert await sent(api, 20) == [f"echo: text {number}" for number in range(20)]


async def test_edited_message_is_no_turn(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    await post(gateway, update(1, "hello"))
    await sent(api, 1)
    edited = {"update_id": 2, "edited_message": message("hello!", edit_date=1_700_000_100)}
    assert await post(gateway, edited) == 200
    await sent(api, 1)
    assert said(door) == ["hello"]


async def test_message_is_masked_before_it_is_kept(gateway: Gateway, api: BotApi) -> None:
    await post(gateway, update(1, "my pan is ABCPE1234F"))
    await sent(api, 1)
    assert "ABCPE1234F" not in json.dumps(await read(gateway, select(inbox.c.text)))


@pytest.mark.parametrize(("kind", "where"), [("supergroup", "message"), ("channel", "channel_post")])
async def test_group_is_refused_once(gateway: Gateway, api: BotApi, door: FakeDoor, kind: str, where: str) -> None:
    chat = {"id": -500, "type": kind, "title": "Partners"}
    for number in range(3):
        body = {
            "update_id": number,
            where: message("payout kab aayega") | {"chat": chat, "message_id": number},
        }
        assert await post(gateway, body) == 200
    assert "one to one" in (await sent(api, 1, -500))[0]
    assert said(door) == []
    assert await read(gateway, select(inbox.c.text)) == ["[group]"]


async def test_bot_that_is_added_to_a_group_refuses_at_once(gateway: Gateway, api: BotApi) -> None:
    bot = {"id": 123456, "is_bot": True, "first_name": "Saathi"}
    change = {
        "chat": {"id": -500, "type": "group", "title": "Partners"},
        "from": message()["from"],
        "date": 1_700_000_000,
        "old_chat_member": {"user": bot, "status": "left"},
        "new_chat_member": {"user": bot, "status": "member"},
    }
    await post(gateway, {"update_id": 1, "my_chat_member": change})
    await post(gateway, {"update_id": 2, "message": message("hi") | {"chat": change["chat"]}})
    await sent(api, 1, -500)


async def test_choice_is_offered_by_its_id_and_taken_from_the_server(
    gateway: Gateway, api: BotApi, door: FakeDoor
) -> None:
    await post(gateway, update(1, "card"))
    await sent(api, 1)
    one, other = [button for line in api.sent()[0].buttons for button in line]
    assert (one["text"], other["text"]) == ("Talk to a person", "What is a ULIP?")
    assert "/ask_human" not in json.dumps(api.sent()[0].fields)
    await post(gateway, tap(2, one["callback_data"]))
    await post(gateway, tap(3, other["callback_data"]))
    assert (await sent(api, 3))[1:] == ["A person takes over.", "echo: What is a ULIP?"]
    assert door.asked[1]["payload"] == "/ask_human"
    assert [asked.fields["callback_query_id"] for asked in api.methods("answerCallbackQuery")] == ["q2", "q3"]


async def test_unknown_choice_gets_a_line_and_its_tap_is_answered(
    gateway: Gateway, api: BotApi, door: FakeDoor
) -> None:
    for number, data in enumerate(("f" * 32, "/ask_human", "\0", "x" * 64)):
        assert await post(gateway, tap(number, data)) == 200
    assert all("no longer available" in text for text in await sent(api, 4))
    assert len(api.methods("answerCallbackQuery")) == 4
    assert said(door) == []


async def test_choice_of_another_person_is_unknown(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    await post(gateway, update(1, "card"))
    await sent(api, 1)
    one = api.sent()[0].buttons[0][0]
    await post(gateway, tap(2, one["callback_data"], chat=78))
    assert "no longer available" in (await sent(api, 1, 78))[0]
    assert len(door.asked) == 1


async def test_line_about_an_unknown_choice_is_in_the_language_of_its_button(gateway: Gateway, api: BotApi) -> None:
    keyboard = {"inline_keyboard": [[{"text": "किसी व्यक्ति से बात करनी है", "callback_data": "f" * 32}]]}
    await post(gateway, tap(1, "f" * 32, shown={"reply_markup": keyboard}))
    assert (await sent(api, 1))[0].startswith("यह बटन")


async def test_tap_that_cannot_be_answered_is_heard_all_the_same(
    gateway: Gateway, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.telegram.sender.CALLBACK_DEADLINE_S", 0.5)
    await post(gateway, update(1, "card"))
    await sent(api, 1)
    api.faults["answerCallbackQuery"] = [400, 500, "drop", "hang"]
    for number in range(2, 6):
        async with asyncio.timeout(5):
            assert await post(gateway, tap(number, api.sent()[0].buttons[0][0]["callback_data"])) == 200
    assert (await sent(api, 5))[1:] == ["A person takes over."] * 4


async def test_command_is_said_in_words(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    await post(gateway, update(1, "/start", **{"from": {**message()["from"], "language_code": "hi-IN"}}))
    await sent(api, 1)
    assert (said(door), door.asked[0]["slots"]["language"]) == (["नमस्ते"], "hi")
    assert "payload" not in door.asked[0]


async def test_unknown_command_gets_a_line(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    mark = {"type": "bot_command", "offset": 0, "length": 8}
    await post(gateway, update(1, "/restart", entities=[mark]))
    assert "/help" in (await sent(api, 1))[0]
    assert said(door) == []


async def test_start_with_a_code_links_the_chat(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    code = await gateway.services.database.write(lambda c: linking.issue_to_partner(c, "P1001", 1_700_000_000))
    await post(gateway, update(1, f"/start {code}"))
    assert "ten minutes" in (await sent(api, 1))[0]  # of another time
    fresh = await gateway.services.database.write(lambda c: linking.issue_to_partner(c, "P1001", time.time()))
    for _ in range(2):
        await post(gateway, update(2, f"/start {fresh}"))
    assert "linked to your account" in (await sent(api, 2))[1]
    await post(gateway, update(3, "hello"))
    await sent(api, 3)
    async with gateway.chat() as chat:
        await chat.ask("and here", "m1")
    assert len({asked["conversation"] for asked in door.asked}) == 1
    assert fresh not in json.dumps(await read(gateway, select(inbox.c.text)))


async def test_start_with_what_is_no_code_is_told_so(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    await post(gateway, update(1, "/start promo"))
    assert "not right" in (await sent(api, 1))[0]
    assert said(door) == []


async def test_reaction_rates_the_answer_that_it_is_on(gateway: Gateway, api: BotApi) -> None:
    await post(gateway, update(1, "hello"))
    await sent(api, 1)
    change = {
        "chat": message()["chat"],
        "user": message()["from"],
        "message_id": 1,
        "date": 1_700_000_100,
        "old_reaction": [],
    }
    for number, (emojis, kept) in enumerate(((["🎉"], []), (["👍"], ["up"]), (["👎"], ["down"]), ([], ["down"])), 2):
        reactions = [{"type": "emoji", "emoji": emoji} for emoji in emojis]
        body = {"update_id": number, "message_reaction": change | {"new_reaction": reactions}}
        assert [await post(gateway, body) for _ in range(2)] == [200, 200]
        assert await read(gateway, select(feedback.c.value)) == kept
    await sent(api, 1)


async def test_copies_of_one_wrong_code_are_one_try(gateway: Gateway, api: BotApi) -> None:
    for _ in range(6):
        await post(gateway, update(1, "/start K7M2QP"))
    assert "not right" in (await sent(api, 1))[0]
    for number in range(2, 6):
        await post(gateway, update(number, "/start K7M2QP"))
    assert "in an hour" in (await sent(api, 5))[4]


async def test_what_is_no_text_gets_a_line_that_fits(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    file = {"file_id": "f", "file_unique_id": "u", "file_size": 1000}
    voice = {**file, "duration": 3}
    await post(gateway, update(1, voice=voice, **{"from": {**message()["from"], "language_code": "hi"}}))
    await post(gateway, update(2, document={**file, "file_name": "kyc.pdf"}))
    await post(gateway, update(3, location={"latitude": 19.0, "longitude": 72.8}))
    texts = await sent(api, 3)
    assert [text[:9] for text in texts] == ["वॉइस मैसे", "I cannot ", "Thank you"]
    assert said(door) == []


async def test_line_is_in_the_language_of_the_conversation(gateway: Gateway, api: BotApi) -> None:
    await post(gateway, update(1, "mera payout kab aayega bhai"))
    await sent(api, 1)
    await post(gateway, update(2, dice={"emoji": "🎲", "value": 3}))
    assert (await sent(api, 2))[1].startswith("Badhiya!")


async def test_flood_of_stickers_gets_no_more_lines_than_messages_may_be_sent(
    settings: Settings, api: BotApi, door: FakeDoor
) -> None:
    slow = Settings(_env_file=None, **{**settings.model_dump(), "rate_limit": "2/minute"})
    async with run_gateway(slow) as gateway:
        for number in range(6):
            assert await post(gateway, update(number, dice={"emoji": "🎲", "value": 3})) == 200
        await sent(api, 2)


async def test_another_bot_gets_no_answer(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    assert await post(gateway, update(1, "hello", **{"from": {**message()["from"], "is_bot": True}})) == 200
    await sent(api, 0)
    assert said(door) == []


async def test_tap_in_a_group_is_only_answered(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    assert await post(gateway, tap(1, "f" * 32, shown={"chat": {"id": -5, "type": "group", "title": "P"}})) == 200

    async def is_answered() -> bool:
        return len(api.methods("answerCallbackQuery")) == 1

    await until(is_answered)
    await sent(api, 0)
    assert await read(gateway, select(inbox.c.id)) == []


async def test_album_gets_one_line_and_its_caption_is_a_message(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 90, "height": 90}]
    await post(gateway, update(1, photo=photo, media_group_id="a1", caption="is this form right?"))
    for number in (2, 3, 4):
        await post(gateway, update(number, photo=photo, media_group_id="a1"))
    assert sorted(await sent(api, 2))[1] == "echo: is this form right?"
    assert said(door) == ["is this form right?"]


async def test_text_that_cannot_be_read_gets_a_line(gateway: Gateway, api: BotApi, door: FakeDoor) -> None:
    for number, text in enumerate(("  ", "x" * 2001, "a\0b", "\ud800")):
        assert await post(gateway, update(number, text)) == 200
    told = ("without any text", "too long", "cannot read", "cannot read")
    assert all(words in text for words, text in zip(told, await sent(api, 4), strict=True))
    assert said(door) == []


async def test_what_is_no_update_is_acknowledged_and_left(gateway: Gateway) -> None:
    for body in ("", "{", "[" * 5000, "[]", '{"update_id": "1"}', '{"update_id": 1, "message": 5}'):
        async with gateway.client.post(PATH, data=body, headers={SECRET: telegram.SECRET}) as answer:
            assert answer.status == 200
    assert await read(gateway, select(inbox.c.id)) == []


async def test_long_update_is_taken(gateway: Gateway, api: BotApi) -> None:
    quoted = message("q", reply_markup={"inline_keyboard": [[{"text": "y" * 100, "url": "https://a.example"}]] * 800})
    await post(gateway, update(1, "hello", reply_to_message=quoted))
    assert await sent(api, 1) == ["echo: hello"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_message_that_cannot_be_stored_is_asked_for_again(
    gateway: Gateway, api: BotApi, door: FakeDoor, tmp_path: Path
) -> None:
    lock = sqlite3.connect(tmp_path / "saathi.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    assert await post(gateway, update(1, "hello")) == 503
    lock.execute("COMMIT")
    lock.close()
    assert await post(gateway, update(1, "hello")) == 200
    assert await sent(api, 1) == ["echo: hello"]
