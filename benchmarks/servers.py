"""The two systems under test, each started as its users start it, on free ports and in a folder of its own."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
RASA = str(ROOT / ".venv-rasa/bin/python")
APP = str(ROOT / ".venv/bin/python")
START_SECONDS = 240.0

FIXED_ACTION = """from rasa_sdk import Action


class ActionFixed(Action):
    def name(self):
        return "action_fixed"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="I am a bot, powered by Rasa.")
        return []
"""


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Server:
    """A started process with its children: how long it took to answer, what it holds in memory."""

    def __init__(self, process: subprocess.Popen[bytes], address: str, began: float) -> None:
        self.address = address
        self._process = process
        self._began = began

    def wait(self, path: str) -> float:
        """Seconds from the start until `GET path` answers 200; RuntimeError when it ends or takes too long."""
        while time.monotonic() - self._began < START_SECONDS:
            if self._process.poll() is not None:
                raise RuntimeError(f"{self._process.args!r} ended with {self._process.returncode}: see its log")
            with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(self.address + path):
                return time.monotonic() - self._began
            time.sleep(0.05)
        raise RuntimeError(f"{self.address}{path} did not answer in {START_SECONDS:.0f} s")

    def memory(self) -> dict[str, float]:
        """Resident and unique megabytes over the process and all below it; the supervisor's own do not count."""
        top = psutil.Process(self._process.pid)
        measured = [top, *top.children(recursive=True)]
        full = [one.memory_full_info() for one in measured if "ops." not in " ".join(one.cmdline()[:3])]
        return {
            "rss_mb": round(sum(one.rss for one in full) / 2**20, 1),
            "uss_mb": round(sum(one.uss for one in full) / 2**20, 1),
        }

    def stop(self) -> float:
        """Seconds that the stop took."""
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        return time.monotonic() - began


@contextlib.contextmanager
def start(argv: list[str], address: str, log: Path, cwd: Path, env: Mapping[str, str]) -> Iterator[Server]:
    """A running server; stopped on the way out."""
    with log.open("ab") as output:
        began = time.monotonic()
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd, env=dict(env))
        server = Server(process, address, began)
        try:
            yield server
        finally:
            if process.poll() is None:
                server.stop()


class Ours:
    """This assistant under its own supervisor, as `make run` starts it."""

    def __init__(self, folder: Path) -> None:
        self.secret = secrets.token_hex(32)
        self._log = folder / "ours.log"
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._env = os.environ | {
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "RASA_URL": f"http://127.0.0.1:{free_port()}",
            "ACTIONS_URL": f"http://127.0.0.1:{free_port()}",
            "DATA_DIR": str(folder / "var"),
            "JWT_SECRET": self.secret,
            "RATE_LIMIT": "1000000/10 seconds",
        }

    def start(self) -> contextlib.AbstractContextManager[Server]:
        """All three processes."""
        return start([APP, "-m", "ops.run", "--demo"], self.address, self._log, ROOT, self._env)


class Stock:
    """The bot that `rasa init` makes, behind `rasa run`; one rule calls a custom action with a fixed sentence."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "stock"
        self._log = folder / "stock.log"
        self._actions_port = free_port()
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._run = [RASA, "-m", "rasa", "run", "--port", str(port), "--interface", "127.0.0.1"]
        self._env = os.environ | {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}

    def make(self) -> None:
        """What `rasa init` copies, and the one rule."""
        template = next((ROOT / ".venv-rasa/lib").glob("python*/site-packages/rasa/cli/initial_project"))
        shutil.copytree(template, self.folder)
        (self.folder / "actions" / "actions.py").write_text(FIXED_ACTION, encoding="utf-8")
        self._replace("data/rules.yml", "action: utter_iamabot", "action: action_fixed")
        self._replace("domain.yml", "responses:", "actions:\n  - action_fixed\n\nresponses:")
        url = f"action_endpoint:\n  url: http://127.0.0.1:{self._actions_port}/webhook\n"
        (self.folder / "endpoints.yml").write_text(url, encoding="utf-8")

    def train(self) -> float:
        """Seconds of `rasa train`."""
        began = time.monotonic()
        with self._log.open("ab") as output:
            argv = [RASA, "-m", "rasa", "train"]
            subprocess.run(argv, cwd=self.folder, env=self._env, stdout=output, stderr=output, check=True)
        return time.monotonic() - began

    def start(self) -> contextlib.AbstractContextManager[Server]:
        """`rasa run` over the REST channel."""
        return start(self._run, self.address, self._log, self.folder, self._env)

    def start_actions(self) -> contextlib.AbstractContextManager[Server]:
        """`rasa run actions`."""
        argv = [RASA, "-m", "rasa", "run", "actions", "--port", str(self._actions_port)]
        return start(argv, f"http://127.0.0.1:{self._actions_port}", self._log, self.folder, self._env)

    def _replace(self, name: str, old: str, new: str) -> None:
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        if old not in text:
            raise RuntimeError(f"Rasa's template has no {old!r} in {name}: benchmarks/servers.py must follow it")
        file.write_text(text.replace(old, new), encoding="utf-8")
