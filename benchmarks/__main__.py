"""`python -m benchmarks [--quick] [--only ours|stock] [--minutes N]`: measure, print one table, write JSON."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.load import Plan
from benchmarks.report import Row, commit, ratios, table, write
from benchmarks.servers import RASA, ROOT, Ours, Stock


def say(line: str) -> None:
    """Progress for whoever waits."""
    print(line, file=sys.stderr, flush=True)


def plans(quick: bool, minutes: float) -> Iterator[dict[str, Any]]:
    """The loads that both bots get, but for "ours" alone: how it is asked for stands in the README.

    The stock bot answers a knowledge question's place with its custom action. A conversation has 10 turns, then the
    user begins a new one, since the stock bot grows slower within one.
    """
    seconds, warmup = (6.0, 2.0) if quick else (20.0, 5.0)
    yield {"label": "one user, action", "topic": "knowledge", "users": 1, "turns": 60 if quick else 300}
    for users in (20, 100):
        closed = {"users": users, "seconds": seconds, "warmup": warmup}
        yield {"label": f"{users} users, no action", "topic": "chat", **closed}
        yield {"label": f"{users} users, action", "topic": "knowledge", **closed}
    open_seconds = 15.0 if quick else 60 * minutes
    writing = {"users": 100, "seconds": open_seconds, "pause": 5.0}
    yield {"label": "100 users every 5 s", "topic": "mixed", **writing, "only": "ours"}
    long = 100 if quick else 500
    yield {"label": f"{long} in one conversation", "topic": "mixed", "users": 1, "turns": long, "conversation": long}


def drive(plan: Plan) -> Row:
    """Run one load in a process of its own."""
    say(f"  {plan.bot}: {plan.label} ...")
    argv = [sys.executable, "-m", "benchmarks.load", plan.model_dump_json()]
    done = subprocess.run(argv, stdout=subprocess.PIPE, cwd=ROOT, check=True)
    row: Row = json.loads(done.stdout)
    return row


def measure(bot: str, address: str, secret: str, asked: argparse.Namespace) -> list[Row]:
    """All loads of one bot. Questions are not repeated from load to load."""
    rows: list[Row] = []
    for number, given in enumerate(plans(asked.quick, asked.minutes)):
        if given.pop("only", bot) != bot:
            continue
        if bot == "stock" and given["topic"] in ("knowledge", "mixed"):
            given["topic"] = "action"
        rows.append(drive(Plan(bot=bot, address=address, secret=secret, start=number * 10_000, **given)))
    return rows


def measure_ours(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Training, the first and the second start, memory before and after the loads."""
    say("ours: training ...")
    began = time.monotonic()
    subprocess.run(
        [RASA, "-m", "bot.train", "--models", str(folder / "models")],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    found: dict[str, Any] = {"training_s": round(time.monotonic() - began, 1)}
    ours = Ours(folder)
    say("ours: first and second start ...")
    with ours.start() as server:
        found["first_start_s"] = round(server.wait("/health"), 1)
        found["stop_s"] = round(server.stop(), 1)
    with ours.start() as server:
        found["start_s"] = round(server.wait("/health"), 1)
        found["memory_at_start"] = server.memory()
        found["loads"] = measure("ours", server.address, ours.secret, asked)
        found["memory_after_loads"] = server.memory()
    return found


def measure_stock(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """The same for the bot of `rasa init`; its action server's memory counts in, as ours does."""
    stock = Stock(folder)
    stock.make()
    say("stock: training ...")
    found: dict[str, Any] = {"training_s": round(stock.train(), 1)}
    say("stock: start ...")
    with ExitStack() as running:
        actions = running.enter_context(stock.start_actions())
        server = running.enter_context(stock.start())
        found["start_s"] = round(server.wait("/"), 1)
        actions.wait("/health")
        found["memory_at_start"] = _sum(server.memory(), actions.memory())
        found["loads"] = measure("stock", server.address, "", asked)
        found["memory_after_loads"] = _sum(server.memory(), actions.memory())
    return found


def _sum(*parts: dict[str, float]) -> dict[str, float]:
    return {key: round(sum(part[key] for part in parts), 1) for key in parts[0]}


def show(report: dict[str, Any]) -> None:
    """The table, the figures of the processes, the ratios."""
    bots = [bot for bot in ("ours", "stock") if bot in report]
    rows: list[Row] = [row for bot in bots for row in report[bot]["loads"]]
    print("\n" + table(sorted(rows, key=lambda row: [one["label"] for one in rows].index(row["label"]))) + "\n")
    for bot in bots:
        figures = {key: value for key, value in report[bot].items() if key != "loads"}
        print(f"{bot}: " + ", ".join(f"{key} {value}" for key, value in figures.items()))
    for label, ratio in report["ratios"].items():
        print(f"ours / stock, {label}: {ratio} times the turns per second")


def main() -> int:
    """Measure one bot after the other, so that neither takes the other's cores."""
    parser = argparse.ArgumentParser(description="Measure this assistant beside the stock Rasa bot.")
    parser.add_argument("--quick", action="store_true", help="short loads: a look, not a result")
    parser.add_argument("--only", choices=["ours", "stock"], help="measure one of the two")
    parser.add_argument("--minutes", type=float, default=3.0, help="length of the load of 100 users every 5 s")
    asked = parser.parse_args()
    report: dict[str, Any] = {"commit": commit(ROOT), "quick": asked.quick}
    with tempfile.TemporaryDirectory() as folder:
        if asked.only != "stock":
            report["ours"] = measure_ours(Path(folder), asked)
        if asked.only != "ours":
            report["stock"] = measure_stock(Path(folder), asked)
    rows = [row for bot in ("ours", "stock") if bot in report for row in report[bot]["loads"]]
    report["ratios"] = ratios(rows)
    show(report)
    print(f"written to {os.path.relpath(write(report, ROOT / 'var' / 'bench'))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
