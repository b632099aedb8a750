import pytest

from saathi.privacy import Masker


@pytest.fixture(scope="module")
def masker() -> Masker:
    return Masker()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("call me on 98765 43210", "call me on [phone 3210]"),
        ("mera number +91-9876543210 hai", "mera number [phone 3210] hai"),
        ("मेरा नंबर 9876543210 है", "मेरा नंबर [phone 3210] है"),
        ("write to a.b@example.com please", "write to [email] please"),
        ("upi ravi.k@okbank pe bhejo", "upi [upi] pe bhejo"),
        ("aadhaar 2345 6789 0124", "aadhaar [aadhaar]"),
        ("PAN ABCPE1234F", "PAN [pan]"),
        ("gstin 27ABCPE1234F1Z5", "gstin [gstin]"),
        ("card 4111 1111 1111 1111", "card [card]"),
        ("IFSC ABCD0123456", "IFSC [ifsc]"),
        ("mera account number 123456789012 hai", "mera account number [account] hai"),
        ("mail a@example.com or call 9876543210", "mail [email] or call [phone 3210]"),
    ],
)
def test_identifier_becomes_its_kind(masker: Masker, said: str, kept: str) -> None:
    assert masker.mask(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "lead L-1042 ka status btao",
        "premium 12,50,000 hai",
        "₹5,00,000 cover for 20 years",
        "order 987654321",
        "the 80C limit is 150000",
        "payout of 10/11/2026",
        "what is the surrender value?",
        "",
    ],
)
def test_amounts_and_references_stay(masker: Masker, said: str) -> None:
    assert masker.mask(said) == said


def test_masked_text_is_masked_already(masker: Masker) -> None:
    once = masker.mask("call 9876543210, mail a@example.com")
    assert masker.mask(once) == once
