"""What is made before the start is made again only when its inputs change."""

import sys
from pathlib import Path

import pytest

from ops.jobs import SetupError, run_all
from ops.steps import RASA_INPUTS, Step
from ops.yamlcheck import fault

MAKE = "open('models/new.tar.gz', 'w').close()"


def step(root: Path, code: str = MAKE) -> Step:
    argv = [sys.executable, "-c", code]
    return Step("Training", argv, RASA_INPUTS, root / "models", "*.tar.gz", "Look at the messages.")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "chat.yml").write_text("version: '3.1'")
    (tmp_path / "domain.yml").write_text("intents: []")
    return tmp_path


def test_unchanged_inputs_are_not_made_again(root: Path) -> None:
    job = step(root).job(root, {}, root / "log")
    assert job is not None
    run_all([job])
    assert step(root).job(root, {}, root / "log") is None


@pytest.mark.parametrize("change", ["data/nlu/chat.yml", "data/nlu/new.yml", "bot/classifier.py"])
def test_changed_or_new_input_is_made_again(root: Path, change: str) -> None:
    job = step(root).job(root, {}, root / "log")
    assert job is not None
    run_all([job])
    (root / change).parent.mkdir(exist_ok=True)
    (root / change).write_text("changed")
    assert step(root).job(root, {}, root / "log") is not None


def test_result_that_was_deleted_is_made_again(root: Path) -> None:
    job = step(root).job(root, {}, root / "log")
    assert job is not None
    run_all([job])
    (root / "models" / "new.tar.gz").unlink()
    assert step(root).job(root, {}, root / "log") is not None


def test_failed_step_is_tried_again(root: Path) -> None:
    job = step(root, "raise SystemExit(1)").job(root, {}, root / "log")
    assert job is not None
    with pytest.raises(SetupError, match=r"Training failed\. Look at the messages\."):
        run_all([job])
    assert step(root).job(root, {}, root / "log") is not None


def test_broken_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.yml"
    file.write_text("good: 1\nbad: [1, 2\n")
    assert str(file) in (fault(file) or "")
    assert "line 3" in (fault(file) or "")
    file.write_text("good: 1\n")
    assert fault(file) is None
