"""Many who read, or one who changes: answers never see a half-changed index."""

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Turns:
    """A readers-writer lock for one event loop. Who changes waits for the readers under way and holds up new ones."""

    def __init__(self) -> None:
        self._readers = 0
        self._is_changing = False
        self._idle = asyncio.Event()
        self._free = asyncio.Event()

    @contextlib.asynccontextmanager
    async def reading(self, within_s: float) -> AsyncIterator[None]:
        """Side by side with other readers; costs nothing while nobody changes.

        Raises `TimeoutError` when a change takes longer than `within_s` seconds.
        """
        if self._is_changing:
            async with asyncio.timeout(within_s):
                while self._is_changing:
                    await self._free.wait()
        self._readers += 1
        try:
            yield
        finally:
            self._readers -= 1
            if not self._readers:
                self._idle.set()

    @contextlib.asynccontextmanager
    async def changing(self) -> AsyncIterator[None]:
        """Alone. One caller at a time: who changes is serialised by its caller."""
        self._is_changing = True
        self._free.clear()
        try:
            while self._readers:
                self._idle.clear()
                await self._idle.wait()
            yield
        finally:
            self._is_changing = False
            self._free.set()
