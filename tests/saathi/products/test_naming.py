"""Products by the names that people give them, and names that an answer must not hold."""

import re

import pytest
import yaml

from saathi.products import Catalog
from saathi.products.reading import ROOT
from tests.saathi.products.conftest import TODAY


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("himgiri-suraksha-term", "himgiri-suraksha-term"),
        ("Suraksha Term", "himgiri-suraksha-term"),
        ("himgiri surksha term", "himgiri-suraksha-term"),
        ("हिमगिरी लाइफ सुरक्षा टर्म", "himgiri-suraksha-term"),
        ("suvarna home loan", "suvarna-griha-loan"),
        ("bal vidya", "sahyog-bal-vidya"),
        ("बूंद रिकरिंग डिपॉजिट", "neelgagan-boond-rd"),
    ],
)
def test_product_is_found_by_slug_name_slip_and_script(catalog: Catalog, name: str, slug: str) -> None:
    assert [product.slug for product in catalog.find(name)] == [slug]


def test_what_names_no_product_finds_none(catalog: Catalog) -> None:
    for text in ("", "term insurance", "Suvarna Bank", "kya haal hai"):
        assert catalog.find(text) == ()


def test_every_product_is_found_by_its_full_name_in_both_scripts(catalog: Catalog) -> None:
    for product in catalog.products:
        provider = catalog.words.providers[product.provider]
        assert product in catalog.find(f"{provider.en} {product.name.en}")
        assert product in catalog.find(f"{provider.hi} {product.name.hi}")


@pytest.mark.parametrize(
    ("text", "name", "fault"),
    [
        ("Offer Himgiri Life Kavach Classic to him.", "Himgiri Life Kavach Classic", "withdrawn"),
        ("Offer the Kavach Classic instead.", "Kavach Classic", "withdrawn"),
        ("हिमगिरी लाइफ कवच क्लासिक लीजिए", "हिमगिरी लाइफ कवच क्लासिक", "withdrawn"),
        ("Aravali Finance ka Jhatpat Loan le lo", "Jhatpat Loan", "withdrawn"),
        ("Himgiri Life Amrit Shield pays more.", "Himgiri Life Amrit Shield", "absent"),
        ("Neelgagan Bank Platinum Card has no fee", "Neelgagan Bank Platinum Card", "absent"),
        ("हिमगिरी लाइफ अमृत टर्म अच्छा है", "हिमगिरी लाइफ अमृत टर्म", "absent"),
        ("Take Meghdoot Life Kavach Term.", "Meghdoot Life Kavach Term", "absent"),
        ("himgiri life amrit shield plan is better", "himgiri life amrit shield plan", "absent"),
        ("meghdoot life kavach term lijiye", "meghdoot life kavach term", "absent"),
        ("Himgiri Life Amrit Plans pay more", "Himgiri Life Amrit Plans", "absent"),
        ("Himgiri Life Amrit pays 7%", "Himgiri Life Amrit", "absent"),
        ("Himgiri ka Amrit Plan accha hai", "Himgiri ka Amrit Plan", "absent"),
        ("Nirbhay General's Swift Policy", "Nirbhay General Swift Policy", "absent"),
        ("sahyog ka new dhan varsha plan", "sahyog ka new dhan varsha plan", "absent"),
        ("सहयोग धन-वर्षा योजना", "सहयोग धन वर्षा योजना", "absent"),
        ("Suvarna Bank Term Plan is cheap", "Suvarna Bank Term Plan", "absent"),
        ("ध्रुव हेल्थ कार इंश्योरेंस", "ध्रुव हेल्थ कार इंश्योरेंस", "absent"),
        ("kavach classic is still good", "kavach classic", "withdrawn"),
        ("himgiri kavach clasic le lo", "himgiri kavach clasic", "withdrawn"),
        ("Rajat Cards are free", "Rajat Cards", "withdrawn"),
        ("jhatpat loans are quick", "jhatpat loans", "withdrawn"),
    ],
)
def test_absent_or_withdrawn_name_in_an_answer_is_found(catalog: Catalog, text: str, name: str, fault: str) -> None:
    assert [(found.name, found.fault) for found in catalog.find_unsold(text, TODAY)] == [(name, fault)]


def test_withdrawn_name_comes_with_its_product(catalog: Catalog) -> None:
    (found,) = catalog.find_unsold("Rajat Card", TODAY)
    assert found.product is not None
    assert found.product.replaced_by == "suvarna-pehla-card"


@pytest.mark.parametrize(
    "text",
    [
        "Himgiri Life Suraksha Term fits a family.",
        "हिमगिरी लाइफ सुरक्षा टर्म ठीक है",
        "Himgiri Life ka term plan accha hai",
        "हिमगिरी लाइफ का टर्म प्लान",
        "Suvarna Bank Home Loan",
        "Call the Suvarna Bank Customer Care Team.",
        "Suvarna Bank, Indore Branch",
        "A Term Plan protects the family; an FD does not.",
        "himgiri life sells a term plan",
        "Ask Himgiri Life. Home Loan papers go to the bank.",
        "an ordinary health policy excludes childbirth",
        "Himgiri ka Suraksha Term accha hai",
        "Himgiri vs Sahyog term",
        "Dhruv Health Sampoorna fits him",
    ],
)
def test_answer_without_such_a_name_may_be_sent(catalog: Catalog, text: str) -> None:
    assert catalog.find_unsold(text, TODAY) == ()


def test_every_product_on_sale_may_be_named(catalog: Catalog) -> None:
    for product in catalog.list(TODAY):
        provider = catalog.words.providers[product.provider]
        text = f"{provider.en} {product.name.en}. {provider.hi} {product.name.hi}।"
        assert catalog.find_unsold(text, TODAY) == (), text


def test_no_sentence_of_an_article_or_a_response_names_such_a_product(catalog: Catalog) -> None:
    sentences = [
        (path.name, line)
        for path in (ROOT / "knowledge" / "articles").glob("*/*.md")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    for path in (ROOT / "data" / "responses").glob("*.yml"):
        for variations in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].values():
            sentences += [(path.name, re.sub(r"\{\w+\}", "", str(one.get("text") or ""))) for one in variations]
    assert len(sentences) > 10_000
    for place, text in sentences:
        assert catalog.find_unsold(re.sub(r"[*_`#>|]", " ", text), TODAY) == (), (place, text)
