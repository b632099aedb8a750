"""What is taken from a lead's story: only what was known by then, and nothing of who the customer is."""

from dataclasses import replace

import pytest

from saathi.leads.model import Stage
from saathi.scoring.features import CATEGORIES, DIRECTIONS, list_features
from tests.saathi.scoring.stories import DAY, NOW, story


def test_each_feature_is_named_with_its_direction() -> None:
    assert set(list_features(story(), 0.4, NOW)) == {*DIRECTIONS, *CATEGORIES}


def test_engagement_is_counted_within_its_days() -> None:
    told = list_features(
        story(("message_opened", 1), ("message_opened", 8), ("quote_asked", 20), ("quote_asked", 31), ("replied", 3)),
        0.4, NOW,
    )  # fmt: skip

    assert (told["messages_opened"], told["quotes_asked"], told["replies"]) == (1, 1, 1)
    assert told["days_since_contact"] == pytest.approx(1)


def test_missed_calls_count_from_the_last_talk_on() -> None:
    told = list_features(
        story(("call_missed", 5), ("call_answered", 4), ("call_missed", 3), ("call_missed", 2)), None, NOW
    )

    assert told["calls_missed"] == 2


def test_a_wish_to_be_called_waits_until_somebody_talks_to_the_customer() -> None:
    waiting = list_features(story(("call_asked", 5), ("call_missed", 4)), None, NOW)
    called = list_features(story(("call_asked", 5), ("call_answered", 4)), None, NOW)

    assert waiting["days_without_call_back"] == pytest.approx(5)
    assert called["days_without_call_back"] is None


def test_how_long_a_lead_stands_is_told_for_its_stage_alone() -> None:
    told = list_features(story(("replied", 2)), None, NOW)
    later = list_features(story(("replied", 2), stage=Stage.SUBMITTED), None, NOW)

    assert (told["days_undecided"], told["days_with_provider"], told["said"]) == (pytest.approx(6), None, "thinking")
    assert (later["days_undecided"], later["days_with_provider"], later["said"]) == (None, pytest.approx(6), None)
    assert later["days_since_contact"] is None  # the customer has nothing to do


def test_what_is_not_known_is_none() -> None:
    told = list_features(story(), None, NOW)

    assert told["days_since_contact"] is None
    assert told["success_rate"] is None


def test_nothing_of_later_is_seen() -> None:
    """A lead's story of today, looked at as of an earlier day, tells what a story of that day tells."""
    whole = story(("call_answered", 7), ("quote_asked", 2), ("document_sent", 1))
    then = NOW - 6.5 * DAY
    at_the_time = replace(
        whole,
        lead=replace(whole.lead, stage=Stage.NEW, stage_since=NOW - 10 * DAY, reason="not_called", product=None),
        history=whole.history[:1], engagement=whole.engagement[:1], documents=(), notes=(),
    )  # fmt: skip
    ended = replace(whole, lead=replace(whole.lead, stage=Stage.LOST, reason="too_expensive", product="himgiri-term"))

    assert list_features(ended, 0.4, then) == list_features(at_the_time, 0.4, then)


def test_who_the_customer_is_changes_nothing() -> None:
    first = story(("replied", 1))
    customer = replace(first.lead.customer, name="Somebody Else", phone=None, region="Kerala", age=71)
    other = replace(first, lead=replace(first.lead, customer=customer))

    assert list_features(first, 0.4, NOW) == list_features(other, 0.4, NOW)
