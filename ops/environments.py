"""The Python environments and the hashed lock files that fill them (standard library only)."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ops.interpreters import find
from ops.jobs import Job, SetupError, run_all, say

NETWORK = "Check that this machine reaches its package index, then run the same command again."
NO_RASA_PYTHON = (
    "Rasa needs Python 3.10 beside this one, and none was found or could be fetched: install one "
    "(`uv python install 3.10`, `pyenv install 3.10`, or your system's python3.10 with its venv package), "
    "then run the same command again."
)
RASA_PYTHON = "3.10"
if TYPE_CHECKING:  # an old Python must be able to read this file, to hand over to a newer one
    Finder = Callable[[str, Callable[[], Iterable[str]]], str | None]


def digest(*files: Path) -> str:
    """One short fingerprint over the contents of some files."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.read_bytes())
    return whole.hexdigest()[:16]


def pinned(lock: Path, package: str) -> str:
    """The lines of a lock file that pin one package with its hashes; SetupError where there are none."""
    text = lock.read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(package)}==.*(?:\n[ \t].*)*", text, flags=re.MULTILINE)
    if found is None:
        raise SetupError(f"{lock} pins no {package}: run `make lock`.")
    return found.group() + "\n"


@dataclass(frozen=True)
class Environment:
    """A virtual environment; a stamp inside notes what it holds, so that a second look is cheap."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def version(self) -> str | None:
        """The "3.11" of a whole environment, else None (its Python may be gone from the machine)."""
        config = self.folder / "pyvenv.cfg"
        if not (self.python.exists() and config.exists()):
            return None
        found = re.search(r"^version(?:_info)? = (\d+\.\d+)", config.read_text(encoding="utf-8"), re.MULTILINE)
        return found.group(1) if found else None

    def holds(self, lock: Path) -> bool:
        """Whether this lock file, as it is now, was installed."""
        return self._stamps().get(lock.name) == digest(lock)

    def note(self, locks: tuple[Path, ...]) -> None:
        """Remember that these lock files are installed."""
        stamps = self._stamps() | {lock.name: digest(lock) for lock in locks}
        (self.folder / "installed.json").write_text(json.dumps(stamps), encoding="utf-8")

    def _stamps(self) -> dict[str, str]:
        try:
            stamps: dict[str, str] = json.loads((self.folder / "installed.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamps


@dataclass(frozen=True)
class Workshop:
    """Makes environments in one checkout; uv, pinned in app.txt, does the installing."""

    root: Path
    find: Finder = find

    @property
    def app(self) -> Environment:
        return Environment(self.root / ".venv")

    @property
    def rasa(self) -> Environment:
        return Environment(self.root / ".venv-rasa")

    @property
    def logs(self) -> Path:
        return self.root / "var" / "log"

    def lock(self, name: str) -> Path:
        return self.root / "requirements" / f"{name}.txt"

    def app_jobs(self, locks: tuple[str, ...]) -> list[Job]:
        """What is left to do until `.venv` holds these lock files; the folder and uv are made at once."""
        env = self.app
        if env.version is None or tuple(map(int, env.version.split("."))) < (3, 11):
            self._make_app()
        files = tuple(map(self.lock, locks))
        if all(map(env.holds, files)):
            return []
        if not (env.folder / "bin" / "uv").exists():
            self.install_pinned("app", "uv")
        return [self._install(env, files, "the application's environment (about 20 s the first time)")]

    def rasa_jobs(self) -> list[Job]:
        """What is left to do until `.venv-rasa` is whole."""
        env, lock = self.rasa, self.lock("rasa")
        if env.version != RASA_PYTHON:
            self._make(env, self._rasa_python())
        if env.holds(lock):
            return []
        return [self._install(env, (lock,), "Rasa's environment (about 90 s the first time)")]

    def training_jobs(self) -> list[Job]:
        """What is left to do until the optional `.venv-training` is whole."""
        return self._optional_jobs("training", "the training environment (torch: some minutes the first time)")

    def leads_jobs(self) -> list[Job]:
        """What is left to do until `.venv-leads`, in which the scoring of leads is trained, is whole."""
        return self._optional_jobs("leads", "what trains the scoring of leads (about 20 s the first time)")

    def _optional_jobs(self, name: str, what: str) -> list[Job]:
        env, lock = Environment(self.root / f".venv-{name}"), self.lock(name)
        if env.version is None:
            self._make(env, str(self.app.python))
        if env.holds(lock):
            return []
        return [self._install(env, (lock,), what)]

    def install_pinned(self, lock: str, package: str) -> None:
        """Install one package of a lock file into `.venv` with pip, by its hash."""
        wanted = self.root / "var" / f"{package}.txt"
        wanted.parent.mkdir(exist_ok=True)
        wanted.write_text(pinned(self.lock(lock), package), encoding="utf-8")
        pip = [str(self.app.python), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        log = self.logs / f"setup-{package}.log"
        run_all([Job(f"Installing {package}", [*pip, "-r", str(wanted)], log, NETWORK)])

    def _make_app(self) -> None:
        say("Making .venv ...")
        shutil.rmtree(self.app.folder, ignore_errors=True)
        made = subprocess.run(
            [sys.executable, "-m", "venv", str(self.app.folder)], capture_output=True, text=True, check=False
        )
        if made.returncode != 0:
            shutil.rmtree(self.app.folder, ignore_errors=True)
            raise SetupError(
                f"{sys.executable} cannot make a virtual environment: on Debian or Ubuntu run "
                "`apt install python3-venv`, then run the same command again."
            )

    def _make(self, env: Environment, python: str) -> None:
        shutil.rmtree(env.folder, ignore_errors=True)
        made = self._uv("venv", "--quiet", "--no-project", "--python", python, str(env.folder))
        if made.returncode != 0:
            raise SetupError(f"{python} cannot make {env.folder.name}: {made.stderr.strip()}")

    def _rasa_python(self) -> str:
        def ask_uv() -> list[str]:
            return self._uv("python", "find", "--no-project", RASA_PYTHON).stdout.split()

        found = self.find(RASA_PYTHON, ask_uv)
        if found is None:
            say(f"No Python {RASA_PYTHON} on this machine: asking uv to fetch one ...")
            self._uv("python", "install", RASA_PYTHON)
            found = self.find(RASA_PYTHON, ask_uv)
        if found is None:
            raise SetupError(NO_RASA_PYTHON)
        return found

    def _uv(self, *words: str) -> subprocess.CompletedProcess[str]:
        uv = str(self.app.folder / "bin" / "uv")
        try:
            return subprocess.run([uv, *words], capture_output=True, text=True, timeout=300, check=False)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess([uv, *words], 1, "", "uv did not end within 300 s")

    def _install(self, env: Environment, locks: tuple[Path, ...], what: str) -> Job:
        argv = [str(self.app.folder / "bin" / "uv"), "pip", "install", "--require-hashes"]
        argv += ["--python", str(env.python)]
        for lock in locks:
            argv += ["-r", str(lock)]
        log = self.logs / f"setup-{env.folder.name.strip('.')}.log"
        return Job(f"Installing {what}", argv, log, NETWORK, done=lambda: env.note(locks))
