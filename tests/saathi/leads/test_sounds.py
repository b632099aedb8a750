"""Names as people write them."""

import pytest

from saathi.leads.sounds import closeness, find_named, sounds_of

PEOPLE = (("1", "Shabnam Ansari"), ("2", "Ramesh Kumar"), ("3", "Ramesh Chaudhary"), ("4", "Devika Nair"))


@pytest.mark.parametrize(
    ("written", "same"),
    [("शबनम", "Shabnam"), ("Sabnam", "Shabnam"), ("चौधरी", "Chaudhary"), ("Vijay", "Wijay"),
     ("Sunita didi", "Sunita"), ("Ramesh sahab", "Ramesh"), ("Shrimati Devika", "Devika")],
)  # fmt: skip
def test_spellings_of_a_name_sound_the_same(written: str, same: str) -> None:
    assert sounds_of(written) == sounds_of(same)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("Ramesh", {"2", "3"}), ("ramesh choudhri", {"3"}), ("शबनम", {"1"}), ("Shabnm", {"1"}), ("Gopal", set()),
     ("ji", set())],
)  # fmt: skip
def test_people_are_found_by_a_part_of_their_name(wanted: str, found: set[str]) -> None:
    assert set(find_named(wanted, PEOPLE)) == found


def test_slip_in_a_consonant_is_the_same_name_and_another_name_is_not() -> None:
    people = (("1", "Savita Nimbukar"), ("2", "Gopika Menon"))
    assert find_named("Savitri", people) == []
    assert find_named("Gopikta", people) == ["2"]


def test_whole_name_is_closer_than_a_part() -> None:
    assert closeness("Ramesh Kumar", "Ramesh Kumar") > closeness("Ramesh Kumar", "Ramesh Chaudhary")
