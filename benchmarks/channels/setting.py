"""The processes of a run: the stand-ins, the floor, and a gateway on a database."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from benchmarks.channels import people
from benchmarks.servers import APP, ROOT, Server, free_port, start


@contextlib.contextmanager
def run_module(module: str, folder: Path, path: str) -> Iterator[str]:
    """A server of this package in a process of its own; its address once `path` answers."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    argv = [APP, "-m", f"benchmarks.channels.{module}", str(port)]
    with start(argv, address, folder / f"{module}.log", ROOT, os.environ) as server:
        server.wait(path)
        yield address


@contextlib.contextmanager
def run_gateway(folder: Path, database: str, outside: str) -> Iterator[Server]:
    """The gateway with all its channels on, as `python -m channels.gateway` starts it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": people.PUBLIC,
        "DATA_DIR": str(folder),
        "DATABASE_URL": database,
        "RASA_URL": outside,
        "ACTIONS_URL": outside,
        "RASA_SECRET": "r" * 32,
        "ACTIONS_SECRET": "a" * 32,
        "JWT_SECRET": "j" * 32,
        "RATE_LIMIT": "1000000/10 seconds",
        "TWILIO_ACCOUNT_SID": people.ACCOUNT,
        "TWILIO_AUTH_TOKEN": people.TOKEN,
        "TWILIO_API_BASE": outside,
        "TWILIO_WHATSAPP_FROM": people.WHATSAPP_FROM,
        "TWILIO_VOICE_FROM": people.VOICE_FROM,
        "TELEGRAM_BOT_TOKEN": people.BOT_TOKEN,
        "TELEGRAM_SECRET_TOKEN": people.BOT_SECRET,
        "TELEGRAM_API_BASE": outside,
    }
    with start([APP, "-m", "channels.gateway"], address, folder / "gateway.log", ROOT, environment) as server:
        server.wait("/health")
        yield server


def spent_by_gateway() -> float:
    """Seconds of processor time that the running gateway has taken."""
    for child in psutil.Process().children():
        if "channels.gateway" in child.cmdline():
            times = child.cpu_times()
            return float(times.user + times.system)
    raise RuntimeError("no gateway runs")


def say(line: str) -> None:
    """Progress for whoever waits."""
    print(line, file=sys.stderr, flush=True)
