import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("आधार २३४५ ६७८९ ०१२४ है", "आधार [aadhaar] है"),
        ("aadhaar no:2345-6789-0124.", "aadhaar no:[aadhaar]."),
        ("VID 9876 5432 1098 7654", "VID [virtual id]"),
        ("voter id KSD1287349", "voter id [voter id]"),
        ("passport J8369854", "passport [passport]"),
        ("gaadi mh 12 ab 1234", "gaadi [vehicle]"),
        ("पैन ABCPE1234Fहै", "पैन [pan]है"),
        ("no9876543210 ya mob.98765-43211", "no[phone 3210] ya mob.[phone 3211]"),
        ("9876543210/9876543211 pe call", "[phone 3210]/[phone 3211] pe call"),
        ("+91 98 76 54 32 10, 00919876543210", "[phone 3210], [phone 3210]"),
        ("landline 080-25554321 or +971 50 555 4321", "landline [phone 4321] or [phone 4321]"),
        ("९८७६५४३२१०पर कॉल करें", "[phone 3210]पर कॉल करें"),
        ("9876543210@upi", "[upi]"),
        ("ravi @example.com", "[email]"),
        ("phone 9876543210.k@example.com", "phone [email]"),
        ("9876543210please call", "[phone 3210]please call"),
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
        "call 1800 200 1234",
        "up 20 to 5000 this year",
        "tax year 2026-27, 10(10D)",
        "mobile number is nine eight seven six",
        "",
    ],
)
def test_amounts_and_references_stay(masker: Masker, said: str) -> None:
    assert masker.mask(said) == said


def test_masked_text_is_masked_already(masker: Masker) -> None:
    once = masker.mask("call 9876543210, mail a@example.com")
    assert masker.mask(once) == once


def test_values_of_an_event_are_masked_with_the_names_of_their_fields(masker: Masker) -> None:
    event = {
        "page": "payouts",
        "mobile": 9876543210,
        "account_number": "12345678901",
        "count": 12,
        "seen": True,
        "score": 0.5,
        "more": {"texts": ["pan ABCPE1234F", None, "L-1042"]},
    }
    assert masker.mask_values(event) == {
        "page": "payouts",
        "mobile": "[phone 3210]",
        "account_number": "[account]",
        "count": 12,
        "seen": True,
        "score": 0.5,
        "more": {"texts": ["pan [pan]", None, "L-1042"]},
    }


@pytest.mark.parametrize("long", ["9" * 2000, "9 " * 1000, "a@" * 1000, "order ka " * 222, "9876543210 " * 181])
def test_longest_message_takes_no_time_to_speak_of(masker: Masker, long: str) -> None:
    begun = time.process_time()
    masker.mask(long)
    assert time.process_time() - begun < 0.5


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_is_written_is_masked_and_a_phone_in_it_found(masker: Masker, text: str) -> None:
    assert "9876543210" not in masker.mask(f"{text} ; call 9876543210")
