"""The scoring's benchmark: it leaks no later outcome, drops what is known too late, and its checks can fail."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from benchmarks.leads.scoring.bank import BankDataMissing, follow, read_bank
from benchmarks.leads.scoring.checks import check_parts, time_scores
from saathi.scoring.features import Features
from saathi.scoring.model import Additive, Contribution, Curve, LeadScorer, Score

HEAD = (
    "age;job;marital;education;default;housing;loan;contact;month;day_of_week;duration;campaign;pdays;previous;poutcome;"
    "emp.var.rate;cons.price.idx;cons.conf.idx;euribor3m;nr.employed;y"
)
CALLS = [
    "56;housemaid;married;basic.4y;no;no;no;telephone;may;mon;261;1;999;0;nonexistent;1.1;93.9;-36.4;4.857;5191;no",
    "37;services;single;high.school;no;yes;no;cellular;nov;fri;90;2;6;1;success;-0.1;93.2;-42;4.1;5195.8;yes",
]
MODEL = Additive(intercept=0.1, curves=(Curve(feature="age", kind="steps", edges=(50.0,), values=(-1.0, 1.0)),))


def test_the_duration_of_a_call_is_not_among_the_columns(tmp_path: Path) -> None:
    (tmp_path / "bank-additional-full.csv").write_text("\n".join([HEAD, *CALLS]), encoding="utf-8")

    bank = read_bank(tmp_path)

    assert not {"duration", "y"} & set(bank.table)
    assert bank.won.tolist() == [0, 1]
    assert np.isnan(bank.table["pdays"][0])


def test_calls_are_counted_within_a_day_and_since_a_client_alike(tmp_path: Path) -> None:
    monday, friday = CALLS
    (tmp_path / "bank-additional.csv").write_text("\n".join([HEAD, monday, monday, friday, monday]), encoding="utf-8")

    derived = read_bank(tmp_path).derived

    assert derived["calls_today"].tolist() == [0, 1, 0, 0]
    assert derived["calling_day"].tolist() == ["day 1", "day 1", "day 2", "day 3"]
    assert derived["calls_since_alike"].tolist()[1] == 1
    assert derived["calls_since_alike"].tolist()[3] == 2
    assert np.isnan(derived["calls_since_alike"][[0, 2]]).all()
    assert derived["month_contact"].tolist() == ["may telephone", "may telephone", "nov cellular", "may telephone"]


def test_derived_columns_know_no_outcome(tmp_path: Path) -> None:
    told = []
    for outcome in ("yes", "no"):
        lines = [call.rsplit(";", 1)[0] + f";{outcome}" for call in CALLS]
        (tmp_path / "bank-additional.csv").write_text("\n".join([HEAD, *lines]), encoding="utf-8")
        told.append(read_bank(tmp_path).derived)

    assert str(told[0]) == str(told[1])


def test_the_larger_file_of_a_folder_is_taken_compressed_or_not(tmp_path: Path) -> None:
    (tmp_path / "bank-additional.csv").write_text("\n".join([HEAD, CALLS[0]]), encoding="utf-8")
    packed = gzip.compress("\n".join([HEAD, *CALLS * 400]).encode(), compresslevel=0)
    (tmp_path / "bank-additional-full.csv.gz").write_bytes(packed)

    assert len(read_bank(tmp_path).won) == 800


def test_a_folder_without_the_data_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BankDataMissing, match="DATA="):
        read_bank(tmp_path)


def test_a_file_with_other_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bank-additional.csv").write_text("a;b\n1;2\n", encoding="utf-8")

    with pytest.raises(BankDataMissing, match="other columns"):
        read_bank(tmp_path)


def test_recent_outcomes_are_those_of_earlier_calls_alone() -> None:
    won = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    changed = np.array([0.0, 1.0, 1.0, 1.0, 0.0])
    before, after = (follow(outcomes, np.ones(5, dtype=bool), 2, 0.5) for outcomes in (won, changed))

    assert before[:4].tolist() == after[:4].tolist()
    assert after[4] > before[4]


def test_an_unknown_outcome_tells_nothing_to_later_calls() -> None:
    won = np.array([1.0, 0.0, 0.0, 1.0])
    other = np.array([1.0, 1.0, 0.0, 1.0])
    known = np.array([True, False, True, True])

    assert follow(won, known, 5, 0.5).tolist() == follow(other, known, 5, 0.5).tolist()


def test_parts_that_add_up_and_follow_pass_the_check() -> None:
    checked = check_parts(MODEL, {"age": np.array([30.0, 40.0, 60.0, 70.0])})

    assert checked.furthest < 1e-9
    assert checked.followed == 1.0
    assert checked.changes > 0


def test_a_model_whose_parts_say_the_opposite_fails_the_check() -> None:
    class Contrary(Additive):
        def score(self, features: Features) -> Score:
            true = super().score(features)
            parts = tuple(Contribution(c.feature, c.value, -c.points) for c in true.contributions)
            return Score(true.points, true.probability, true.base, parts)

    checked = check_parts(Contrary(intercept=MODEL.intercept, curves=MODEL.curves), {"age": np.array([30.0, 60.0] * 3)})

    assert checked.furthest > 1
    assert checked.followed == 0.0


def test_a_score_is_timed_in_milliseconds() -> None:
    p50, p95 = time_scores(LeadScorer.load(), runs=20)

    assert 0 < p50 <= p95 < 50
