"""Training: it finds what is there to be found, keeps stated directions, and the same examples give the same bytes."""

import json
import subprocess
from pathlib import Path
from random import Random

import pytest

from saathi.scoring.features import DIRECTIONS
from saathi.scoring.model import LeadScorer
from tests.saathi.scoring.stories import NOW, story

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".venv-leads" / "bin" / "python"

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="needs .venv-leads (make train-leads makes it)")


def write_examples(file: Path, count: int) -> None:
    """Leads of twelve partners; who asks for a quote is often approved, and who replies, by chance, a little less."""
    chance = Random(2)
    lines = []
    for number in range(count):
        quotes, replies = float(chance.random() < 0.4), float(chance.randrange(4))
        won = chance.random() < 0.15 + 0.6 * quotes - 0.03 * replies
        features: dict[str, object] = dict.fromkeys(DIRECTIONS, 0.0)
        features |= {
            "quotes_asked": quotes,
            "replies": replies,
            "days_undecided": chance.random() * 30,
            "success_rate": None,
        }
        features |= {
            "kind": chance.choice(["term", "motor"]),
            "source": "referral",
            "stage": "contacted",
            "reason": None,
        }
        about = {"lead": f"L-{number}", "partner": f"P{number % 12}", "at": 1.79e9 + number, "weight": 1.0, "won": won}
        audit = {"lost_because": None if won else "too_expensive", "region": "Bihar", "age": 34}
        lines.append(json.dumps(about | audit | {"features": features}))
    file.write_text("\n".join(lines), encoding="utf-8")


def train(folder: Path, examples: Path) -> subprocess.CompletedProcess[str]:
    argv = [str(PYTHON), "-m", "saathi.scoring.training", "--examples", str(examples)]
    places = ["--model", str(folder / "model.json"), "--drift", str(folder / "drift.json")]
    return subprocess.run([*argv, *places], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    write_examples(folder / "examples.jsonl", 900)
    done = train(folder, folder / "examples.jsonl")
    assert done.returncode == 0, done.stderr
    return folder


def test_a_customer_who_asks_for_a_quote_is_scored_higher(trained: Path) -> None:
    scorer = LeadScorer.load(trained / "model.json")
    without, asked = (scorer.score(story(*events), None, NOW) for events in ((), (("quote_asked", 1),)))

    assert without.probability < 0.3
    assert asked.probability > 0.55


def test_a_feature_never_moves_the_score_against_its_stated_direction(trained: Path) -> None:
    """In these examples replies speak against a yes, which they are not allowed to."""
    scorer = LeadScorer.load(trained / "model.json")
    points = [scorer.score(story(*(("replied", 0.1),) * count), None, NOW).points for count in range(5)]

    assert points == sorted(points)


def test_the_same_examples_give_the_same_bytes(trained: Path, tmp_path: Path) -> None:
    assert train(tmp_path, trained / "examples.jsonl").returncode == 0

    for name in ("model.json", "model_card.md", "drift.json"):
        assert (tmp_path / name).read_bytes() == (trained / name).read_bytes()


def test_the_card_tells_calibration_selection_and_why_leads_were_lost(trained: Path) -> None:
    card = (trained / "model_card.md").read_text(encoding="utf-8")

    for part in (
        "## Calibration",
        "| region | examples",
        "| age | examples",
        "too_expensive",
        "make train-leads",
        "## Limits",
    ):
        assert part in card
    assert json.loads((trained / "model.json").read_text())["version"] in card


def test_too_few_examples_are_told_with_what_to_do(tmp_path: Path) -> None:
    write_examples(tmp_path / "few.jsonl", 50)
    done = train(tmp_path, tmp_path / "few.jsonl")

    assert done.returncode == 1
    assert "50 examples" in done.stderr
    assert not (tmp_path / "model.json").exists()


def test_missing_examples_are_told_with_what_to_do(tmp_path: Path) -> None:
    done = train(tmp_path, tmp_path / "none.jsonl")

    assert done.returncode == 1
    assert "make train-leads" in done.stderr
