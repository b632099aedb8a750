"""The process that drives the load: `python -m benchmarks.load '<plan as JSON>'`; the result is JSON on stdout."""

import asyncio
import contextlib
import json
import random
import statistics
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import aiohttp
from pydantic import BaseModel

from benchmarks.clients import Client, OurClient, StockClient, Turn
from benchmarks.texts import Topic, texts

ARTICLES = Path(__file__).resolve().parent.parent / "knowledge" / "articles"
PROGRESS_SECONDS = 5.0


class Plan(BaseModel):
    """One load. Users of a closed loop write when they have been answered, those of an open one every `pause` s.

    A closed loop runs `seconds` after `warmup` seconds that do not count; with `turns` set it ends after so many
    turns instead. A user begins a new conversation every `conversation` turns.
    """

    label: str
    bot: Literal["ours", "stock"]
    address: str
    secret: str = ""
    topic: Topic
    users: int
    seconds: float = 0.0
    warmup: float = 0.0
    turns: int = 0
    conversation: int = 10
    pause: float = 0.0
    start: int = 0


@dataclass
class Tally:
    """What was measured: each turn with the moment it ended, counted from the beginning of the load."""

    plan: Plan
    began: float = field(default_factory=time.monotonic)
    turns: list[tuple[float, Turn]] = field(default_factory=list)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began

    @property
    def is_over(self) -> bool:
        if self.plan.turns:
            return len(self.turns) >= self.plan.turns
        return self.elapsed >= self.plan.warmup + self.plan.seconds

    def result(self) -> dict[str, Any]:
        """Counts, turns per second and milliseconds over the turns that count."""
        counted = [(end, turn) for end, turn in self.turns if end >= self.plan.warmup]
        kinds = Counter(turn.kind for _, turn in counted)
        answered = sorted(1000 * turn.seconds for _, turn in counted if turn.kind in ("answered", "cited", "silent"))
        span = (counted[-1][0] - self.plan.warmup) if counted else 0.0
        is_one_conversation = self.plan.users == 1 and 40 <= len(self.turns) <= self.plan.conversation
        order = [1000 * turn.seconds for _, turn in self.turns] if is_one_conversation else []
        return {
            "label": self.plan.label,
            "bot": self.plan.bot,
            "users": self.plan.users,
            "turns": len(counted),
            "seconds": round(span, 2),
            "turns_per_second": round(len(answered) / span, 1) if span else None,
            **{f"p{share}": _percentile(answered, share) for share in (50, 95, 99)},
            "errors": kinds["error"],
            "lost": kinds["lost"],
            "silent": kinds["silent"],
            "cited": kinds["cited"],
            "first_20_mean": round(statistics.fmean(order[:20]), 1) if order else None,
            "last_20_mean": round(statistics.fmean(order[-20:]), 1) if order else None,
        }


def _percentile(ordered: list[float], share: int) -> float | None:
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 1)


class Load:
    """Runs one plan."""

    def __init__(self, plan: Plan, session: aiohttp.ClientSession) -> None:
        self._plan = plan
        self._session = session
        self._texts: Iterator[str] = texts(plan.topic, ARTICLES, plan.start)
        self._tally = Tally(plan)

    async def run(self) -> dict[str, Any]:
        """Let all users write until the plan is over."""
        progress = asyncio.create_task(self._report())
        drive = self._write_every if self._plan.pause else self._write_when_answered
        await asyncio.gather(*(drive(number) for number in range(self._plan.users)))
        progress.cancel()
        return self._tally.result()

    async def _write_when_answered(self, _number: int) -> None:
        while not self._tally.is_over:
            async with self._client() as client:
                for _ in range(self._plan.conversation):
                    if self._tally.is_over:
                        return
                    self._note(await client.say(next(self._texts)))

    async def _write_every(self, _number: int) -> None:
        """Write at fixed times, whether or not the last answer took long; the users begin spread over one pause."""
        plan = self._plan
        due = self._tally.began + random.uniform(0, plan.pause)
        async with self._client() as client:
            while due < self._tally.began + plan.warmup + plan.seconds:
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                late = max(0.0, time.monotonic() - due)
                turn = await client.say(next(self._texts))
                self._note(Turn(turn.seconds + late, turn.kind))
                due += plan.pause

    def _note(self, turn: Turn) -> None:
        self._tally.turns.append((self._tally.elapsed, turn))

    def _client(self) -> Client:
        user = f"bench-{uuid.uuid4().hex}"
        if self._plan.bot == "ours":
            return OurClient(self._session, self._plan.address, self._plan.secret, user)
        return StockClient(self._session, self._plan.address, user)

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            turns = [turn.kind for _, turn in self._tally.turns]
            print(f"    {self._tally.elapsed:4.0f} s, {len(turns)} turns", file=sys.stderr, flush=True)


async def run(plan: Plan) -> dict[str, Any]:
    """Run one plan with connections of its own."""
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        return await Load(plan, session).run()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        print(json.dumps(asyncio.run(run(Plan.model_validate_json(sys.argv[1])))))
