"""The guided flows as designers write them."""

from pathlib import Path

import pytest

from saathi.design_check import find_guide_faults
from saathi.guides import read_guides, says_done
from saathi.located import FileFault


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("naya khata", "account"),
        ("IFSC galat hai", "ifsc"),
        ("आईएफएससी ग़लत है", "ifsc"),
        ("naam match nahi ho raha", "name"),
    ],
)
def test_cases_are_recognised_in_three_registers(text: str, case: str) -> None:
    found = read_guides()["bank_details"].recognise(text)
    assert found is not None
    assert found.name == case


def test_nothing_is_recognised_in_what_names_no_case() -> None:
    assert read_guides()["bank_details"].recognise("hmm") is None


@pytest.mark.parametrize(
    "text", ["selfie kheench li", "daal diya", "upload kar diya hai", "PAN filled in", "पैन भर दिया", "ok I sent both"]
)
def test_step_told_in_the_words_of_its_work_is_done(text: str) -> None:
    assert says_done(text)


@pytest.mark.parametrize(
    "text",
    [
        "selfie nahi khinchi",
        "upload kar diya par dikh nahi raha",
        "ho gaya kya",
        "galat foto le li",
        "I have not done it",
        "kisi ne mera paisa le liya",
        "next screen",
    ],
)
def test_step_denied_asked_about_or_gone_wrong_is_not(text: str) -> None:
    assert not says_done(text)


def test_broken_guide_is_told_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "guides.yml"
    path.write_text("kyc:\n  intent: update_kyc\n  cases:\n    - name: pan\n      step: [a]\n", encoding="utf-8")
    with pytest.raises(FileFault, match=r"guides\.yml:5: kyc\.cases\.0\.step is no setting here"):
        read_guides(path)


def test_step_that_nothing_says_is_found(tmp_path: Path) -> None:
    path = tmp_path / "guides.yml"
    path.write_text(
        "kyc:\n  intent: redo\n  cases:\n    - {name: pan, words: [pan], steps: [kyc_open]}\n", encoding="utf-8"
    )
    faults = find_guide_faults(path, {"update_kyc"}, set())
    assert [fault.removeprefix(f"{path}:") for fault in faults] == [
        "2: there is no intent redo; write one of update_kyc ...",
        "4: there is no response utter_ask_guide_form_kyc_open; write it in three languages",
    ]
