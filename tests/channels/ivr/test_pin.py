"""Who is calling, proved by PIN: for one call, in a few tries, and without a trace of its digits."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from saathi import addresses, conversations
from saathi.store.tables import calls, metadata
from saathi.store.tables import conversations as conversation_rows
from tests.channels.conftest import Gateway, run_gateway
from tests.support.caller import Caller, voice_settings
from tests.support.gateway import make_settings, on_sqlite
from tests.support.rasa import FakeDoor

PIN, WRONG = "739154", "739155"
NUMBER = "+919800000001"


@pytest.fixture
async def line(door: FakeDoor, database_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    chosen = voice_settings(database_url=database_url, rate_limit="1000/10 seconds")
    async with run_gateway(make_settings(door.url, tmp_path, **chosen)) as gateway:
        assert (await set_pin(gateway, PIN)) == 204
        yield gateway


async def set_pin(gateway: Gateway, pin: str, partner: str = "P1001") -> int:
    async with gateway.client.put("/api/pin", json={"pin": pin}, headers=gateway.bearer(partner)) as answer:
        return answer.status


async def link_whatsapp(gateway: Gateway, partner: str = "P1001") -> None:
    def work(connection) -> None:
        addresses.enter(connection, "whatsapp", f"whatsapp:{NUMBER}", time.time())
        chat = conversations.find_chat(connection, partner, time.time())
        addresses.move(connection, "whatsapp", f"whatsapp:{NUMBER}", chat)

    await gateway.services.database.write(work)


async def begin(gateway: Gateway, number: str = NUMBER) -> Caller:
    caller = await Caller(gateway.client, number).call()
    await caller.key("1")
    return caller


async def find_partner(gateway: Gateway, caller: Caller) -> str | None:
    query = (
        select(conversation_rows.c.partner)
        .select_from(calls.join(conversation_rows, conversation_rows.c.id == calls.c.conversation))
        .where(calls.c.sid == caller.sid)
    )
    return await gateway.services.database.read(lambda c: c.scalar(query))


async def test_lead_question_is_asked_once_the_pin_is_right(line: Gateway, door: FakeDoor) -> None:
    caller = await begin(line)
    assert "partner I D" in await caller.key("5")
    assert caller.gather["input"] == "dtmf"
    assert caller.gather["finishOnKey"] == "#"
    assert "six digit PIN" in await caller.key("1001")
    assert caller.gather["numDigits"] == "6"
    assert door.asked == []
    assert await find_partner(line, caller) is None
    words = await caller.key(PIN)
    assert "I know it is you" in words
    assert "echo: What is the status of my leads?" in words
    assert await find_partner(line, caller) == "P1001"


async def test_linked_number_is_asked_for_the_pin_alone_and_is_no_proof(line: Gateway, door: FakeDoor) -> None:
    await link_whatsapp(line)
    caller = await begin(line)
    assert await find_partner(line, caller) is None
    assert "six digit PIN" in await caller.key("5")
    assert "does not match" in await caller.key(WRONG)
    assert await find_partner(line, caller) is None
    assert door.asked == []


async def test_next_call_has_to_prove_it_again(line: Gateway) -> None:
    caller = await begin(line)
    for keys in ("5", "1001", PIN):
        await caller.key(keys)
    await caller.post("/channels/ivr/webhook", CallStatus="completed")
    again = await begin(line)
    assert await find_partner(line, again) is None
    assert "partner I D" in await again.key("5")


async def test_three_wrong_pins_end_the_tries_of_a_call(line: Gateway) -> None:
    caller = await begin(line)
    for keys in ("5", "1001", WRONG, WRONG):
        await caller.key(keys)
    assert "leave it for this call" in await caller.key(WRONG)
    assert "leave it for this call" in await caller.key("5")
    await caller.key(PIN)
    assert await find_partner(line, caller) is None


async def test_ten_wrong_pins_in_a_day_lock_it_until_a_new_one_is_set(line: Gateway) -> None:
    for _ in range(4):
        caller = await begin(line)
        for keys in ("5", "1001", WRONG, WRONG, WRONG):
            if caller.gather.get("numDigits") == "1" and len(keys) > 1:
                break
            await caller.key(keys)
    caller = await begin(line)
    for keys in ("5", "1001"):
        await caller.key(keys)
    assert "locked for a day" in await caller.key(PIN)
    assert await find_partner(line, caller) is None
    assert await set_pin(line, "246813") == 204
    caller = await begin(line)
    for keys in ("5", "1001"):
        await caller.key(keys)
    assert "I know it is you" in await caller.key("246813")


async def test_unknown_partner_is_answered_as_a_wrong_pin_is(line: Gateway) -> None:
    told = []
    for partner in ("1001", "1777"):
        caller = await begin(line)
        await caller.key("5")
        told.append([await caller.key(partner), await caller.key(WRONG)])
    assert told[0] == told[1]


async def test_repeated_webhook_with_a_pin_is_one_try(line: Gateway) -> None:
    caller = await begin(line)
    await caller.key("5")
    await caller.key("1001")
    action = caller.action
    await asyncio.gather(*(caller.post(action, Digits=WRONG) for _ in range(5)))
    state = await line.services.database.read(lambda c: c.scalar(select(calls.c.state)))
    assert state["pin_tries"] == 1


async def test_pin_that_is_spoken_or_short_is_asked_for_again_and_counts_for_nothing(line: Gateway) -> None:
    caller = await begin(line)
    await caller.key("5")
    await caller.key("1001")
    assert "six digits" in await caller.key("7391")
    assert "six digits" in await caller.say("seven three nine one five four")
    assert "I know it is you" in await caller.key(PIN)


@on_sqlite
async def test_star_leads_back_to_the_menu(line: Gateway) -> None:
    caller = await begin(line)
    await caller.key("5")
    assert "payout queries" in await caller.key("*")


async def test_digits_of_a_pin_are_nowhere_in_the_database_or_the_log(
    line: Gateway, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    caller = await begin(line)
    for keys in ("5", PIN, "*", "5", "1001", WRONG, PIN):
        await caller.key(keys)
    await caller.say(f"my pin is {PIN}")

    def read_all(connection) -> str:
        return repr([connection.execute(select(table)).all() for table in metadata.sorted_tables])

    stored = await line.services.database.read(read_all)
    logged = caplog.text + "".join(capsys.readouterr())
    assert "pin_tries" in stored
    for digits in (PIN, WRONG):
        assert digits not in stored
        assert digits not in logged
    files = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]  # noqa: ASYNC240
    assert not any(PIN.encode() in content for content in files)


@on_sqlite
@pytest.mark.parametrize(
    "body", [{"pin": "12345"}, {"pin": "1234567"}, {"pin": "12345a"}, {"pin": "१२३४५६"}, {"pin": 123456}, {}, []]
)
async def test_pin_of_another_form_is_refused_without_being_repeated(line: Gateway, body: object) -> None:
    async with line.client.put("/api/pin", json=body, headers=line.bearer()) as answer:
        text = await answer.text()
        assert answer.status == 422
        assert "1234" not in text


@on_sqlite
async def test_pin_is_set_by_partners_alone(line: Gateway) -> None:
    body = {"pin": "123456"}
    assert (await line.client.put("/api/pin", json=body)).status == 401
    staff = line.bearer("demo-agent", "agent")
    assert (await line.client.put("/api/pin", json=body, headers=staff)).status == 403
