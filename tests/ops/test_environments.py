"""Stamps of environments, pins out of lock files, jobs side by side."""

import sys
import time
from pathlib import Path

import pytest

from ops.environments import Environment, Workshop, pinned
from ops.jobs import Job, SetupError, run_all

LOCK = """# a comment
aiohttp==3.1 \\
    --hash=sha256:aa
    # via x
uv==0.13 ; python_version >= '3.11' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
    # via -r app.in
uvloop==1.0 \\
    --hash=sha256:dd
"""


def environment(folder: Path, version: str = "version = 3.10.13") -> Environment:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text(f"home = /somewhere\n{version}\n")
    return Environment(folder)


def job(code: str, folder: Path, name: str = "job", **more: object) -> Job:
    return Job(f"Doing {name}", [sys.executable, "-c", code], folder / f"{name}.log", "Try again.", **more)


def test_pin_of_a_package_is_its_own_lines_alone(tmp_path: Path) -> None:
    lock = tmp_path / "app.txt"
    lock.write_text(LOCK)
    lines = pinned(lock, "uv").splitlines()
    assert lines[0].startswith("uv==0.13")
    assert [line.strip(" \\") for line in lines[1:]] == ["--hash=sha256:bb", "--hash=sha256:cc", "# via -r app.in"]
    with pytest.raises(SetupError, match="pins no pip"):
        pinned(lock, "pip")


@pytest.mark.parametrize("line", ["version = 3.10.13", "version_info = 3.10.13"])
def test_version_is_read_from_both_kinds_of_environment(tmp_path: Path, line: str) -> None:
    assert environment(tmp_path / "env", line).version == "3.10"


def test_environment_whose_python_left_the_machine_has_no_version(tmp_path: Path) -> None:
    env = environment(tmp_path / "env")
    env.python.unlink()
    env.python.symlink_to("/nonexistent/python")
    assert env.version is None


def test_changed_lock_file_is_no_longer_held(tmp_path: Path) -> None:
    env, lock = environment(tmp_path / "env"), tmp_path / "app.txt"
    lock.write_text("a==1")
    assert not env.holds(lock)
    env.note((lock,))
    assert env.holds(lock)
    lock.write_text("a==2")
    assert not env.holds(lock)


def test_torn_stamp_counts_as_none(tmp_path: Path) -> None:
    env, lock = environment(tmp_path / "env"), tmp_path / "app.txt"
    lock.write_text("a==1")
    (env.folder / "installed.json").write_text('{"app')
    assert not env.holds(lock)


def test_whole_environment_leaves_nothing_to_do(tmp_path: Path) -> None:
    env = environment(tmp_path / ".venv-rasa")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "rasa.txt").write_text("rasa==3.6.21")
    env.note((tmp_path / "requirements" / "rasa.txt",))
    assert Workshop(tmp_path).rasa_jobs() == []


def test_jobs_run_side_by_side_and_note_that_they_are_done(tmp_path: Path) -> None:
    noted: list[str] = []
    sleep = "import time; time.sleep(0.6)"
    began = time.monotonic()
    run_all([job(sleep, tmp_path, name, done=lambda name=name: noted.append(name)) for name in ("a", "b", "c")])
    assert time.monotonic() - began < 1.6
    assert sorted(noted) == ["a", "b", "c"]


def test_failed_job_stops_the_others_and_shows_its_last_lines_and_the_remedy(tmp_path: Path) -> None:
    done = tmp_path / "done"
    slow = f"import time; time.sleep(30); open({str(done)!r}, 'w')"
    began = time.monotonic()
    with pytest.raises(SetupError, match=r"(?s)Doing b failed\. Try again\..*no route to host"):
        run_all([job(slow, tmp_path, "a"), job("raise SystemExit('no route to host')", tmp_path, "b")])
    assert time.monotonic() - began < 10
    assert not done.exists()


def test_program_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"^Installing: .*No such file.* Try again\.$"):
        run_all([Job("Installing", ["/nonexistent/uv"], tmp_path / "log", "Try again.")])
