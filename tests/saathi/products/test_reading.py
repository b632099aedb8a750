"""The files of the catalogue: a sound one is read, and each fault is told with its file and line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from saathi.located import FileFault
from saathi.products import Catalog
from saathi.products.reading import PRODUCTS, find_faults
from saathi.products.words import WORDS

Change = Callable[[str, str], list[str]]


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """Puts one text in the place of another in a copy of `term.yml` and tells what is found wrong in it."""
    folder = tmp_path / "products"
    folder.mkdir()
    written = (PRODUCTS / "term.yml").read_text(encoding="utf-8")

    def apply(old: str, new: str) -> list[str]:
        assert old in written
        path = folder / "term.yml"
        path.write_text(written.replace(old, new, 1), encoding="utf-8")
        return [fault.removeprefix(f"{path}:") for fault in find_faults(folder)]

    return apply


def line_of(text: str) -> int:
    """The line of `term.yml` on which a text stands first."""
    lines = (PRODUCTS / "term.yml").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_catalogue_as_it_is_has_no_fault() -> None:
    assert find_faults() == []


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        ("kind: term", "kind: terms", "kind: term", "kind is terms"),
        ("provider: himgiri-life", "provider: himgiri", "provider: himgiri-life", "provider has himgiri"),
        ("needs: [family_protection]", "needs: [family]", "needs: [family_protection]", "needs has family"),
        ("age: {from: 18, to: 60}", "age: {from: 61, to: 60}", "age: {from: 18, to: 60}", "`from` is above `to`"),
        ("age: {from: 18, to: 60}", "age: {from: 18}", "age: {from: 18, to: 60}", "is missing; add it"),
        ("income_from: 300000", "income_form: 300000", "income_from: 300000", "is no setting here"),
        ("income_from: 300000", "income_from: 3 lakh", "income_from: 300000", "'3 lakh'"),
        ("figure: 890", "figure: -1", "figure: 890", "greater than or equal to 0"),
        ("unit: rupees_a_month", "unit: rupees_monthly", "charges:", "charges has rupees_monthly"),
        ("residency: [resident, nri]", "not_in: [ladak]", "eligibility:", "eligibility has ladak"),
        ("[salaried, self_employed]", "[salary]", "eligibility:", "eligibility has salary"),
        ("article: term-insurance", "article: term-insurence", "article: term", "there is no article term-insurence"),
        ("replaced_by: himgiri-suraksha-term", "replaced_by: x-term", "replaced_by: himgiri", "no product x-term"),
        ("    withdrawn_on: 2026-07-01\n", "", "slug: himgiri-kavach", "`replaced_by` needs `withdrawn_on`"),
        ("slug: himgiri-saral-jeevan", "slug: himgiri-suraksha-term", "slug: himgiri-saral", "slugs never come twice"),
        ("slug: himgiri-saral-jeevan", "slug: Saral Jeevan", "slug: himgiri-saral", "should match pattern"),
        ("hi: सरल जीवन", "hi: सुरक्षा टर्म", "name: {en: Saral", "is the name of another product"),
    ],
)
def test_fault_is_told_with_file_line_and_remedy(change: Change, old: str, new: str, place: str, told: str) -> None:
    found = change(old, new)
    assert any(told in fault for fault in found), found
    fault = next(fault for fault in found if told in fault)
    assert fault.startswith(f"{line_of(place)}: "), (line_of(place), fault)


def test_replacement_that_is_withdrawn_itself_is_a_fault(change: Change) -> None:
    (fault,) = change("reviewed: 2026-10-05", "withdrawn_on: 2026-10-05\n    reviewed: 2026-10-05")
    assert "himgiri-suraksha-term is withdrawn itself" in fault


def test_broken_catalogue_is_not_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "products"
    folder.mkdir()
    (folder / "term.yml").write_text("kind: term\nproducts: [", encoding="utf-8")
    with pytest.raises(FileFault, match=r"term\.yml"):
        Catalog.load(folder)


def test_words_that_lack_a_language_are_a_fault(tmp_path: Path) -> None:
    words = tmp_path / "words.yml"
    shutil.copy(WORDS, words)
    text = words.read_text(encoding="utf-8")
    words.write_text(text.replace("pan: {en: PAN, hinglish: PAN, hi: पैन}", "pan: {en: PAN, hi: पैन}"), encoding="utf-8")
    (fault,) = find_faults(words=words)
    assert "documents.pan.hinglish is missing; add it" in fault


def test_name_that_language_does_not_know_is_a_fault(change: Change) -> None:
    (fault,) = change("name: {en: Saral Jeevan, hi: सरल जीवन}", "name: {en: Baad Ka Term, hi: बाद का टर्म}")
    assert fault.startswith("language/names.txt: baad ka term is missing; add it")
