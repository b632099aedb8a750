"""The trained model as it is committed: parts add up, directions hold, it is quick, and nobody changed it by hand."""

import json
import time
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saathi.leads.model import Stage
from saathi.scoring.features import DIRECTIONS, Value
from saathi.scoring.model import TRAINED, Additive, Curve, LeadScorer, ModelUnusable, write_model
from tests.saathi.scoring.stories import NOW, story

KINDS = ("message_opened", "link_opened", "replied", "quote_asked", "call_asked", "call_answered", "call_missed", "met")
SMALL = Additive(
    intercept=-0.4,
    curves=(
        Curve(feature="replies", kind="steps", edges=(1, 3), values=(-0.5, 0.5, 1.5), missing=0.1),
        Curve(feature="source", kind="names", names={"referral": 0.7}, other=-0.2),
        Curve(feature="success_rate", kind="line", edges=(0, 1), slope=2, centre=0.4, missing=-0.3),
    ),
)


@pytest.fixture(scope="module")
def trained() -> Additive:
    return Additive.model_validate(json.loads(TRAINED.read_text(encoding="utf-8"))["model"])


def features(chance: Random) -> dict[str, Value]:
    numbers: dict[str, Value] = {name: chance.choice([None, 0.0, 1.0, 3.0, 12.0]) for name in DIRECTIONS}
    words = {"kind": chance.choice(["term", "motor", None]), "source": chance.choice(["referral", "camel"])}
    return numbers | words | {"stage": chance.choice(list(Stage)).value, "success_rate": chance.random()}


@given(
    replies=st.none() | st.floats(0, 50),
    source=st.sampled_from(["referral", "event"]),
    rate=st.none() | st.floats(0, 1),
)
def test_base_and_contributions_are_the_score(replies: float | None, source: str, rate: float | None) -> None:
    score = SMALL.score({"replies": replies, "source": source, "success_rate": rate})

    assert score.base + sum(one.points for one in score.contributions) == pytest.approx(score.points, abs=1e-6)
    assert 0 <= score.points <= 100
    assert score.probability == pytest.approx(score.points / 100)


def test_base_and_contributions_are_the_score_where_they_cancel_out() -> None:
    score = Additive(
        intercept=0.3,
        curves=(
            Curve(feature="a", kind="names", other=0.75),
            Curve(feature="b", kind="names", other=-0.75),
        ),
    ).score({"a": "x", "b": "x"})

    assert score.points == pytest.approx(score.base)
    assert score.contributions[0].points == pytest.approx(-score.contributions[1].points)
    assert score.contributions[0].points > 10


def test_each_value_counts_as_its_curve_says() -> None:
    by_name = {one.feature: one for one in SMALL.score({"replies": 1.0, "source": "walk_in"}).contributions}

    assert by_name["replies"].points > 0 > by_name["source"].points
    assert by_name["success_rate"].value is None
    assert by_name["success_rate"].points < 0


def test_trained_model_adds_up_for_any_lead(trained: Additive) -> None:
    chance = Random(5)
    for _ in range(300):
        score = trained.score(features(chance))
        assert score.base + sum(one.points for one in score.contributions) == pytest.approx(score.points, abs=1e-6)


def test_more_of_a_feature_moves_the_trained_score_in_its_stated_direction(trained: Additive) -> None:
    chance = Random(6)
    for name, direction in DIRECTIONS.items():
        if not direction:
            continue
        row = features(chance)
        points = [trained.score({**row, name: value}).points for value in (0.0, 0.2, 0.5, 1.0, 2.0, 4.0, 9.0, 40.0)]
        assert all((after - before) * direction >= 0 for before, after in pairwise(points)), name


def test_a_customer_who_asks_and_answers_scores_higher_than_one_who_does_not() -> None:
    scorer = LeadScorer.load()
    warm = scorer.score(story(("message_opened", 1), ("quote_asked", 2), ("call_answered", 3)), 0.6, NOW)
    cold = scorer.score(story(("call_missed", 2), ("call_missed", 3), source="campaign"), 0.1, NOW)

    assert warm.points > cold.points + 10


def test_a_score_takes_less_than_five_milliseconds_of_processor_time() -> None:
    scorer, chance = LeadScorer.load(), Random(1)
    long = story(*((chance.choice(KINDS), chance.random() * 9) for _ in range(200)))
    spent = []
    for _ in range(200):
        begun = time.thread_time()
        scorer.score(long, 0.4, NOW)
        spent.append(time.thread_time() - begun)

    assert sorted(spent)[190] < 0.005


def test_a_model_that_was_written_is_read_again(tmp_path: Path) -> None:
    version = write_model(SMALL, "2026-11-20", tmp_path / "model.json")

    assert version.startswith("2026-11-20-")
    assert LeadScorer.load(tmp_path / "model.json").version == version


def test_a_model_that_was_changed_by_hand_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.json"
    write_model(SMALL, "2026-11-20", file)
    file.write_text(file.read_text().replace("-0.4", "-0.3"))

    with pytest.raises(ModelUnusable, match="changed by hand"):
        LeadScorer.load(file)


def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="make train-leads"):
        LeadScorer.load(tmp_path / "model.json")
