"""What tests of linking and merging do: enter addresses, give and take codes, write, answer, and count what is kept."""

import time
from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from saathi import addresses, inbox, linking, outbox
from saathi.addresses import Known
from saathi.linking import Redeemed
from saathi.messages import Incoming, Offer, Reply
from saathi.store import Database, tables

CHANNEL, ADDRESS = "whatsapp", "+910000004821"
NOW = time.time()
HOUR = 3600.0


async def enter(database: Database, address: str = ADDRESS) -> Known:
    return await database.write(lambda c: addresses.enter(c, CHANNEL, address, NOW))


async def give(database: Database, partner: str = "P1001", now: float = NOW) -> str:
    return await database.write(lambda c: linking.issue_to_partner(c, partner, now))


async def send(database: Database, code: str, now: float = NOW, address: str = ADDRESS) -> Redeemed:
    return await database.write(lambda c: linking.redeem_from_address(c, CHANNEL, address, code, now))


async def type_in(database: Database, code: str, partner: str = "P1001", now: float = NOW) -> Redeemed:
    return await database.write(lambda c: linking.redeem_by_partner(c, partner, code, now))


async def find_partner(database: Database, address: str = ADDRESS) -> str | None:
    known = await database.read(lambda c: addresses.find(c, CHANNEL, address))
    assert known is not None
    return known.partner


def wrong_codes() -> Iterator[str]:
    """Codes in the right form that were given to nobody, but by a chance of one to many millions."""
    yield from (f"{number}AA{number}BB" for number in range(2, 10))


async def hear(database: Database, conversation: str, key: str, at: float, address: str | None = ADDRESS) -> str:
    """A message of a conversation, to be answered; its id."""
    channel = CHANNEL if address else "inapp"
    incoming = Incoming(conversation, channel, key, f"text of {key}", "en", address=address)
    await database.write(lambda c: inbox.store(c, incoming, at))
    return str(await database.read(lambda c: c.scalar(select(tables.inbox.c.id).where(tables.inbox.c.key == key))))


async def answer(database: Database, conversation: str, message: str, at: float, address: str | None = ADDRESS) -> None:
    """Two parts of an answer, one with a choice, as the worker stores them."""
    replies = [Reply(f"answer to {message}", "en", offers=(Offer("More", "more"),)), Reply("and more", "en")]
    channel = CHANNEL if address else "inapp"

    def work(connection: Connection) -> None:
        inbox.mark_done(connection, message)
        outbox.add(connection, conversation, channel, replies, at, message, address)

    await database.write(work)


async def count_rows(database: Database) -> dict[str, int]:
    names = ("inbox", "outbox", "choices", "attempts", "look_ups", "handoffs", "events", "surveys", "feedback")
    return await database.read(
        lambda c: {
            name: c.scalar(select(func.count()).select_from(tables.metadata.tables[name])) or 0 for name in names
        }
    )


async def read_history(database: Database, conversation: str) -> tuple[list[str], list[int]]:
    """The keys of a conversation's messages in order, and the numbers of its replies."""
    return await database.read(
        lambda c: (
            list(
                c.scalars(
                    select(tables.inbox.c.key)
                    .where(tables.inbox.c.conversation == conversation)
                    .order_by(tables.inbox.c.received_at)
                )
            ),
            list(
                c.scalars(
                    select(tables.outbox.c.seq)
                    .where(tables.outbox.c.conversation == conversation)
                    .order_by(tables.outbox.c.created_at, tables.outbox.c.seq)
                )
            ),
        )
    )
