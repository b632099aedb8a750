"""One supervised program: its output, its deaths, its end."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

LINE_BYTES = 2**16
LOG_BYTES = 5_000_000


@dataclass(frozen=True)
class Program:
    """What to run, under which short name."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path


@dataclass(frozen=True)
class Patience:
    """How deaths are answered; all in seconds but `deaths`.

    The first restart waits `first`, each next one twice as long up to `longest`; `deaths` of them `within` a minute
    end it. `grace` is the time between SIGTERM and SIGKILL.
    """

    first: float = 0.2
    longest: float = 5.0
    deaths: int = 5
    within: float = 60.0
    grace: float = 8.0


class GaveUpError(Exception):
    """A program died too often; says which, how, and its last lines."""


class Child:
    """Keeps one program running until the task that runs `keep` is cancelled."""

    def __init__(
        self, program: Program, logs: Path, watch: Callable[[str], None], patience: Patience | None = None
    ) -> None:
        """`watch` hears "+<group>" when a process group starts and "-<group>" when it is gone."""
        self.program = program
        self.pid: int | None = None
        self._patience = patience or Patience()
        self._watch = watch
        self._deaths: deque[float] = deque()
        self._tail: deque[str] = deque(maxlen=15)
        logs.mkdir(parents=True, exist_ok=True)
        self._log = RotatingFileHandler(
            logs / f"{program.name}.log", maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8"
        )

    async def keep(self) -> None:
        """Run the program, start it again when it dies; raises GaveUpError after too many deaths."""
        try:
            while True:
                code = await self._run_once()
                await asyncio.sleep(self._count_death(code))
        finally:
            self._log.close()

    async def _run_once(self) -> int:
        """One life of the program, its exit code; on the way out nothing of its process group stays."""
        async with _pipe() as (lines, end):
            process = await asyncio.create_subprocess_exec(
                *self.program.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=end,
                stderr=end,
                env=dict(self.program.env),
                cwd=self.program.cwd,
                start_new_session=True,
            )
            os.close(end)
            self.pid = process.pid
            self._watch(f"+{process.pid}")
            reader = asyncio.create_task(self._relay(lines))
            try:
                return await process.wait()
            finally:
                await self._end(process)
                self._watch(f"-{process.pid}")
                self.pid = None
                await asyncio.wait([reader], timeout=1.0)
                reader.cancel()

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """SIGTERM to the group, SIGKILL to what is left of it after the grace."""
        if process.returncode is None:
            _signal_group(process.pid, signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), self._patience.grace)
            except TimeoutError:
                self._write(f"did not stop within {self._patience.grace:g} s; killed")
        _signal_group(process.pid, signal.SIGKILL)
        await process.wait()

    def _count_death(self, code: int) -> float:
        """Seconds to wait before the next start; raises GaveUpError when that was one death too many."""
        patience, now = self._patience, time.monotonic()
        self._deaths.append(now)
        while now - self._deaths[0] > patience.within:
            self._deaths.popleft()
        name, how = self.program.name, _describe(code)
        if len(self._deaths) >= patience.deaths:
            last = "\n".join(f"    {line}" for line in self._tail)
            times = f"{len(self._deaths)} times in {patience.within:.0f} s"
            raise GaveUpError(f"{name} died {times}, the last time with {how}. Its last lines:\n{last}")
        wait = min(patience.longest, patience.first * 2 ** (len(self._deaths) - 1))
        self._write(f"died with {how}; starting it again in {wait:.1f} s")
        return float(wait)

    async def _relay(self, lines: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await lines.readline()
            except ValueError:  # a line past the limit: the reader has dropped it
                continue
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            self._tail.append(text)
            self._write(text)

    def _write(self, text: str) -> None:
        self._log.handle(logging.makeLogRecord({"msg": text}))
        sys.stdout.write(f"{self.program.name:8}| {text}\n")
        sys.stdout.flush()


@contextlib.asynccontextmanager
async def _pipe() -> AsyncIterator[tuple[asyncio.StreamReader, int]]:
    """A pipe of our own: with asyncio's, waiting for a program also waits for all that inherited the pipe."""
    read_end, write_end = os.pipe()
    reader = asyncio.StreamReader(limit=LINE_BYTES)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_end, "rb", 0)
    )
    try:
        yield reader, write_end
    finally:
        transport.close()


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _describe(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
