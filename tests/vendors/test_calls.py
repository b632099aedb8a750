"""A call through TwiML: what is heard, what is waited for, and how it ends."""

import asyncio
from typing import Any

import pytest

from tests.support.vendors import PUBLIC, Running
from tests.support.waiting import until
from tests.vendors.gateway import SmallGateway
from vendors.twilio.call import Call
from vendors.twilio.twiml import TwimlFault, read_twiml

HOOK = "/channels/ivr/webhook"
CALLER = "+919800000001"


def kinds(running: Running, call: Call) -> list[str]:
    entries = running.vendors.journal.list_thread(call.thread)
    return [
        entry["kind"] for entry in entries if entry.get("kind") in {"say", "play", "pause", "dial", "fault", "whisper"}
    ]


async def start(running: Running, gateway: SmallGateway, verbs: str) -> Call:
    gateway.answers[HOOK] = f"<Response>{verbs}</Response>"
    return await running.vendors.calls.start(CALLER)


async def test_keys_go_out_at_their_number_or_at_the_finishing_key(running: Running, gateway: SmallGateway) -> None:
    call = await start(running, gateway, f'<Gather numDigits="2" action="{HOOK}?a=1"/>')
    for key in "12":
        await running.vendors.calls.press(call, key)
    call.gather = read_twiml(f'<Response><Gather action="{HOOK}?a=2"/></Response>')[0]
    for key in "345#":
        await running.vendors.calls.press(call, key)
    assert [form.get("Digits") for form in gateway.sent_to(HOOK)] == [None, "12", "345"]


async def test_keys_go_out_after_a_pause(running: Running, gateway: SmallGateway) -> None:
    call = await start(running, gateway, '<Gather timeout="0.05"/>')
    await running.vendors.calls.press(call, "7")

    async def is_sent() -> bool:
        return [form.get("Digits") for form in gateway.sent_to(HOOK)][1:] == ["7"]

    await until(is_sent)


async def test_keys_of_a_pin_are_shown_to_nobody(running: Running, gateway: SmallGateway) -> None:
    call = await start(running, gateway, '<Gather numDigits="6"/>')
    for key in "482913":
        await running.vendors.calls.press(call, key)
    assert gateway.sent_to(HOOK)[1]["Digits"] == "482913"
    shown = [entry["text"] for entry in running.vendors.journal.list_thread(call.thread) if entry.get("kind") == "keys"]
    assert shown == ["••••••"]


async def test_silence_goes_on_behind_the_gather_or_to_its_action(running: Running, gateway: SmallGateway) -> None:
    call = await start(running, gateway, "<Gather/><Say>Once more</Say><Gather/>")
    await running.vendors.calls.stay_silent(call)
    assert kinds(running, call) == ["say"]
    call = await start(running, gateway, f'<Gather actionOnEmptyResult="true" action="{HOOK}?a=1"/>')
    await running.vendors.calls.stay_silent(call)
    assert gateway.sent_to(HOOK)[-1]["Digits"] == ""


async def test_speech_is_heard_only_where_it_is_wanted(running: Running, gateway: SmallGateway) -> None:
    call = await start(running, gateway, '<Gather input="dtmf"/>')
    await running.vendors.calls.speak(call, "hello")
    assert len(gateway.sent_to(HOOK)) == 1
    call = await start(running, gateway, '<Gather input="speech"/>')
    await running.vendors.calls.press(call, "1")
    await running.vendors.calls.speak(call, "hello", 0.2)
    said = gateway.sent_to(HOOK)[-1]
    assert (said["SpeechResult"], said["Confidence"]) == ("hello", "0.20")


async def test_call_is_put_through_with_a_whisper(running: Running, gateway: SmallGateway) -> None:
    gateway.answers["/whisper"] = "<Response><Say>About a payout.</Say></Response>"
    dial = f'<Dial action="{HOOK}?d=1"><Number url="/whisper">+918000000002</Number></Dial>'
    call = await start(running, gateway, dial)
    gateway.answers[HOOK] = "<Response><Hangup/></Response>"
    await running.vendors.calls.answer_dial(call, "completed")
    assert kinds(running, call) == ["dial", "whisper"]
    assert gateway.sent_to("/whisper")[0]["ParentCallSid"] == call.sid
    assert gateway.sent_to(HOOK)[-1]["DialCallStatus"] == "completed"
    assert call.status == "completed"


async def test_redirects_without_end_are_ended(running: Running, gateway: SmallGateway) -> None:
    call = await start(running, gateway, f"<Redirect>{HOOK}</Redirect>")
    assert call.status == "completed"
    assert kinds(running, call) == ["fault"]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "hello",
        "<Response>",
        "<Answer/>",
        "<Response><Sing/></Response>",
        "<Response><Gather><Dial/></Gather></Response>",
        '<Response><Gather numDigits="one"/></Response>',
        '<Response><Gather timeout="0"/></Response>',
    ],
)
async def test_answer_that_cannot_be_played_ends_the_call(running: Running, gateway: SmallGateway, answer: str) -> None:
    gateway.answers[HOOK] = answer
    call = await running.vendors.calls.start(CALLER)
    assert call.status == "completed"
    assert kinds(running, call) == ["fault"]
    assert gateway.sent_to("/channels/ivr/status")[0]["CallStatus"] == "completed"


async def test_failing_gateway_ends_the_call(running: Running, gateway: SmallGateway) -> None:
    gateway.statuses = [500, 500]
    call = await running.vendors.calls.start(CALLER)
    assert kinds(running, call) == ["fault"]


def test_document_type_is_refused() -> None:
    with pytest.raises(TwimlFault, match="document type"):
        read_twiml('<!DOCTYPE r [<!ENTITY a "b">]><Response/>')


async def test_call_over_a_websocket(running: Running, gateway: SmallGateway) -> None:
    relay = f"{PUBLIC.replace('http', 'ws', 1)}/relay"
    call = await start(
        running,
        gateway,
        f'<Connect action="/after"><ConversationRelay url="{relay}" welcomeGreeting="Namaste"/></Connect>',
    )
    await running.vendors.calls.speak(call, "payout")

    def spoken() -> list[Any]:
        return [
            entry["text"] for entry in running.vendors.journal.list_thread(call.thread) if entry.get("kind") == "say"
        ]

    async def is_answered() -> bool:
        return spoken() == ["Namaste", "You said payout"]

    await until(is_answered)
    await running.vendors.calls.press(call, "1")

    async def is_over() -> bool:
        return call.status == "completed"

    await until(is_over)
    assert [told["type"] for told in gateway.relayed] == ["setup", "prompt", "dtmf"]
    assert gateway.sent_to("/after")[0]["HandoffData"] == "{}"


async def test_websocket_that_does_not_open_ends_the_call(running: Running, gateway: SmallGateway) -> None:
    url = f"{PUBLIC.replace('http', 'ws', 1)}/nowhere"
    call = await start(running, gateway, f'<Connect><ConversationRelay url="{url}"/></Connect>')
    assert kinds(running, call) == ["fault"]
    await asyncio.sleep(0)
