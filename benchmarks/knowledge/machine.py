"""What the figures were measured on, and whether it had its processors to itself."""

import os
from pathlib import Path
from typing import Any

from benchmarks import report

_FEATURES = {"AVX2": "avx2", "AVX-512": "avx512f", "VNNI": "avx512_vnni", "AVX-VNNI": "avx_vnni", "AMX": "amx_int8"}
_BUSY = 0.6  # processors that others may use before times are not to be trusted


def describe() -> dict[str, Any]:
    """`benchmarks.report.machine` with the processor's features that int8 sums use, and the load before the run."""
    return {**report.machine(), "features": features(), "load": round(os.getloadavg()[0], 2)}


def features(info: Path = Path("/proc/cpuinfo")) -> dict[str, bool]:
    """Which of AVX2, AVX-512, VNNI and AMX the processor has; all False where the system does not tell."""
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])
    return {name: flag in flags for name, flag in _FEATURES.items()}


def lines(machine: dict[str, Any]) -> list[str]:
    """The description for people."""
    has = ", ".join(f"{name} {'yes' if there else 'no'}" for name, there in machine["features"].items())
    told = [
        f"processor: {machine['cpu']}, {machine['cpus']} cores, {machine['memory_gb']} GB; {has}",
        f"system: {machine['system']}, Python {machine['python']}; load before the run {machine['load']}",
    ]
    if machine["load"] > _BUSY:
        told.append("OTHERS USE THE PROCESSOR: the times below are longer than this machine's own.")
    return told
