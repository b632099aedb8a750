"""Which of several offered things a message picks."""

import pytest

from language.ordinals import read_ordinal


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("2", 2),
        ("2.", 2),
        ("option 3", 3),
        ("second", 2),
        ("the second one please", 2),
        ("doosra wala", 2),
        ("pehla wala de do", 1),
        ("दूसरा", 2),
        ("पहली वाली", 1),
        ("३", 3),
        ("last one", -1),
        ("aakhri wala", -1),
        ("10", 10),
        ("१२", 12),
        ("2️⃣", 2),
        ("तीसरा", 3),
        ("विकल्प ४", 4),
        ("paanchvi", 5),
        ("पाँचवाँ", 5),
        ("chhe number wala", 6),
        ("छठा", 6),
        ("सातवाँ वाला", 7),
        ("eighth", 8),
        ("नौवीं", 9),
        ("दसवें", 10),
        ("the tenth one", 10),
    ],
)
def test_picks_are_read_in_three_registers(text: str, place: int) -> None:
    assert read_ordinal(text) == place


@pytest.mark.parametrize(
    "text",
    ["", "0", "05", "100", "2026", "2 lakh", "second hand car loan", "do hafte", "the first policy lapsed", "😀"],
)
def test_what_says_more_than_a_place_picks_nothing(text: str) -> None:
    assert read_ordinal(text) is None
