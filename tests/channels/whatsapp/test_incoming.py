"""What people send on WhatsApp: each message once, whatever it is."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from channels.whatsapp.webhook import STATUS, WEBHOOK
from saathi.settings import Settings
from saathi.store import StoreUnavailable
from saathi.store.tables import addresses, inbox, outbox
from tests.channels.conftest import Gateway, run_gateway
from tests.support.gateway import make_settings, on_sqlite
from tests.support.twilio import make_form, sign
from tests.support.vendors import FROM, Running, twilio_settings
from tests.support.whatsapp import OfferingDoor, count, post, say, seen, texts, wait_for


async def test_text_is_answered(gateway: Gateway, vendors: Running) -> None:
    await say(gateway, "payout kab aayega?")
    assert [shown["text"] for shown in await wait_for(vendors, 1)] == ["echo: payout kab aayega?"]
    (asked,) = vendors.asked("twilio")
    assert asked.fields["StatusCallback"] == "https://saathi.example/channels/whatsapp/status"
    assert asked.fields["From"] == FROM


async def test_duplicate_webhooks_are_one_message_and_one_reply(gateway: Gateway, vendors: Running) -> None:
    form = make_form("hello")
    assert await asyncio.gather(*(post(gateway, form) for _ in range(5))) == [200] * 5
    await wait_for(vendors, 1)
    assert await post(gateway, form) == 200
    await asyncio.sleep(0.3)
    assert len(seen(vendors)) == 1
    assert (await count(gateway, inbox), await count(gateway, outbox)) == (1, 1)


async def test_duplicates_to_two_gateways_are_one_message_and_one_reply(settings: Settings, vendors: Running) -> None:
    forms = [make_form(f"question {number}") for number in range(4)]
    async with run_gateway(settings) as one, run_gateway(settings) as two:
        statuses = await asyncio.gather(*(post(gateway, form) for form in forms for gateway in (one, two) * 5))
        assert set(statuses) == {200}
        await wait_for(vendors, 4)
        await asyncio.sleep(0.5)
        assert sorted(texts(vendors)) == [f"echo: question {n}" for n in range(4)]
        assert await count(one, inbox) == 4


async def test_wrong_signature_is_refused_and_nothing_is_kept(gateway: Gateway) -> None:
    form = make_form("hello")
    for headers in ({}, sign(STATUS, form), sign(WEBHOOK, {**form, "Body": "hullo"})):
        async with gateway.client.post(WEBHOOK, data=form, headers=headers) as answer:
            assert answer.status == 403
    assert await count(gateway, inbox) == 0


async def test_store_that_is_away_makes_twilio_send_again(
    gateway: Gateway, vendors: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = make_form("hello")
    with monkeypatch.context() as patch:

        async def fail(_work: Any) -> Any:
            raise StoreUnavailable("gone")

        patch.setattr(gateway.services.database, "write", fail)
        assert await post(gateway, form) == 503
    assert await post(gateway, form) == 200
    assert len(await wait_for(vendors, 1)) == 1


async def test_sender_without_a_number_is_answered_at_its_id(gateway: Gateway, vendors: Running) -> None:
    form = make_form("hello", address="whatsapp:IN.13491208655302741918")
    assert await post(gateway, form) == 200
    assert await wait_for(vendors, 1, "whatsapp:IN.13491208655302741918")


async def test_nothing_of_the_sender_but_the_address_is_kept(gateway: Gateway) -> None:
    await say(gateway, "hello", ProfileName="Zebra Unicorn", Latitude="12.5")
    await say(gateway, "", MessageType="location", Latitude="12.345", Longitude="77.1", Address="5 Elm Street")
    kept = await gateway.services.database.read(lambda c: [str(row) for row in c.execute(select(inbox))])
    kept += await gateway.services.database.read(lambda c: [str(row) for row in c.execute(select(addresses))])
    assert not any(word in row for row in kept for word in ("Zebra", "12.345", "77.1", "Elm"))


MEDIA = {
    "picture": {"MessageType": "image", "NumMedia": "1", "MediaContentType0": "image/jpeg"},
    "voice": {"MessageType": "audio", "NumMedia": "1", "MediaContentType0": "audio/ogg"},
    "video": {"MessageType": "video", "NumMedia": "1", "MediaContentType0": "video/mp4"},
    "document": {"MessageType": "document", "NumMedia": "1", "MediaContentType0": "application/pdf"},
    "sticker": {"MessageType": "sticker", "NumMedia": "1", "MediaContentType0": "image/webp"},
    "location": {"MessageType": "location", "Latitude": "12.9", "Longitude": "77.5"},
    "contact": {"MessageType": "contacts", "NumMedia": "1", "MediaContentType0": "text/vcard"},
    "other": {"MessageType": "order"},
}


@on_sqlite
@pytest.mark.parametrize("kind", MEDIA)
async def test_what_is_no_text_gets_one_friendly_line(
    kind: str, gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    form = make_form("", **MEDIA[kind])
    assert [await post(gateway, form) for _ in range(2)] == [200, 200]
    sent = await wait_for(vendors, 1)
    assert [one["text"] for one in sent] == [gateway.services.wording.say(f"media_{kind}", "en")]
    assert door.asked == []
    kept = await gateway.services.database.read(lambda c: list(c.execute(select(inbox.c.text, inbox.c.state))))
    assert [tuple(row) for row in kept] == [(f"[{kind}]", "done")]


async def test_line_about_a_voice_note_is_in_the_language_of_the_conversation(
    gateway: Gateway, vendors: Running
) -> None:
    await say(gateway, "मेरा पेआउट कब आएगा?")
    await wait_for(vendors, 1)
    for number in (2, 3):
        await say(gateway, "", **MEDIA["voice"])
        assert (await wait_for(vendors, number))[-1]["text"] == gateway.services.wording.say("media_voice", "hi")


async def test_caption_is_the_text_of_its_picture(gateway: Gateway, vendors: Running, door: OfferingDoor) -> None:
    await say(gateway, "is this form right?", **MEDIA["picture"])
    await wait_for(vendors, 1)
    assert door.heard() == ["is this form right?"]


async def test_message_kinds_that_twilio_does_not_document_are_acknowledged(
    gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    """Whatever a form says of itself: 2xx, and at most one line."""
    forms = [
        make_form("❤️", MessageType="reaction"),
        make_form("", MessageType="reaction"),
        make_form("", MessageType="unsupported"),
        make_form("", MessageType="system"),
        make_form("", MessageType="", NumMedia="x"),
        make_form("   \n", NumMedia="0"),
        make_form("", NumMedia="3", MediaContentType0="", MediaUrl0=""),
        make_form("", NumMedia="10", MediaContentType0="application/x-😀"),
        make_form("hi\0there"),
        make_form("क" * 4000),
        make_form("", ListId="x" * 5000, ListTitle=""),
        make_form("", ButtonPayload="\0", ButtonText=""),
    ]
    assert [await post(gateway, form) for form in forms] == [200] * len(forms)
    await wait_for(vendors, len(forms) - 2)
    await asyncio.sleep(0.3)
    assert len(seen(vendors)) == len(forms) - 2  # reactions are not answered
    assert door.asked == []
    assert await count(gateway, inbox) == len(forms)


@on_sqlite
@pytest.mark.parametrize(
    "fields",
    [
        {"MessageSid": ""},
        {"MessageSid": "SM1"},
        {"From": ""},
        {"From": "+919876500001"},
        {"From": "whatsapp:" + "9" * 400},
        {"From": "whatsapp:+91\0"},
    ],
)
async def test_form_that_names_no_message_or_sender_is_refused(gateway: Gateway, fields: dict[str, str]) -> None:
    form = {**make_form("hello"), **fields}
    assert await post(gateway, form) == 422
    assert await count(gateway, inbox) == 0


async def test_without_its_secrets_the_channel_is_off(door: OfferingDoor, tmp_path: Path) -> None:
    settings = make_settings(door.url, tmp_path, **{**twilio_settings(""), "twilio_auth_token": ""})
    async with run_gateway(settings) as gateway:
        form = make_form("hello")
        assert [await post(gateway, form, path) for path in (WEBHOOK, STATUS)] == [404, 404]
