"""What is written, as it is said: in English and Hindi, the Indian way, in parts of 25 seconds."""

import random
import re

import pytest

from channels.ivr.speech import MOST_WORDS, Speaker, split_speech
from knowledge.articles import Library
from saathi.spoken_words import SpokenWords
from saathi.voice_menu import TONGUES, Tongue

speaker = Speaker(SpokenWords.load())


@pytest.mark.parametrize(
    ("written", "english", "hindi"),
    [
        ("₹1,20,000", "one lakh twenty thousand rupees", "एक लाख बीस हज़ार रुपये"),
        ("Rs. 500/-", "five hundred rupees", "पाँच सौ रुपये"),
        ("₹1", "one rupee", "एक रुपया"),
        ("₹2.5 lakh", "two point five lakh rupees", "दो दशमलव पाँच लाख रुपये"),
        ("₹2,03,00,678.50", "two crore three lakh six hundred seventy eight rupees and fifty paise",
         "दो करोड़ तीन लाख छह सौ अठहत्तर रुपये और पचास पैसे"),
        ("10,000 rupees", "ten thousand rupees", "दस हज़ार रुपये"),
        ("in % a year", "in percent a year", "in प्रतिशत a year"),
        ("7.5%", "seven point five percent", "सात दशमलव पाँच प्रतिशत"),
        ("15/08/2026", "15 August 2026", "15 अगस्त 2026"),
        ("2026-11-21", "21 November 2026", "21 नवंबर 2026"),
        ("₹500-₹1,000", "five hundred rupees to one thousand rupees", "पाँच सौ रुपये से एक हज़ार रुपये"),
        ("TDS", "T D S", "T D S"),
        ("EMIs", "E M Is", "E M Is"),
        ("PAN", "PAN", "PAN"),
        ("1,50,000", "one lakh fifty thousand", "एक लाख पचास हज़ार"),
        ("9876543210", "9 8 7 6 5 4 3 2 1 0", "9 8 7 6 5 4 3 2 1 0"),
    ],
)  # fmt: skip
def test_figures_and_abbreviations_are_said_in_words(written: str, english: str, hindi: str) -> None:
    assert speaker.speak(written, "en").rstrip(".") == english
    assert speaker.speak(written, "hi").rstrip(".") == hindi


def test_markup_links_lists_and_pictures_are_not_said() -> None:
    text = (
        "## Payout\n\n- **Monthly** 😀\n- [Read it](https://a.example/b) at https://c.example/d.\n1. `done`\n<b>end</b>"
    )
    said = speaker.speak(text, "en")
    assert said == "Payout. Monthly. Read it at. done. end."


def test_every_number_below_a_crore_has_words_that_read_back() -> None:
    words = SpokenWords.load().tongues["en"]
    value = {word: number for number, word in enumerate(words.numbers)}
    scales = {"hundred": 100, "thousand": 1000, "lakh": 10**5}
    for number in [*range(1000), *random.Random(5).sample(range(10**7), 500)]:
        total, run = 0, []
        for word in words.say_number(number).split():
            if word in scales:
                total, run = total + value[" ".join(run)] * scales[word], []
            else:
                run.append(word)
        assert total + (value[" ".join(run)] if run else 0) == number


def test_hindi_numbers_are_a_hundred_different_words() -> None:
    assert len(set(SpokenWords.load().tongues["hi"].numbers)) == 100


@pytest.mark.parametrize("tongue", TONGUES)
def test_whatever_an_article_says_can_be_said(library: Library, tongue: Tongue) -> None:
    for article in library.articles.values():
        for text in (article.definition[tongue], (article.script or {}).get(tongue, "")):
            said = speaker.speak(text, tongue)
            assert not re.search(r"[₹%*_#|<>`]|https?:|\d,\d\d", said), said
            parts = split_speech(said)
            assert " ".join(parts).split() == said.split()
            assert all(len(part.split()) <= MOST_WORDS for part in parts)


def test_sentence_that_is_too_long_by_itself_is_cut_at_a_word() -> None:
    text = " ".join(f"word{number}" for number in range(150))
    parts = split_speech(text)
    assert [len(part.split()) for part in parts] == [60, 60, 30]
    assert " ".join(parts) == text


def test_sentence_that_is_too_long_is_cut_between_its_clauses() -> None:
    text = "For this you need your passbook, the papers of the sale, and a day on which the branch is open."
    parts = split_speech(text, 15)
    assert parts == [
        "For this you need your passbook, the papers of the sale,",
        "and a day on which the branch is open.",
    ]


def test_few_words_do_not_stand_alone_before_a_long_sentence() -> None:
    text = "Say this. The insurer pays the higher one of the two, and the cover ends on that day for good."
    assert [len(part.split()) for part in split_speech(text, 18)] == [11, 9]


def test_nothing_to_say_is_nothing() -> None:
    assert speaker.speak(" \n* \n---\n😀", "en") == ""
    assert split_speech("") == []


def test_random_text_is_said_without_a_fault() -> None:
    chance = random.Random(11)
    marks = "ab कख ₹%0123456789,.-/()[]<>&*#|\n😀\x00\u200d\ufffe"
    for _ in range(2000):
        text = "".join(chance.choice(marks) for _ in range(chance.randrange(60)))
        for tongue in TONGUES:
            split_speech(speaker.speak(text, tongue))
