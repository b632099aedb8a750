"""What is measured of a running gateway. Times are milliseconds, unless named otherwise."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp

from benchmarks.channels.people import Caller, Webhook, telegram, whatsapp

Make = Callable[[int, str], Webhook]
CHANNELS: dict[str, Make] = {"whatsapp": whatsapp, "telegram": telegram}

PEOPLE = 500  # who write in turn under a steady load
TURN_S = 0.03
SLOW_TURN_S = 0.3
CALLERS, CALLS_A_SECOND = 20, 10
QUICK, CROWD, EACH = 20, 50, 3
_WITHIN_S = 60.0


class Bench:
    """One gateway and what stands around it."""

    def __init__(self, session: aiohttp.ClientSession, gateway: str, outside: str, texts: Sequence[str]) -> None:
        self._session = session
        self._gateway = gateway
        self._outside = outside
        self._texts = texts
        self._people = 0

    async def acknowledge(self, channel: str, rate: int, seconds: float) -> dict[str, Any]:
        """Webhooks at a steady rate, whatever the answers take; counted from the moment each was due."""
        await self._begin(TURN_S)
        people = self._new_people(PEOPLE)
        total = int(rate * seconds)
        make = CHANNELS[channel]
        hooks = [make(people[n % PEOPLE], self._texts[n % len(self._texts)]) for n in range(total)]
        found = await self._post_steadily(hooks, rate)
        answered = (await self._wait_for(sum(status == 200 for _, status in found)))["received"]
        return {**_describe([spent for spent, _ in found]), **_count(found), "answered": len(answered)}

    async def acknowledge_floor(self, floor: str, rate: int, seconds: float) -> dict[str, Any]:
        """The same of a server that does nothing."""
        hooks = [whatsapp(n % PEOPLE, self._texts[n % len(self._texts)]) for n in range(int(rate * seconds))]
        found = await self._post_steadily(hooks, rate, floor)
        return {**_describe([spent for spent, _ in found]), **_count(found)}

    async def warm_up(self) -> None:
        """A moment of each channel, so that what is loaded at first use does not count."""
        for channel in CHANNELS:
            await self.acknowledge(channel, 20, 2.0)
        await self.call(CALLERS / CALLS_A_SECOND)

    async def call(self, seconds: float) -> dict[str, Any]:
        """Questions of callers at a steady rate; a caller whose answer is late asks late."""
        await self._begin(TURN_S)
        callers = [Caller(self._session, self._gateway, person) for person in self._new_people(CALLERS)]
        await asyncio.gather(*(caller.begin() for caller in callers))
        spent: list[float] = []
        fillers = 0
        began, pause = time.monotonic(), CALLERS / CALLS_A_SECOND

        async def talk(place: int) -> None:
            nonlocal fillers
            for number in range(int(seconds / pause)):
                due = began + place / CALLS_A_SECOND + number * pause
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                asked = time.monotonic()
                await callers[place].ask(f"{self._texts[(place * 7 + number) % len(self._texts)]} {number}")
                spent.append(1000 * (time.monotonic() - asked))
                fillers += callers[place].was_filled
                await callers[place].wait_for_answer()

        await asyncio.gather(*(talk(place) for place in range(CALLERS)))
        return {**_describe(spent), "requests": len(spent), "fillers": fillers}

    async def hurry(self, channel: str) -> dict[str, Any]:
        """One person's quick messages: whether answered in order, and how long over the sum of their turns."""
        return await self._converse(channel, 1, QUICK)

    async def crowd(self, channel: str) -> dict[str, Any]:
        """Many people at once beside one person alone."""
        alone = await self._converse(channel, 1, EACH)
        together = await self._converse(channel, CROWD, EACH)
        return {
            "one_s": alone["seconds"],
            "all_s": together["seconds"],
            "times_one": round(together["seconds"] / alone["seconds"], 2),
            "at_once": together["at_once"],
            "in_order": together["in_order"],
            "answered": together["answered"],
        }

    async def _converse(self, channel: str, people: int, each: int) -> dict[str, Any]:
        await self._begin(SLOW_TURN_S)
        make, numbers = CHANNELS[channel], self._new_people(people)
        hooks = [[make(person, f"number {n}") for person in numbers] for n in range(each)]
        began = time.time()
        for round_ in hooks:
            await asyncio.gather(*(self._post(hook) for hook in round_))
        found = await self._wait_for(people * each)
        got = defaultdict(list)
        for _, address, text in found["received"]:
            got[address].append(text)
        seconds = max(at for at, _, _ in found["received"]) - began
        wanted = [f"You said: number {n}" for n in range(each)]
        return {
            "seconds": round(seconds, 3),
            "times_sum": round(seconds / (each * SLOW_TURN_S), 3),
            "at_once": found["at_once"],
            "answered": len(found["received"]),
            "in_order": len(got) == people and all(texts == wanted for texts in got.values()),
        }

    async def _post_steadily(
        self, hooks: Sequence[Webhook], rate: int, server: str | None = None
    ) -> list[tuple[float, int]]:
        began = time.monotonic() + 0.05

        async def post(number: int, hook: Webhook) -> tuple[float, int]:
            due = began + number / rate
            await asyncio.sleep(due - time.monotonic())
            status = await self._post(hook, server)
            return 1000 * (time.monotonic() - due), status

        return await asyncio.gather(*(post(number, hook) for number, hook in enumerate(hooks)))

    async def _post(self, hook: Webhook, server: str | None = None) -> int:
        address = (server or self._gateway) + hook.path
        try:
            async with self._session.post(address, data=hook.body, headers=hook.headers) as answer:
                await answer.read()
                return answer.status
        except aiohttp.ClientError:
            return 0

    def _new_people(self, count: int) -> list[int]:
        self._people += count
        return list(range(self._people - count, self._people))

    async def _begin(self, delay_s: float) -> None:
        async with self._session.put(f"{self._outside}/bench", json={"delay_s": delay_s}) as answer:
            answer.raise_for_status()

    async def _wait_for(self, count: int) -> dict[str, Any]:
        """What came out, once it is so much or nothing more is to be expected."""
        end = time.monotonic() + _WITHIN_S
        while True:
            async with self._session.get(f"{self._outside}/bench") as answer:
                found: dict[str, Any] = await answer.json()
            if len(found["received"]) >= count or time.monotonic() > end:
                return found
            await asyncio.sleep(0.1)


def _describe(spent: Sequence[float]) -> dict[str, float]:
    ordered = sorted(spent)
    shares = {f"p{share}": ordered[min(len(ordered) - 1, len(ordered) * share // 100)] for share in (50, 95, 99)}
    return {name: round(value, 1) for name, value in {**shares, "max": ordered[-1]}.items()}


def _count(found: Sequence[tuple[float, int]]) -> dict[str, int]:
    return {"requests": len(found), "refused": sum(status != 200 for _, status in found)}
