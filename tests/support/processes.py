"""A gateway as a process of its own, which can be killed and started again."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from saathi.settings import ROOT, Settings

START_WITHIN_S = 60.0


class GatewayProcess:
    """`python -m channels.gateway` with given settings, on a port that stays its own."""

    def __init__(self, settings: Settings, log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self._environment = {**os.environ, **_name(settings), "HOST": "127.0.0.1", "PORT": str(port)}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Returns once it answers; fails when it ends or takes too long, and its log says why."""
        self._process = process = self._spawn()
        end = time.monotonic() + START_WITHIN_S
        async with aiohttp.ClientSession() as session:
            while not await _answers(session, self.address):
                assert process.poll() is None, self.log
                assert time.monotonic() < end, self.log
                await asyncio.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, which lets it finish what it is at."""
        self._end(signal.SIGTERM)

    @property
    def log(self) -> str:
        """All that it has written so far."""
        return self._log.read_text(encoding="utf-8")

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "channels.gateway"],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


@asynccontextmanager
async def run_gateways(settings: Settings, folder: Path, count: int = 1) -> AsyncIterator[list[GatewayProcess]]:
    """So many gateways on one database; stopped at the end. They start one after the other, for the migrations."""
    gateways = [GatewayProcess(settings, folder / f"gateway{number}.log") for number in range(count)]
    try:
        for gateway in gateways:
            await gateway.start()
        yield gateways
    finally:
        for gateway in gateways:
            await asyncio.to_thread(gateway.stop)


async def _answers(session: aiohttp.ClientSession, address: str) -> bool:
    try:
        async with session.get(f"{address}/health"):  # also when it says that a part is down
            return True
    except aiohttp.ClientError:
        return False


def _name(settings: Settings) -> dict[str, str]:
    """The settings as a process's environment."""
    values = {name: getattr(settings, name) for name in type(settings).model_fields}
    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in values.items()
    }
    return {name.upper(): str(value) for name, value in plain.items()}
