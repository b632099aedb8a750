"""One person, many channels: an address becomes a partner's by a one-time code, in either direction.

The partner gets a code in the app and sends it from the address; or the address is given one, to be typed in the app.
Codes are kept as digests. An address that is linked writes in the partner's one chat; see `merging` for what it brings.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from saathi import addresses, conversations, merging, tries
from saathi.addresses import Known
from saathi.store import tables
from saathi.store.tables import link_codes

CODE_LASTS_S = 600.0
MOST_WRONG = 5
LOCK_S = 3600.0
PURPOSE = "link"

_DIGITS, _LETTERS = "23456789", "ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that looks like another
_HALF = 3
_KEPT_S = 24 * 3600.0  # a code that is over is known for a day as one that was real


class Result(StrEnum):
    """What became of a code. Only `WRONG` and `STALE` count as wrong tries."""

    LINKED = "linked"
    ALREADY = "already"  # the address was that partner's before
    WRONG = "wrong"
    STALE = "stale"  # used, or older than ten minutes
    OWN = "own"  # given to the very one who sends it: it belongs to the other end
    LOCKED = "locked"  # five wrong ones: not even looked at for an hour


@dataclass(frozen=True, slots=True)
class Redeemed:
    """`known` is the address as it stands after the code was taken, None when it was not; `former` the partner whose it
    was until then, if it was another's."""

    result: Result
    known: Known | None = None
    former: str | None = None


def issue_to_partner(connection: Connection, partner: str, now: float) -> str:
    """A code for the partner to send from an address. It takes the place of the partner's one before."""
    connection.execute(delete(link_codes).where(link_codes.c.partner == partner, link_codes.c.used_at.is_(None)))
    return _issue(connection, {"partner": partner}, now)


def issue_to_address(connection: Connection, channel: str, address: str, now: float) -> str:
    """A code for whoever writes from the address to type in the app. It takes the place of the address's one before."""
    mine = (link_codes.c.channel == channel) & (link_codes.c.address == address)
    connection.execute(delete(link_codes).where(mine, link_codes.c.used_at.is_(None)))
    return _issue(connection, {"channel": channel, "address": address}, now)


def fold_code(text: str) -> str:
    """What was typed as codes are kept: capitals and digits alone."""
    typed = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(str(unicodedata.decimal(character, character)) for character in typed)
    return "".join(character for character in plain if character.isalnum())


def is_code(folded: str) -> bool:
    """True when a folded text has the form of a code: two halves of three, each with a digit and a letter. No word, no
    number and hardly an abbreviation has it."""
    halves = folded[:_HALF], folded[_HALF:]
    return all(
        len(half) == _HALF
        and set(half) <= set(_DIGITS + _LETTERS)
        and not set(half).isdisjoint(_DIGITS)
        and not set(half).isdisjoint(_LETTERS)
        for half in halves
    )


def redeem_from_address(connection: Connection, channel: str, address: str, code: str, now: float) -> Redeemed:
    """Take the code of a partner that was sent from an address which has written before."""
    known = _hold(connection, channel, address)
    person = f"{channel}:{address}"
    assert known is not None, "an address is entered before anything is taken from it"
    if tries.is_locked(connection, person, PURPOSE, now):
        return Redeemed(Result.LOCKED)
    found = _find(connection, code)
    if found is not None and (found["channel"], found["address"]) == (channel, address):
        return Redeemed(Result.OWN)
    if found is None or found["partner"] is None:
        return _refuse(connection, person, Result.WRONG, now)
    return _link(connection, person, found, known, found["partner"], now)


def redeem_by_partner(connection: Connection, partner: str, code: str, now: float) -> Redeemed:
    """Take the code that an address was given, typed by a signed-in partner."""
    person = f"partner:{partner}"
    found = _find(connection, code)
    # the address before the partner, as in the other direction, so that neither waits for the other for ever
    known = _hold(connection, found["channel"], found["address"]) if found and found["address"] else None
    _hold_partner(connection, partner, now)
    if tries.is_locked(connection, person, PURPOSE, now):
        return Redeemed(Result.LOCKED)
    if found is not None and found["partner"] == partner:
        return Redeemed(Result.OWN)
    if found is None or known is None:
        return _refuse(connection, person, Result.WRONG, now)
    return _link(connection, person, found, known, partner, now)


def unlink(connection: Connection, known: Known, now: float) -> bool:
    """Let the address be nobody's: it goes on in a fresh conversation. What was said stays with the partner. False when
    it is that partner's no more."""
    held = _hold(connection, known.channel, known.address)
    if held is None or held.partner is None or held.partner != known.partner:
        return False
    addresses.move_apart(connection, known.channel, known.address, now)
    return True


def _issue(connection: Connection, owner: dict[str, str], now: float) -> str:
    connection.execute(delete(link_codes).where(link_codes.c.expires_at < now - _KEPT_S))
    code = _draw_half() + _draw_half()
    while _find(connection, code) is not None:
        code = _draw_half() + _draw_half()
    row = {**owner, "digest": _digest(code), "created_at": now, "expires_at": now + CODE_LASTS_S}
    connection.execute(insert(link_codes).values(row))
    return f"{code[:_HALF]}-{code[_HALF:]}"


def _draw_half() -> str:
    while True:
        half = "".join(secrets.choice(_DIGITS + _LETTERS) for _ in range(_HALF))
        if any(character in _DIGITS for character in half) and any(character in _LETTERS for character in half):
            return half


def _digest(code: str) -> str:
    return hashlib.sha256(fold_code(code).encode()).hexdigest()


def _find(connection: Connection, code: str) -> RowMapping | None:
    return connection.execute(select(link_codes).where(link_codes.c.digest == _digest(code))).mappings().first()


def _hold(connection: Connection, channel: str, address: str) -> Known | None:
    """The address as it stands, and nobody else links it or tries codes from it until the transaction ends."""
    mine = (tables.addresses.c.channel == channel) & (tables.addresses.c.address == address)
    connection.execute(select(tables.addresses.c.address).where(mine).with_for_update())
    return addresses.find(connection, channel, address)


def _hold_partner(connection: Connection, partner: str, now: float) -> None:
    """Nobody else tries codes for the partner until the transaction ends; rows that name them can still be added."""
    conversations.find_chat(connection, partner, now)
    mine = tables.people.c.partner == partner
    connection.execute(select(tables.people.c.partner).where(mine).with_for_update(key_share=True))


def _link(connection: Connection, person: str, code: RowMapping, known: Known, partner: str, now: float) -> Redeemed:
    is_mine = (link_codes.c.digest == code["digest"]) & link_codes.c.used_at.is_(None) & (link_codes.c.expires_at > now)
    is_taken = connection.execute(update(link_codes).where(is_mine).values(used_at=now)).rowcount == 1
    if known.partner == partner:  # also a code that was sent twice
        return Redeemed(Result.ALREADY, known)
    if not is_taken:
        return _refuse(connection, person, Result.STALE, now)
    chat = conversations.find_chat(connection, partner, now)
    addresses.move(connection, known.channel, known.address, chat)
    if known.partner is None:  # the chat of another partner stays with that partner
        merging.merge(connection, known.conversation, chat, now)
    tries.forget(connection, person, PURPOSE)
    return Redeemed(Result.LINKED, addresses.find(connection, known.channel, known.address), known.partner)


def _refuse(connection: Connection, person: str, result: Result, now: float) -> Redeemed:
    left = tries.note_wrong(connection, person, PURPOSE, MOST_WRONG, LOCK_S, LOCK_S, now)
    return Redeemed(result if left else Result.LOCKED)
