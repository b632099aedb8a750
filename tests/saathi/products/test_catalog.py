"""Who may have which product, what is recommended first, and what a comparison holds."""

from collections import Counter
from datetime import date

import pytest

from saathi.products import Catalog, NoSuchProduct, Profile, Span, Standing
from saathi.products.wording import Wording
from tests.saathi.products.conftest import TODAY

LAKH = 100_000_00  # in paise


def slugs(catalog: Catalog, profile: Profile, *needs: str, kinds: tuple[str, ...] = ()) -> list[str]:
    return [v.product.slug for v, _ in catalog.recommend(profile, needs, TODAY, kinds).recommended]


def standings(catalog: Catalog, slug: str, profile: Profile) -> dict[str, Standing]:
    (verdict,) = (v for v in catalog.eligible(profile, TODAY) if v.product.slug == slug)
    return {one.criterion: one.standing for one in verdict.checks}


def test_every_kind_has_products_on_sale(catalog: Catalog) -> None:
    counted = Counter(product.kind for product in catalog.list(TODAY))
    assert counted.keys() == catalog.words.kinds.keys()
    assert min(counted.values()) >= 3
    assert len(catalog.products) >= 60


def test_every_need_can_be_met_by_somebody(catalog: Catalog) -> None:
    for need in catalog.words.needs:
        assert catalog.recommend(Profile(), [need], TODAY).recommended, need


def test_withdrawn_and_future_products_are_not_listed(catalog: Catalog) -> None:
    listed = {product.slug for product in catalog.list(TODAY, ["term"])}
    assert "himgiri-suraksha-term" in listed
    assert "himgiri-kavach-classic" not in listed
    before = {product.slug for product in catalog.list(date(2026, 6, 30), ["term"])}
    assert "himgiri-kavach-classic" in before
    assert "nirbhay-e-vahan" not in {product.slug for product in catalog.list(date(2026, 7, 31))}


def test_criteria_are_met_not_met_or_unknown(catalog: Catalog) -> None:
    found = standings(catalog, "suvarna-sahaj-loan", Profile(age=30, income=2 * LAKH, amount=3 * LAKH))
    assert found == {
        "age": Standing.MET,
        "income": Standing.NOT_MET,
        "employment": Standing.UNKNOWN,
        "score": Standing.UNKNOWN,
        "residency": Standing.UNKNOWN,
        "amount": Standing.MET,
        "term": Standing.UNKNOWN,
    }


@pytest.mark.parametrize(("age", "standing"), [(17, "not_met"), (18, "met"), (60, "met"), (61, "not_met")])
def test_both_ends_of_a_range_are_included(catalog: Catalog, age: int, standing: str) -> None:
    assert standings(catalog, "himgiri-suraksha-term", Profile(age=age))["age"] == standing


def test_terms_of_other_units_are_compared(catalog: Catalog) -> None:
    assert standings(catalog, "suvarna-sahaj-loan", Profile(term=Span(5, "years")))["term"] == Standing.MET
    assert standings(catalog, "suvarna-sahaj-loan", Profile(term=Span(6, "years")))["term"] == Standing.NOT_MET


def test_region_that_is_left_out_is_not_met(catalog: Catalog) -> None:
    assert standings(catalog, "aravali-turant-loan", Profile(region="ladakh"))["region"] == Standing.NOT_MET
    assert standings(catalog, "aravali-turant-loan", Profile(region="bihar"))["region"] == Standing.MET


def test_the_one_who_earns_more_gets_the_larger_cover_first(catalog: Catalog) -> None:
    rich = slugs(catalog, Profile(age=35, income=12 * LAKH), "family_protection", kinds=("term",))
    assert rich == ["sahyog-parivar-term", "himgiri-suraksha-term", "himgiri-suraksha-wapsi"]
    assert slugs(catalog, Profile(age=35, income=LAKH), "family_protection", kinds=("term",)) == [
        "himgiri-saral-jeevan"
    ]


def test_what_is_made_for_the_old_comes_first_for_the_old(catalog: Catalog) -> None:
    assert slugs(catalog, Profile(age=63), "hospital_bills")[0] == "dhruv-buzurg-arogya"
    assert slugs(catalog, Profile(age=35), "hospital_bills")[0] == "nirbhay-arogya-individual"


def test_without_an_eligible_product_the_nearest_is_told_with_what_stands_in_the_way(catalog: Catalog) -> None:
    advice = catalog.recommend(Profile(age=84), ["hospital_bills"], TODAY)
    assert advice.recommended == ()
    nearest = advice.missed[0]
    assert nearest.product.slug == "dhruv-buzurg-arogya"
    assert Wording(catalog, "hi", TODAY).reasons(nearest, Standing.NOT_MET) == ("उम्र 60–80 चाहिए, ग्राहक 84 का है",)


def test_comparison_has_only_rows_that_matter_to_one_of_them(catalog: Catalog) -> None:
    compared = catalog.compare(["suvarna-samriddhi-fd", "suvarna-varishth-fd"])
    assert "income" not in compared.rows
    assert {"age", "charges", "sale"} <= set(compared.rows)
    wording = Wording(catalog, "en", TODAY)
    assert [wording.say(product, "age") for product in compared.products] == ["–", "60–100"]
    with pytest.raises(NoSuchProduct):
        catalog.compare(["no-such-product"])


def test_sums_are_written_as_in_india(catalog: Catalog) -> None:
    product = catalog.get("neelgagan-ghar-loan")
    wording = Wording(catalog, "en", TODAY)
    assert wording.say(product, "amount") == "₹15,00,000–₹10,00,00,000"
    assert wording.say(product, "income") == "from ₹6,00,000"
    assert wording.say(product, "charges") == "interest 8.2–8.95% a year; processing fee ₹5,000"


def test_every_row_of_every_product_can_be_said_in_every_language(catalog: Catalog) -> None:
    for language in ("en", "hinglish", "hi"):
        wording = Wording(catalog, language, TODAY)
        for product in catalog.products:
            for row in catalog.compare([product.slug]).rows:
                said = wording.say(product, row)
                assert said
                assert "{" not in said
            for verdict in catalog.eligible(
                Profile(1, 1, "student", 300, "nri", 1, 1, Span(1, "days"), "ladakh"), TODAY
            ):
                assert all("{" not in reason for reason in wording.reasons(verdict, Standing.NOT_MET))


def test_misses_stand_in_order_of_how_little_is_missing(catalog: Catalog) -> None:
    profile = Profile(age=30, income=3 * LAKH, employment="salaried", score=640, amount=3 * LAKH)
    missed = catalog.recommend(profile, ["urgent_cash"], TODAY, ["personal-loan"]).missed
    assert [verdict.product.slug for verdict in missed][:2] == ["aravali-turant-loan", "suvarna-sahaj-loan"]


@pytest.mark.parametrize(
    ("slug", "profile", "changes"),
    [
        ("aravali-turant-loan", Profile(score=640), ("a credit score of 650",)),
        ("kaveri-apna-ghar-loan", Profile(amount=40 * LAKH), ("a sum of ₹2,00,000–₹35,00,000",)),
        ("suvarna-griha-loan", Profile(term=Span(35, "years")), ("a term of 5–30 years",)),
        ("aravali-turant-loan", Profile(score=640, region="ladakh"), ()),
        ("suvarna-pehla-card", Profile(residency="nri", income=LAKH), ()),
        ("himgiri-suraksha-term", Profile(age=17), ()),
        ("himgiri-suraksha-term", Profile(age=30), ()),
    ],
)
def test_what_would_change_it_is_told_where_the_customer_can(
    catalog: Catalog, slug: str, profile: Profile, changes: tuple[str, ...]
) -> None:
    assert Wording(catalog, "en", TODAY).changes(catalog.judge(slug, profile)) == changes


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        (Profile(score=720), "क्रेडिट स्कोर 720 काफ़ी है"),
        (Profile(term=Span(20, "years")), "यह 6–48 महीने का होता है, 20 साल का नहीं"),
        (Profile(region="ladakh"), "लद्दाख में नहीं मिलता"),
        (Profile(region="bihar"), "बिहार में मिलता है"),
        (Profile(residency="nri"), "यह सिर्फ़ इनके लिए है: भारत में रहने वाले"),
    ],
)
def test_every_criterion_is_a_reason(catalog: Catalog, profile: Profile, reason: str) -> None:
    wording, verdict = Wording(catalog, "hi", TODAY), catalog.judge("aravali-turant-loan", profile)
    assert reason in (*wording.reasons(verdict, Standing.MET), *wording.reasons(verdict, Standing.NOT_MET))
