"""Sentences, content words, and the glossary that brings three languages together."""

from collections import Counter

import pytest
import yaml

from knowledge.articles.sentences import split_sentences
from knowledge.lexicon import LEXICON, Lexicon, fold, stem, tokens


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two? Three!", ("One.", "Two?", "Three!")),
        ("Pay Rs. 500 by 1 April. It is due.", ("Pay Rs. 500 by 1 April.", "It is due.")),
        ("The rate is 3.5% a month. GST is extra.", ("The rate is 3.5% a month.", "GST is extra.")),
        ("Use an app, e.g. A bank's. Then wait.", ("Use an app, e.g. A bank's.", "Then wait.")),
        ("पॉलिसी चालू है। कुछ नहीं बिगड़ेगा।", ("पॉलिसी चालू है।", "कुछ नहीं बिगड़ेगा।")),
        ("", ()),
        ("No end", ("No end",)),
    ],
)
def test_text_is_cut_into_sentences(text: str, sentences: tuple[str, ...]) -> None:
    assert split_sentences(text) == sentences


def test_devanagari_words_stay_whole() -> None:
    assert len(tokens("कमीशन कब आएगा")) == 3
    assert tokens("₹1,50,000 और 7.9%")[0] == "150000"


def test_three_languages_share_the_words_of_a_term(lexicon: Lexicon) -> None:
    asked = ["interest on a loan", "loan par byaj", "लोन पर ब्याज"]
    assert {frozenset(lexicon.content(text)) for text in asked} == {frozenset({"interest", "loan"})}


def test_longest_phrase_of_the_glossary_wins(lexicon: Lexicon) -> None:
    assert lexicon.content("fd todne par") == lexicon.content("break a fixed deposit")
    assert lexicon.content("fd") == lexicon.content("fixed deposit")


def test_english_without_terms_reaches_the_encoder_as_it_is(lexicon: Lexicon) -> None:
    assert lexicon.gloss("What is a rainy Monday?") == "What is a rainy Monday?"


@pytest.mark.parametrize(
    ("text", "number", "steps"),
    [
        ("How much tax is cut?", True, False),
        ("kitna byaj lagega", True, False),
        ("कितने दिन लगते हैं", True, False),
        ("How do I port a policy?", False, True),
        ("policy port kaise kare", False, True),
        ("How do I explain a term plan?", False, False),
        ("What is a rider?", False, False),
    ],
)
def test_what_is_asked_for_is_seen(lexicon: Lexicon, text: str, number: bool, steps: bool) -> None:
    assert (lexicon.asks_number(text), lexicon.asks_steps(text)) == (number, steps)


@pytest.mark.parametrize(("word", "root"), [("policies", "policy"), ("days", "day"), ("loss", "los"), ("2026", "2026")])
def test_endings_are_cut(word: str, root: str) -> None:
    assert stem(word) == root


def test_each_spelling_of_the_glossary_means_one_term() -> None:
    data = yaml.safe_load(LEXICON.read_text(encoding="utf-8"))
    spellings = [s for terms in (data["grammar"], data["glossary"]) for term in terms.values() for s in term]
    assert sorted(s for s, count in Counter(spellings).items() if count > 1) == []


@pytest.mark.parametrize(
    ("one", "other"), [("beema", "bima"), ("kaagaz", "kagaz"), ("phaayda", "fayda"), ("wapas", "vapas")]
)
def test_spellings_left_to_taste_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)
