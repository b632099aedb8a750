"""The same digits under other words."""

import pytest

from saathi.privacy import Masker


@pytest.fixture(scope="module")
def masker() -> Masker:
    return Masker()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("call me on 9876543210", "call me on [phone 3210]"),
        ("account number 9876543210", "account number [account]"),
        ("खाता संख्या 9876543210", "खाता संख्या [account]"),
        ("9876543210 mera account hai", "[account] mera account hai"),
        (
            "31864027759310 this is my new account, send payouts here",
            "[account] this is my new account, send payouts here",
        ),
        ("new ac +91 9876543210", "new ac [phone 3210]"),
        (
            "Anita ji ka number 919876543216 hai",
            "Anita ji ka number [phone 3216] hai",
        ),  # fits an Aadhaar number as well
        ("aadhaar 919876543216", "aadhaar [aadhaar]"),
        (
            "account me paisa nahi aaya 9876543210 par call karo",
            "account me paisa nahi aaya [phone 3210] par call karo",
        ),
        ("bank account ka registered mobile 9876543210 hai", "bank account ka registered mobile [phone 3210] hai"),
        ("account no 12345678901 mobile 9876543210", "account no [account] mobile [phone 3210]"),
        ("order no 9876543210", "order no 9876543210"),
        ("OTP 9876543210 par nahi aaya", "OTP [phone 3210] par nahi aaya"),
        ("policy ki receipt 9876543210 pe bhejo", "policy ki receipt [phone 3210] pe bhejo"),
        ("order no 8812345670, mobile 9876543210", "order no 8812345670, mobile [phone 3210]"),
        ("policy holder ka number 9876543210", "policy holder ka number [phone 3210]"),
        ("lead ka number 9876543210", "lead ka number [phone 3210]"),
        ("aadhaar linked mobile 9876543210", "aadhaar linked mobile [phone 3210]"),
    ],
)
def test_nearest_word_says_what_a_number_is(masker: Masker, said: str, kept: str) -> None:
    assert masker.mask(said) == kept


@pytest.mark.parametrize("word", ["a/c", "ac no", "acc no", "acount", "khata number", "खाता संख्या", "passbook", "अकाउंट"])
@pytest.mark.parametrize(
    "number", ["123456789", "9876543210", "002345678901", "123456789012345678", "1234 5678 9012 34"]
)
def test_account_is_masked_with_a_word_near(masker: Masker, word: str, number: str) -> None:
    assert masker.mask(f"mera {word} {number} hai") == f"mera {word} [account] hai"


@pytest.mark.parametrize("number", ["12345678901", "123456789012", "1234567890123456"])
def test_digits_without_a_word_stay(masker: Masker, number: str) -> None:
    assert masker.mask(f"what about {number} then") == f"what about {number} then"


@pytest.mark.parametrize("word", ["UTR", "txn id", "policy no.", "ref no", "application id", "यूटीआर", "लेनदेन संख्या"])
@pytest.mark.parametrize("number", ["234567890124", "4111111111111111", "9876543210"])
def test_reference_stays_even_if_its_check_digit_fits(masker: Masker, word: str, number: str) -> None:
    assert (
        masker.mask(f"{word} {number} ka paisa account me nahi aaya")
        == f"{word} {number} ka paisa account me nahi aaya"
    )


def test_reference_that_is_named_behind_stays(masker: Masker) -> None:
    assert masker.mask("779205368513 is the utr") == "779205368513 is the utr"


@pytest.mark.parametrize(
    "said", ["₹ 9876543210", "Rs. 9876543210", "9876543210 rupees", "75000-90000 a month", "call me 12-03-2026 10 am"]
)
def test_sums_and_dates_stay(masker: Masker, said: str) -> None:
    assert masker.mask(said) == said


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("aadhaar 2345 6789 0125", "aadhaar [aadhaar]"),  # the check digit is wrong
        ("aadhaar 23456789012", "aadhaar [aadhaar]"),  # a digit is missing
        ("card no 4111 1111 1111 1112", "card no [card]"),
        ("gstin 27ABCPE1234F1Z", "gstin [gstin]"),
        ("passport b0097650", "passport [passport]"),
    ],
)
def test_number_typed_wrongly_is_masked_where_a_word_names_it(masker: Masker, said: str, kept: str) -> None:
    assert masker.mask(said) == kept


@pytest.mark.parametrize("alone", ["MN2412", "A3456781", "I15432"])
def test_weak_shape_counts_only_where_it_is_all_that_was_written(masker: Masker, alone: str) -> None:
    assert masker.mask(alone) != alone
    assert masker.mask(f"what of {alone} now") == f"what of {alone} now"


@pytest.mark.parametrize("reference", ["LD-48213", "LD48213", "LD4821", "RS5000", "FY2026", "SR-20260044"])
def test_own_references_and_sums_stay_also_alone(masker: Masker, reference: str) -> None:
    assert masker.mask(reference) == reference
