import pytest

from saathi.privacy.checksums import is_aadhaar, is_gstin, is_luhn, is_verhoeff

AADHAAR, CARD, GSTIN = "234567890124", "4111111111111111", "27AAPFU0939F1ZV"


def test_right_check_digits_are_right() -> None:
    assert is_verhoeff("2363")
    assert is_aadhaar(AADHAAR)
    assert is_luhn(CARD)
    assert is_gstin(GSTIN)
    assert is_gstin(GSTIN.lower())


@pytest.mark.parametrize("place", range(12))
def test_one_wrong_digit_is_no_aadhaar(place: int) -> None:
    others = [digit for digit in "0123456789" if digit != AADHAAR[place]]
    assert not any(is_aadhaar(AADHAAR[:place] + digit + AADHAAR[place + 1 :]) for digit in others)


@pytest.mark.parametrize("place", range(11))
def test_two_neighbours_changed_over_are_no_aadhaar(place: int) -> None:
    changed = AADHAAR[:place] + AADHAAR[place + 1] + AADHAAR[place] + AADHAAR[place + 2 :]
    assert not is_aadhaar(changed)


@pytest.mark.parametrize("place", range(16))
def test_one_wrong_digit_is_no_card(place: int) -> None:
    others = [digit for digit in "0123456789" if digit != CARD[place]]
    assert not any(is_luhn(CARD[:place] + digit + CARD[place + 1 :]) for digit in others)


@pytest.mark.parametrize("number", ["123456789012", "23456789012", "2345678901240", "012345678901"])
def test_other_lengths_and_first_digits_are_no_aadhaar(number: str) -> None:
    assert not is_aadhaar(number)


@pytest.mark.parametrize("number", ["27AAPFU0939F1ZW", "27AAPFU0939F1Z", "29AAPFU0939F1ZV"])
def test_wrong_or_short_gstin_is_none(number: str) -> None:
    assert not is_gstin(number)
