"""Trains the real assistant's model unless it is there: `python -m tests.support.training`.

It takes minutes, so a test run starts it with its first test, and whoever needs the model calls it again and waits.
"""

import fcntl
import os
import signal
import sys
import tempfile
from pathlib import Path

from ops.jobs import SetupError, run_all
from ops.machine import THRIFT
from ops.steps import steps
from saathi.settings import ROOT

COMMAND = (sys.executable, "-m", "tests.support.training")
_LOCK = ROOT / "var" / "training.lock"


def main() -> int:
    """One of these at a time; the second finds the model. 1 with a sentence on stderr when it cannot be trained."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the training ends with this process
    os.nice(5)  # it gives way to the tests that run beside
    _LOCK.parent.mkdir(exist_ok=True)
    with _LOCK.open("w") as lock, tempfile.TemporaryDirectory() as logs:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _, model = steps(ROOT, ROOT / "var")
        job = model.job(ROOT, os.environ | THRIFT, Path(logs))
        try:
            run_all([job] if job else [])
        except SetupError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
