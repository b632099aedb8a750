"""The benchmark of understanding: it splits without leaks, counts right, and says what is missing."""

import csv
import math
from pathlib import Path

import pytest

from benchmarks.nlu import scores, systems
from benchmarks.nlu.datasets import PUBLIC, DataMissingError
from benchmarks.nlu.examples import OUT_OF_SCOPE, Example, cross_validate, hold_out
from benchmarks.nlu.report import table
from benchmarks.nlu.runner import Row, names
from benchmarks.nlu.scores import Judged

ROOT = Path(__file__).resolve().parents[2]


def examples(**counts: int) -> list[Example]:
    return [Example(f"{intent} {number}", intent) for intent, count in counts.items() for number in range(count)]


def judged(intent: str, taken_for: str, likeliest: str = "", language: str = "", milliseconds: float = 1.0) -> Judged:
    return Judged(intent, language, taken_for, likeliest or taken_for, milliseconds)


def write(file: Path, *rows: tuple[str, ...]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows(rows)


def write_clinc(folder: Path) -> None:
    for name, intent in (("train", "a"), ("val", "a"), ("oos_train", "oos"), ("oos_val", "oos")):
        write(folder / "clinc150" / f"{name}.csv", ("text", "intent", "domain"), (f"of {name}", intent, "d"))


def test_hold_out_takes_its_share_of_each_intent_and_leaks_nothing() -> None:
    trial = hold_out(examples(pay=50, ask=10), 0.2)

    held = [example.intent for example in trial.test]
    assert (held.count("pay"), held.count("ask")) == (10, 2)
    assert not set(trial.train) & set(trial.test)
    assert trial == hold_out(examples(pay=50, ask=10), 0.2)


def test_each_example_is_judged_once_by_folds_of_one_size() -> None:
    everything = examples(pay=7, ask=9, thank=1)

    trials = cross_validate(everything, 5)

    assert sorted(example.text for trial in trials for example in trial.test) == sorted(e.text for e in everything)
    assert {len(trial.test) for trial in trials} == {3, 4}
    assert all(len(trial.train) + len(trial.test) == 17 and not set(trial.train) & set(trial.test) for trial in trials)


def test_out_of_scope_rows_are_learned_from_only_where_the_name_says_so(tmp_path: Path) -> None:
    write_clinc(tmp_path)

    with_rows, without = (PUBLIC[name](tmp_path).trials[0] for name in ("clinc150", "clinc150-no-oos-rows"))

    assert [(e.text, e.intent) for e in with_rows.train] == [("of train", "a"), ("of oos_train", OUT_OF_SCOPE)]
    assert [e.text for e in with_rows.test] == ["of val", "of oos_val"]
    assert [e.text for e in without.train] == ["of train"]
    assert [e.text for e in without.test] == ["of val", "of oos_train", "of oos_val"]


def test_missing_data_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(DataMissingError, match=r"banking77/train\.csv.*DATA="):
        PUBLIC["banking77"](tmp_path)


def test_file_of_other_columns_is_named(tmp_path: Path) -> None:
    write(tmp_path / "banking77" / "train.csv", ("utterance", "label"), ("where is it", "card"))

    with pytest.raises(DataMissingError, match="text and category"):
        PUBLIC["banking77"](tmp_path)


def test_unknown_dataset_is_refused_with_those_there_are() -> None:
    assert names("", ["a", "b"]) == ["a", "b"]
    with pytest.raises(ValueError, match=r"c: no such dataset; there are a, b"):
        names("a, c", ["a", "b"])


def test_refused_message_counts_as_wrong_only_after_refusal() -> None:
    verdicts = [
        judged("pay", "pay"),
        judged("pay", OUT_OF_SCOPE, likeliest="pay"),
        judged("ask", "pay"),
        judged(OUT_OF_SCOPE, OUT_OF_SCOPE, likeliest="ask"),
        judged(OUT_OF_SCOPE, "ask"),
    ]

    assert scores.in_scope_accuracy(verdicts) == pytest.approx(2 / 3)
    assert scores.accuracy_after_refusal(verdicts) == pytest.approx(1 / 3)
    assert scores.false_refusals(verdicts) == pytest.approx(1 / 3)
    assert scores.out_of_scope_recall(verdicts) == 0.5


def test_registers_are_counted_apart() -> None:
    verdicts = [judged("pay", "pay", language="hi"), judged("pay", "ask", language="en")]

    assert scores.in_scope_accuracy(verdicts, "hi") == 1.0
    assert scores.in_scope_accuracy(verdicts, "en") == 0.0
    assert scores.in_scope_accuracy(verdicts, "hinglish") is None


def test_correlation_of_two_labels_is_the_classic_coefficient() -> None:
    table_of_four = {("a", "a"): 6, ("a", "b"): 1, ("b", "a"): 2, ("b", "b"): 3}
    verdicts = [judged(*pair) for pair, count in table_of_four.items() for _ in range(count)]

    assert scores.correlation(verdicts) == pytest.approx((6 * 3 - 1 * 2) / math.sqrt(7 * 5 * 8 * 4))
    assert scores.correlation([judged("a", "a")]) == 0.0


def test_percentile_is_a_value_that_was_measured() -> None:
    assert [scores.percentile([4.0, 1.0, 3.0, 2.0], share) for share in (0.0, 0.5, 0.95)] == [1.0, 2.0, 4.0]


def test_table_has_a_line_for_each_system_and_a_dash_for_what_is_not_there() -> None:
    row = Row("hwu64", systems.OURS, (judged("pay", "pay", milliseconds=1.25),), 1, 8954, 5.2, 640.0)

    line = table([row]).splitlines()[2]

    assert line == "| hwu64 | ours | 8,954 | 1 | 100.0 | - | 100.0 | - | 0.0 | 0.000 | 1.2 / 1.2 | 5 | 640 |"


def test_our_pipeline_is_the_assistants_own() -> None:
    config = systems.rasa_config(systems.OURS, ROOT)

    components = [component["name"] for component in config["pipeline"]]
    assert components[0] == "bot.featurizer.SentenceEncoder"
    assert "bot.classifier.NearestLogisticClassifier" in components
    assert config["policies"] == []
