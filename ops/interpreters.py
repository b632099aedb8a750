"""Finding a working Python of a given version, by running candidates (standard library only)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

# A name on the PATH proves nothing: a pyenv shim may refuse, and a build may lack what Rasa needs.
PROBE = "import ctypes, sqlite3, ssl, sys; print('%d.%d' % sys.version_info[:2])"

PLACES = (
    "/usr/bin",
    "/usr/local/bin",
    "/opt/homebrew/bin",
    "/opt/python/{version}*/bin",
    "/usr/local/opt/python@{version}/bin",
    "~/.local/bin",
    "~/.local/share/uv/python/cpython-{version}*/bin",
    "~/.asdf/installs/python/{version}*/bin",
)


def runs(python: str, version: str, seconds: float = 10.0) -> bool:
    """Whether the program starts in time, is this version ("3.10"), and has what builds may lack."""
    try:
        answer = subprocess.run(
            [python, "-c", PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and answer.stdout.strip() == version


def candidates(version: str, path: str, pyenv: Path, places: Iterable[str] = PLACES) -> Iterator[str]:
    """Programs that may be this Python, most likely first: the PATH, pyenv's versions, the usual places."""
    name = f"python{version}"
    folders = [Path(folder) for folder in path.split(os.pathsep) if folder]
    folders += sorted(pyenv.glob(f"versions/{version}*/bin"), reverse=True)
    for place in places:
        pattern = Path(place.format(version=version)).expanduser()
        folders += sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))), reverse=True)
    seen: set[str] = set()
    for folder in folders:
        program = str(folder / name)
        if program not in seen and Path(program).exists():
            seen.add(program)
            yield program


def find(version: str, more: Callable[[], Iterable[str]] = tuple) -> str | None:
    """The first Python of this version that runs, or None; `more` is asked when nothing else was found."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for program in candidates(version, os.environ.get("PATH", ""), pyenv):
        if runs(program, version):
            return program
    return next((program for program in more() if runs(program, version)), None)
