"""What is made before the start is made again only when its inputs change."""

import sys
from pathlib import Path

import pytest

from ops.jobs import SetupError, run_all
from ops.machine import read_machine
from ops.steps import RASA_INPUTS, Step, demo_network
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


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_network_of_a_demo_is_made_once_for_each_database(
    tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = demo_network(read_machine(tmp_path, demo=True))
    assert job is not None
    assert job.done is not None
    job.done()
    assert demo_network(read_machine(tmp_path, demo=True)) is None
    monkeypatch.setenv("DATABASE_URL", "postgresql://saathi:secret@127.0.0.1/saathi")
    other = demo_network(read_machine(tmp_path, demo=True))
    assert other is not None
    assert other.done is not None
    other.done()
    assert "secret" not in (data_dir / "demo.stamp").read_text()


def test_network_is_made_in_a_demo_alone(tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RASA_SECRET", "ACTIONS_SECRET", "JWT_SECRET"):
        monkeypatch.setenv(name, "s" * 40)
    assert demo_network(read_machine(tmp_path, demo=False)) is None
