"""Finding a Python by running candidates, with fake ones that refuse, hang, lie or lack a module."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from ops.environments import NO_RASA_PYTHON, Workshop
from ops.interpreters import candidates, find, runs
from ops.jobs import SetupError

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
REFUSES = "echo 'pyenv: python: command not found' >&2; exit 127"
LACKS_SSL = "echo \"ModuleNotFoundError: No module named '_ssl'\" >&2; exit 1"
WORKS = "echo 3.10"


def program(folder: Path, body: str, name: str = "python3.10") -> str:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)
    return str(file)


def test_python_of_this_process_runs() -> None:
    assert runs(sys.executable, HERE)


@pytest.mark.parametrize("body", [REFUSES, LACKS_SSL, "echo 3.9", "echo 3.100", "exit 0"])
def test_candidate_that_refuses_or_is_another_version_does_not_count(tmp_path: Path, body: str) -> None:
    assert not runs(program(tmp_path, body), "3.10")


def test_candidate_that_hangs_is_given_up_in_time(tmp_path: Path) -> None:
    began = time.monotonic()
    assert not runs(program(tmp_path, "exec sleep 30"), "3.10", seconds=0.3)
    assert time.monotonic() - began < 3


def test_file_that_cannot_be_run_does_not_count(tmp_path: Path) -> None:
    file = tmp_path / "python3.10"
    file.write_text("not a program")
    assert not runs(str(file), "3.10")


def test_search_passes_a_refusing_shim_and_takes_pyenvs_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "shims", REFUSES)
    program(tmp_path / "pyenv/versions/3.10.4/bin", WORKS)
    newest = program(tmp_path / "pyenv/versions/3.10.9/bin", WORKS)
    program(tmp_path / "pyenv/versions/3.1/bin", WORKS, name="python3.1")
    monkeypatch.setenv("PATH", str(tmp_path / "shims"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert find("3.10") == newest


def test_usual_places_come_after_the_path_and_none_twice(tmp_path: Path) -> None:
    first = program(tmp_path / "bin", WORKS)
    place = program(tmp_path / "opt/python/3.10.2/bin", WORKS)
    places = (str(tmp_path / "opt/python/{version}*/bin"), str(tmp_path / "bin"), str(tmp_path / "absent"))
    assert list(candidates("3.10", str(tmp_path / "bin"), tmp_path / "none", places)) == [first, place]


def test_machine_without_python_310_is_told_in_one_sentence_what_to_do(tmp_path: Path) -> None:
    # A checkout whose uv neither knows nor can fetch a Python, on a machine that has none.
    calls = tmp_path / "calls"
    program(tmp_path / ".venv/bin", f'echo "$@" >>{calls}; exit 1', name="uv")

    def find_none(version: str, more: Callable[[], Iterable[str]]) -> None:
        assert not list(more())

    with pytest.raises(SetupError, match=r"install one .*uv python install 3\.10.*same command again") as refusal:
        Workshop(tmp_path, find=find_none).rasa_jobs()
    assert str(refusal.value) == NO_RASA_PYTHON
    assert calls.read_text().splitlines()[1] == "python install 3.10"


def test_bootstrap_in_a_foreign_folder_says_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    usage = subprocess.run(
        [sys.executable, "-m", "ops.bootstrap", "everything"], capture_output=True, text=True, check=False
    )
    assert usage.returncode == 2
    assert "run | dev | training" in usage.stdout
