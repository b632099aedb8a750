"""Scores in words, in three languages."""

import pytest

from language import Language, count_scripts
from saathi.leads.model import Stage
from saathi.scoring.explaining import Explainer
from saathi.scoring.features import CATEGORIES, DIRECTIONS, Value
from saathi.scoring.model import Contribution, LeadScorer, Score
from tests.saathi.scoring.stories import NOW, story

LANGUAGES: tuple[Language, ...] = ("en", "hinglish", "hi")


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer.load()


def score(*parts: tuple[str, Value, float], points: float = 82.0) -> Score:
    shares = tuple(Contribution(*part) for part in parts)
    return Score(points, points / 100, points - sum(share.points for share in shares), shares)


def test_the_strongest_reasons_are_told_with_their_points(explainer: Explainer) -> None:
    told = explainer.explain(
        score(
            ("messages_opened", 3.0, 21.2), ("quotes_asked", 1.0, 16.8), ("days_without_call_back", 5.4, -9.1),
            ("source", "referral", 4.0),
        ),
        "en",
    )  # fmt: skip

    assert told == "82: opened three messages this week (+21), asked for a quote (+17), no call back in 5 days (-9)"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("hinglish", "82: is hafte teen message khole (+21), 5 din se call back nahi hua (-9)"),
        ("hi", "82: इस हफ़्ते तीन संदेश खोले (+21), 5 दिन से वापस कॉल नहीं हुआ (-9)"),
    ],
)
def test_reasons_are_told_in_each_register(explainer: Explainer, language: Language, said: str) -> None:
    parts = score(("messages_opened", 3.0, 21.2), ("days_without_call_back", 5.4, -9.1))

    assert explainer.explain(parts, language) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "opened no message this week"), (1.0, "opened a message this week"),
        (2.0, "opened two messages this week"), (14.0, "opened 14 messages this week"),
    ],
)  # fmt: skip
def test_counts_are_inflected(explainer: Explainer, value: float, said: str) -> None:
    assert explainer.list_reasons(score(("messages_opened", value, 9.0)), "en")[0].says == said


def test_the_sign_decides_where_a_value_alone_says_nothing(explainer: Explainer) -> None:
    lifts, lowers = (explainer.list_reasons(score(("kind", "term", points)), "en")[0].says for points in (5.0, -5.0))

    assert lifts == "this kind of lead often ends in a yes"
    assert lowers == "this kind of lead ends in a yes less often"


def test_what_rounds_to_nothing_is_not_told(explainer: Explainer) -> None:
    assert explainer.explain(score(("replies", 1.0, 0.4), points=31.0), "en") == "31: a lead like most others"


def test_a_feature_without_words_is_passed_over(explainer: Explainer) -> None:
    reasons = explainer.list_reasons(
        score(("moon", 1.0, 30.0), ("said", "not_called", 20.0), ("replies", 1.0, 9.0)), "en"
    )

    assert [reason.says for reason in reasons] == ["replied within two weeks"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*DIRECTIONS, *CATEGORIES])
def test_each_feature_has_words_for_all_it_may_be(explainer: Explainer, name: str, language: Language) -> None:
    names = {
        "stage": ("new", "contacted", "documents", "submitted"),
        "source": ("referral", "website"),
        "kind": ("term",),
    }
    values: tuple[Value, ...] = names.get(name, (0.0, 1.0, 1.5, 2.0, 37.0)) if name != "said" else ("thinking",)
    for value in values:
        for points in (9.0, -9.0):
            reasons = explainer.list_reasons(score((name, value, points)), language)
            assert reasons, (name, value)
            assert "{" not in reasons[0].says
            if language == "hi":
                assert count_scripts(reasons[0].says).devanagari
            else:
                assert not count_scripts(reasons[0].says).devanagari


def test_a_real_score_is_told_in_all_languages(explainer: Explainer) -> None:
    real = LeadScorer.load().score(story(("message_opened", 1), ("call_asked", 5), stage=Stage.CONTACTED), 0.5, NOW)

    for language in LANGUAGES:
        told = explainer.explain(real, language)
        assert told.startswith(f"{round(real.points)}: ")
        assert told.count("(") == 3
