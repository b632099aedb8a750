"""Wrong codes and PINs in a row, and the lock that too many of them bring. Times are seconds since the epoch."""

from sqlalchemy import ColumnElement, Connection, case, delete, select, update

from saathi.store.statements import insert_if_absent
from saathi.store.tables import failed_tries


def note_wrong(
    connection: Connection, person: str, purpose: str, most: int, within_s: float, lock_s: float, now: float
) -> int:
    """Count a wrong try; the `most`-th within `within_s` seconds locks the person out for `lock_s` seconds.

    The count begins again when its first try is older than that, and when a lock is over. A lock that stands is not
    prolonged.

    Args:
        person: who tried: up to 200 characters, such as `whatsapp:<address>` or `partner:P1001`.
        purpose: what for: `link`, `pin`.

    Returns:
        How many tries are left; 0 when the person is locked out now.
    """
    row = {"person": person, "purpose": purpose, "count": 0, "since": now, "locked_until": 0.0}
    insert_if_absent(connection, failed_tries, row)
    is_locked = failed_tries.c.locked_until > now
    is_past = (failed_tries.c.since <= now - within_s) | (failed_tries.c.locked_until > 0)
    counted = update(failed_tries).where(_mine(person, purpose), ~is_locked)
    counted = counted.values(
        count=case((is_past, 1), else_=failed_tries.c.count + 1),
        since=case((is_past, now), else_=failed_tries.c.since),
        locked_until=0.0,
    )
    count = connection.scalar(counted.returning(failed_tries.c.count))
    if count is None:
        return 0
    if count >= most:
        connection.execute(update(failed_tries).where(_mine(person, purpose)).values(locked_until=now + lock_s))
    return max(most - int(count), 0)


def is_locked(connection: Connection, person: str, purpose: str, now: float) -> bool:
    """True while the person may not try, whether rightly or wrongly."""
    until = connection.scalar(select(failed_tries.c.locked_until).where(_mine(person, purpose)))
    return until is not None and until > now


def forget(connection: Connection, person: str, purpose: str) -> None:
    """A right try: the wrong ones before it count no more."""
    connection.execute(delete(failed_tries).where(_mine(person, purpose)))


def _mine(person: str, purpose: str) -> ColumnElement[bool]:
    return (failed_tries.c.person == person) & (failed_tries.c.purpose == purpose)
