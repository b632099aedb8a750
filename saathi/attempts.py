"""What was tried to help: attempts that failed, one row a message, so that a repeated turn counts nothing twice, and
look-ups, which count nothing.

The open rows of a conversation are its `failed_attempts`; a helpful answer closes them. Look-ups stay for the person
who takes over, for a while.
"""

from sqlalchemy import ColumnElement, Connection, bindparam, func, literal, select, union_all, update

from saathi.store.statements import insert_if_absent
from saathi.store.tables import attempts, look_ups

# A look-up from longer ago belongs to another matter.
LOOK_UPS_LAST_S = 3600.0

_COUNT = (
    select(func.count()).select_from(attempts).where(attempts.c.conversation == bindparam("of"), attempts.c.is_open)
)


def add(connection: Connection, conversation: str, message: str, cause: str, solution: str, now: float) -> int:
    """Count a failed attempt once per message.

    Args:
        cause: why it failed: `unclear`, `empty_search`, `failed_action`, `not_helpful`, `out_of_scope`,
            `silent_turn`, `failed_turn`.
        solution: what was tried, in words for the person who takes over.

    Returns:
        The number of open attempts, this one included.
    """
    row = {
        "conversation": conversation,
        "message": message,
        "cause": cause,
        "solution": solution,
        "is_open": True,
        "created_at": now,
    }
    insert_if_absent(connection, attempts, row)
    return count(connection, conversation)


def note(connection: Connection, conversation: str, message: str, solution: str, now: float) -> None:
    """Remember a look-up that did not fail ("checked payout history"), once per message and solution."""
    row = {"conversation": conversation, "message": message, "solution": solution, "is_open": True, "created_at": now}
    insert_if_absent(connection, look_ups, row)


def close(connection: Connection, conversation: str) -> None:
    """Something helped: the count starts again at 0."""
    connection.execute(update(attempts).where(_open(conversation)).values(is_open=False))


def settle(connection: Connection, conversation: str) -> None:
    """A person takes over, and knows what was tried: attempts and look-ups are closed."""
    close(connection, conversation)
    connection.execute(update(look_ups).where(look_ups.c.conversation == conversation).values(is_open=False))


def count(connection: Connection, conversation: str) -> int:
    """The number of open attempts."""
    return connection.scalar(_COUNT, {"of": conversation}) or 0


def find_solutions(connection: Connection, conversation: str, now: float) -> list[str]:
    """What was tried in the open attempts and looked up lately, oldest first."""
    failed = select(attempts.c.solution, attempts.c.created_at, literal(1).label("part")).where(_open(conversation))
    recent = look_ups.c.is_open & (look_ups.c.created_at > now - LOOK_UPS_LAST_S)
    looked_up = select(look_ups.c.solution, look_ups.c.created_at, literal(0).label("part")).where(
        look_ups.c.conversation == conversation, recent
    )
    both = union_all(failed, looked_up).subquery()
    # what was looked up in a message was looked up before it failed
    return list(connection.scalars(select(both.c.solution).order_by(both.c.created_at, both.c.part)))


def _open(conversation: str) -> ColumnElement[bool]:
    return (attempts.c.conversation == conversation) & attempts.c.is_open
