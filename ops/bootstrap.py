"""Make what a fresh clone lacks: `python3 -m ops.bootstrap run | dev | training | leads` (standard library only).

Any Python from 3.11 on runs it; an older one hands over to a newer one on the machine.
A second run costs nothing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ops.environments import Workshop
from ops.interpreters import find
from ops.jobs import SetupError, run_all, say
from ops.web import web_jobs

PROFILES = ("run", "dev", "training", "leads")
NEWER = ("3.13", "3.12", "3.11")


def bootstrap(root: Path, profile: str) -> None:
    """Make the environments of one profile; raises SetupError with what to do."""
    workshop = Workshop(root)
    jobs = workshop.app_jobs(("app", "dev") if profile == "dev" else ("app",))
    if profile in {"training", "leads"}:
        run_all(jobs)
        run_all(workshop.training_jobs() if profile == "training" else workshop.leads_jobs())
        return
    run_all([*jobs, *workshop.rasa_jobs(), *web_jobs(workshop, dev=profile == "dev")])


def hand_over() -> None:
    """Start again in a newer Python where this one is too old; SetupError where there is none."""
    for version in NEWER:
        python = find(version)
        if python:
            os.execv(python, [python, "-m", "ops.bootstrap", *sys.argv[1:]])  # noqa: S606
    raise SetupError("Saathi needs Python 3.11 or newer: install one, then run the same command again.")


def main() -> int:
    """Run from the checkout's root; 1 with a sentence on stderr when something is missing."""
    profile = sys.argv[1] if len(sys.argv) > 1 else "run"
    if profile not in PROFILES:
        say(f"usage: python3 -m ops.bootstrap [{' | '.join(PROFILES)}]")
        return 2
    try:
        if sys.version_info < (3, 11):
            hand_over()
        bootstrap(Path.cwd(), profile)
    except SetupError as error:
        print(f"saathi: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
