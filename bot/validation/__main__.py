"""`python -m bot.validation`: findings on standard output, progress on standard error; 1 where something is wrong."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import structlog

from bot.validation.finding import Finding, in_order


def main() -> int:
    """Check the project; return 1 where there is an error, 0 where there are warnings at most."""
    parser = argparse.ArgumentParser(prog="python -m bot.validation", description=__doc__)
    parser.add_argument("--project", type=Path, default=Path(), help="folder with config.yml, domain.yml and data/")
    project = parser.parse_args().project.resolve()
    begun = time.perf_counter()
    _quieten_rasa()
    findings: list[Finding] = []
    failed = False
    try:
        with warnings.catch_warnings(record=True):  # what Rasa's old dependencies say of themselves when imported
            findings += _check(project)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return 130
    except Exception as error:  # noqa: BLE001 - a designer must never see a traceback
        failed = True  # what was found before is still worth knowing
        _tell(f"The check itself failed ({type(error).__name__}: {error}). Please tell the engineers.")
    findings = in_order(findings)
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    errors = sum(not finding.is_warning for finding in findings)
    seconds = time.perf_counter() - begun
    sys.stdout.write(f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')} ({seconds:.0f} s).\n")
    return 1 if errors or failed else 0


def _check(project: Path) -> Iterator[Finding]:
    _tell("Reading the files ...")
    # imported step by step, since Rasa takes seconds and a file that does not parse is told at once
    from bot.validation.assistant import read_assistant  # noqa: PLC0415
    from bot.validation.sources import read_sources  # noqa: PLC0415

    sources, faults = read_sources(project)
    yield from faults
    if faults:
        _tell("The other checks wait until every file can be read.")
        return
    assistant = read_assistant(sources)
    _tell(f"Comparing {len(assistant.examples)} examples ...")
    from bot.validation.examples import check_examples  # noqa: PLC0415

    yield from check_examples(assistant)
    _tell("Loading Rasa ...")
    from bot.validation.code import read_mentions  # noqa: PLC0415
    from bot.validation.contradictions import check_rules_and_stories  # noqa: PLC0415
    from bot.validation.languages import check_responses  # noqa: PLC0415
    from bot.validation.names import check_names  # noqa: PLC0415
    from bot.validation.rasa_data import load, run_validator  # noqa: PLC0415

    _tell("Comparing names and wording ...")
    yield from check_names(project, assistant, read_mentions(project))
    yield from check_responses(assistant)
    _tell("Reading everything as Rasa does ...")
    data, refused = load(project, assistant)
    yield from refused
    if data is None:
        _tell("Rules and stories wait until Rasa can read the files.")
        return
    yield from run_validator(data, assistant)
    _tell(f"Comparing {len(assistant.blocks)} rules and stories ...")
    yield from check_rules_and_stories(data, assistant)


def _quieten_rasa() -> None:
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["LOG_LEVEL"] = "ERROR"  # without Rasa's progress bars
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


if __name__ == "__main__":
    sys.exit(main())
