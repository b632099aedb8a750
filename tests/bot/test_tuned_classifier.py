"""The tuned classifier as a Rasa component, and the parts that it is tuned and judged on."""

from typing import Any

import pytest

from tests.bot.test_inside import run_inside


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return run_inside("tuned")


def test_component_names_the_intent_by_the_tuned_model(report: dict[str, Any]) -> None:
    assert report["understood"] == ["ask_payout", "greet"]


def test_unlikely_intent_is_refused_and_still_ranked(report: dict[str, Any]) -> None:
    assert report["unclear"][0] == "nlu_fallback"
    assert set(report["unclear"][1:]) == {"ask_payout", "find_course", "greet"}


def test_missing_model_names_the_command_that_makes_one(report: dict[str, Any]) -> None:
    assert "there is no tuned classifier in /missing: run `make train-intents`" in report["missing"]


def test_examples_are_parted_with_near_duplicates_together(report: dict[str, Any]) -> None:
    assert report["shares"] == pytest.approx({"training": 0.7, "validation": 0.15, "test": 0.15}, abs=0.02)
    assert report["parted"] == 0
