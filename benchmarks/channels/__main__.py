"""`make bench-channels`: what the channels promise in numbers beside what is measured; exit status 1 if missed.

One gateway process on SQLite, then on PostgreSQL where it is installed, between stand-ins of Rasa, Twilio and Telegram.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.channels import postgresql, report
from benchmarks.channels.measures import CHANNELS, Bench
from benchmarks.channels.setting import run_gateway, run_module, say, spent_by_gateway
from benchmarks.channels.texts import make_long, read_texts
from benchmarks.masking.judge import measure
from benchmarks.report import commit, machine
from benchmarks.servers import ROOT
from channels.splitting import split_text
from language import utf16_units
from saathi.privacy import Masker

WHATSAPP_TEXT, TELEGRAM_TEXT = 1600, 4096  # the vendors' limits: characters, UTF-16 units
FLOOR_SECONDS, VOICE_SECONDS, LONG_TEXTS = 10.0, 10.0, 500


async def measure_store(gateway: str, outside: str, texts: Sequence[str], rate: int, seconds: float) -> dict[str, Any]:
    """All that is measured of one gateway."""
    async with _open_session() as session:
        bench = Bench(session, gateway, outside, texts)
        await bench.warm_up()
        acknowledged = {}
        spent = spent_by_gateway()
        for channel in CHANNELS:
            say(f"  {channel}: {rate} webhooks a second for {seconds:g} s")
            acknowledged[channel] = {"rate": rate, **await bench.acknowledge(channel, rate, seconds)}
        spent = spent_by_gateway() - spent
        say("  calls, quick messages, a crowd")
        return {
            "acknowledged": acknowledged,
            "cpu_ms_per_message": round(1000 * spent / sum(each["requests"] for each in acknowledged.values()), 1),
            "voice": await bench.call(VOICE_SECONDS),
            "quick": await bench.hurry("whatsapp"),
            "crowd": await bench.crowd("whatsapp"),
        }


async def measure_floor(floor: str, outside: str, texts: Sequence[str], rate: int) -> dict[str, Any]:
    """The peer's acknowledgements, after a moment that does not count."""
    async with _open_session() as session:
        bench = Bench(session, floor, outside, texts)
        await bench.acknowledge_floor(floor, rate, 1.0)
        return await bench.acknowledge_floor(floor, rate, FLOOR_SECONDS)


def time_splitting(texts: Sequence[str], most: int, measured_by: Callable[[str], int]) -> dict[str, Any]:
    """Texts a second, and how many came out too long or changed."""
    began = time.perf_counter()
    split = [split_text(text, most, measured_by) for text in texts]
    seconds = time.perf_counter() - began
    wrong = sum(
        any(measured_by(part) > most for part in parts) or "".join("".join(parts).split()) != "".join(text.split())
        for text, parts in zip(texts, split, strict=True)
    )
    parts = sum(map(len, split))
    return {"texts": len(texts), "parts": parts, "wrong": wrong, "texts_per_second": round(len(texts) / seconds)}


def time_masking(texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds of a message."""
    spent = measure(Masker(), texts, rounds=2)
    return {f"p{share}": round(spent[len(spent) * share // 100], 2) for share in (50, 95)}


def run(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Measure all; the report."""
    load, texts = os.getloadavg()[0], read_texts()
    programs = postgresql.find_programs()
    with run_module("outside", folder, "/bench") as outside:
        with run_module("floor", folder, "/control") as floor:
            say("The floor")
            found = {"floor": asyncio.run(measure_floor(floor, outside, texts, asked.rate)), "stores": {}}
        for store in asked.stores:
            if store == "postgresql" and programs is None:
                say("PostgreSQL is not installed: left out")
                continue
            say(f"The gateway on {store}")
            (data := folder / store).mkdir()
            server = postgresql.run_server(programs) if store == "postgresql" and programs else nullcontext("")
            with server as database, run_gateway(data, database, outside) as gateway:
                measured = measure_store(gateway.address, outside, texts, asked.rate, asked.seconds)
                found["stores"][store] = asyncio.run(measured)
    say("Splitting and masking")
    long_texts = make_long(LONG_TEXTS)
    found["splitting"] = {
        "whatsapp": time_splitting(long_texts, WHATSAPP_TEXT, len),
        "telegram": time_splitting(long_texts, TELEGRAM_TEXT, utf16_units),
    }
    found["masking"] = time_masking(texts)
    when = f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}"
    return {"date": when, "commit": commit(ROOT), "machine": machine(), "load_before": round(load, 2), **found}


def main() -> int:
    """Measure, print the table, write the file."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.channels", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=int, default=50, help="webhooks a second")
    parser.add_argument("--seconds", type=float, default=30.0, help="length of each steady load")
    parser.add_argument("--stores", nargs="+", choices=("sqlite", "postgresql"), default=("sqlite", "postgresql"))
    parser.add_argument("--out", type=Path, default=ROOT / "var/bench", help="folder of the JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(asked, Path(folder))
    listed = report.rows(found)
    print(f"{found['date']}, commit {found['commit']}, {found['machine']['cpus']} cores, load {found['load_before']}")
    print(report.table(listed))
    asked.out.mkdir(parents=True, exist_ok=True)
    file = asked.out / f"{found['date']}-channels.json"
    file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    say(f"As JSON: {file}")
    return 1 if any(row.holds is False for row in listed) else 0


def _open_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=60, connect=10)
    )


if __name__ == "__main__":
    sys.exit(main())
