"""What a user named, as the packet holds it."""

from datetime import date

import pytest

from saathi.named import NamedReader

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def reader() -> NamedReader:
    return NamedReader.load()


def test_what_was_named_is_written_as_staff_write_it(reader: NamedReader) -> None:
    slots = {"lead_reference": "ld 48213", "institution": "हिमगिरी लाइफ", "phone_ending": "7730", "language": "hi"}
    read = reader.read(slots, TODAY)
    assert read == {
        "lead_reference": "L-48213",
        "institution": "Himgiri Life",
        "phone_ending": "7730",
        "language": "hi",
    }


def test_date_and_sum_stand_beside_what_was_said(reader: NamedReader) -> None:
    read = reader.read({"date": "last month", "amount": "ढाई लाख"}, TODAY)
    assert read == {
        "date": "last month",
        "period": ["2026-10-01", "2026-10-31"],
        "amount": "ढाई लाख",
        "rupees": 250000,
    }


def test_what_cannot_be_read_stays_as_it_was_said(reader: NamedReader) -> None:
    slots = {"date": "diwali ke baad", "lead_reference": "that one", "amount": "bahut"}
    assert reader.read(slots, TODAY) == slots
