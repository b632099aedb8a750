"""How messages sound: judged on messages that another hand wrote, in Rasa's own Python."""

from pathlib import Path
from typing import Any

import pytest

from tests.bot.test_inside import run_inside


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run_inside("sentiment", str(tmp_path_factory.mktemp("sentiment")))


def test_messages_written_apart_are_judged_rightly_in_all_registers(report: dict[str, Any]) -> None:
    assert report["messages"] >= 300
    assert report["shared"] == 0
    assert report["macro_f1"] >= 0.80
    assert min(report["by_class"]) >= 0.75
    assert min(report["by_language"].values()) >= 0.75
    assert set(report["by_language"]) == {"en", "hinglish", "hi"}


def test_sentiment_has_the_sign_of_the_tone(report: dict[str, Any]) -> None:
    said = report["said"]
    assert max(said["angry"], said["angry_hinglish"], said["angry_hi"], said["emoji"]) < -0.6
    assert min(said["glad"], said["glad_hi"]) > 0.6
    assert abs(said["plain"]) < 0.3
    assert min(report["range"]) >= -1
    assert max(report["range"]) <= 1


def test_head_says_the_same_after_it_was_saved(report: dict[str, Any]) -> None:
    assert report["same_after_loading"] is True


def test_judging_costs_little(report: dict[str, Any]) -> None:
    assert report["milliseconds"] < 1.0  # 0.2 on a machine at rest


def test_examples_that_cannot_be_read_are_told_with_file_and_remedy(tmp_path: Path) -> None:
    told = run_inside("sentiment_faults", str(tmp_path))
    assert set(told) == {"no_yaml", "other_class", "list", "no_dash", "empty_example", "number", "too_few"}
    assert all(str(tmp_path) in message for message in told.values())
    assert "'angry'" in told["other_class"]
    assert "'so bad'" in told["no_dash"]
    assert "write at least" in told["too_few"]
