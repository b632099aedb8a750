"""Who hears of changes of the knowledge, and what is still to be told to whom."""

import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from saathi.knowledge_changes import Change
from saathi.store.tables import deliveries, knowledge_changes, subscribers

LEASE_S = 15.0  # for this long a delivery is its sender's alone: longer than an attempt may take
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 3600.0
GIVE_UP_AFTER_S = 3 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One subscriber. `waiting` and `failed` count its deliveries that were not told yet, and those given up."""

    id: str
    url: str
    created_by: str
    created_at: float
    waiting: int
    failed: int
    last_fault: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One change to be told to one subscriber; `id` stays the same in every attempt."""

    id: str
    url: str
    secret: str
    change: Change
    attempts: int
    created_at: float


def add(connection: Connection, url: str, secret: str, by: str, now: float) -> str:
    """A new subscriber; it hears of what changes from now on. Returns its id."""
    row = {"id": uuid.uuid4().hex, "url": url, "secret": secret, "created_by": by, "created_at": now}
    connection.execute(insert(subscribers).values(row))
    return str(row["id"])


def remove(connection: Connection, subscriber: str) -> bool:
    """Forget a subscriber and all that it was still to be told; False when there is none."""
    connection.execute(delete(deliveries).where(deliveries.c.subscriber == subscriber))
    return connection.execute(delete(subscribers).where(subscribers.c.id == subscriber)).rowcount == 1


def find_all(connection: Connection) -> list[Subscriber]:
    """All subscribers, oldest first; their secrets stay in the store."""
    counted = select(deliveries.c.subscriber, deliveries.c.state, func.count(), func.max(deliveries.c.fault))
    counts: dict[tuple[str, str], int] = {}
    faults: dict[str, str] = {}
    for subscriber, state, count, fault in connection.execute(counted.group_by("subscriber", "state")):
        counts[subscriber, state] = count
        if fault and state != "sent":
            faults[subscriber] = fault
    return [
        Subscriber(
            id=row.id,
            url=row.url,
            created_by=row.created_by,
            created_at=row.created_at,
            waiting=counts.get((row.id, "queued"), 0),
            failed=counts.get((row.id, "failed"), 0),
            last_fault=faults.get(row.id),
        )
        for row in connection.execute(select(subscribers).order_by(subscribers.c.created_at, subscribers.c.id))
    ]


def is_any_due(connection: Connection, now: float) -> bool:
    """True when a delivery waits whose time has come."""
    due = (deliveries.c.state == "queued") & (deliveries.c.not_before <= now)
    return connection.scalar(select(deliveries.c.id).where(due).limit(1)) is not None


def claim_due(connection: Connection, now: float, limit: int) -> list[Delivery]:
    """The deliveries that are due, oldest change first; for `LEASE_S` seconds no other gateway gets them.

    One whose sender dies is due again after that: a subscriber may hear of a change twice, under the same id.
    """
    joined = deliveries.join(subscribers, subscribers.c.id == deliveries.c.subscriber)
    joined = joined.join(knowledge_changes, knowledge_changes.c.id == deliveries.c.change)
    due = (deliveries.c.state == "queued") & (deliveries.c.not_before <= now)
    query = (
        select(
            deliveries.c.id.label("delivery"), deliveries.c.attempts, deliveries.c.created_at, deliveries.c.not_before,
            subscribers.c.url, subscribers.c.secret, knowledge_changes,
        )
        .select_from(joined)
        .where(due)
        .order_by(knowledge_changes.c.number, deliveries.c.id)
        .limit(limit)
    )  # fmt: skip
    claimed = []
    for row in connection.execute(query).mappings().all():
        still = (deliveries.c.id == row["delivery"]) & (deliveries.c.not_before == row["not_before"])
        if connection.execute(update(deliveries).where(still & due).values(not_before=now + LEASE_S)).rowcount == 1:
            change = Change(*(row[name] for name in Change.__slots__))
            claimed.append(
                Delivery(row["delivery"], row["url"], row["secret"], change, row["attempts"], row["created_at"])
            )
    return claimed


def mark_sent(connection: Connection, delivery: Delivery, now: float) -> None:
    """The subscriber has taken it."""
    done = {"state": "sent", "sent_at": now, "attempts": delivery.attempts + 1}
    connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(done))


def mark_failed(connection: Connection, delivery: Delivery, fault: str, now: float) -> bool:
    """The subscriber has not taken it: it is due again after a pause that doubles, until three days have passed.

    Returns False when it is given up.
    """
    goes_on = now - delivery.created_at < GIVE_UP_AFTER_S
    pause = min(FIRST_PAUSE_S * 2.0**delivery.attempts, LONGEST_PAUSE_S)
    values = {
        "state": "queued" if goes_on else "failed",
        "attempts": delivery.attempts + 1,
        "not_before": now + pause,
        "fault": fault[:200],
    }
    connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(values))
    return goes_on
