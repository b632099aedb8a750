"""The calculators against values worked by hand, against our own articles, and against what must hold of any."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.articles import Article, Library
from saathi.calculators import CALCULATORS, BadInputs, Expired, Figures, SourceChanged, cite, reckon
from saathi.calculators.catalog import Name, sheet_of
from saathi.calculators.inputs import shapes_of
from saathi.calculators.money import write_number, write_rupees

FIGURES = Figures.load()
TODAY = date(2026, 11, 20)

money = st.integers(1_000, 100_000_000)
rates = st.decimals(1, 60, places=2)
months = st.integers(1, 480)


def result(name: Name, **inputs: object) -> Any:
    return reckon(name, inputs, FIGURES, TODAY).result


def faults(name: Name, **inputs: object) -> dict[str, str]:
    with pytest.raises(BadInputs) as caught:
        reckon(name, inputs, FIGURES, TODAY)
    return {fault.field: fault.message for fault in caught.value.faults}


# Each line: principal, rate, months; EMI, interest.
@pytest.mark.parametrize(
    ("loan", "expected"),
    [
        ((500_000, 12, 36), (16_607, 97_858)),  # the article's example
        ((500_000, 12, 60), (11_122, 167_333)),
        ((120_000, 12, 12), (10_662, 7_942)),
        ((100_000, 12, 1), (101_000, 1_000)),  # one month: a hundredth of interest
        ((300_000, 24, 2), (154_515, 9_030)),  # 3,00,000 × 0.02 × 1.0404 ÷ 0.0404
    ],
)
def test_emi_is_the_one_worked_by_hand(loan: tuple[int, int, int], expected: tuple[int, int]) -> None:
    found = result("emi", principal=loan[0], rate=loan[1], months=loan[2])
    assert (found.emi, found.interest) == expected
    assert found.total == loan[0] + found.interest


def test_schedule_begins_as_the_article_says() -> None:
    first, *_, twelfth = result("emi", principal=500_000, rate=12, months=36).schedule
    assert (first.interest, first.principal) == (5_000, 11_607)
    assert first.balance == 500_000 - 11_607
    assert twelfth.month == 12


@given(money, rates, months)
def test_borrower_pays_back_more_than_the_loan(principal: int, rate: Decimal, over: int) -> None:
    found = result("emi", principal=principal, rate=rate, months=over)
    assert found.total >= principal
    assert found.interest >= 0
    assert abs(found.emi * over - found.total) <= over / 2 + 1


@given(money, rates, rates, months)
def test_emi_never_falls_with_the_rate(principal: int, one: Decimal, other: Decimal, over: int) -> None:
    cheap, dear = (result("emi", principal=principal, rate=r, months=over) for r in sorted((one, other)))
    assert cheap.emi <= dear.emi
    assert cheap.interest <= dear.interest


@given(money, rates, st.integers(1, 479))
def test_longer_loan_costs_more_interest(principal: int, rate: Decimal, over: int) -> None:
    short, long = (result("emi", principal=principal, rate=rate, months=n) for n in (over, over + 1))
    assert short.interest <= long.interest
    assert short.emi >= long.emi


@given(money, rates, st.integers(1, 12))
def test_schedule_ends_with_nothing_owed(principal: int, rate: Decimal, over: int) -> None:
    rows = result("emi", principal=principal, rate=rate, months=over).schedule
    assert len(rows) == over
    assert rows[-1].balance == 0
    assert abs(sum(row.principal for row in rows) - principal) <= over


@pytest.mark.parametrize(
    ("years", "term", "guarantee", "guaranteed"),
    [
        (1, 20, "too_early", 0),
        (2, 20, "percent", 30_000),  # 30 % of 1,00,000
        (3, 20, "percent", 52_500),  # 35 % of 1,50,000
        (4, 20, "percent", 100_000),  # the article's example
        (7, 20, "percent", 175_000),
        (8, 20, "policy_scale", None),
        (18, 20, "policy_scale", None),
        (19, 20, "percent", 855_000),  # 90 % of 9,50,000
        (20, 20, "percent", 900_000),
        (4, 5, "percent", 180_000),  # the last two years come before years 4 to 7
    ],
)
def test_guaranteed_surrender_value_follows_the_table(
    years: int, term: int, guarantee: str, guaranteed: int | None
) -> None:
    found = result("surrender-value", yearly_premium=50_000, years_paid=years, term=term)
    assert (found.guarantee, found.guaranteed) == (guarantee, guaranteed)
    assert found.special is None


def test_survival_benefits_are_taken_off_the_guaranteed_value() -> None:
    paid = {"yearly_premium": 50_000, "years_paid": 4, "term": 20}
    assert result("surrender-value", **paid, survival_benefits=30_000).guaranteed == 70_000
    assert result("surrender-value", **paid, survival_benefits=300_000).guaranteed == 0


def test_special_surrender_value_is_the_paid_up_sum_and_bonuses_discounted() -> None:
    # the paid-up article's example: 6,00,000 × 8 ÷ 20 = 2,40,000, with bonuses 4,00,000; 12 years at 6.5 % + 0.5 %
    found = result(
        "surrender-value",
        yearly_premium=30_000,
        years_paid=8,
        term=20,
        sum_assured=600_000,
        bonuses=160_000,
        bond_yield="6.5",
    )
    assert found.paid_up == 240_000
    assert found.special == 177_605  # 4,00,000 ÷ 1.07^12
    assert found.payable == found.special
    assert found.guarantee == "policy_scale"


def test_higher_of_the_two_values_is_paid() -> None:
    paid = {"yearly_premium": 50_000, "years_paid": 4, "term": 10, "sum_assured": 500_000, "bond_yield": 6}
    found = result("surrender-value", **paid)
    assert found.special > found.guaranteed
    assert found.payable == found.special
    assert result("surrender-value", **{**paid, "sum_assured": 100_000}).payable == found.guaranteed


def test_nothing_is_worth_anything_before_the_first_policy_year_is_over() -> None:
    paid = {"yearly_premium": 50_000, "years_paid": 1, "term": 10, "sum_assured": 500_000, "bond_yield": 6}
    assert result("surrender-value", **paid).payable == 0
    assert result("surrender-value", **paid, policy_year=2).special > 0


@pytest.mark.parametrize(
    ("salary", "tax"),
    [  # the article's table, and the steps of the rebate
        (400_000, 0),
        (1_000_000, 0),
        (1_275_000, 0),
        (1_285_000, 10_400),
        (1_300_000, 26_000),
        (1_500_000, 97_500),
        (2_000_000, 192_400),
        (3_000_000, 475_800),
    ],
)
def test_tax_of_the_new_regime_is_the_articles(salary: int, tax: int) -> None:
    assert result("tax-saved", income=salary).new_tax == tax


def test_the_articles_comparison_of_regimes_comes_out() -> None:
    found = result("tax-saved", income=1_500_000, investments=150_000, health_premium=25_000, nps=50_000)
    assert (found.new_taxable, found.new_tax) == (1_425_000, 97_500)
    assert (found.old_taxable, found.old_tax) == (1_225_000, 187_200)
    assert (found.cheaper, found.difference) == ("new", 89_700)
    assert found.saved == 0
    assert found.saved_in_old == 70_200  # 30 % of 2,25,000, and cess


def test_deductions_save_where_the_old_regime_is_cheaper() -> None:
    # 24 lakh of business income: new 3,00,000 + cess; old on 24,00,000 − 12,00,000: 1,72,500 + cess
    found = result("tax-saved", income=2_400_000, is_salaried=False, investments=150_000, other_deductions=1_050_000)
    assert (found.new_tax, found.old_tax) == (312_000, 179_400)
    assert (found.cheaper, found.saved) == ("old", 132_600)


def test_deductions_count_up_to_their_limits() -> None:
    much = {"investments": 400_000, "health_premium": 90_000, "parents_premium": 90_000, "nps": 90_000}
    assert result("tax-saved", income=2_000_000, **much).counted == 250_000
    seniors = {"is_family_senior": True, "are_parents_senior": True}
    assert result("tax-saved", income=2_000_000, **much, **seniors).counted == 300_000


@pytest.mark.parametrize(
    ("age", "income", "tax"),
    [
        ("below_60", 500_000, 0),  # rebate of 12,500
        ("below_60", 500_010, 13_002),  # the old regime has no marginal relief: 12,502 + cess
        ("60_to_79", 600_000, 31_200),  # 10,000 + 20,000, and cess
        ("80_or_more", 600_000, 20_800),
        ("below_60", 1_200_000, 179_400),  # 12,500 + 1,00,000 + 60,000, and cess
    ],
)
def test_old_regime_knows_ages(age: str, income: int, tax: int) -> None:
    assert result("tax-saved", income=income, is_salaried=False, age=age).old_tax == tax


incomes = st.integers(1, 5_000_000)


@given(incomes, incomes)
def test_tax_never_falls_with_income_and_a_raise_never_costs_more_than_it_brings(one: int, other: int) -> None:
    low, high = sorted((one, other))
    less, more = (result("tax-saved", income=i).new_tax for i in (low, high))
    assert less <= more
    assert more - less <= (high - low) * 1.04 + 1


@given(incomes, st.integers(0, 5_000_000), st.integers(0, 5_000_000), st.booleans())
def test_deductions_never_raise_the_tax(income: int, investments: int, health: int, salaried: bool) -> None:
    given_ = {"investments": investments, "health_premium": health, "is_salaried": salaried}
    found = result("tax-saved", income=income, **given_)
    assert 0 <= found.saved <= found.saved_in_old
    assert found.old_tax <= found.old_tax_without


@pytest.mark.parametrize(
    ("given_", "cut"),
    [
        ({"commission": 60_000}, 1_200),  # the article's examples
        ({"commission": 15_000, "kind": "other"}, 0),
        ({"commission": 18_000}, 0),
        ({"commission": 7_000, "earlier": 18_000}, 500),
        ({"commission": 20_000}, 0),
        ({"commission": 20_001}, 400),
        ({"commission": 10_000, "earlier": 50_000}, 200),  # the earlier ones have borne theirs
        ({"commission": 25_000, "has_pan": False}, 5_000),
    ],
)
def test_tds_is_due_on_the_whole_year_once_the_limit_is_crossed(given_: dict[str, object], cut: int) -> None:
    found = result("tds-on-commission", **given_)
    assert found.cut == cut
    assert found.in_hand == given_["commission"] - cut  # type: ignore[operator]


@given(st.lists(st.integers(1, 60_000), min_size=1, max_size=12))
def test_payouts_one_by_one_bear_as_much_as_the_year_at_once(payouts: list[int]) -> None:
    earlier, cut = 0, 0
    for payout in payouts:
        cut += result("tds-on-commission", commission=payout, earlier=earlier).cut
        earlier += payout
    assert abs(cut - result("tds-on-commission", commission=earlier).cut) <= len(payouts)


def test_bad_inputs_name_field_and_remedy() -> None:
    assert faults("emi", principal=999, rate="abc", colour="red") == {
        "principal": "principal: between ₹1,000 and ₹10,00,00,000",
        "rate": "rate: between 1 and 60 % a year",
        "months": "months: between 1 and 480 whole months",
        "colour": "colour: there is no such input; there are principal, rate, months",
    }
    assert faults("tax-saved", income=5_000_001) == {"income": "income: between ₹1 and ₹50,00,000 a year"}
    assert faults("tax-saved", income=1, age="old")["age"] == "age: one of below_60, 60_to_79, 80_or_more"
    assert faults("tds-on-commission", commission=1, has_pan="?") == {"has_pan": "has_pan: true or false"}


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1", "", "1e400", "0x10", None, "५०००००x"])
def test_numbers_that_are_none_are_refused(value: object) -> None:
    assert set(faults("emi", principal=value, rate=10, months=12)) == {"principal"}


def test_inputs_that_do_not_fit_together_are_refused() -> None:
    policy = {"yearly_premium": 50_000, "years_paid": 12}
    assert "between 12 and 60" in faults("surrender-value", **policy, term=10)["term"]
    assert "between 12 and 20" in faults("surrender-value", **policy, term=20, policy_year=5)["policy_year"]
    assert "between 12 and 20" in faults("surrender-value", **policy, term=20, premium_term=25)["premium_term"]


def test_expired_figures_give_no_result() -> None:
    with pytest.raises(Expired) as caught:
        reckon("tax-saved", {"income": 1_000_000}, FIGURES, date(2027, 4, 1))
    assert caught.value.last == date(2027, 3, 31)
    assert reckon("tax-saved", {"income": 1_000_000}, FIGURES, date(2027, 3, 31))
    with pytest.raises(Expired):
        reckon("tds-on-commission", {"commission": 1}, FIGURES, date(2026, 3, 31))


@pytest.mark.parametrize("name", CALCULATORS)
def test_formula_stands_in_the_cited_articles_word_for_word(name: Name, library: Library) -> None:
    citations = cite(sheet_of(FIGURES, name), library.articles.get, TODAY)
    assert citations
    for citation in citations:
        article = library.articles[citation.url.removeprefix("/articles/")]
        assert article.title == citation.title
        assert article.quotes(citation.quote)


def test_formula_that_the_article_does_not_state_is_not_used(library: Library) -> None:
    sheet = sheet_of(FIGURES, "emi")

    def find_other(_slug: str) -> Article | None:
        return library.articles["term-insurance"]

    with pytest.raises(SourceChanged, match="emi"):
        cite(sheet, find_other, TODAY)
    with pytest.raises(SourceChanged, match="emi"):
        cite(sheet, lambda _slug: None, TODAY)
    with pytest.raises(SourceChanged, match="emi"):
        cite(sheet, library.articles.get, date(2020, 1, 1))


def test_every_link_to_a_calculator_names_one(library: Library) -> None:
    named = {a.link.url for a in library.articles.values() if a.link and a.link.url.startswith("/tools/")}
    assert {url.removeprefix("/tools/").partition("?")[0] for url in named} <= set(CALCULATORS)


def test_what_a_chat_asks_for_are_inputs() -> None:
    for calculator in CALCULATORS.values():
        shapes = shapes_of(calculator.inputs)
        assert set(calculator.asked) <= set(shapes)
        assert {name for name, shape in shapes.items() if shape.is_required} <= set(calculator.asked)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "₹0"),
        (999, "₹999"),
        (1_000, "₹1,000"),
        (360_000, "₹3,60,000"),
        (123_456_789, "₹12,34,56,789"),
        (Decimal("1500.5"), "₹1,500.50"),
        (Decimal("1500.00"), "₹1,500"),
        (-25_000, "-₹25,000"),
    ],
)
def test_rupees_are_grouped_as_in_india(amount: Decimal | int, text: str) -> None:
    assert write_rupees(amount) == text


def test_numbers_lose_zeros_that_say_nothing() -> None:
    assert [write_number(Decimal(n)) for n in ("11", "11.50", "10", "8.75")] == ["11", "11.5", "10", "8.75"]


@given(st.dictionaries(st.sampled_from(["principal", "rate", "colour"]), st.text(), max_size=2))
def test_whatever_is_typed_is_refused_by_name(inputs: dict[str, str]) -> None:
    with pytest.raises(BadInputs) as caught:
        reckon("emi", inputs, FIGURES, TODAY)
    assert {fault.field for fault in caught.value.faults} >= {"months"} | (inputs.keys() & {"colour"})
