"""torch for the training environment, which no lock file holds (requirements/training.in says why)."""

import importlib
import subprocess
import sys
from importlib.util import find_spec

TORCH = "torch==2.13.0"


class TorchMissingError(RuntimeError):
    """pip could not install torch; the message names the remedy."""


def ensure_torch() -> None:
    """Install the pinned torch into this environment with pip, unless it is there; raises TorchMissingError."""
    if find_spec("torch") is not None:
        return
    print(f"Installing {TORCH} (some minutes) ...", flush=True)
    done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", TORCH], check=False)  # noqa: S603
    if done.returncode != 0:
        raise TorchMissingError(
            f"pip could not install {TORCH}: put a build of it into .venv-training yourself "
            "(the CPU build is enough), then run `make encoder` again."
        )
    importlib.invalidate_caches()
