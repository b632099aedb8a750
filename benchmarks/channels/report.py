"""What is promised beside what was measured."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Found = dict[str, Any]
_TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Row:
    """A promise and what was measured, in words; `holds` is None where nothing is promised."""

    what: str
    promise: str
    measured: str
    holds: bool | None = None


def rows(found: Found) -> list[Row]:
    """All that the run can tell."""
    floor = found["floor"]
    listed = [Row("floor: aiohttp that answers 200 and stores nothing", "-", _times(floor))]
    for store, measured in found["stores"].items():
        listed += _rows_of(_TITLES[store], measured)
    for channel, each in found["splitting"].items():
        words = f"{each['texts_per_second']:,} texts/s, {each['parts']:,} parts, {each['wrong']} wrong"
        what = f"splitting {each['texts']} long texts, {channel}"
        listed.append(Row(what, "all within limits", words, not each["wrong"]))
    masking = found["masking"]
    words = f"p50 {masking['p50']} ms, p95 {masking['p95']} ms"
    listed.append(Row("masking a message", "p50 <= 5 ms", words, masking["p50"] <= 5))
    return listed


def _rows_of(store: str, measured: Found) -> Iterator[Row]:
    for channel, found in measured["acknowledged"].items():
        lost = found["requests"] - found["answered"]
        words = f"{_times(found)}; {found['requests']} webhooks, {found['refused']} refused, {lost} unanswered"
        holds = found["p99"] <= 200 and not found["refused"] and not lost
        yield Row(f"{store}: {channel} acknowledged, {found['rate']}/s", "p99 <= 200 ms", words, holds)
    voice = measured["voice"]
    words = f"{_times(voice)}; {voice['requests']} questions, {voice['fillers']} fillers"
    holds = voice["p95"] <= 500 and not voice["fillers"]
    yield Row(f"{store}: voice webhook, 30 ms turn", "p95 <= 500 ms", words, holds)
    quick = measured["quick"]
    words = f"{quick['times_sum']:.3f} times, {'in' if quick['in_order'] else 'OUT OF'} order"
    holds = quick["times_sum"] <= 1.2 and quick["in_order"]
    yield Row(f"{store}: 20 quick messages, 300 ms turns", "<= 1.2 times the sum", words, holds)
    crowd = measured["crowd"]
    words = f"{crowd['at_once']} turns at once; {crowd['all_s']} s, one alone {crowd['one_s']} s"
    holds = crowd["at_once"] == 50 and crowd["in_order"]
    yield Row(f"{store}: 50 people, 3 messages each", "50 turns at once", words, holds)
    yield Row(f"{store}: gateway's processor time a message", "-", f"{measured['cpu_ms_per_message']} ms")


def table(listed: list[Row]) -> str:
    """Columns side by side."""
    verdict = {True: "holds", False: "MISSED", None: ""}
    lines = [["", "promise", "measured", ""]]
    lines += [[row.what, row.promise, row.measured, verdict[row.holds]] for row in listed]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _times(found: Found) -> str:
    return " / ".join(f"{found[share]:g}" for share in ("p50", "p95", "p99")) + " ms"
