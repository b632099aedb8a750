"""What becomes of messages on their way to an address: in order, each once, and no address waits for another."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select, update

from channels.metrics import Metrics
from channels.sending import Dispatcher, Postponed, Refused, Unsure
from saathi import addresses, outbox, sending
from saathi.messages import Reply
from saathi.sending import Due
from saathi.store import Database, open_database
from saathi.store.migrate import migrate
from saathi.store.tables import outbox as rows
from saathi.store.tables import sent_parts
from tests.support.waiting import until


class Vendor:
    """A sender whose vendor takes everything, unless told otherwise: `faults` are raised one after the other."""

    def __init__(self) -> None:
        self.taken: dict[str, list[str]] = defaultdict(list)
        self.faults: dict[str, list[Exception]] = defaultdict(list)
        self.delay_s: dict[str, float] = defaultdict(float)

    def render(self, due: Due) -> list[Any]:
        return due.outgoing.body["text"].split("|")

    async def send(self, due: Due, part: Any) -> str:
        address = due.outgoing.address or ""
        await asyncio.sleep(self.delay_s[address])
        if self.faults[address]:
            raise self.faults[address].pop(0)
        self.taken[address].append(part)
        return f"{address}-{len(self.taken[address])}"

    async def wait_for(self, address: str, count: int) -> None:
        async def has_come() -> bool:
            return len(self.taken[address]) >= count

        await until(has_come)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url.replace("postgresql://", "postgresql+asyncpg://"))
    await migrate(opened)
    yield opened
    await opened.close()


@asynccontextmanager
async def dispatching(database: Database, vendor: Vendor) -> AsyncIterator[Dispatcher]:
    dispatcher = Dispatcher(database, {"post": vendor}, Metrics())
    async with dispatcher.at_work():
        yield dispatcher


async def queue(database: Database, address: str, *texts: str) -> None:
    known = await database.write(lambda c: addresses.enter(c, "post", address, time.time()))
    replies = [Reply(text, "en") for text in texts]
    await database.write(lambda c: outbox.add(c, known.conversation, "post", replies, time.time(), address=address))


async def states(database: Database, address: str) -> list[str]:
    query = select(rows.c.state).where(rows.c.address == address).order_by(rows.c.seq)
    return list(await database.read(lambda c: c.scalars(query).all()))


async def test_messages_arrive_in_order_and_once(database: Database) -> None:
    vendor = Vendor()
    await queue(database, "a", "1", "2|3", "4")
    async with dispatching(database, vendor) as dispatcher:
        await vendor.wait_for("a", 4)
        await queue(database, "a", "5")
        dispatcher.wake()
        await vendor.wait_for("a", 5)
    assert vendor.taken["a"] == ["1", "2", "3", "4", "5"]
    assert set(await states(database, "a")) == {"sent"}


async def test_two_gateways_send_each_message_once(database: Database) -> None:
    vendor = Vendor()
    vendor.delay_s["a"] = 0.01
    await queue(database, "a", *map(str, range(20)))
    async with dispatching(database, vendor), dispatching(database, vendor):
        await vendor.wait_for("a", 20)
        await asyncio.sleep(0.1)
    assert vendor.taken["a"] == [str(number) for number in range(20)]


async def test_row_that_another_gateway_has_changed_since_is_left_to_it(database: Database) -> None:
    await queue(database, "a", "1")
    first = await database.write(lambda c: sending.claim(c, "post", "a", time.time()))
    assert first is not None
    assert await database.write(lambda c: sending.claim(c, "post", "a", time.time())) is None
    await database.write(lambda c: sending.note_part(c, first.outgoing, 0, "a-1", time.time()))
    await database.write(lambda c: sending.postpone(c, first.outgoing, time.time() - 1, "busy"))
    second = await database.write(lambda c: sending.claim(c, "post", "a", time.time()))
    assert second is not None
    assert (second.outgoing.attempts, second.outgoing.sent_parts) == (2, 1)


async def test_postponed_message_holds_up_its_own_address_alone(database: Database) -> None:
    vendor = Vendor()
    vendor.faults["slow"] = [Postponed("too many", after_s=1.0)]
    await queue(database, "slow", "1", "2")
    await queue(database, "other", "1", "2")
    started = time.monotonic()
    async with dispatching(database, vendor):
        await vendor.wait_for("other", 2)
        assert vendor.taken["slow"] == []
        await vendor.wait_for("slow", 2)
    assert time.monotonic() - started >= 1.0
    assert vendor.taken["slow"] == ["1", "2"]


async def test_retry_goes_on_after_the_last_part_that_was_taken(database: Database) -> None:
    vendor = Vendor()
    await queue(database, "a", "1|2|3")

    class SecondFails(Vendor):
        async def send(self, due: Due, part: Any) -> str:
            if part == "2" and due.outgoing.attempts == 1:
                raise Postponed("busy", after_s=0.1)
            return await vendor.send(due, part)

    async with dispatching(database, SecondFails()):
        await vendor.wait_for("a", 3)
    assert vendor.taken["a"] == ["1", "2", "3"]


@pytest.mark.parametrize(("fault", "state"), [(Refused("no such user"), "failed"), (Unsure("hung up"), "unknown")])
async def test_message_that_cannot_be_sent_is_recorded_and_the_next_one_goes(
    database: Database, fault: Exception, state: str
) -> None:
    vendor = Vendor()
    vendor.faults["a"] = [fault]
    await queue(database, "a", "1", "2")
    async with dispatching(database, vendor):
        await vendor.wait_for("a", 1)
    assert await states(database, "a") == [state, "sent"]


async def test_message_of_a_gateway_that_died_is_not_sent_twice(database: Database) -> None:
    await queue(database, "a", "1", "2")
    assert await database.write(lambda c: sending.claim(c, "post", "a", time.time())) is not None
    # its gateway dies, and its lease with it
    await database.write(lambda c: c.execute(update(rows).where(rows.c.state == "sending").values(lease_until=0.0)))
    vendor = Vendor()
    async with dispatching(database, vendor):
        await vendor.wait_for("a", 1)
    assert await states(database, "a") == ["unknown", "sent"]


async def test_message_whose_time_is_over_is_not_sent(database: Database) -> None:
    await queue(database, "a", "1", "2")
    first = update(rows).where(rows.c.seq == 1).values(expires_at=time.time() - 1)
    await database.write(lambda c: c.execute(first))
    vendor = Vendor()
    async with dispatching(database, vendor):
        await vendor.wait_for("a", 1)
    assert await states(database, "a") == ["failed", "sent"]


async def test_fault_that_lasts_is_given_up(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.sending.MOST_ATTEMPTS", 3)
    vendor = Vendor()
    vendor.faults["a"] = [Postponed("down", after_s=0.0)] * 3
    await queue(database, "a", "1", "2")
    async with dispatching(database, vendor):
        await vendor.wait_for("a", 1)
    assert await states(database, "a") == ["failed", "sent"]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (["sent", "delivered", "read"], "read"),
        (["read", "delivered", "sent"], "read"),
        (["delivered", "queued"], "delivered"),
        (["delivered", "undelivered"], "undelivered"),
        (["failed", "delivered"], "failed"),
        (["read", "failed"], "read"),
        (["never heard of"], "never heard of"),
        (["sent", "never heard of"], "sent"),
    ],
)
async def test_reports_of_the_vendor_count_by_their_rank_however_late_they_come(
    database: Database, told: list[str], kept: str
) -> None:
    vendor = Vendor()
    await queue(database, "a", "1")
    async with dispatching(database, vendor):
        await vendor.wait_for("a", 1)
    for status in told:
        fault = "63016" if status in {"failed", "undelivered"} else None
        await database.write(lambda c, status=status, fault=fault: sending.note_status(c, "post", "a-1", status, fault))
    assert await database.read(lambda c: c.scalar(select(sent_parts.c.status))) == kept
    assert await states(database, "a") == ["failed" if kept in {"failed", "undelivered"} else "sent"]


async def test_status_of_the_vendor_is_kept_and_a_failed_delivery_fails_the_message(database: Database) -> None:
    vendor = Vendor()
    await queue(database, "a", "1", "2")
    async with dispatching(database, vendor):
        await vendor.wait_for("a", 2)
    await database.write(lambda c: sending.note_status(c, "post", "a-1", "delivered", None))
    await database.write(lambda c: sending.note_status(c, "post", "a-2", "undelivered", "63016"))
    assert await states(database, "a") == ["sent", "failed"]
    kept = await database.read(lambda c: dict(c.execute(select(sent_parts.c.vendor_id, sent_parts.c.status)).all()))
    assert kept == {"a-1": "delivered", "a-2": "undelivered"}
