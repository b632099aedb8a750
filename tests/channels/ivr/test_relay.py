"""The voice line over ConversationRelay's websocket."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
from sqlalchemy import func, select

from saathi.store.tables import calls, outbox
from tests.channels.conftest import Gateway, run_gateway
from tests.support.caller import Caller, sign, voice_settings
from tests.support.gateway import make_settings, on_sqlite
from tests.support.rasa import FakeDoor

RELAY = "/channels/ivr/relay"


@pytest.fixture
async def line(door: FakeDoor, database_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    chosen = voice_settings(database_url=database_url, rate_limit="1000/10 seconds", ivr_relay=True)
    async with run_gateway(make_settings(door.url, tmp_path, **chosen)) as gateway:
        yield gateway


@pytest.fixture
async def caller(line: Gateway) -> Caller:
    return await Caller(line.client).call()


@pytest.fixture
async def relay(line: Gateway, caller: Caller) -> AsyncIterator["Relay"]:
    headers = {"X-Twilio-Signature": sign("wss://voice.example" + RELAY, {})}
    async with line.client.ws_connect(RELAY, headers=headers) as socket:
        relay = Relay(socket)
        await relay.send(
            type="setup", sessionId="VX1", callSid=caller.sid, customParameters={}, **{"from": caller.number}
        )
        yield relay


class Relay:
    """Twilio's end of the websocket."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.languages: list[str] = []

    async def send(self, **message: Any) -> None:
        await self.socket.send_json(message)

    async def hear(self) -> str:
        """What is said in one turn of talk, or what the line does in its place."""
        said: list[str] = []
        while True:
            message = json.loads((await self.socket.receive(timeout=10)).data)
            if message["type"] == "text":
                assert set(message) == {"type", "token", "lang", "last"}
                said.append(message["token"])
                if message["last"]:
                    return " ".join(said)
            elif message["type"] == "language":
                assert set(message) == {"type", "ttsLanguage", "transcriptionLanguage"}
                self.languages.append(message["transcriptionLanguage"])
            else:
                assert message["type"] == "end", message
                return json.loads(message["handoffData"])["act"]

    async def key(self, keys: str) -> str:
        for key in keys:
            await self.send(type="dtmf", digit=key)
        return await self.hear()

    async def say(self, speech: str) -> str:
        await self.send(type="prompt", voicePrompt=speech, lang="en-IN", last=True)
        return await self.hear()


@on_sqlite
async def test_call_is_connected_to_the_websocket(caller: Caller) -> None:
    connect = caller.heard.find("Connect")
    assert connect is not None
    relay = connect.find("ConversationRelay")
    assert relay is not None
    assert relay.get("url") == "wss://voice.example" + RELAY
    assert {language.get("code") for language in relay.findall("Language")} == {"en-IN", "hi-IN"}


@on_sqlite
async def test_talk_by_keys_and_speech(relay: Relay, door: FakeDoor) -> None:
    assert "Welcome" in await relay.hear()
    assert "payout queries" in await relay.key("1")
    assert "echo: When do payouts come?" in await relay.key("1")
    assert "echo: what is a ulip" in await relay.say("what is a ulip")
    assert [asked["text"] for asked in door.asked] == ["When do payouts come?", "what is a ulip"]
    assert "किसी सहयोगी" in await relay.say("Hindi")
    assert relay.languages[-1] == "hi-IN"


@on_sqlite
async def test_slow_turn_gets_a_filler_first(relay: Relay, door: FakeDoor) -> None:
    await relay.hear()
    await relay.key("1")
    door.delay_s = 3.0
    heard = await relay.say("what is a ulip")
    assert heard.startswith("One moment")
    assert "echo: what is a ulip" in await relay.hear()
    assert len(door.asked) == 1


async def test_interruption_is_noted_once_and_what_was_cut_off_is_not_said_again(
    relay: Relay, line: Gateway, door: FakeDoor
) -> None:
    await relay.hear()
    await relay.key("1")
    said = await relay.say("what is a ulip and what does it cost")
    assert said.startswith("echo: what is a ulip and what does it cost")
    for _ in range(2):
        await relay.send(type="interrupt", utteranceUntilInterrupt="echo: what is a", durationUntilInterruptMs="460")
    assert (await relay.say("what is tds")).startswith("echo: what is tds")
    texts = select(outbox.c.body["text"].as_string()).order_by(outbox.c.seq)
    told = await line.services.database.read(lambda c: list(c.scalars(texts)))
    assert told[1:] == ["(The caller spoke after: echo: what is a)", "echo: what is tds"]


@on_sqlite
async def test_answer_that_was_heard_to_its_end_is_not_interrupted(relay: Relay, line: Gateway) -> None:
    await relay.hear()
    await relay.key("1")
    said = await relay.say("what is a ulip")
    await relay.send(type="interrupt", utteranceUntilInterrupt=said[:-10], durationUntilInterruptMs="9000")
    await relay.say("what is tds")
    count = select(func.count()).select_from(outbox)
    assert await line.services.database.read(lambda c: c.scalar(count)) == 2


@on_sqlite
async def test_silence_after_an_interruption_asks_without_the_answer(relay: Relay) -> None:
    await relay.hear()
    await relay.key("1")
    await relay.say("what is a ulip")
    await relay.send(type="interrupt", utteranceUntilInterrupt="echo:", durationUntilInterruptMs="300")
    asked = await relay.hear()
    assert "could not hear" in asked
    assert "echo" not in asked


@on_sqlite
async def test_language_is_told_only_where_it_changes(relay: Relay) -> None:
    await relay.hear()
    await relay.key("1")
    await relay.say("what is a ulip")
    assert relay.languages == ["en-IN"]
    await relay.say("Hindi")
    await relay.say("what is tds")
    assert relay.languages == ["en-IN", "hi-IN"]


async def test_pin_is_gathered_key_by_key_and_never_spoken(relay: Relay, line: Gateway) -> None:
    body, headers = {"pin": "739154"}, line.bearer()
    assert (await line.client.put("/api/pin", json=body, headers=headers)).status == 204
    await relay.hear()
    await relay.key("1")
    assert "partner I D" in await relay.key("5")
    assert "six digit" in await relay.key("1001#")
    assert "six digits" in await relay.say("seven three nine one five four")
    assert "I know it is you" in await relay.key("739154")


@on_sqlite
async def test_person_ends_the_session_and_the_call_goes_on_with_twiml(relay: Relay, caller: Caller) -> None:
    await relay.hear()
    await relay.key("1")
    assert await relay.key("9") == "hang_up"
    await caller.post("/channels/ivr/after-relay", SessionStatus="ended")
    assert "call you back" in caller.words
    assert caller.has("Hangup")


async def test_session_that_breaks_goes_on_by_keys(relay: Relay, caller: Caller, line: Gateway) -> None:
    await relay.hear()
    await relay.key("1")
    await relay.socket.close()
    await caller.post("/channels/ivr/after-relay", SessionStatus="failed")
    assert "payout queries" in caller.words
    assert "echo" in await caller.key("1")


@on_sqlite
async def test_what_is_no_message_is_ignored(relay: Relay, door: FakeDoor) -> None:
    await relay.hear()
    await relay.socket.send_str("{")
    await relay.socket.send_str("[]")
    for message in (
        {"type": "interrupt", "utteranceUntilInterrupt": "Wel", "durationUntilInterruptMs": 200},
        {"type": "error", "description": "Invalid message received"},
        {"type": "prompt", "voicePrompt": "what", "lang": "en-IN", "last": False},
        {"type": "prompt", "voicePrompt": None},
        {"type": "dtmf"},
        {"type": "unheard"},
        {},
    ):
        await relay.send(**message)
    assert "could not hear" in await relay.hear()
    assert "payout queries" in await relay.key("1")
    assert door.asked == []


@on_sqlite
async def test_first_message_must_be_a_setup(line: Gateway) -> None:
    headers = {"X-Twilio-Signature": sign("wss://voice.example" + RELAY, {})}
    async with line.client.ws_connect(RELAY, headers=headers) as socket:
        await socket.send_json({"type": "prompt", "voicePrompt": "hello", "last": True})
        assert (await socket.receive(timeout=5)).type is WSMsgType.CLOSE
    assert await line.services.database.read(lambda c: c.execute(select(calls.c.sid)).all()) == []


@on_sqlite
@pytest.mark.parametrize("signed", ["", "x", sign("https://voice.example" + RELAY, {"a": "b"})])
async def test_forged_websocket_is_refused(line: Gateway, signed: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await line.client.ws_connect(RELAY, headers={"X-Twilio-Signature": signed})
    assert refused.value.status == 403


@on_sqlite
async def test_gateway_that_stops_closes_the_socket(relay: Relay, line: Gateway) -> None:
    await relay.hear()
    stopping = asyncio.create_task(line.client.close())
    assert (await relay.socket.receive(timeout=5)).type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED}
    await stopping
