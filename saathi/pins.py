"""The six-digit PIN by which a caller proves to be a partner: set in the app, kept as an argon2 hash.

Every try counts before it is checked, so that many at once get no more of them. After ten wrong ones
within a day none is checked for a day; a new one, set in the app, opens it again.
"""

from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection, select

from saathi import tries
from saathi.store.statements import upsert
from saathi.store.tables import pins

LENGTH = 6
MOST_A_DAY = 10
DAY_S = 24 * 3600.0
_PURPOSE = "pin"


class PinLocked(Exception):
    """There were too many wrong tries today."""


class PinHasher:
    """argon2id with the library's parameters; a hash or a check takes some 50 ms of a processor."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    def hash(self, pin: str) -> str:
        """The hash to keep of a PIN."""
        return self._hasher.hash(pin)

    def is_right(self, kept: str | None, pin: str) -> bool:
        """True when `kept` is the hash of the PIN. None, of somebody without one, takes as long and is never right."""
        try:
            self._hasher.verify(kept or self._nobodys, pin)
        except VerifyMismatchError:
            return False
        return kept is not None

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("nobody's")


def store(connection: Connection, partner: str, hashed: str, now: float) -> None:
    """Keep the hash of the partner's new PIN. The partner must be one of `people`."""
    upsert(connection, pins, {"partner": partner, "hash": hashed, "set_at": now})
    forgive(connection, partner)


def is_set(connection: Connection, partner: str) -> bool:
    """True when the partner has a PIN."""
    return connection.scalar(select(pins.c.set_at).where(pins.c.partner == partner)) is not None


def find_owner(connection: Connection, digits: str) -> str | None:
    """The partner whose id has these digits in this order; None without one, or with several."""
    owners = connection.scalars(select(pins.c.partner).where(pins.c.partner.like(f"%{digits}"))).all()
    fitting = [owner for owner in owners if "".join(filter(str.isdigit, owner)) == digits]
    return fitting[0] if len(fitting) == 1 else None


def begin_try(connection: Connection, partner: str, now: float) -> str | None:
    """Count a try and get the hash to hold it against, None where the partner has set no PIN.

    Raises:
        PinLocked: there were ten today; no more are checked until a day has passed.
    """
    # the eleventh locks, so that the tenth is still checked
    if tries.note_wrong(connection, _name(partner), _PURPOSE, MOST_A_DAY + 1, DAY_S, DAY_S, now) == 0:
        raise PinLocked
    return connection.scalar(select(pins.c.hash).where(pins.c.partner == partner))


def forgive(connection: Connection, partner: str) -> None:
    """The PIN was right, or is a new one: no try counts any more."""
    tries.forget(connection, _name(partner), _PURPOSE)


def _name(partner: str) -> str:
    return f"partner:{partner}"
