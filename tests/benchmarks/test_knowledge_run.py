"""A whole run of the benchmark of knowledge: what is measured, shown and held against its bounds."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmarks.knowledge import ways
from benchmarks.knowledge.__main__ import run, show
from benchmarks.knowledge.judge import CHECKS
from benchmarks.knowledge.machine import features, lines
from benchmarks.knowledge.questions import Asked
from benchmarks.knowledge.targets import targets
from benchmarks.knowledge.workshop import RebuildError, Workshop
from tests.benchmarks.conftest import ARTICLES, asked, write


def test_processor_tells_whether_it_has_vnni(tmp_path: Path) -> None:
    info = write(tmp_path / "cpuinfo", "processor\t: 0\nflags\t\t: fpu avx2 avx512_vnni\n")
    assert features(info) == {"AVX2": True, "AVX-512": False, "VNNI": True, "AVX-VNNI": False, "AMX": False}
    assert not any(features(tmp_path / "none").values())
    machine = {"cpu": "x", "cpus": 2, "memory_gb": 8, "system": "Linux", "python": "3.11", "load": 5.0}
    assert "OTHERS USE" in lines({**machine, "features": features(info)})[-1]


def test_build_that_fails_says_what_was_printed(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    workshop = Workshop(tmp_path, tmp_path / "none")
    (tmp_path / "search").write_text("in the way", encoding="utf-8")
    with pytest.raises(RebuildError, match="Error"):
        workshop.rebuild()


@pytest.mark.timeout(300)
async def test_whole_run_measures_everything_that_it_has_models_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = [
        asked("How long is the grace period?", noisy=False),
        Asked("share girvi rakh ke kitna loan milega", "hinglish", ("share-loan",), noisy=True),
        Asked("शेयर पर कितना लोन मिल सकता है", "hi", ("share-loan",), noisy=False),
    ]
    others = [Asked("who won the cricket match yesterday", "en", (), near=False)]
    found = await run(questions, others, Workshop(tmp_path, ARTICLES), tmp_path / "encoders", (100,), timed=20)
    assert found["retrieval"][ways.report.WHOLE]["all"]["hit_at_1"] == 1
    assert found["rebuild"]["articles"] == 3
    for name in (ways.report.UNTOUCHED, ways.report.ENCODER_FP32, ways.report.WHOLE_FP32):
        assert "make encoder" in found["retrieval"][name]
    assert found["answers"]["unanswerable"]["far"] == {"questions": 1, "right": 0, "wrong": 0, "refused": 1}
    assert set(found["answers"]["checks"].values()) == {1.0}, found["answers"]["faults"]
    assert found["answers"]["ranked_first"] == 1
    assert [row["engine"] for row in found["latency"]] == ["Qdrant Edge", "qdrant-client local mode"]
    assert all(
        row["encoded"]["runs"] == 20 and 0 < row["encoded"]["p50"] <= row["encoded"]["p95"] for row in found["latency"]
    )
    machine = {"cpu": "x", "cpus": 2, "memory_gb": 8, "system": "Linux", "python": "3.11", "load": 0.0, "features": {}}
    show({**found, "date": "2026-11-20", "commit": "abc", "machine": machine})
    printed = capsys.readouterr().out
    for line in ("Retrieval", "Decisions", "Answers", "Latency", "must hold", "not measured"):
        assert line in printed


def _measured() -> dict[str, Any]:
    scores = {"questions": 10, "hit_at_1": 0.9, "hit_at_5": 0.98, "mrr": 0.93}
    shares = {"questions": 10, "right": 0.9, "wrong": 0.06, "refused": 0.04}
    times = {"runs": 300, "p50": 2.0, "p95": 4.9}
    row = {"chunks": 10_000, "engine": "Qdrant Edge", "build": 1.0, "load": 0.1, "search": times, "filtered": times}
    return {
        "retrieval": {
            ways.report.WHOLE: dict.fromkeys(("all", "en", "hinglish", "hi"), scores),
            ways.report.WHOLE_FP32: {"all": {**scores, "hit_at_1": 0.91}},
        },
        "answers": {
            "answerable": {"all": shares},
            "unanswerable": {"all": {"questions": 10, "right": 0.0, "wrong": 0.05, "refused": 0.95}},
            "checks": dict.fromkeys(CHECKS, 1.0),
        },
        "latency": [{**row, "encoded": times}],
        "rebuild": {"seconds": 24.0, "articles": 150, "chunks": 6000},
    }


def _verdicts(found: dict[str, Any]) -> dict[str, bool | None]:
    return {target.what: target.holds for target in targets(found)}


def test_bounds_that_are_just_met_hold_and_what_was_not_measured_is_neither() -> None:
    verdicts = _verdicts(_measured())
    unmeasured = [what for what, holds in verdicts.items() if holds is None]
    assert len(unmeasured) == 1
    assert "100,000 chunks" in unmeasured[0]
    assert all(holds for what, holds in verdicts.items() if what not in unmeasured)


@pytest.mark.parametrize(
    ("where", "value", "what"),
    [
        (("retrieval", ways.report.WHOLE, "hi"), {"hit_at_1": 0.81}, "hit@1, hi"),
        (("retrieval", ways.report.WHOLE_FP32, "all"), {"hit_at_1": 0.92}, "int8"),
        (("answers", "answerable", "all"), {"refused": 0.06}, "answerable refused <="),
        (("answers", "unanswerable", "all"), {"refused": 0.91}, "unanswerable refused >="),
        (("answers", "checks"), {"figures": 0.999}, "each figure"),
        (("latency", 0, "encoded"), {"p95": 5.1}, "10,000 chunks"),
        (("rebuild",), {"seconds": 26.0}, "full rebuild"),
    ],
)
def test_bound_that_is_missed_is_said(where: tuple[Any, ...], value: dict[str, float], what: str) -> None:
    found = _measured()
    place: Any = found
    for step, after in pairwise((*where, None)):
        if after is None:
            place[step] = {**place[step], **value}
        else:
            place = place[step]
    missed = [name for name, holds in _verdicts(found).items() if holds is False]
    assert len(missed) == 1
    assert what in missed[0]
