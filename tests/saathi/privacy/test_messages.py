"""The messages of `make bench-masking`, so that no change loses what is found today."""

from pathlib import Path

import pytest

from benchmarks.masking.judge import check_case, judge
from benchmarks.masking.messages import Case, Message, parse, read_cases, read_messages
from saathi.privacy import Identifier, Masker

MESSAGES = sorted(Path("benchmarks/masking").glob("messages_*.yml"))


@pytest.fixture(scope="module")
def masker() -> Masker:
    return Masker()


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_identifiers_of_the_messages_are_masked(masker: Masker, path: Path) -> None:
    score = judge(masker, read_messages(path))
    assert score.recall() >= 0.98, score.notes
    assert score.precision() >= 0.95, score.notes


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_masked_messages_are_masked_already(masker: Masker, path: Path) -> None:
    once = [masker.mask(message.text) for message in read_messages(path)]
    assert [masker.mask(text) for text in once] == once


def test_marks_become_identifiers() -> None:
    assert parse("a [12](phone), [b](virtual_id)", "en") == Message(
        "a 12, b", "en", (Identifier("phone", 2, 4), Identifier("virtual id", 6, 7))
    )


def test_judge_counts_what_is_missed_wrong_and_readable(masker: Masker) -> None:
    messages = [
        parse("call [9876543210](phone)", "en"),
        parse("[what](pan)", "en"),
        parse("call [9876543210](aadhaar)", "en"),
        parse("9876543210", "en"),
    ]
    score = judge(masker, messages)
    assert (score.recall("phone"), score.recall("pan"), score.recall()) == (1.0, 0.0, pytest.approx(1 / 3))
    assert (score.wrong["phone"], score.uncovered, score.touched_negatives) == (2, 1, 1)


def test_shared_cases_are_read_and_checked(masker: Masker, tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    table.write_text(
        "entity,text,expected_count,first_span\n"
        'IN_PAN,pan ABCPE1234F,1,"[4, 14]"\nIN_PAN,pan ABCPE1234F,1,"[0, 10]"\n'
        'IN_VOTER,none,0,[]\nIN_VOTER,,0,""""""\n',
        encoding="utf-8",
    )
    cases = list(read_cases(table))
    assert cases[0] == Case("pan ABCPE1234F", "pan", 1, (4, 14))
    assert [check_case(masker, case) for case in cases] == [True, False, True, True]
