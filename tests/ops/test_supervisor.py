"""The supervisor, with real programs: restarts, giving up, and an end that leaves nothing behind."""

import itertools
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from ops.supervisor import port_is_taken

ROOT = Path(__file__).resolve().parents[2]
Start = Callable[..., subprocess.Popen[str]]

# Notes its own and its child's process id, then both stay.
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid} ")
time.sleep(60)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + PARENT


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the supervisor over scripts given by name."""
    running = []

    def start(scripts: dict[str, str], *words: str, **more: Any) -> subprocess.Popen[str]:
        programs = {name: [sys.executable, "-c", text, *words] for name, text in scripts.items()}
        given = {"programs": programs, "logs": str(tmp_path / "log"), **more}
        with (tmp_path / "output").open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "tests/ops/supervise_script.py", json.dumps(given)],
                stdout=output,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env={"PYTHONPATH": str(ROOT)},
            )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def wait_for(what: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def pids(file: Path, count: int) -> list[int]:
    wait_for(lambda: file.exists() and len(file.read_text().split()) >= count)
    return [int(pid) for pid in file.read_text().split()]


def test_program_that_keeps_dying_is_started_again_ever_later_and_then_ends_all(start: Start, tmp_path: Path) -> None:
    starts, others = tmp_path / "starts", tmp_path / "others"
    dying = f"""
import time
open({str(starts)!r}, "a").write(f"{{time.monotonic()}} ")
print("the disk is full")
raise SystemExit(3)
"""
    supervisor = start({"dying": dying, "well": PARENT}, str(others), patience={"first": 0.2, "deaths": 4})
    _, reason = supervisor.communicate(timeout=20)
    times = [float(one) for one in starts.read_text().split()]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(times) == 4
    assert gaps[0] >= 0.2
    assert gaps[1] >= 0.4
    assert gaps[2] >= 0.8
    assert supervisor.returncode == 1
    assert "dying died 4 times in 60 s, the last time with exit code 3" in reason
    assert "the disk is full" in reason
    assert "Traceback" not in reason
    assert not any(map(lives, pids(others, 2)))


def test_program_that_was_killed_comes_back_and_its_own_children_do_not_stay(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "pids"
    start({"well": PARENT}, str(file), patience={"first": 0.05})
    first, grandchild = pids(file, 2)
    file.unlink()
    psutil.Process(first).kill()
    second, _ = pids(file, 2)
    assert second != first
    assert not lives(grandchild)
    assert lives(second)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_stops_programs_and_what_they_started(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "pids"
    supervisor = start({"well": PARENT}, str(file))
    started = pids(file, 2)
    supervisor.send_signal(number)
    _, reason = supervisor.communicate(timeout=10)
    assert (supervisor.returncode, reason) == (0, "")
    assert not any(map(lives, started))


def test_program_that_ignores_sigterm_is_killed_after_the_grace(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "pids"
    supervisor = start({"stubborn": STUBBORN}, str(file), patience={"grace": 0.5})
    started = pids(file, 2)
    supervisor.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    supervisor.send_signal(signal.SIGTERM)  # an impatient second one changes nothing
    supervisor.communicate(timeout=5)
    assert supervisor.returncode == 0
    assert "did not stop within 0.5 s; killed" in (tmp_path / "log" / "stubborn.log").read_text()
    assert not any(map(lives, started))


def test_killed_supervisor_leaves_nothing_behind(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "pids"
    supervisor = start({"stubborn": STUBBORN}, str(file))
    started = pids(file, 2)
    supervisor.kill()
    wait_for(lambda: not any(map(lives, started)), seconds=5)


def test_failure_of_the_start_stops_all_with_its_sentence(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "pids"
    supervisor = start({"well": PARENT}, str(file), fail="Rasa is down.")
    _, reason = supervisor.communicate(timeout=10)
    assert reason == "reason: Rasa is down.\n"
    assert not any(map(lives, pids(file, 2)))


def test_lines_carry_the_name_and_reach_the_log_even_after_one_without_end(start: Start, tmp_path: Path) -> None:
    script = """
import sys, time
print("first", flush=True)
print("x" * 3_000_000, flush=True)
sys.stdout.buffer.write(b"caf\\xe9\\n")
sys.stdout.flush()
print("last", file=sys.stderr, flush=True)
time.sleep(60)
"""
    supervisor = start({"gateway": script})
    log = tmp_path / "log" / "gateway.log"
    wait_for(lambda: log.exists() and "last" in log.read_text())
    supervisor.send_signal(signal.SIGTERM)
    supervisor.communicate(timeout=10)
    output = (tmp_path / "output").read_text()
    assert "gateway | first\n" in output
    assert "gateway | caf�\n" in output
    assert "gateway | last\n" in output
    assert log.read_text().startswith("first\n")


def test_port_with_a_listener_is_taken_and_one_without_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert port_is_taken("127.0.0.1", port)
    assert not port_is_taken("127.0.0.1", port)
