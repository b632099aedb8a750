"""What is read of a customer, in three registers; what is not said stays unknown."""

from typing import Any

import pytest

from saathi.calculators.words import Words as AmountWords
from saathi.products import Catalog, Span
from saathi.products.wishes import Asked, Wish, WishReader


@pytest.fixture(scope="module")
def reader(catalog: Catalog) -> WishReader:
    return WishReader(catalog.words, AmountWords.load())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("35 saal, do bachche, 12 lakh income, term chahiye", {"kind": "term", "age": 35, "income": 1_200_000_00}),
        ("टर्म चाहिए, आमदनी साल की आठ लाख", {"kind": "term", "income": 800_000_00}),
        ("35 साल, दो बच्चे, 12 लाख आय, टर्म चाहिए", {"kind": "term", "age": 35, "income": 1_200_000_00}),
        ("a 35-year-old earns 1 lakh a month, term plan?", {"kind": "term", "age": 35, "income": 1_200_000_00}),
        ("beti 3 saal ki hai, beti ki padhai ke liye kya du", {"need": "child_future"}),
        ("customer ko 2 lakh chahiye, kaunsa loan dilau", {"need": "urgent_cash", "amount": 200_000_00}),
        ("har mahine 1000 bacha sakta hai", {"yearly": 12_000_00}),
        ("salary 20 hazar, kaun sa card", {"kind": "credit-card", "income": 240_000_00, "employment": "salaried"}),
        (
            "40 lakh ka home loan 20 saal ke liye, umar 45",
            {"kind": "home-loan", "amount": 4_000_000_00, "age": 45, "term": Span(20, "years")},
        ),
        ("बयालीस साल, 8 लाख आय, टर्म चाहिए", {"kind": "term", "age": 42, "income": 800_000_00}),
        ("he is forty two, with a wife", {"age": 42}),
        ("bayalis saal ki grihini, ghar pe", {"age": 42, "employment": "homemaker"}),
        ("umar paintalis, biwi ke saath", {"age": 45}),
        ("umar saath saal", {"age": 60}),
        ("do bachche ke saath", {}),
        ("something for a 35 yr male", {"age": 35}),
        ("a father of 32 who has a daughter", {"age": 32}),
        ("a tenure of 20", {}),
        ("score 720", {"score": 720}),
        ("सिबिल 680 है", {"score": 680}),
        ("750+ ka cibil hai", {"score": 750}),
        ("score saat sau bees hai", {"score": 720}),
        ("cibil 650 se kam hai", {}),
        ("cibil 7 lakh", {"amount": 700_000_00}),
        (
            "5 lakh ka personal loan 36 mahine ke liye",
            {"kind": "personal-loan", "amount": 500_000_00, "term": Span(36, "months")},
        ),
        ("term insurance for 25 years", {"kind": "term", "term": Span(25, "years")}),
        ("2 hafte ki yatra", {"need": "trip_cover", "term": Span(14, "days")}),
        ("working for 10 years, age 38", {"age": 38}),
        ("NRI customer, dubai mein rehta hai", {"residency": "nri"}),
        ("एनआरआई ग्राहक", {"residency": "nri"}),
        ("he is not an NRI", {"residency": "resident"}),
        ("Leh mein rehta hai", {"region": "ladakh"}),
        ("जम्मू कश्मीर का ग्राहक", {"region": "jammu-kashmir"}),
        ("unka ghar ban gaya", {}),
        ("pehli naukri, 30 hazar mahina", {"employment": "salaried", "income": 360_000_00}),
        ("1500 a month", {"yearly": 18_000_00}),
        ("dukan ke liye 5 lakh", {"need": "business_money", "amount": 500_000_00}),
        ("long term ke liye, fd se zyada chahiye", {"need": "wealth_growth"}),
        ("uske paas PAN card hai", {}),
        ("he drives his car 2000 km a month", {"need": "vehicle_cover"}),
        ("kuch suggest karo", {}),
        ("", {}),
    ],
)
def test_message_is_read_as_it_is_meant(reader: WishReader, text: str, said: dict[str, Any]) -> None:
    assert reader.read(text) == Wish.model_validate(said)


@pytest.mark.parametrize(
    ("text", "requested", "said"),
    [
        ("40", "age", {"age": 40}),
        ("४०", "age", {"age": 40}),
        ("pachas saal", "age", {"age": 50}),
        ("forty two", "age", {"age": 42}),
        ("बयालीस", "age", {"age": 42}),
        ("saath", "age", {"age": 60}),
        ("score 720", "income", {"score": 720}),
        ("400", "age", {}),
        ("8 lakh", "income", {"income": 800_000_00}),
        ("8 lakh saal ka", "income", {"income": 800_000_00}),
        ("50 hazar mahina", "income", {"income": 600_000_00}),
        ("500", "yearly", {"yearly": 6_000_00}),
        ("50,000 a year", "yearly", {"yearly": 50_000_00}),
        ("तीस लाख", "amount", {"amount": 3_000_000_00}),
        ("पता नहीं", "income", {"unknown": ("income",)}),
        ("don't know", "age", {"unknown": ("age",)}),
    ],
)
def test_bare_answer_is_of_what_was_asked(
    reader: WishReader, text: str, requested: Asked, said: dict[str, Any]
) -> None:
    assert reader.read(text, requested) == Wish.model_validate(said)


def test_at_most_two_things_are_asked_beside_the_need(catalog: Catalog) -> None:
    for key, need in catalog.words.needs.items():
        wish, asked = Wish(need=key), 0
        while (missing := wish.missing(catalog.words)) is not None:
            wish, asked = wish.with_more(Wish(unknown=(missing,))), asked + 1
        assert asked == len(need.asks) <= 2


def test_what_is_told_later_holds_and_is_no_longer_unknown() -> None:
    wish = Wish(need="retirement", age=50, unknown=("amount",)).with_more(Wish(age=52, amount=100))
    assert wish == Wish(need="retirement", age=52, amount=100)


def test_every_need_and_kind_is_read_from_its_own_words(catalog: Catalog, reader: WishReader) -> None:
    for key, kind in catalog.words.kinds.items():
        for said in kind.said:
            assert reader.read(said).kind == key, said
    for key, need in catalog.words.needs.items():
        for language in ("en", "hinglish", "hi"):
            wish = reader.read(need.label.say(language))
            assert key in wish.needs(catalog.words), (key, language)


def test_every_state_is_read_by_its_name_in_three_languages(catalog: Catalog, reader: WishReader) -> None:
    for key, region in catalog.words.regions.items():
        for said in (*region.label.model_dump().values(), *region.said):
            assert reader.read(f"customer {said} mein hai").region == key, said
