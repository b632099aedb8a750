"""The whole assistant as `make run` starts it, on free ports and in a folder of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
JWT_SECRET = "j" * 44  # tests sign in as whom they like
START_WITHIN_S = 600  # a fresh clone trains the model and builds the index first


class Assistant:
    """Three running processes under their supervisor."""

    def __init__(self, port: int, data_dir: Path, supervisor: subprocess.Popen[bytes]) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.data_dir = data_dir
        self.supervisor = supervisor

    def health(self) -> dict[str, object] | None:
        """What `/health` says with 200; None while it does not."""
        try:
            with urllib.request.urlopen(f"{self.address}/health", timeout=5) as answer:
                return dict(json.load(answer))
        except OSError:
            return None

    def wait(self, within_s: float) -> None:
        """Return once all parts are up."""
        end = time.monotonic() + within_s
        while self.health() is None:
            if self.supervisor.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the assistant is not up; {self.data_dir / 'output.log'} says why")
            time.sleep(0.2)

    def kill(self, program: str) -> None:
        """SIGKILL one of the processes: `bot.server`, `actions.server` or `channels.gateway`."""
        os.kill(self.find(program), signal.SIGKILL)

    def find(self, program: str) -> int:
        """The process id of one of the processes."""
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                arguments = status.with_name("cmdline").read_bytes().split(b"\0")
                environment = status.with_name("environ").read_bytes()
            except OSError:
                continue
            if program.encode() in arguments and f"DATA_DIR={self.data_dir}".encode() in environment.split(b"\0"):
                return int(status.parent.name)
        raise RuntimeError(f"{program} does not run")


@contextmanager
def run_assistant(data_dir: Path, **settings: str) -> Iterator[Assistant]:
    """Start the assistant, wait until it is healthy, and stop it at the end."""
    gateway, rasa, actions = _free_ports(3)
    environment = {
        **os.environ,
        "PORT": str(gateway),
        "RASA_URL": f"http://127.0.0.1:{rasa}",
        "ACTIONS_URL": f"http://127.0.0.1:{actions}",
        "DATA_DIR": str(data_dir),
        "RATE_LIMIT": "100000/10 seconds",
        "JWT_SECRET": JWT_SECRET,
        **settings,
    }
    with (data_dir / "output.log").open("wb") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "ops.run", "--demo"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        assistant = Assistant(gateway, data_dir, supervisor)
        try:
            assistant.wait(START_WITHIN_S)
            yield assistant
        finally:
            supervisor.terminate()
            supervisor.wait(timeout=30)


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
