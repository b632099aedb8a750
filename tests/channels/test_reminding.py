"""Reminders on their way: told once, where they were asked from, by whichever gateway is there."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from channels.delivery import Delivery
from channels.reminding import Reminding
from channels.wording import Wording
from saathi import addresses, conversations, inbox
from saathi.crm.events import Event, take
from saathi.crm.sql import SqlCrm
from saathi.leads import reminders
from saathi.leads.reminders import NewReminder
from saathi.messages import Incoming
from saathi.store import Database, open_database
from saathi.store.migrate import migrate
from saathi.store.tables import addresses as address_rows
from saathi.store.tables import inbox as inbox_rows
from saathi.store.tables import outbox
from tests.saathi.crm.account import connect, run_hubspot
from tests.saathi.crm.network import fill
from tests.support.waiting import until

PARTNER, THEIRS = "P1001", "P1002"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url.replace("postgresql://", "postgresql+asyncpg://"))
    await migrate(opened)
    await opened.write(fill)
    yield opened
    await opened.close()


def make_reminding(database: Database) -> Reminding:
    return Reminding(database, SqlCrm(database), Wording(), Delivery())


async def ask(
    database: Database, channel: str = "inapp", address: str | None = None, lead: str | None = "L-1042",
    text: str = "call her", due_in: float = -1.0,
) -> str:  # fmt: skip
    """A partner's message that asks for a reminder, and the reminder."""
    conversation = await database.write(lambda c: conversations.find_chat(c, PARTNER, time.time()))
    incoming = Incoming(conversation, channel, f"key {channel} {address}", "yaad dilana", "en", address=address)
    await database.write(lambda c: inbox.store(c, incoming, time.time()))
    key = await database.read(lambda c: c.scalar(select(inbox_rows.c.id).where(inbox_rows.c.key == incoming.key)))
    wish = NewReminder(str(key), conversation, text, lead, "en", time.time() + due_in)
    await database.write(lambda c: reminders.add(c, PARTNER, wish, "inapp", time.time()))
    return conversation


async def link(database: Database, channel: str, address: str) -> None:
    chat = await database.write(lambda c: conversations.find_chat(c, PARTNER, time.time()))
    await database.write(lambda c: addresses.enter(c, channel, address, time.time()))
    await database.write(lambda c: addresses.move(c, channel, address, chat))


async def list_told(database: Database) -> list[tuple[str, str | None, str]]:
    """Channel, address and text of each message, in order."""
    query = select(outbox).order_by(outbox.c.seq)
    rows = await database.read(lambda c: c.execute(query).mappings().all())
    return [(row["channel"], row["address"], row["body"]["text"]) for row in rows]


async def test_reminder_comes_back_where_it_was_asked_for(database: Database) -> None:
    await link(database, "whatsapp", "whatsapp:+910000014821")
    await link(database, "telegram", "77")
    await ask(database, "whatsapp", "whatsapp:+910000014821")
    assert await make_reminding(database).tell_due() == 1
    ((channel, address, text),) = await list_told(database)
    assert (channel, address) == ("whatsapp", "whatsapp:+910000014821")
    assert text.endswith("call her (lead L-1042)")


async def test_reminder_is_a_nudge_with_a_way_to_its_lead(database: Database) -> None:
    await ask(database)
    await make_reminding(database).tell_due()
    row = (await database.read(lambda c: c.execute(select(outbox)).mappings().all()))[0]
    assert (row["purpose"], row["author"], row["body"]["language"]) == ("nudge", "system", "en")
    assert [choice["title"] for choice in row["body"]["choices"]] == ["Open L-1042"]


async def give_away(database: Database) -> None:
    """The network's CRM gives the customer with the lead to another partner."""
    customer = {"id": "C-1042", "name": "Shabnam Ansari", "region": "Bihar"}
    told = {
        "id": "e-away",
        "type": "customer.changed",
        "at": datetime.now(UTC),
        "partner": THEIRS,
        "customer": customer,
    }
    event = Event.model_validate(told, context={"latest": time.time() + 60, "kinds": (), "engagement": ()})
    assert await database.write(lambda c: take(c, event, None, time.time()))


async def test_reminder_of_a_lead_without_words_names_the_customer(database: Database) -> None:
    await ask(database, text="")
    await make_reminding(database).tell_due()
    assert (await list_told(database))[0][2].endswith(": Shabnam Ansari (lead L-1042)")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("call her", "⏰ You asked me to remind you: call her"),
        ("", "⏰ It is time: you asked me to remind you now."),
    ],
)
async def test_reminder_of_a_lead_that_is_anothers_now_says_what_was_written_and_no_more(
    database: Database, text: str, told: str
) -> None:
    await ask(database, text=text)
    await give_away(database)
    assert await make_reminding(database).tell_due() == 1
    row = (await database.read(lambda c: c.execute(select(outbox)).mappings().all()))[0]
    assert (row["body"]["text"], row["body"]["choices"]) == (told, [])
    assert "1042" not in str(dict(row))
    assert "Shabnam" not in str(dict(row))


async def test_reminder_is_told_without_its_lead_while_the_crm_does_not_answer(database: Database) -> None:
    await ask(database)
    async with run_hubspot() as hubspot, connect(hubspot) as crm:
        hubspot.play(status=500)
        assert await Reminding(database, crm, Wording(), Delivery()).tell_due() == 1
    assert [text for _, _, text in await list_told(database)] == ["⏰ You asked me to remind you: call her"]


async def test_reminder_without_words_says_that_it_is_time(database: Database) -> None:
    await ask(database, lead=None, text="")
    await make_reminding(database).tell_due()
    assert (await list_told(database))[0][2] == "⏰ It is time: you asked me to remind you now."


async def test_reminder_of_a_call_goes_to_the_address_last_written_from(database: Database) -> None:
    await link(database, "telegram", "77")
    await link(database, "whatsapp", "whatsapp:+910000014821")
    later = update(address_rows).where(address_rows.c.channel == "telegram").values(heard_at=time.time() + 60)
    await database.write(lambda c: c.execute(later))
    await ask(database, "ivr")
    await make_reminding(database).tell_due()
    assert [told[:2] for told in await list_told(database)] == [("telegram", "77")]


async def test_reminder_of_a_call_goes_to_the_app_where_there_is_no_address(database: Database) -> None:
    await ask(database, "ivr")
    await make_reminding(database).tell_due()
    assert [told[:2] for told in await list_told(database)] == [("inapp", None)]


async def test_reminder_is_never_told_at_an_address_that_is_not_the_partners_any_more(database: Database) -> None:
    await link(database, "whatsapp", "whatsapp:+910000014821")
    await ask(database, "whatsapp", "whatsapp:+910000014821")
    await database.write(lambda c: addresses.move_apart(c, "whatsapp", "whatsapp:+910000014821", time.time()))
    await make_reminding(database).tell_due()
    assert [told[:2] for told in await list_told(database)] == [("inapp", None)]


async def test_nothing_is_told_before_its_hour(database: Database) -> None:
    await ask(database, due_in=60)
    assert await make_reminding(database).tell_due() == 0
    assert await list_told(database) == []


async def test_two_gateways_tell_a_reminder_once(database: Database, database_url: str) -> None:
    for number in range(10):
        await ask(database, "inapp", f"a{number}", text=f"number {number}")
    other = open_database(database_url.replace("postgresql://", "postgresql+asyncpg://"))
    try:
        counts = await asyncio.gather(
            *(make_reminding(opened).tell_due() for opened in (database, other) for _ in range(3))
        )
    finally:
        await other.close()
    texts = [text for _, _, text in await list_told(database)]
    assert sum(counts) == len(texts) == 10
    assert len(set(texts)) == 10


async def test_reminder_that_came_due_while_no_gateway_ran_is_told_after_the_start(database: Database) -> None:
    await ask(database, due_in=0.2)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.1), make_reminding(database).at_work():
            await asyncio.sleep(1)
    await asyncio.sleep(0.2)
    assert await list_told(database) == []

    async def is_told() -> bool:
        return len(await list_told(database)) == 1

    async with make_reminding(database).at_work():
        await until(is_told)
