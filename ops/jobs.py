"""Running set-up commands side by side, with progress for a human (standard library only)."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

REMIND_SECONDS = 20.0


class SetupError(Exception):
    """What went wrong and what to do, in a sentence; the last lines of the command's log may follow."""


@dataclass(frozen=True)
class Job:
    """One command: what it does in words, its log, what to do when it fails, what to note when it is done."""

    doing: str
    argv: Sequence[str]
    log: Path
    remedy: str
    done: Callable[[], object] | None = None
    cwd: Path | None = None
    env: Mapping[str, str] | None = None


@dataclass
class _Running:
    job: Job
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    started: float
    remind: float

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)


def run_all(jobs: Sequence[Job]) -> None:
    """Run the jobs side by side until all are done; the first failure stops the others.

    Raises SetupError with the remedy and the end of the log of the job that failed.
    """
    running: list[_Running] = []
    try:
        running += [_start(job) for job in jobs]
        while running:
            time.sleep(0.05)
            for one in list(running):
                if _step(one):
                    running.remove(one)
    finally:
        for one in running:
            _stop(one)


def _start(job: Job) -> _Running:
    say(f"{job.doing} ...")
    job.log.parent.mkdir(parents=True, exist_ok=True)
    output = job.log.open("wb")
    try:
        process = subprocess.Popen(
            list(job.argv), stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=job.cwd, env=job.env
        )
    except OSError as error:
        output.close()
        raise SetupError(f"{job.doing}: {error}. {job.remedy}") from error
    now = time.monotonic()
    return _Running(job, process, output, now, now + REMIND_SECONDS)


def _step(one: _Running) -> bool:
    """Look after one command; True once it has ended well."""
    code = one.process.poll()
    if code is None:
        if time.monotonic() > one.remind:
            one.remind += REMIND_SECONDS
            say(f"  still at it after {one.seconds:.0f} s: {one.job.doing}")
        return False
    one.output.close()
    if code != 0:
        end = "\n".join("    " + line for line in last_lines(one.job.log, 12))
        raise SetupError(f"{one.job.doing} failed. {one.job.remedy}\n{end}")
    if one.job.done:
        one.job.done()
    say(f"  done in {one.seconds:.1f} s: {one.job.doing}")
    return True


def _stop(one: _Running) -> None:
    if one.process.poll() is None:
        one.process.terminate()
        try:
            one.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()
    one.output.close()


def last_lines(log: Path, count: int) -> list[str]:
    """The end of a log, for a message."""
    return log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
