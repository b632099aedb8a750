"""The intent head: right on what it has not seen, honest about what it cannot know, the same after a reload."""

from typing import Any

import pytest

from tests.bot.test_inside import run_inside


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return run_inside("head")


def test_unseen_messages_get_their_intent_with_a_probability(report: dict[str, Any]) -> None:
    assert report["right"] >= 0.95
    assert report["sum"] == pytest.approx(1.0, abs=1e-4)


def test_messages_within_scope_are_rarely_refused(report: dict[str, Any]) -> None:
    assert sum(report["refused"]) <= 3


def test_message_that_resembles_nothing_is_refused(report: dict[str, Any]) -> None:
    assert report["stranger"]
    assert report["empty"]


def test_without_out_of_scope_examples_the_threshold_comes_from_intents_left_out(report: dict[str, Any]) -> None:
    assert report["blind_intents"] == ["course", "lead", "pay"]
    assert sum(report["blind_refused"]) >= 17


def test_saved_head_judges_as_before_and_training_repeats_itself(report: dict[str, Any]) -> None:
    assert report["same"]
    assert report["again"]


def test_too_few_examples_are_refused_with_what_to_write(report: dict[str, Any]) -> None:
    assert report["rare"] == "write at least 5 examples of lead"
    assert report["few_foreign"] == "write at least 10 examples of out_of_scope"
    assert report["one"] == "write examples of at least two intents beside out-of-scope"


def test_a_verdict_takes_well_under_a_millisecond_of_the_processor(report: dict[str, Any]) -> None:
    assert report["milliseconds"] < 1.0
