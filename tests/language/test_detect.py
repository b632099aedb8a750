"""The language of a message, on messages written by hand (messages.tsv) and on what the word lists must not upset."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language import Language, detect

MESSAGES = [
    line.split("\t")
    for line in Path(__file__).with_name("messages.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def _share_right(messages: list[list[str]]) -> float:
    return sum(detect(text) == language for language, text in messages) / len(messages)


def test_messages_of_three_words_and_more_are_named_right() -> None:
    assert _share_right([row for row in MESSAGES if len(row[1].split()) >= 3]) >= 0.97


def test_shorter_messages_are_named_right() -> None:
    assert _share_right([row for row in MESSAGES if len(row[1].split()) < 3]) >= 0.90


@pytest.mark.parametrize("language", ["en", "hi", "hinglish"])
def test_no_language_is_named_right_at_the_cost_of_another(language: str) -> None:
    assert _share_right([row for row in MESSAGES if row[0] == language]) >= 0.95


@pytest.mark.parametrize(
    "text", ["", "   ", "ok", "12345", "👍", "ok thanks", "१२३", "...", "surrender value", "Mumbai", "\x00", "\ud800"]
)
@pytest.mark.parametrize("previous", ["en", "hi", "hinglish"])
def test_a_message_that_says_nothing_keeps_the_language_before(text: str, previous: Language) -> None:
    assert detect(text, previous) == previous
    assert detect(text) == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("please tell me about the main plan", "en"),
        ("what is बीमा", "en"),
        ("is policy me kya cover hai", "hinglish"),
        ("call me", "en"),
        ("mujhe call karo", "hinglish"),
        ("KYC का status", "hi"),
        ("home loan documents", "en"),
        ("I want कमीशन की जानकारी please", "hi"),
        ("BATAO", "hinglish"),
        ("kyaaaa", "hinglish"),
        ("வணக்கம்", "en"),
    ],
)
def test_words_of_both_languages_are_weighed(text: str, language: Language) -> None:
    assert detect(text, "en") == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Baad Mein Pension or Turant Pension for a man of 58?", "en"),
        ("compare pehla card and neev card", "en"),
        ("who can get Apna Ghar", "en"),
        ("Suvarna Bank Pehla Card ya Rail Safar Card better", "hinglish"),
        ("Himgiri Life Suraksha Term ya Nirbhay General Parivar Floater", "hinglish"),
        ("apna ghar loan lena hai", "hinglish"),
        ("top up ya super top up", "hinglish"),
        ("Himgiri Life Suraksha Term और Sahyog Life Baad Mein Pension?", "hi"),
        ("Har Paanch Money Back या Bal Vidya Plan", "hi"),
        ("सुरक्षा टर्म vs परिवार टर्म", "hi"),
    ],
)
def test_names_of_products_do_not_decide(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("previous", ["en", "hi", "hinglish"])
def test_a_message_of_names_alone_keeps_the_language_before(previous: Language) -> None:
    assert detect("Himgiri Life Suraksha Term", previous) == previous


def test_a_clear_message_does_not_follow_the_language_before() -> None:
    assert detect("where is my payout", "hinglish") == "en"
    assert detect("mera payout kahan hai", "hi") == "hinglish"


@given(st.text(st.characters(exclude_categories=())))
def test_every_string_has_a_language(text: str) -> None:
    assert detect(text) in {"en", "hi", "hinglish"}
