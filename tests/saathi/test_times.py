"""Moments in words, in three registers and both scripts, and how they are said back."""

from datetime import datetime

import pytest

from saathi.clock import INDIA
from saathi.dates import DateWords
from saathi.periods import PeriodReader
from saathi.time_words import MomentTeller, TimeWords
from saathi.times import MomentReader

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=INDIA)  # a Saturday


@pytest.fixture(scope="module")
def reader() -> MomentReader:
    return MomentReader(TimeWords.load(), PeriodReader())


@pytest.mark.parametrize(
    ("said", "month", "day", "hour", "minute"),
    [
        ("kal 5 baje yaad dilana", 11, 22, 17, 0),
        ("कल शाम पाँच बजे", 11, 22, 17, 0),
        ("in two hours", 11, 21, 16, 0),
        ("aadhe ghante baad", 11, 21, 14, 30),
        ("half an hour", 11, 21, 14, 30),
        ("dedh ghante baad", 11, 21, 15, 30),
        ("दस मिनट में", 11, 21, 14, 10),
        ("Monday 11 am", 11, 23, 11, 0),
        ("15 tareekh ko", 12, 15, 10, 0),
        ("परसों सुबह", 11, 23, 9, 0),
        ("5/12 ko 3 baje", 12, 5, 15, 0),
        ("25 december 4 p.m.", 12, 25, 16, 0),
        ("सोमवार को साढ़े पाँच बजे", 11, 23, 17, 30),
        ("paune 6 baje", 11, 21, 17, 45),
        ("kal dopahar 2 baje", 11, 22, 14, 0),
        ("do din baad shaam 6 baje", 11, 23, 18, 0),
        ("agle hafte", 11, 23, 10, 0),
        ("5th ko", 12, 5, 10, 0),
        ("17:30", 11, 21, 17, 30),
        ("tonight", 11, 21, 20, 0),
        ("kal raat 12 baje", 11, 23, 0, 0),
    ],
)
def test_moment_is_read(reader: MomentReader, said: str, month: int, day: int, hour: int, minute: int) -> None:
    moment = reader.read(said, NOW.timestamp())
    assert moment.at is not None, moment
    expected = datetime(2026, month, day, hour, minute, tzinfo=INDIA)
    assert datetime.fromtimestamp(moment.at, INDIA) == expected


@pytest.mark.parametrize(
    ("said", "day", "hour"),
    [
        ("at 5", 21, 17),  # office hours
        ("at 9", 21, 21),  # this morning is over
        ("11 baje", 22, 11),  # eleven at night is nobody's hour
        ("at 1", 22, 13),
        ("aaj 11 baje", 21, 23),  # but today is today
    ],
)
def test_hour_without_its_half_of_the_day_is_the_next_sensible_one(
    reader: MomentReader, said: str, day: int, hour: int
) -> None:
    moment = reader.read(said, NOW.timestamp())
    assert moment.at is not None
    assert datetime.fromtimestamp(moment.at, INDIA) == datetime(2026, 11, day, hour, tzinfo=INDIA)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("yesterday 5 pm", "past"),
        ("aaj 1 baje", "past"),
        ("15 August 2028", "far"),
        ("31 feb 5 baje", "unclear"),
        ("25 baje", "unclear"),
        ("aaj", "unclear"),
        ("lead L-1042 ka reminder", "unclear"),
        ("laga do reminder 5 leads ka", "unclear"),
        ("", "unclear"),
    ],
)
def test_what_is_no_moment_to_come_is_none(reader: MomentReader, said: str, fault: str) -> None:
    moment = reader.read(said, NOW.timestamp())
    assert (moment.at, moment.fault) == (None, fault)


def test_what_says_nothing_of_the_moment_stays(reader: MomentReader) -> None:
    moment = reader.read("somvar ko subah 10 baje Shabnam ko call karna", NOW.timestamp())
    assert [word.latin for word in moment.words] == ["ko", "shabnam", "ko", "call", "karna"]
    assert not reader.read("call Shabnam", NOW.timestamp()).is_said


def test_moment_is_said_in_the_language_of_the_reply() -> None:
    teller = MomentTeller(TimeWords.load().says, DateWords.load())
    at = datetime(2026, 11, 22, 17, 30, tzinfo=INDIA).timestamp()
    assert teller.tell(at, NOW.timestamp(), "en") == "tomorrow, Sunday 22 November at 5:30 pm"
    assert teller.tell(at, NOW.timestamp(), "hinglish") == "kal, Ravivar 22 November, shaam 5:30 baje"
    assert teller.tell(at, NOW.timestamp(), "hi") == "कल, रविवार 22 नवंबर, शाम 5:30 बजे"
