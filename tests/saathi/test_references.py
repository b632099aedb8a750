import pytest

from saathi.calculators.words import Words
from saathi.references import lead_reference, name, phone_ending, rupees


@pytest.mark.parametrize("said", ["L-48213", "l 48213", "LD-48213", "ld48213", "48213", "४८२१३", "ld no 48213"])
def test_a_lead_has_one_reference_however_it_is_typed(said: str) -> None:
    assert lead_reference(said) == "L-48213"


def test_what_is_no_number_of_a_lead_or_phone_is_none() -> None:
    assert lead_reference("LD-") is None
    assert lead_reference("123456789") is None
    assert phone_ending("4821") == "4821"
    assert phone_ending("48213") is None


def test_names_are_written_in_latin_letters_with_capitals() -> None:
    assert name("हिमगिरी लाइफ") == "Himgiri Life"
    assert name("ramesh kumar") == "Ramesh Kumar"


@pytest.mark.parametrize(
    ("said", "sum_meant"),
    [
        ("5 lakh", 500_000),
        ("₹12,500", 12_500),
        ("2.5 cr", 25_000_000),
        ("पाँच लाख", 500_000),
        ("30k", 30_000),
        ("dedh lakh", 150_000),
        ("2 lakh 50 hazar", 250_000),
        ("Rs. 500", 500),
        ("kuch nahi", None),
    ],
)
def test_sums_are_whole_rupees(said: str, sum_meant: int | None) -> None:
    assert rupees(said, Words.load()) == sum_meant
