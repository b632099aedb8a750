"""What people say of money, rates and times, in three registers, and which input it is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saathi.calculators import CALCULATORS
from saathi.calculators.amounts import read_message, write_figures
from saathi.calculators.catalog import Name
from saathi.calculators.reading import Reader
from saathi.calculators.words import Words
from saathi.spoken_words import SpokenWords

WORDS = Words.load()
READER = Reader(WORDS)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("5 lakh", "money", 500_000),
        ("5lakh", "money", 500_000),
        ("5L", "money", 500_000),
        ("7 lac", "money", 700_000),
        ("1.5 cr", "money", 15_000_000),
        ("2 crore rupees", "money", 20_000_000),
        ("₹3,60,000", "money", 360_000),
        ("Rs. 50,000/-", "money", 50_000),
        ("25 hazaar", "money", 25_000),
        ("25 hazar", "money", 25_000),
        ("40k", "money", 40_000),
        ("500000", "money", 500_000),
        ("ek lakh", "money", 100_000),
        ("dedh lakh", "money", 150_000),
        ("dhai lakh", "money", 250_000),
        ("sadhe teen lakh", "money", 350_000),
        ("twenty five lakh", "money", 2_500_000),
        ("५ लाख", "money", 500_000),
        ("पाँच लाख रुपये", "money", 500_000),
        ("डेढ़ करोड़", "money", 15_000_000),
        ("२५ हज़ार", "money", 25_000),
        ("11%", "percent", 11),
        ("9.25 percent", "percent", Decimal("9.25")),
        ("१२ प्रतिशत", "percent", 12),
        ("12 फ़ीसदी", "percent", 12),
        ("60 mahine", "months", 60),
        ("60 months", "months", 60),
        ("60 महीने", "months", 60),
        ("5 saal", "years", 5),
        ("paanch saal", "years", 5),
        ("5 yrs", "years", 5),
        ("5 वर्ष", "years", 5),
        ("11", "number", 11),
        ("8 lakh saal ka", "money", 800_000),
        ("8 लाख साल का", "money", 800_000),
        ("50000 a year", "money", 50_000),
        ("20 saal ka", "years", 20),
        ("paanch sau rupaye", "money", 500),
        ("saat sau bees rupaye", "money", 720),
        ("two hundred and fifty rupees", "money", 250),
        ("बयालीस लाख", "money", 4_200_000),
        ("thirty six months", "months", 36),
    ],
)
def test_amount_is_read(text: str, kind: str, value: Decimal | int) -> None:
    (amount,) = read_message(text, WORDS).amounts
    assert (amount.kind, amount.value) == (kind, value)


@pytest.mark.parametrize(
    "text", ["section 80C", "80c", "80D", "80CCD", "80सी", "194D", "emi nikal do", "do", "umar 45"]
)
def test_names_and_verbs_are_no_amounts(text: str) -> None:
    assert read_message(text, WORDS).amounts == ()


@pytest.mark.parametrize(
    "text", ["50000 per month", "₹50,000 monthly", "har mahine 50000", "50000 mahine", "50k a month"]
)
def test_money_a_month_is_known_as_such(text: str) -> None:
    (amount,) = read_message(text, WORDS).amounts
    assert (amount.kind, amount.value, amount.is_monthly) == ("money", 50_000, True)


@pytest.mark.parametrize("tongue", ["en", "hi"])
def test_every_number_that_is_spoken_is_read(tongue: str) -> None:
    for number, said in enumerate(SpokenWords.load().tongues[tongue].numbers[1:], 1):
        (amount,) = read_message(f"{said} lakh", WORDS).amounts
        assert amount.value == number * 100_000, said


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("umar bayalis hai", "umar 42 hai"),
        ("बयालीस साल.", "42 saal."),
        ("a forty-two-year-old", "a 42-year-old"),
        ("score saat sau bees", "score 720"),
        ("uske saath do bachche", "uske saath do bachche"),
        ("do saal, saath saal", "2 saal, 60 saal"),
        ("bata do", "bata do"),
    ],
)
def test_numbers_in_words_are_written_in_figures_where_they_count(text: str, written: str) -> None:
    assert write_figures(text, WORDS) == written


EVERYTHING = {"principal": 500_000, "rate": 11, "months": 60}


@pytest.mark.parametrize(
    ("calculator", "text", "found"),
    [
        ("emi", "emi nikalo 5 lakh 11% 5 saal", EVERYTHING),
        ("emi", "EMI for a loan of ₹5,00,000 at 11 percent for 60 months", EVERYTHING),
        ("emi", "5 लाख 11 प्रतिशत 5 साल की ईएमआई निकालो", EVERYTHING),
        ("emi", "rate 11 aur tenure 5 saal, loan 500000", EVERYTHING),
        ("emi", "calculate EMI", {}),
        ("surrender-value", "50000 premium 4 saal bhara 20 saal ki policy", (50_000, 4, 20)),
        ("surrender-value", "policy 20 saal ki, 4 saal bhara, premium 50,000 salana", (50_000, 4, 20)),
        ("surrender-value", "सालाना प्रीमियम 50000, 4 साल भरा, 20 साल की पॉलिसी", (50_000, 4, 20)),
        ("surrender-value", "premium 2000 per month, 5 years paid", {"yearly_premium": 24_000, "years_paid": 5}),
        ("tax-saved", "15 lakh salary kitna tax bachega", {"income": 1_500_000, "is_salaried": True}),
        (
            "tax-saved",
            "salary 12 lakh 80c 1.5 lakh health 25000 nps 50000",
            {
                "income": 1_200_000,
                "is_salaried": True,
                "investments": 150_000,
                "health_premium": 25_000,
                "nps": 50_000,
            },
        ),
        (
            "tax-saved",
            "80c 1.5 lakh, business ki kamai 12 lakh",
            {"income": 1_200_000, "is_salaried": False, "investments": 150_000},
        ),
        ("tax-saved", "50000 mahine ki salary hai", {"income": 600_000, "is_salaried": True}),
        ("tds-on-commission", "TDS kitna katega 25000 pe", {"commission": 25_000}),
        ("tds-on-commission", "25000 commission, already got 18000 before", {"commission": 25_000, "earlier": 18_000}),
        ("tds-on-commission", "25 हज़ार पर टीडीएस, पैन नहीं", {"commission": 25_000, "has_pan": False}),
    ],
)  # fmt: skip
def test_one_message_fills_what_it_holds(
    calculator: Name, text: str, found: dict[str, object] | tuple[int, ...]
) -> None:
    if isinstance(found, tuple):
        found = dict(zip(("yearly_premium", "years_paid", "term"), found, strict=True))
    assert READER.read(text, CALCULATORS[calculator], {}, None) == found


LOAN = {"principal": "500000"}
INCOME = {"income": "1500000"}


@pytest.mark.parametrize(
    ("calculator", "text", "known", "requested", "found"),
    [
        ("emi", "11", LOAN, "rate", {"rate": 11}),
        ("emi", "11% hai", LOAN, "rate", {"rate": 11}),
        ("emi", "60", LOAN, "months", {}),  # months or years? it is asked again
        ("emi", "5 saal", LOAN, "months", {"months": 60}),
        ("emi", "nahi, 6 lakh", LOAN, "rate", {"principal": 600_000}),  # a correction
        ("emi", "nahi", LOAN, "rate", {}),
        ("surrender-value", "4", {"yearly_premium": "1"}, "years_paid", {"years_paid": 4}),
        ("tax-saved", "salary", INCOME, "is_salaried", {"is_salaried": True}),
        ("tax-saved", "नौकरी है", INCOME, "is_salaried", {"is_salaried": True}),
        ("tax-saved", "dukaan hai meri", INCOME, "is_salaried", {"is_salaried": False}),
        ("tax-saved", "haan ji", INCOME, "is_salaried", {"is_salaried": True}),
        ("tax-saved", "nahi", INCOME, "nps", {"nps": 0}),
        ("tax-saved", "कुछ नहीं", INCOME, "nps", {"nps": 0}),
        ("tax-saved", "none", INCOME, "investments", {"investments": 0}),
        ("tax-saved", "25000 health ka", INCOME, "investments", {"health_premium": 25_000}),
        ("tax-saved", "rehne do", INCOME, "nps", {}),
        ("tax-saved", "cancel", INCOME, "nps", {}),
        ("tds-on-commission", "kuch nahi mila", {"commission": "25000"}, "earlier", {"earlier": 0}),
        ("tds-on-commission", "15000 commission mila tha", {"commission": "25000"}, "earlier", {"earlier": 15_000}),
    ],
)
def test_answer_goes_to_what_was_asked(
    calculator: Name, text: str, known: dict[str, object], requested: str, found: dict[str, object]
) -> None:
    assert READER.read(text, CALCULATORS[calculator], known, requested) == found


@pytest.mark.parametrize(
    "text", ["5 lakh", "11% hai", "60 mahine", "loan 5 lakh ka", "पाँच साल", "salary 12 lakh", "nahi"]
)
def test_figures_and_fillers_alone_are_an_answer(text: str) -> None:
    assert READER.is_answer(text, CALCULATORS["emi"]) or READER.is_answer(text, CALCULATORS["tax-saved"])


@pytest.mark.parametrize(
    "text", ["what is section 80C?", "750 cibil pe loan milega kya", "connect me to 1 person", "is 12% a good rate"]
)
def test_question_with_a_number_is_no_answer(text: str) -> None:
    assert not READER.is_answer(text, CALCULATORS["emi"])


said = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(
    ["5", "लाख", "lakh", "11%", "₹", "saal", ",", "80c", "1.5", "per", "month", "1,2,3", "sadhe", "½", "٣"]
)).map(" ".join))  # fmt: skip


@given(said, st.sampled_from(sorted(CALCULATORS)))
def test_any_text_is_read_without_a_fault(text: str, name: Name) -> None:
    found = READER.read(text, CALCULATORS[name], {}, CALCULATORS[name].asked[0])
    assert all(isinstance(value, bool) or value >= 0 for value in found.values())


@pytest.mark.parametrize(
    "text", ["pehle kuch nahi aaya", "nothing before this", "पहले कुछ नहीं मिला", "so far nil", "nahi"]
)
def test_nothing_of_what_was_asked_for_is_zero(text: str) -> None:
    tds = CALCULATORS["tds-on-commission"]
    assert READER.read(text, tds, {"commission": "35000"}, "earlier") == {"earlier": 0}


@pytest.mark.parametrize("text", ["yaad nahi", "no insurance", "nothing works here"])
def test_no_to_something_else_is_no_zero(text: str) -> None:
    assert READER.read(text, CALCULATORS["tax-saved"], {"income": "900000"}, "nps") == {}


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("and what about 7 years", {"months": 84}),
        ("agar 6 lakh lu to kitni", {"principal": 600_000}),
        ("और 9% पर?", {"rate": 9}),
        ("uska premium?", {}),
        ("what is the tax benefit on 5 lakh", {}),
        ("aur 12 pe", {}),
    ],
)
def test_message_after_a_result_changes_what_it_has_a_figure_for(text: str, changed: dict[str, int]) -> None:
    assert READER.changes(text, CALCULATORS["emi"]) == changed
