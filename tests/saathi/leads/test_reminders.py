"""Reminders in the store: kept once, listed, taken back by their own partner alone, and what they are about."""

import pytest
from sqlalchemy import select

from saathi.leads import reminders
from saathi.leads.reminders import MOST_WAITING, NewReminder
from saathi.leads.reminding import RemindingWords
from saathi.periods import PeriodReader
from saathi.store import Database
from saathi.store.crm_tables import reminders as rows
from saathi.time_words import TimeWords
from saathi.times import MomentReader

NOW = 1_795_000_000.0


async def add(database: Database, conversation: str, key: str, due_at: float = NOW + 60) -> bool:
    wish = NewReminder(key, conversation, "call Shabnam", "L-1042", "en", due_at)
    return await database.write(lambda c: reminders.add(c, "P1001", wish, "inapp", NOW))


async def take_due(database: Database, now: float) -> list[str]:
    due = await database.read(lambda c: reminders.list_due(c, now, 5))
    return [one.id for one in due if await database.write(lambda c, one=one: reminders.take(c, one))]  # type: ignore[misc]


async def test_reminder_is_kept_once_a_message_and_the_next_one_is_listed_first(
    database: Database, conversation: str
) -> None:
    for key, due_at in (("m1", NOW + 90), ("m2", NOW + 60), ("m1", NOW + 90)):
        assert await add(database, conversation, key, due_at)
    listed = await database.read(lambda c: reminders.list_waiting(c, "P1001", 5))
    assert [one.id for one in listed] == ["m2", "m1"]


async def test_reminder_is_taken_back_by_its_own_partner_alone(database: Database, conversation: str) -> None:
    await add(database, conversation, "m1")
    assert not await database.write(lambda c: reminders.cancel(c, "P1002", "m1"))
    assert await database.read(lambda c: reminders.list_waiting(c, "P1002", 5)) == []
    assert await database.write(lambda c: reminders.cancel(c, "P1001", "m1"))
    assert await database.write(lambda c: reminders.cancel(c, "P1001", "m1"))  # the same tap once more
    assert await take_due(database, NOW + 120) == []


async def test_what_was_told_is_not_taken_back(database: Database, conversation: str) -> None:
    await add(database, conversation, "m1")
    assert await take_due(database, NOW + 61) == ["m1"]
    assert await take_due(database, NOW + 61) == []
    assert not await database.write(lambda c: reminders.cancel(c, "P1001", "m1"))


async def test_nothing_is_due_before_its_hour(database: Database, conversation: str) -> None:
    await add(database, conversation, "m1")
    assert await take_due(database, NOW + 59) == []
    assert await take_due(database, NOW + 60) == ["m1"]


async def test_what_was_taken_back_or_told_since_it_was_read_is_not_told(database: Database, conversation: str) -> None:
    for key in ("m1", "m2"):
        await add(database, conversation, key)
    first, second = await database.read(lambda c: reminders.list_due(c, NOW + 60, 5))
    await database.write(lambda c: reminders.cancel(c, "P1001", first.id))
    assert not await database.write(lambda c: reminders.take(c, first))
    assert await database.write(lambda c: reminders.take(c, second))
    assert not await database.write(lambda c: reminders.take(c, second))


async def test_too_many_reminders_are_refused(database: Database, conversation: str) -> None:
    for number in range(MOST_WAITING):
        assert await add(database, conversation, f"m{number}")
    assert not await add(database, conversation, "one more")
    assert await add(database, conversation, "m0")  # kept before
    assert len(await database.read(lambda c: c.scalars(select(rows.c.id)).all())) == MOST_WAITING


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("kal 5 baje yaad dilana", ""),
        ("remind me to call Ramesh Kumar tomorrow at 5", "call Ramesh Kumar"),
        ("kal 5 baje Shabnam ko call karna yaad dila dena", "Shabnam ko call karna"),
        ("कल शाम पाँच बजे सुनीता जी को फ़ोन करना है, याद दिला देना", "सुनीता जी को फ़ोन करना है"),
        ("set a reminder for L-1042 on Monday", "L-1042"),
        ("aadhe ghante baad papers upload karne hain, alarm laga do", "papers upload karne hain"),
    ],
)
def test_reminder_is_about_what_is_left_of_the_message(said: str, subject: str) -> None:
    moment = MomentReader(TimeWords.load(), PeriodReader()).read(said, NOW)
    assert RemindingWords.load().read_subject(moment) == subject
