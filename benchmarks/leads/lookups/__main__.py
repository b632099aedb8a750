"""`python -m benchmarks.leads.lookups` (a step of `make bench-leads`): lookups among a million leads, on SQLite and on
PostgreSQL where it is installed, and a lead question from the websocket's frame to the card. Exit status 1 if a promise
is missed. The databases take 1 GB each, in the system's folder for temporary files, while it runs."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from benchmarks.channels import postgresql
from benchmarks.channels.report import Row, table
from benchmarks.knowledge.times import Times
from benchmarks.leads.lookups.filling import fill_postgresql, fill_sqlite
from benchmarks.leads.lookups.measuring import measure_lookups
from benchmarks.leads.lookups.questioning import ask_leads
from benchmarks.leads.lookups.rows import Generator
from benchmarks.report import commit, machine
from benchmarks.servers import ROOT, Ours

LARGEST = 20_000  # leads of one partner
LOOKUP_P95_MS, QUESTION_P50_MS = 10.0, 100.0
Found = Mapping[str, Mapping[str, Times]]


async def measure_sqlite(file: Path, leads: int, runs: int) -> Found:
    """Lookups in a file of so many leads."""
    now = time.time()
    database = await fill_sqlite(file, Generator(leads, LARGEST, now).batches(), leads)
    try:
        return await measure_lookups(database, leads, now, runs)
    finally:
        await database.close()


async def measure_postgresql(address: str, leads: int, runs: int) -> Found:
    """Lookups in a server's database of so many leads."""
    now = time.time()
    database = await fill_postgresql(address, Generator(leads, LARGEST, now).batches(), leads)
    try:
        return await measure_lookups(database, leads, now, runs)
    finally:
        await database.close()


def measure_questions(folder: Path, runs: int) -> Row:
    """From the frame to the card."""
    ours = Ours(folder)
    with ours.start() as server:
        server.wait("/health")
        times, without = asyncio.run(ask_leads(ours.address, ours.secret, runs))
    words = f"{_say(times)}; {times.runs} questions, {without} without a card"
    return Row(
        "a lead question, from frame to card", f"p50 <= {QUESTION_P50_MS:g} ms", words, holds_question(times, without)
    )


def holds_question(times: Times, without: int) -> bool:
    """Whether questions are answered in time, each with a card."""
    return times.p50 <= QUESTION_P50_MS and not without


def list_rows(store: str, found: Found) -> list[Row]:
    """The lookups of one store, each beside what is promised."""
    promise = f"p95 <= {LOOKUP_P95_MS:g} ms"
    return [
        Row(f"{store}: {key}, {who}", promise, _say(times), times.p95 <= LOOKUP_P95_MS)
        for who, keys in found.items()
        for key, times in keys.items()
    ]


def run(asked: argparse.Namespace, folder: Path) -> list[Row]:
    """Measure all."""
    rows = []
    if "sqlite" in asked.parts:
        _tell(f"SQLite: {asked.leads:,} leads")
        file = folder / "leads.db"
        rows += list_rows("SQLite", asyncio.run(measure_sqlite(file, asked.leads, asked.runs)))
        file.unlink()
    programs = postgresql.find_programs()
    if "postgresql" in asked.parts and programs is None:
        _tell("PostgreSQL is not installed: left out")
    elif "postgresql" in asked.parts and programs is not None:
        _tell(f"PostgreSQL: {asked.leads:,} leads")
        with postgresql.run_server(programs) as address:
            rows += list_rows("PostgreSQL", asyncio.run(measure_postgresql(address, asked.leads, asked.runs)))
    if "questions" in asked.parts:
        _tell("The assistant, on the demo network")
        rows.append(measure_questions(folder, 100))
    return rows


def main() -> int:
    """Measure, print the table, write the file."""
    parts = ("sqlite", "postgresql", "questions")
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.leads.lookups",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=300, help="lookups by each key")
    parser.add_argument("--parts", nargs="+", choices=parts, default=parts, help="what to measure")
    parser.add_argument("--out", type=Path, default=ROOT / "var/bench", help="folder of the JSON")
    asked = parser.parse_args()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        rows = run(asked, Path(folder))
    when, host, after = f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}", machine(), os.getloadavg()[0]
    print(f"{when}, commit {commit(ROOT)}, {host['cpus']} cores, load {before:.1f} before, {after:.1f} after")
    print(table(rows))
    asked.out.mkdir(parents=True, exist_ok=True)
    file = asked.out / f"{when}-lookups.json"
    told = {"machine": host, "load": [before, after], "leads": asked.leads, "rows": [asdict(row) for row in rows]}
    file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    _tell(f"As JSON: {file}")
    return 1 if any(row.holds is False for row in rows) else 0


def _say(times: Times) -> str:
    return f"p50 {times.p50:.1f} / p95 {times.p95:.1f} ms"


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
