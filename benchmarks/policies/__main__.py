"""`make bench-policies`: policies that could decide what comes next, on the paths of tests/stories/held_apart.yml."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from benchmarks.policies.choices import Config, make_choices
from benchmarks.policies.report import Outcome, misses, read_outcome, table
from benchmarks.report import machine
from benchmarks.servers import RASA, ROOT
from ops.machine import THRIFT

PATHS = ROOT / "tests" / "stories" / "held_apart.yml"


def measure(name: str, config: Config, paths: Path, folder: Path) -> Outcome:
    """Train one choice in `folder` and walk the paths with it; RuntimeError with Rasa's words where either fails."""
    folder.mkdir()
    (folder / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    _tell(f"{name}: training ...")
    trained = _run("train", folder, ROOT)
    _tell(f"{name}: trained in {trained['training_s']:.1f} s; walking ...")
    walked = _run("walk", folder, paths)
    for miss in misses(walked):
        _tell(f"  {miss}")
    return read_outcome(name, trained, walked)


def _run(what: str, folder: Path, given: Path) -> dict[str, Any]:
    env = {**os.environ, **THRIFT, "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    argv = [RASA, "-m", "benchmarks.policies.walk", what, str(folder), str(given)]
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{what} failed: {(done.stdout + done.stderr)[-2000:]}")
    read: dict[str, Any] = json.loads((folder / f"{what}.json").read_text(encoding="utf-8"))
    return read


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Measure them one after the other and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.policies", description=__doc__)
    parser.add_argument("--paths", type=Path, default=PATHS, help="a file of stories that nothing was trained on")
    asked = parser.parse_args()
    choices = make_choices(yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8")))
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        outcomes = [
            measure(name, config, asked.paths.resolve(), Path(folder) / str(number))
            for number, (name, config) in enumerate(choices.items())
        ]
    on = machine()
    print(table(outcomes))
    print(f"\n{on['cpu']}, {on['cpus']} processors, one thread; load before the run {before:.1f}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
