"""Rows of the outbox on their way to an address: one gateway sends one address's messages, in order, each once.

A row is `sending` while a gateway has it. One whose gateway died meanwhile is `unknown`: it may have arrived, so it is
not sent again. The vendor's messages that a row became are kept, so that a retry goes on after the last one taken.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, bindparam, func, select, update

from saathi.outbox import Outgoing, read
from saathi.store.statements import upsert
from saathi.store.tables import addresses, inbox, outbox, sent_parts

LEASE_S = 60.0  # longer than any send may take

# What a vendor says of a message, in the order in which it counts: reports overtake each other on their way.
STATUSES = ("accepted", "scheduled", "queued", "sending", "sent", "delivered", "undelivered", "failed", "read")

_IS_OPEN = outbox.c.state.in_(("queued", "sending"))
_OLDEST = (
    select(outbox, inbox.c.key, addresses.c.heard_at)
    .select_from(
        outbox.outerjoin(inbox, inbox.c.id == outbox.c.message).outerjoin(
            addresses, (addresses.c.channel == outbox.c.channel) & (addresses.c.address == outbox.c.address)
        )
    )
    .where(outbox.c.channel == bindparam("of_channel"), outbox.c.address == bindparam("of_address"), _IS_OPEN)
    .order_by(outbox.c.created_at, outbox.c.seq)
    .limit(1)
)
# A row that another gateway has taken meanwhile has another state or more attempts; one that it sends, a longer lease.
_AS_FOUND = (
    (outbox.c.id == bindparam("of"))
    & (outbox.c.state == bindparam("found_state"))
    & (outbox.c.attempts == bindparam("found_attempts"))
    & (outbox.c.lease_until == bindparam("found_lease_until"))
)
_CHANGE_FOUND = update(outbox).where(_AS_FOUND)
_CLOSE = update(outbox).where(outbox.c.id == bindparam("of"), outbox.c.state == "sending")
_COUNT_PART = update(outbox).where(outbox.c.id == bindparam("of"))
_FIND_REPLY = select(sent_parts.c.reply).where(
    sent_parts.c.channel == bindparam("of_channel"), sent_parts.c.vendor_id == bindparam("of_vendor_id")
)


@dataclass(frozen=True, slots=True)
class Due:
    """A message to be sent. `heard_at` is when its address last wrote, seconds since the epoch."""

    outgoing: Outgoing
    heard_at: float


def find_due(connection: Connection, channels: Collection[str], now: float, most: int = 500) -> list[tuple[str, str]]:
    """Channel and address of what may be sent now, the longest waiting first."""
    query = (
        select(outbox.c.channel, outbox.c.address)
        .where(outbox.c.channel.in_(channels), outbox.c.address.is_not(None), _IS_OPEN, outbox.c.not_before <= now)
        .group_by(outbox.c.channel, outbox.c.address)
        .order_by(func.min(outbox.c.created_at))
        .limit(most)
    )
    return [(row.channel, row.address) for row in connection.execute(query)]


def claim(connection: Connection, channel: str, address: str, now: float) -> Due | None:
    """The address's oldest message, if it is due and nobody else sends to the address just now."""
    place = {"of_channel": channel, "of_address": address}
    while (oldest := connection.execute(_OLDEST, place).mappings().first()) is not None:
        if oldest["state"] == "sending" and oldest["lease_until"] < now:
            _change(connection, oldest, {"state": "unknown", "fault": "the gateway died while sending"})
        elif oldest["state"] == "queued" and oldest["expires_at"] is not None and oldest["expires_at"] < now:
            _change(connection, oldest, {"state": "failed", "fault": "expired"})
        else:
            return _take(connection, oldest, now)
    return None


def note_part(connection: Connection, outgoing: Outgoing, part: int, vendor_id: str, now: float) -> None:
    """Notes that the vendor took the `part`-th message (from 0) of the row, and what it calls it."""
    values = {"channel": outgoing.channel, "vendor_id": vendor_id, "reply": outgoing.id, "part": part, "at": now}
    upsert(connection, sent_parts, values)
    connection.execute(_COUNT_PART, {"of": outgoing.id, "sent_parts": part + 1, "lease_until": now + LEASE_S})


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
    return connection.scalar(_FIND_REPLY, {"of_channel": channel, "of_vendor_id": vendor_id})


def note_status(connection: Connection, channel: str, vendor_id: str, status: str, fault: str | None) -> None:
    """What the vendor says of a message it took, unless it has said what counts more. A failed delivery makes the row
    `failed`."""
    before = STATUSES[: STATUSES.index(status)] if status in STATUSES else ()
    mine = (sent_parts.c.channel == channel) & (sent_parts.c.vendor_id == vendor_id)
    is_news = sent_parts.c.status.is_(None) | sent_parts.c.status.in_(before)
    noted = update(sent_parts).where(mine, is_news).values(status=status).returning(sent_parts.c.reply)
    reply = connection.scalar(noted)
    if fault is not None and reply is not None:
        connection.execute(update(outbox).where(outbox.c.id == reply).values(state="failed", fault=fault[:200]))


def _take(connection: Connection, row: RowMapping, now: float) -> Due | None:
    if row["state"] != "queued" or row["not_before"] > now:
        return None
    taken = {"state": "sending", "lease_until": now + LEASE_S, "attempts": row["attempts"] + 1}
    if not _change(connection, row, taken):
        return None
    return Due(read({**row, **taken}), row["heard_at"] or 0.0)


def _change(connection: Connection, row: RowMapping, values: dict[str, object]) -> bool:
    """False when another gateway has changed the row since it was read."""
    found = {"of": row["id"], **{f"found_{name}": row[name] for name in ("state", "attempts", "lease_until")}}
    return connection.execute(_CHANGE_FOUND, {**found, **values}).rowcount == 1


def _close(connection: Connection, outgoing: Outgoing, values: dict[str, object]) -> None:
    connection.execute(_CLOSE, {"of": outgoing.id, "lease_until": 0.0, **values})
