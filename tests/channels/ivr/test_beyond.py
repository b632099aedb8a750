"""Where a call leads beyond the line itself: to a person, and to a message with a link."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from saathi import addresses, conversations
from saathi.store.tables import handoffs, outbox
from tests.channels.conftest import Gateway, run_gateway
from tests.support.caller import ORIGIN, Caller, sign, voice_settings
from tests.support.gateway import make_settings, on_sqlite
from tests.support.rasa import FakeDoor

NUMBER, DESK = "+919800000001", "+918000000000"


@pytest.fixture
async def line(door: FakeDoor, database_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    chosen = voice_settings(
        database_url=database_url,
        rate_limit="1000/10 seconds",
        ivr_transfer_to=DESK,
        twilio_account_sid="AC" + "0" * 32,
        twilio_whatsapp_from="whatsapp:+910000000000",
        twilio_api_base="http://127.0.0.1:9",
    )
    async with run_gateway(make_settings(door.url, tmp_path, **chosen)) as gateway:
        yield gateway


@pytest.fixture
async def caller(line: Gateway) -> Caller:
    caller = await Caller(line.client, NUMBER).call()
    await caller.key("1")
    return caller


async def link_whatsapp(gateway: Gateway) -> str:
    def work(connection) -> str:
        addresses.enter(connection, "whatsapp", f"whatsapp:{NUMBER}", time.time())
        chat = conversations.find_chat(connection, "P1001", time.time())
        addresses.move(connection, "whatsapp", f"whatsapp:{NUMBER}", chat)
        return chat

    return await gateway.services.database.write(work)


async def find_sent(gateway: Gateway) -> list:
    query = select(outbox).where(outbox.c.channel == "whatsapp")
    return await gateway.services.database.read(lambda c: c.execute(query).mappings().all())


@on_sqlite
async def test_caller_is_put_through_and_the_person_is_told_first(caller: Caller, line: Gateway) -> None:
    await caller.say("what is a ulip")
    await caller.key("9")
    assert "putting you through" in caller.words
    number = caller.heard.find("Dial/Number")
    assert number is not None
    assert number.text == DESK
    whisper = Caller(line.client, DESK)
    await whisper.post((number.get("url") or "").removeprefix("https://voice.example"), ParentCallSid=caller.sid)
    assert "The last question was: what is a ulip." in whisper.words
    assert "has not been checked" in whisper.words
    packets = await line.services.database.read(lambda c: c.execute(select(handoffs.c.packet)).all())
    assert packets[0][0]["channel"] == "ivr"


@on_sqlite
@pytest.mark.parametrize(
    ("status", "told"), [("completed", "Goodbye"), ("no-answer", "call you back"), ("busy", "call you back")]
)
async def test_after_the_transfer_the_call_ends_with_a_word(caller: Caller, status: str, told: str) -> None:
    await caller.key("9")
    dial = caller.heard.find("Dial")
    assert dial is not None
    action = (dial.get("action") or "").removeprefix("https://voice.example")
    await caller.post(action, DialCallStatus=status)
    assert told in caller.words
    assert caller.has("Hangup")


@on_sqlite
async def test_whisper_for_an_unknown_call_hangs_up(line: Gateway) -> None:
    whisper = Caller(line.client, DESK)
    await whisper.post("/channels/ivr/whisper?call=CAnobody")
    assert whisper.has("Hangup")


@on_sqlite
async def test_silence_from_the_start_is_put_through(line: Gateway) -> None:
    caller = await Caller(line.client, NUMBER).call()
    for _ in range(3):
        await caller.keep_silent()
    assert caller.has("Dial")


@on_sqlite
async def test_silence_after_an_answer_is_goodbye(caller: Caller) -> None:
    await caller.say("what is a ulip")
    for _ in range(3):
        await caller.keep_silent()
    assert caller.has("Hangup")
    assert "Thank you for calling" in caller.words


async def test_link_goes_to_the_callers_linked_whatsapp_once(caller: Caller, line: Gateway) -> None:
    chat = await link_whatsapp(line)
    await caller.say("card")
    action = caller.action
    assert "sent the link to your WhatsApp" in await caller.key("3")
    await caller.post(action, Digits="3")
    sent = await find_sent(line)
    assert len(sent) == 1
    assert sent[0]["address"] == f"whatsapp:{NUMBER}"
    assert sent[0]["conversation"] == chat
    assert "https://voice.example/articles/surrender-value" in sent[0]["body"]["text"]


@on_sqlite
async def test_link_for_a_number_that_is_not_linked_is_declined_in_words(caller: Caller, line: Gateway) -> None:
    await caller.say("card")
    assert "not connected on WhatsApp" in await caller.say("send me the link")
    assert await find_sent(line) == []
    assert caller.gather


@on_sqlite
async def test_answer_without_a_link_says_so(caller: Caller) -> None:
    await caller.say("what is a ulip")
    assert "no link for this" in await caller.key("3")


@on_sqlite
async def test_status_callback_ends_the_call(caller: Caller, line: Gateway) -> None:
    form = {"CallSid": caller.sid, "CallStatus": "completed"}
    headers = {"X-Twilio-Signature": sign(ORIGIN + "/channels/ivr/status", form)}
    answer = await line.client.post("/channels/ivr/status", data=form, headers=headers)
    assert answer.status == 204
    await caller.key("1")
    assert caller.has("Hangup")
    assert (await line.client.post("/channels/ivr/status", data=form)).status == 403
