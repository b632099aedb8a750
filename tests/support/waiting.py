"""Waiting on a machine that others use too."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], Awaitable[bool]], within_s: float = 15.0) -> None:
    """Return once it holds; fail when it does not within the time."""
    end = time.monotonic() + within_s
    while not await holds():
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.02)


def measure_slowness() -> float:
    """How many times longer than on a machine of its own a computation takes just now, because others compute too."""
    wall, own = time.perf_counter(), time.process_time()
    while time.process_time() - own < 1.0:
        sum(range(10_000))
    return max(1.0, time.perf_counter() - wall)
