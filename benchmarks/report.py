"""One table for people and one JSON file for programs."""

import json
import platform
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

Row = dict[str, Any]

COLUMNS = {
    "label": "load",
    "bot": "bot",
    "users": "users",
    "turns": "turns",
    "turns_per_second": "turns/s",
    "p50": "p50 ms",
    "p95": "p95 ms",
    "p99": "p99 ms",
    "errors": "errors",
    "lost": "lost",
    "silent": "silent",
    "cited": "cited",
    "first_20_mean": "1st-20th ms",
    "last_20_mean": "last 20 ms",
}


def machine() -> dict[str, Any]:
    """What the figures were measured on, without its name."""
    return {
        "cpus": psutil.cpu_count(),
        "cpu": _cpu_model(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def commit(root: Path) -> str:
    """The commit that was measured, with a "+" when the checkout differs from it."""
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() or "unknown"


def table(rows: list[Row]) -> str:
    """The loads, one line each, columns aligned."""
    cells = [list(COLUMNS.values())]
    cells += [["-" if row.get(key) is None else str(row[key]) for key in COLUMNS] for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at < 2 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    )


def ratios(rows: list[Row]) -> dict[str, float]:
    """Turns per second of ours over those of the stock bot, for the loads that both had."""
    rates = {(row["label"], row["bot"]): row["turns_per_second"] for row in rows}
    found = {}
    for (label, bot), rate in rates.items():
        other = rates.get((label, "stock"))
        if bot == "ours" and rate and other:
            found[label] = round(rate / other, 2)
    return found


def write(report: dict[str, Any], folder: Path) -> Path:
    """Write the report beside the earlier ones."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}.json"
    whole = {"command": " ".join(["python -m benchmarks", *sys.argv[1:]]), "machine": machine(), **report}
    file.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file
