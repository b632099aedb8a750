"""`make bench-story-edits`: ten edits of data/stories alone, each trained while an assistant runs, then chatted with.

All of it happens in a copy of the checkout.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.servers import ROOT
from benchmarks.story_edits.edits import EDITS, REFUSED
from benchmarks.story_edits.workshop import Workshop


def try_edits(workshop: Workshop) -> list[str]:
    """Make each edit on its own; the lines of the table."""
    before = {edit.name: asyncio.run(workshop.hold(edit.said)) for edit in EDITS}
    lines = [
        "| edit | said last | actions before | actions after | shows | `make train` s |",
        "|---|---|---|---|---|--:|",
    ]
    for edit in EDITS:
        _tell(f"{edit.name} ...")
        for change in edit.changes:
            change(workshop.stories)
        begun = time.perf_counter()
        taken, printed = workshop.train()
        seconds = time.perf_counter() - begun
        after = asyncio.run(workshop.hold(edit.said))
        shows = taken and after == edit.shows != before[edit.name]
        _tell(f"  trained and loaded in {seconds:.1f} s")
        if not shows:
            _tell(f"  does not show: {after} instead of {edit.shows}\n{printed}")
        cells = [edit.name, edit.said[-1], ", ".join(before[edit.name]), ", ".join(after), "yes" if shows else "NO"]
        lines.append(f"| {' | '.join(cells)} | {seconds:.1f} |")
        workshop.restore()
    return lines


def try_refused(workshop: Workshop) -> list[str]:
    """Write a story against a rule: what the designer is told, and that the chat goes on as it was."""
    REFUSED(workshop.stories)
    _tell("a story against a rule ...")
    taken, printed = workshop.train()
    after = asyncio.run(workshop.hold(("hello", "thank you")))
    told = [line for line in workshop.validate().splitlines() if "thanks are answered with a goodbye" in line]
    workshop.restore()
    refusal = " ".join(printed.partition("Not trained:")[2].split())
    return [
        f"A story against a rule is {'TRAINED' if taken else 'refused'}; the chat goes on with {', '.join(after)}.",
        f"`make train`: {refusal}",
        *(f"`make validate`: {line}" for line in told or ["NOTHING"]),
    ]


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Try all edits; 1 where one does not show, or where what must be refused is not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.story_edits", description=__doc__)
    parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder) / "project", ROOT / "var" / "knowledge")
        _tell("Starting an assistant in a copy of the project ...")
        with workshop.run():
            lines = [*try_edits(workshop), "", *try_refused(workshop)]
    print("\n".join(lines))
    failures = ("| NO |", "TRAINED", "NOTHING")
    return 1 if any(failure in line for line in lines for failure in failures) else 0


if __name__ == "__main__":
    sys.exit(main())
