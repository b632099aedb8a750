"""The one spelling that understanding and search work on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language import normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a \t b\n\nc ", "a b c"),
        ("plzzzz", "plz"),
        ("kyaaaa hua", "kya hua"),
        ("goood", "good"),
        ("क्याााा", "क्या"),
        ("www iii", "www iii"),
        ("100000", "100000"),
        ("AAAPL1234C", "AAAPL1234C"),
        ("aaa@bbb.example", "aaa@bbb.example"),
        ("“it’s” – ok", '"it\'s" - ok'),
        ("fi\u200bne", "fine"),
        ("क्\u200dया", "क्या"),
        ("ﬁne ２", "fine 2"),
        ("a\x00b\ud800c\x1b", "abc"),
        ("👍\ufe0f", "👍"),
        ("", ""),
    ],
)
def test_what_phones_put_in_is_taken_out(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_both_forms_of_a_nukta_letter_become_one() -> None:
    assert normalise("\u095b") == normalise("\u091c\u093c") == "\u091c\u093c"


@given(st.text(st.characters(exclude_categories=())))
def test_every_string_is_normalised_once_and_for_all(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once.encode("utf-8").decode("utf-8") == once
    assert "\x00" not in once
