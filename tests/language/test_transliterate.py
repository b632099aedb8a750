"""Devanagari in the spelling that Hinglish writers use."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import language
from language import count_scripts, normalise, to_latin


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("मेरा कमीशन कब आएगा?", "mera commission kab aayega?"),
        ("पेआउट क्यों नहीं आया", "payout kyon nahi aaya"),
        ("केवाईसी में क्या चाहिए", "kyc mein kya chahiye"),
        ("है हैं में मैं हूँ", "hai hain mein main hoon"),
        ("सरकार समझना मतलब पिछले", "sarkar samajhna matlab pichhle"),
        ("काम नाम बात", "kaam naam baat"),
        ("गया गई गए नई भाई कोई हुआ", "gaya gayi gaye nayi bhai koi hua"),
        ("वाला वापस विश्वास", "wala wapas vishvas"),
        ("ज्ञान क्षमा मित्र विद्या", "gyaan kshama mitra vidya"),
        ("संबंध हिंदी अंत", "sambandh hindi ant"),
        ("₹५,०००।", "₹5,000."),
        ("policy की value", "policy ki value"),
    ],
)
def test_words_are_spelled_as_people_spell_them(text: str, expected: str) -> None:
    assert to_latin(normalise(text)) == expected


def test_composed_and_decomposed_letters_are_spelled_alike() -> None:
    assert to_latin("\u095bरूरत") == to_latin("\u091c\u093cरूरत") == "zaroorat"


def test_no_word_of_the_list_is_left_in_devanagari() -> None:
    lines = Path(language.__file__).with_name("spellings.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    words = [word for word, _ in pairs]
    assert len(words) == len(set(words))
    assert all(to_latin(word) == latin for word, latin in pairs)


@given(st.text())
def test_text_without_devanagari_comes_back_unchanged(text: str) -> None:
    kept = "".join(character for character in text if not "\u0900" <= character <= "\u097f")
    assert to_latin(kept) == kept


@given(st.text(st.characters(min_codepoint=0x0900, max_codepoint=0x0965)))
def test_no_devanagari_is_left_and_nothing_fails(text: str) -> None:
    spelled = to_latin(text)
    assert count_scripts(spelled).devanagari == 0
    assert "ə" not in spelled
