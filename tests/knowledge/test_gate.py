"""The gate: what it ranks and supports, how it is fitted, and that the fitted one belongs to this code."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.articles import Library, read_article
from knowledge.calibrate import Example, fit, measure
from knowledge.examples import read_questions
from knowledge.gate import GATE, SUPPORT, Gate
from knowledge.search import Candidate, Evidence, Question
from tests.knowledge.conftest import ARTICLES

GRACE = read_article(ARTICLES / "life-insurance" / "grace-days.md")
LOAN = read_article(ARTICLES / "loans" / "share-loan.md")
STRONG = Evidence(0.8, 0.8, 0.8, 0.7, 2.5, 2.3, 1.0, 1.0, 0.8)
WEAK = Evidence(0.2, 0.1, 0.1, 0.2, 0.5, 0.2, 0.1, 0.0, 0.0)
ASKED = Question(
    "q", np.zeros(384, dtype=np.float32), ("grace",), known=1.0, live=False, outside=False, outside_likeness=0.3
)
STRANGE = replace(ASKED, known=0.2, outside=True)


def examples() -> list[Example]:
    """Ten questions that an article answers and ten that none does, plainly apart."""
    covered = [Candidate(GRACE, replace(STRONG, dense=0.7 + n / 100)) for n in range(10)]
    others = [Candidate(LOAN, replace(WEAK, dense=0.1 + n / 100)) for n in range(10)]
    return [
        *(Example(ASKED, "en", frozenset({"grace-days"}), [Candidate(LOAN, WEAK), c]) for c in covered),
        *(Example(STRANGE, "en", frozenset(), [c, Candidate(GRACE, WEAK)]) for c in others),
    ]


def test_fitted_gate_tells_support_from_chance() -> None:
    gate = replace(fit(examples()), threshold=0.5)
    figures = measure([(e, gate.judge(e.question, e.candidates)) for e in examples()])
    assert figures == {"hit_at_1": 1.0, "answered_right": 1.0, "answered_wrong": 0.0, "missed": 0.0, "refused": 1.0}


def test_best_supported_article_is_chosen_whatever_its_rank() -> None:
    judged = fit(examples()).judge(ASKED, [Candidate(LOAN, WEAK), Candidate(GRACE, STRONG)])
    assert judged.best is not None
    assert judged.best.article is GRACE
    assert [candidate.article for candidate in judged.ranked] == [GRACE, LOAN]


def test_question_on_a_subject_outside_is_less_supported_than_the_same_without() -> None:
    gate, candidates = Gate.load(), [Candidate(GRACE, STRONG), Candidate(LOAN, WEAK)]
    usual = gate.judge(ASKED, candidates).probability
    assert gate.judge(replace(ASKED, outside=True), candidates).probability < usual
    assert gate.judge(replace(ASKED, live=True), candidates).probability < usual
    assert gate.judge(replace(ASKED, outside_likeness=0.9), candidates).probability < usual


def test_nothing_found_is_refused_with_nothing_near() -> None:
    judged = Gate.load().judge(ASKED, [])
    assert judged.best is None
    assert judged.near == ()


def test_wrong_answer_counts_as_wrong_and_not_as_refused() -> None:
    given = replace(fit(examples()), threshold=0.0).judge(ASKED, [Candidate(LOAN, STRONG)])
    covered = Example(ASKED, "en", frozenset({"grace-days"}), [])
    figures = measure([(covered, given), (replace(covered, slugs=frozenset()), given)])
    assert (figures["answered_wrong"], figures["missed"], figures["refused"]) == (1.0, 0.0, 0.0)


def test_gate_fitted_for_other_features_is_refused(tmp_path: Path) -> None:
    data = json.loads(GATE.read_text(encoding="utf-8"))
    data["ranking"].pop("dense")
    (tmp_path / "gate.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ValueError, match=r"knowledge\.calibrate"):
        Gate.load(tmp_path / "gate.json")


def test_committed_gate_belongs_to_the_committed_encoder(encoder: object) -> None:
    data = json.loads(GATE.read_text(encoding="utf-8"))
    assert data["encoder"] == encoder.version  # type: ignore[attr-defined]
    assert set(data["support"]) == set(SUPPORT)
    assert data["training_figures"]["questions"] == len(read_questions())


def test_no_calibration_question_stands_in_an_article(library: Library) -> None:
    articles = library.articles
    own = {question.casefold() for article in articles.values() for question in article.questions}
    rows = read_questions()
    assert not [row["question"] for row in rows if row["question"].casefold() in own]
    slugs = {slug for row in rows if row["article"] for slug in np.atleast_1d(row["article"]).tolist()}
    assert slugs <= articles.keys()
