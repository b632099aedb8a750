"""What all forms read of a message."""

import pytest

from actions.forms import corrected, is_correction, is_question


@pytest.mark.parametrize(
    "text",
    ["no, 12 not 10", "nahi 6 lakh", "नहीं, मार्च", "sorry April", "galat likha, 5 saal", "no hold on, May", "wait, May"],
)
def test_corrections_begin_by_taking_back(text: str) -> None:
    assert is_correction(text)


@pytest.mark.parametrize("text", ["no", "nahi", "12 lakh", "note it down", "wait kiya 3 din", "wait"])
def test_a_plain_no_corrects_nothing(text: str) -> None:
    assert not is_correction(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("12 not 10", "12"),
        ("10 nahi 12", "12"),
        ("5 lakh instead of 6", "5 lakh"),
        ("6 lakh", "6 lakh"),
        ("no hold on, May, not June", "May"),
        ("it was not June but May", "May"),
        ("nahi nahi, June nahi May", "May"),
        ("नहीं, जून नहीं मई", "मई"),
        ("no no no", "no no no"),
    ],
)
def test_the_part_that_holds_is_kept(text: str, kept: str) -> None:
    assert corrected(text).strip(" ,") == kept


@pytest.mark.parametrize("text", ["kab milega", "otp kyu aata hai?", "how long", "कब तक?"])
def test_questions_are_known_by_mark_or_first_word(text: str) -> None:
    assert is_question(text)


def test_an_answer_is_no_question() -> None:
    assert not is_question("it came late and nobody called")
