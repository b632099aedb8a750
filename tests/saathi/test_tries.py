"""Wrong tries in a row, and the lock they bring."""

import pytest

from saathi import tries
from saathi.store import Database

HOUR = 3600.0
START = 1_800_000_000.0


async def miss(database: Database, now: float, person: str = "whatsapp:a", most: int = 5) -> int:
    return await database.write(lambda c: tries.note_wrong(c, person, "link", most, HOUR, HOUR, now))


async def is_locked(database: Database, now: float, person: str = "whatsapp:a", purpose: str = "link") -> bool:
    return await database.read(lambda c: tries.is_locked(c, person, purpose, now))


async def test_fifth_wrong_try_locks_for_an_hour(database: Database) -> None:
    assert [await miss(database, START + second) for second in range(4)] == [4, 3, 2, 1]
    assert not await is_locked(database, START + 4)
    assert await miss(database, START + 4) == 0
    assert await is_locked(database, START + 5)
    assert await is_locked(database, START + 4 + HOUR - 1)
    assert not await is_locked(database, START + 4 + HOUR)


async def test_tries_while_locked_prolong_nothing(database: Database) -> None:
    for _ in range(5):
        await miss(database, START)
    assert await miss(database, START + HOUR - 1) == 0
    assert not await is_locked(database, START + HOUR)


async def test_count_begins_again_after_a_lock(database: Database) -> None:
    for _ in range(5):
        await miss(database, START)
    assert await miss(database, START + HOUR) == 4


async def test_wrong_tries_of_long_ago_count_no_more(database: Database) -> None:
    for _ in range(4):
        await miss(database, START)
    assert await miss(database, START + HOUR) == 4


async def test_right_try_forgets_the_wrong_ones(database: Database) -> None:
    for _ in range(4):
        await miss(database, START)
    await database.write(lambda c: tries.forget(c, "whatsapp:a", "link"))
    assert await miss(database, START + 1) == 4


@pytest.mark.parametrize(("person", "purpose"), [("whatsapp:b", "link"), ("whatsapp:a", "pin")])
async def test_lock_is_of_one_person_for_one_purpose(database: Database, person: str, purpose: str) -> None:
    for _ in range(5):
        await miss(database, START)
    assert not await is_locked(database, START, person, purpose)
