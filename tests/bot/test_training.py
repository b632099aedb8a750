"""Training: skipped when nothing changed, three models kept, broken data named without a traceback."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.bot.servers import RASA_PYTHON, ROOT, rasa_environment

PROJECT = Path(__file__).parent / "project"

CONTRADICTION = """version: "3.1"
rules:
- rule: one
  steps:
  - intent: greet
  - action: utter_greet
- rule: two
  steps:
  - intent: greet
  - action: utter_thank
"""


def train(project: Path, models: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    command = [RASA_PYTHON, "-m", "bot.train", "--project", str(project), "--models", str(models)]
    environment = rasa_environment(RASA_CACHE_DIRECTORY=str(cache))
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT, tmp_path / "project")
    return tmp_path / "project"


def test_unchanged_project_is_not_trained_again(models: Path, tmp_path: Path) -> None:
    before = sorted(models.iterdir())

    done = train(PROJECT, models, tmp_path / "cache")

    assert done.returncode == 0
    assert "Nothing has changed" in done.stdout
    assert sorted(models.iterdir()) == before


def test_changed_wording_trains_a_new_model_and_three_are_kept(project: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for number in range(4):
        (models / f"old-{number}.tar.gz").write_bytes(b"")
    wording = project / "data" / "responses" / "all.yml"
    wording.write_text(wording.read_text().replace("You are welcome.", "Gladly."))

    done = train(project, models, tmp_path / "cache")

    assert done.returncode == 0, done.stderr
    assert len(list(models.glob("*.tar.gz"))) == 3
    assert len(list(models.glob("old-*.tar.gz"))) == 2


@pytest.mark.parametrize(
    ("file", "text", "named"),
    [
        ("data/nlu/examples.yml", "nlu:\n- intent: [broken", "examples.yml"),
        ("domain.yml", "intents: 5\n", "domain"),
        ("data/nlu/examples.yml", 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hello\n', "at least"),
        ("data/stories/paths.yml", CONTRADICTION, "Contradicting"),
    ],
    ids=["syntax", "domain", "too few examples", "contradiction"],
)
def test_broken_data_is_named_without_a_traceback(
    project: Path, tmp_path: Path, file: str, text: str, named: str
) -> None:
    (project / file).write_text(text)

    done = train(project, tmp_path / "models", tmp_path / "cache")

    assert done.returncode == 1
    assert named.lower() in (done.stdout + done.stderr).lower()
    assert "Traceback" not in done.stderr + done.stdout


def test_missing_file_is_named_at_once(project: Path, tmp_path: Path) -> None:
    (project / "domain.yml").unlink()

    done = train(project, tmp_path / "models", tmp_path / "cache")

    assert done.returncode == 1
    assert "domain.yml is missing" in done.stderr
