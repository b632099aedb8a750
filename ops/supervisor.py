"""Runs programs side by side until a signal comes or one of them dies too often."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path

from ops.child import Child, Patience, Program


async def supervise(
    programs: Sequence[Program],
    logs: Path,
    when_started: Callable[[], Coroutine[None, None, None]],
    patience: Patience | None = None,
) -> None:
    """Keep the programs running until SIGINT, SIGTERM or SIGHUP; then all are stopped.

    `when_started` runs beside them. An exception of it, or a program that dies too often (GaveUpError), stops
    all and is raised from here.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    with _reaper() as watch:
        children = [Child(program, logs, watch, patience) for program in programs]
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(child.keep()) for child in children]
                tasks.append(group.create_task(when_started()))
                await stop.wait()
                for task in tasks:
                    task.cancel()
        except ExceptionGroup as errors:  # noqa: F821 - ops itself runs on 3.11 and newer
            raise errors.exceptions[0] from errors


@contextlib.contextmanager
def _reaper() -> Iterator[Callable[[str], None]]:
    """The process that outlives us and kills what we leave behind; yields how to tell it of a group."""
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen(
        [sys.executable, "-m", "ops.reaper"],
        stdin=subprocess.PIPE,
        text=True,
        cwd=root,
        start_new_session=True,
    ) as reaper:
        assert reaper.stdin is not None
        pipe = reaper.stdin

        def watch(line: str) -> None:
            with contextlib.suppress(BrokenPipeError):
                pipe.write(line + "\n")
                pipe.flush()

        yield watch


def port_is_taken(host: str, port: int) -> bool:
    """Whether another program listens there; False also for an address that this machine does not have."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do it: connections that are winding down do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
