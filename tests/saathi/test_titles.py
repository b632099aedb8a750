"""Titles of choices: within what a button takes, and checked where designers write them."""

from pathlib import Path

import pytest

from language import utf16_units
from saathi.design_check import find_title_faults
from saathi.located import FileFault
from saathi.titles import shorten

RESPONSES = """\
responses:
  utter_rate:
    - text: A long text of a response is no title of a choice.
      buttons:
        - {title: That helped, payload: /thank}
        - title: When will my payout come?
          payload: /ask_payout
    - text: "Fills the gap:"
      buttons:
        - {title: "A loan of {principal_in_words}", payload: /ask_loan}
  utter_reading_ask_payout:
    - text: When the money of this month comes
"""


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Demat account", "Demat account"),
        ("  Key   Facts  ", "Key Facts"),
        ("Grace period, lapse and revival", "Grace period, lapse…"),
        ("Surrender value: what is paid", "Surrender value…"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffah…"),
        ("बंद पॉलिसी दोबारा चालू करना", "बंद पॉलिसी दोबारा…"),
        ("😀" * 12, "😀" * 9 + "…"),
    ],
)
def test_title_is_cut_at_a_word_to_fit_on_a_button(title: str, shown: str) -> None:
    assert shorten(title) == shown
    assert utf16_units(shown) <= 20


def test_titles_that_no_list_shows_are_named_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "rate.yml"
    path.write_text(RESPONSES, "utf-8")
    faults = find_title_faults(path)
    assert [fault.split(":")[1] for fault in faults] == ["6", "12"]
    assert "shorten 'When will my payout come?' to 20 characters, 24 at most" in faults[0]


def test_responses_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "rate.yml"
    path.write_text("responses: [", "utf-8")
    with pytest.raises(FileFault, match=r"rate\.yml"):
        find_title_faults(path)
