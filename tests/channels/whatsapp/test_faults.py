"""What becomes of a message on its way to WhatsApp: Twilio refuses, puts off, hangs, drops, and tells later."""

import asyncio
import time
from typing import Any

import pytest
from aiohttp.test_utils import unused_port
from sqlalchemy import select

from channels.whatsapp.webhook import STATUS
from saathi.settings import Settings
from saathi.store.tables import outbox, sent_parts
from tests.channels.conftest import Gateway, run_gateway
from tests.support.gateway import on_sqlite
from tests.support.vendors import Running, run_vendors
from tests.support.waiting import until
from tests.support.whatsapp import ME, OTHER, post, say, texts, wait_for, wait_for_state


async def note(gateway: Gateway, sid: str, status: str, **fields: str) -> int:
    form = {"MessageSid": sid, "MessageStatus": status, "To": ME, "ErrorMessage": "", **fields}
    return await post(gateway, form, STATUS)


def sid_of_first(vendors: Running) -> str:
    return vendors.vendors.messages.list_all(ME)[0].sid


async def test_status_callbacks_are_kept(gateway: Gateway, vendors: Running) -> None:
    await say(gateway, "hello")
    await wait_for_state(gateway, "sent")
    sid = sid_of_first(vendors)
    for status in ("sent", "delivered", "read"):
        assert await note(gateway, sid, status) == 204
    parts = await gateway.services.database.read(lambda c: list(c.execute(select(sent_parts.c.status))))
    assert [tuple(row) for row in parts] == [("read",)]
    await wait_for_state(gateway, "sent")


@pytest.mark.parametrize("status", ["failed", "undelivered"])
async def test_message_that_was_not_delivered_is_failed_with_its_code(
    status: str, gateway: Gateway, vendors: Running
) -> None:
    await say(gateway, "hello")
    await wait_for_state(gateway, "sent")
    assert await note(gateway, sid_of_first(vendors), status, ErrorCode="63016") == 204
    rows = await wait_for_state(gateway, "failed")
    assert rows[0]["fault"] == "Twilio 63016"


async def test_callback_that_comes_before_the_answer_is_not_lost(gateway: Gateway, vendors: Running) -> None:
    await say(gateway, "hello")
    rows = await wait_for_state(gateway, "sent")
    early = asyncio.create_task(note(gateway, "SM" + "e" * 32, "failed", ErrorCode="63024"))
    await asyncio.sleep(0.3)
    part = {"channel": "whatsapp", "vendor_id": "SM" + "e" * 32, "reply": rows[0]["id"], "part": 1, "at": 0.0}
    await gateway.services.database.write(lambda c: c.execute(sent_parts.insert().values(part)))
    assert await early == 204
    assert (await wait_for_state(gateway, "failed"))[0]["fault"] == "Twilio 63024"


@on_sqlite
async def test_callbacks_of_strangers_are_acknowledged_or_refused(gateway: Gateway) -> None:
    assert await note(gateway, "SM" + "0" * 32, "delivered") == 204
    assert await post(gateway, {"MessageSid": "", "MessageStatus": "sent"}, STATUS) == 422
    async with gateway.client.post(STATUS, data={"MessageSid": "SM", "MessageStatus": "sent"}) as answer:
        assert answer.status == 403


@on_sqlite
@pytest.mark.parametrize("status", [400, 401, 404])
async def test_refused_message_is_failed_with_twilios_code_and_the_next_one_goes(
    status: int, gateway: Gateway, vendors: Running
) -> None:
    vendors.play("twilio", status=status, address=ME, calls=1)
    await say(gateway, "one")
    rows = await wait_for_state(gateway, "failed")
    assert rows[0]["fault"] == {400: "Twilio 20001", 401: "Twilio 20003", 404: "Twilio 20404"}[status]
    await say(gateway, "two")
    await wait_for(vendors, 1)
    assert texts(vendors) == ["echo: two"]


@pytest.mark.parametrize(("status", "pause"), [(429, 2.0), (500, 0.8), (503, 0.8)])
async def test_message_that_twilio_puts_off_goes_later_and_holds_up_nobody_else(
    status: int, pause: float, gateway: Gateway, vendors: Running
) -> None:
    told = {"retry_after": pause} if status == 429 else {}
    vendors.play("twilio", status=status, address=ME, calls=1, **told)
    started = time.monotonic()
    await say(gateway, "one")
    await say(gateway, "two")
    await say(gateway, "other", address=OTHER)
    await wait_for(vendors, 1, OTHER)
    assert texts(vendors) == []
    await wait_for(vendors, 2)
    assert texts(vendors) == ["echo: one", "echo: two"]
    assert time.monotonic() - started >= pause


@on_sqlite
@pytest.mark.parametrize(
    "fault", [{"drop": "after"}, {"rubbish": "<html>"}, {"status": 502}], ids=["drop", "rubbish", "502"]
)
async def test_message_whose_fate_is_unknown_is_not_sent_again(
    fault: dict[str, Any], gateway: Gateway, vendors: Running
) -> None:
    vendors.play("twilio", address=ME, calls=1, **fault)
    await say(gateway, "one")
    await wait_for_state(gateway, "unknown")
    await say(gateway, "two")
    await wait_for_state(gateway, "unknown", "sent")
    assert [asked.fields["Body"] for asked in vendors.asked("twilio", address=ME)] == ["echo: one", "echo: two"]


@on_sqlite
async def test_twilio_that_hangs_is_given_up_and_holds_up_nobody_else(gateway: Gateway, vendors: Running) -> None:
    vendors.play("twilio", hang=60, address=ME, calls=1)
    await say(gateway, "one")
    await say(gateway, "other", address=OTHER)
    await wait_for(vendors, 1, OTHER)
    await wait_for_state(gateway, "sending")
    rows = await wait_for_state(gateway, "unknown")
    assert rows[0]["fault"] == "the connection to Twilio broke: TimeoutError"


@on_sqlite
async def test_twilio_that_cannot_be_reached_gets_the_message_later(settings: Settings) -> None:
    port = unused_port()
    away = settings.model_copy(update={"twilio_api_base": f"http://127.0.0.1:{port}"})
    async with run_gateway(away) as gateway:
        await say(gateway, "one")

        async def is_put_off() -> bool:
            query = select(outbox.c.attempts, outbox.c.fault)
            row = await gateway.services.database.read(lambda c: c.execute(query).first())
            return row is not None and row.attempts >= 1 and "cannot be reached" in (row.fault or "")

        await until(is_put_off)
        async with run_vendors(port=port) as back:
            await wait_for(back, 1)
            assert texts(back) == ["echo: one"]
