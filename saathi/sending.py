"""Rows of the outbox on their way to an address: one gateway sends one address's messages, in order, each once.

A row is `sending` while a gateway has it. One whose gateway died meanwhile is `unknown`: it may have arrived, so it is
not sent again. The vendor's messages that a row became are kept, so that a retry goes on after the last one taken.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select, update

from saathi.outbox import Outgoing, read
from saathi.store.statements import upsert
from saathi.store.tables import addresses, inbox, outbox, sent_parts

LEASE_S = 60.0  # longer than any send may take


@dataclass(frozen=True, slots=True)
class Due:
    """A message to be sent. `heard_at` is when its address last wrote, seconds since the epoch."""

    outgoing: Outgoing
    heard_at: float


def find_due(connection: Connection, channels: Collection[str], now: float, most: int = 500) -> list[tuple[str, str]]:
    """Channel and address of what may be sent now, the longest waiting first."""
    query = (
        select(outbox.c.channel, outbox.c.address)
        .where(outbox.c.channel.in_(channels), outbox.c.address.is_not(None), _is_open(), outbox.c.not_before <= now)
        .group_by(outbox.c.channel, outbox.c.address)
        .order_by(func.min(outbox.c.created_at))
        .limit(most)
    )
    return [(row.channel, row.address) for row in connection.execute(query)]


def claim(connection: Connection, channel: str, address: str, now: float) -> Due | None:
    """The address's oldest message, if it is due and nobody else sends to the address just now."""
    to_address = (outbox.c.channel == channel) & (outbox.c.address == address)
    died = to_address & (outbox.c.state == "sending") & (outbox.c.lease_until < now)
    connection.execute(update(outbox).where(died).values(state="unknown", fault="the gateway died while sending"))
    late = to_address & (outbox.c.state == "queued") & (outbox.c.expires_at < now)
    connection.execute(update(outbox).where(late).values(state="failed", fault="expired"))
    oldest = select(outbox.c.id).where(to_address, _is_open()).order_by(outbox.c.created_at, outbox.c.seq).limit(1)
    found = connection.scalar(oldest)
    taken = (outbox.c.id == found) & (outbox.c.state == "queued") & (outbox.c.not_before <= now)
    values = {"state": "sending", "lease_until": now + LEASE_S, "attempts": outbox.c.attempts + 1}
    if found is None or connection.execute(update(outbox).where(taken).values(values)).rowcount == 0:
        return None
    query = (
        select(outbox, inbox.c.key, addresses.c.heard_at)
        .select_from(
            outbox.outerjoin(inbox, inbox.c.id == outbox.c.message).outerjoin(
                addresses, (addresses.c.channel == channel) & (addresses.c.address == address)
            )
        )
        .where(outbox.c.id == found)
    )
    row = connection.execute(query).mappings().one()
    return Due(read(row), row["heard_at"] or 0.0)


def note_part(connection: Connection, outgoing: Outgoing, part: int, vendor_id: str, now: float) -> None:
    """Notes that the vendor took the `part`-th message (from 0) of the row, and what it calls it."""
    values = {"channel": outgoing.channel, "vendor_id": vendor_id, "reply": outgoing.id, "part": part, "at": now}
    upsert(connection, sent_parts, values)
    counted = update(outbox).where(outbox.c.id == outgoing.id)
    connection.execute(counted.values(sent_parts=part + 1, lease_until=now + LEASE_S))


def finish(connection: Connection, outgoing: Outgoing, now: float) -> None:
    """All of it was taken by the vendor."""
    _close(connection, outgoing, {"state": "sent", "sent_at": now, "fault": None})


def postpone(connection: Connection, outgoing: Outgoing, until: float, fault: str) -> None:
    """It was not taken and may be sent again from `until` on."""
    _close(connection, outgoing, {"state": "queued", "not_before": until, "fault": fault[:200]})


def give_up(connection: Connection, outgoing: Outgoing, fault: str, *, is_unknown: bool = False) -> None:
    """It was refused for good; or its fate is unknown, and it must not be sent twice."""
    _close(connection, outgoing, {"state": "unknown" if is_unknown else "failed", "fault": fault[:200]})


def find_reply(connection: Connection, channel: str, vendor_id: str) -> str | None:
    """The row of the outbox that a vendor's message came from."""
    mine = (sent_parts.c.channel == channel) & (sent_parts.c.vendor_id == vendor_id)
    return connection.scalar(select(sent_parts.c.reply).where(mine))


def note_status(connection: Connection, channel: str, vendor_id: str, status: str, fault: str | None) -> None:
    """What the vendor says of a message it took. A failed delivery makes the row `failed`."""
    mine = (sent_parts.c.channel == channel) & (sent_parts.c.vendor_id == vendor_id)
    connection.execute(update(sent_parts).where(mine).values(status=status))
    if fault is not None and (reply := find_reply(connection, channel, vendor_id)):
        connection.execute(update(outbox).where(outbox.c.id == reply).values(state="failed", fault=fault[:200]))


def _close(connection: Connection, outgoing: Outgoing, values: dict[str, object]) -> None:
    held = (outbox.c.id == outgoing.id) & (outbox.c.state == "sending")
    connection.execute(update(outbox).where(held).values({**values, "lease_until": 0.0}))


def _is_open() -> ColumnElement[bool]:
    return outbox.c.state.in_(("queued", "sending"))
