"""The PIN of the voice line: kept as a hash, tried ten times a day."""

import time

import pytest

from saathi import pins
from saathi.pins import DAY_S, MOST_A_DAY, PinHasher, PinLocked
from saathi.store import Database

NOW = 1_800_000_000.0


@pytest.fixture
async def hashed(database: Database, conversation: str) -> str:
    hashed = PinHasher().hash("739154")
    await database.write(lambda c: pins.store(c, "P1001", hashed, NOW))
    return hashed


async def try_it(database: Database, now: float = NOW) -> str | None:
    return await database.write(lambda c: pins.begin_try(c, "P1001", now))


def test_hash_tells_the_right_pin_and_does_not_hold_it() -> None:
    hasher = PinHasher()
    kept = hasher.hash("739154")
    assert kept.startswith("$argon2id$")
    assert "739154" not in kept
    assert hasher.is_right(kept, "739154")
    assert not hasher.is_right(kept, "739155")


def test_partner_without_a_pin_is_never_right_and_takes_as_long() -> None:
    hasher = PinHasher()
    kept = hasher.hash("739154")
    hasher.is_right(None, "000000")
    times = []
    for stored in (kept, None):
        begun = time.perf_counter()
        assert not hasher.is_right(stored, "000000")
        times.append(time.perf_counter() - begun)
    assert times[1] > times[0] / 3


async def test_try_gives_the_hash_that_was_stored_last(database: Database, hashed: str) -> None:
    assert await try_it(database) == hashed
    await database.write(lambda c: pins.store(c, "P1001", "another", NOW))
    assert await try_it(database) == "another"


async def test_ten_tries_a_day_and_no_more(database: Database, hashed: str) -> None:
    for _ in range(MOST_A_DAY):
        assert await try_it(database) == hashed
    for _ in range(3):
        with pytest.raises(PinLocked):
            await try_it(database, NOW + 60)
    with pytest.raises(PinLocked):
        await try_it(database, NOW + DAY_S - 1)
    assert await try_it(database, NOW + DAY_S + 61) == hashed


async def test_right_pin_and_a_new_one_end_the_count(database: Database, hashed: str) -> None:
    for _ in range(MOST_A_DAY - 1):
        await try_it(database)
    await database.write(lambda c: pins.forgive(c, "P1001"))
    for _ in range(MOST_A_DAY):
        await try_it(database)
    await database.write(lambda c: pins.store(c, "P1001", "new", NOW))
    assert await try_it(database) == "new"


async def test_owner_is_found_by_the_digits_of_the_id(database: Database, hashed: str) -> None:
    found = {}
    for digits in ("1001", "001", "11001", "1002", "%"):
        found[digits] = await database.read(lambda c, digits=digits: pins.find_owner(c, digits))
    assert found == {"1001": "P1001", "001": None, "11001": None, "1002": None, "%": None}
