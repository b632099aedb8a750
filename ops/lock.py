"""Resolve `requirements/*.in` into lock files with hashes that name no index: `python -m ops.lock`."""

import subprocess
from pathlib import Path

# app before dev, which takes app's versions as constraints.
LOCKS = {"app": "3.11", "dev": "3.11", "rasa": "3.10", "training": "3.11", "leads": "3.11"}


def lock(root: Path) -> None:
    """Write each lock file anew; a version that is pinned there stays where its .in file still admits it."""
    folder = Path("requirements")
    for name, python in LOCKS.items():
        if not (root / folder / f"{name}.in").exists():
            continue
        argv = [str(root / ".venv/bin/uv"), "pip", "compile", str(folder / f"{name}.in"), "--universal"]
        argv += ["--python-version", python, "--generate-hashes", "--no-emit-index-url", "--quiet"]
        subprocess.run([*argv, "-o", str(folder / f"{name}.txt")], cwd=root, check=True)
        print(f"requirements/{name}.txt", flush=True)


if __name__ == "__main__":
    lock(Path.cwd())
