"""Failed attempts to help: one row a message, so that a repeated turn counts nothing twice.

The open rows of a conversation are its `failed_attempts`; a helpful answer closes them.
"""

from sqlalchemy import ColumnElement, Connection, func, select, update

from saathi.store.statements import insert_if_absent
from saathi.store.tables import attempts

# At this many open attempts a conversation goes to a person.
LIMIT = 2


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


def close(connection: Connection, conversation: str) -> None:
    """Something helped: the count starts again at 0."""
    connection.execute(update(attempts).where(_open(conversation)).values(is_open=False))


def count(connection: Connection, conversation: str) -> int:
    """The number of open attempts."""
    return connection.scalar(select(func.count()).select_from(attempts).where(_open(conversation))) or 0


def find_solutions(connection: Connection, conversation: str) -> list[str]:
    """What was tried in the open attempts, oldest first."""
    query = select(attempts.c.solution).where(_open(conversation)).order_by(attempts.c.created_at)
    return list(connection.scalars(query))


def _open(conversation: str) -> ColumnElement[bool]:
    return (attempts.c.conversation == conversation) & attempts.c.is_open
