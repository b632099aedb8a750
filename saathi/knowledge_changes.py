"""What changed in the knowledge: found by comparing the articles that stand with those that were announced last.

The comparison is durable and repeatable: a change that nobody could write down (the store was away, the server was
killed) is found the next time, and two servers that see the same change write it once.
"""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import Connection, delete, insert, select, update

from saathi.store.statements import insert_if_absent
from saathi.store.tables import announced_articles, deliveries, knowledge_changes, subscribers

Event = Literal["article.added", "article.changed", "article.removed"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An article that stands: its title, and a digest of its file."""

    title: str
    digest: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `version` is the fingerprint of the knowledge that has it, `at` seconds since the epoch."""

    id: str
    event: Event
    slug: str
    title: str
    version: str
    at: float


def announce(connection: Connection, standing: Mapping[str, Standing], version: str, now: float) -> list[Change]:
    """Write down what differs from the articles announced last, and queue it for each subscriber.

    The very first state is where counting begins: it announces nothing. Returns the changes, by slug.
    """
    known = {row.slug: row for row in connection.execute(select(announced_articles))}
    rows = {slug: {"slug": slug, **asdict(article)} for slug, article in standing.items()}
    if not known:
        for row in rows.values():
            insert_if_absent(connection, announced_articles, row)
        return []
    found: list[tuple[Event, str, str]] = []
    for slug in sorted(known.keys() | rows.keys()):
        if slug not in rows:
            if _forget(connection, slug):
                found.append(("article.removed", slug, known[slug].title))
        elif slug not in known:
            if insert_if_absent(connection, announced_articles, rows[slug]):
                found.append(("article.added", slug, standing[slug].title))
        elif known[slug].digest != standing[slug].digest and _replace(connection, known[slug].digest, rows[slug]):
            found.append(("article.changed", slug, standing[slug].title))
    changes = [Change(uuid.uuid4().hex, *change, version, now) for change in found]
    _queue(connection, changes, now)
    return changes


def find_latest(connection: Connection, limit: int) -> list[Change]:
    """The latest changes, newest first."""
    query = select(knowledge_changes).order_by(knowledge_changes.c.number.desc()).limit(limit)
    return [Change(*(row[name] for name in Change.__slots__)) for row in connection.execute(query).mappings()]


def _forget(connection: Connection, slug: str) -> bool:
    return connection.execute(delete(announced_articles).where(announced_articles.c.slug == slug)).rowcount == 1


def _replace(connection: Connection, before: str, row: dict[str, str]) -> bool:
    """False when another server has announced this change meanwhile."""
    table = announced_articles
    same = (table.c.slug == row["slug"]) & (table.c.digest == before)
    return connection.execute(update(table).where(same).values(row)).rowcount == 1


def _queue(connection: Connection, changes: list[Change], now: float) -> None:
    if not changes:
        return
    connection.execute(insert(knowledge_changes), [asdict(change) for change in changes])
    rows = [
        {
            "id": uuid.uuid4().hex,
            "change": change.id,
            "subscriber": subscriber,
            "state": "queued",
            "attempts": 0,
            "not_before": now,
            "created_at": now,
        }
        for change in changes
        for subscriber in connection.scalars(select(subscribers.c.id))
    ]
    if rows:
        connection.execute(insert(deliveries), rows)
