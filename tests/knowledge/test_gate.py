"""The gate: what it decides, how it is fitted, and that the fitted one belongs to this code."""

import json
from dataclasses import astuple, replace
from pathlib import Path

import pytest

from knowledge.articles import read_article
from knowledge.loading import load_snapshot
from knowledge.calibrate import Example, find_examples, fit, measure
from knowledge.gate import GATE, Gate
from knowledge.search import Candidate, Evidence
from tests.knowledge.conftest import ARTICLES

GRACE = read_article(ARTICLES / "life-insurance" / "grace-days.md")
LOAN = read_article(ARTICLES / "loans" / "share-loan.md")
STRONG = Evidence(0.9, 0.9, 0.4, 1.0, 1.0, 0.8, 1.0, 1.0, 1.0)
WEAK = Evidence(0.2, 0.1, -0.1, 0.1, 0.0, 0.0, 0.3, 0.0, 0.2)


def examples() -> list[Example]:
    """Ten questions that an article answers and ten that none does, plainly apart."""
    covered = [Candidate(GRACE, replace(STRONG, dense=0.8 + n / 100)) for n in range(10)]
    others = [Candidate(LOAN, replace(WEAK, dense=0.1 + n / 100)) for n in range(10)]
    return [
        *(Example("q", "en", "grace-days", [c, Candidate(LOAN, WEAK)]) for c in covered),
        *(Example("q", "en", None, [c]) for c in others),
    ]


def test_fitted_gate_tells_support_from_chance() -> None:
    gate = fit(examples())
    assert gate.score(STRONG) > gate.threshold > gate.score(WEAK)
    figures = measure([(e, gate.best(e.candidates)) for e in examples()])
    assert figures == {"answered_right": 1.0, "answered_wrong": 0.0, "missed": 0.0, "refused": 1.0, "leaked": 0.0}


def test_best_supported_article_is_chosen_whatever_its_rank() -> None:
    best = fit(examples()).best([Candidate(LOAN, WEAK), Candidate(GRACE, STRONG)])
    assert best is not None
    assert best[0].article is GRACE


def test_nothing_found_is_refused() -> None:
    assert Gate.load().best([]) is None


def test_wrong_answer_counts_as_wrong_and_not_as_refused() -> None:
    given = (Candidate(LOAN, STRONG), 0.9)
    figures = measure([(Example("q", "en", "grace-days", []), given), (Example("q", "en", None, []), given)])
    assert (figures["answered_wrong"], figures["leaked"], figures["missed"]) == (1.0, 1.0, 0.0)


def test_gate_fitted_for_other_features_is_refused(tmp_path: Path) -> None:
    data = json.loads(GATE.read_text(encoding="utf-8"))
    data["weights"].pop("dense")
    (tmp_path / "gate.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ValueError, match=r"knowledge\.calibrate"):
        Gate.load(tmp_path / "gate.json")


def test_committed_gate_states_its_training_figures() -> None:
    figures = json.loads(GATE.read_text(encoding="utf-8"))["training_figures"]
    assert figures["questions"] >= 300
    assert figures["hit_at_1"] >= 0.85
    assert len(astuple(STRONG)) == len(Gate.load().weights)


async def test_articles_own_question_is_asked_as_if_it_were_not_there(tmp_path: Path, encoder: object) -> None:
    snapshot = await load_snapshot(tmp_path / "index", ARTICLES, encoder)  # type: ignore[arg-type]
    (tmp_path / "none.yml").write_text("[]", encoding="utf-8")
    found = await find_examples(snapshot, encoder, tmp_path / "none.yml")  # type: ignore[arg-type]
    assert len(found) == sum(len(article.questions) for article in snapshot.articles.values())
    own = next(e for e in found if e.question == "What if my customer pays the premium late?")
    (evidence,) = (c.evidence for c in own.candidates if c.article.slug == "grace-days")
    assert evidence.pointer < 0.99
