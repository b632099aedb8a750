"""What people and assistant said to each other through the stand-ins, for the page and for tests.

An entry is a JSON object with `id`, `thread` (`whatsapp:<address>`, `telegram:<chat>`, `call:<sid>`), `at` in seconds
since the epoch, `side` ("person", "assistant" or "note") and what its kind needs besides.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from typing import Any

Entry = dict[str, Any]

_MOST = 2000  # entries kept; the oldest go first


class Journal:
    """The entries in order; a changed one is told again under its id."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._entries: dict[str, Entry] = {}
        self._listeners: set[asyncio.Queue[Entry]] = set()

    def add(self, thread: str, side: str, **content: Any) -> Entry:
        """A new entry; gets its id here unless it brings one."""
        entry = {"id": f"e{next(self._numbers)}", "thread": thread, "side": side, "at": time.time(), **content}
        self._entries[entry["id"]] = entry
        if len(self._entries) > _MOST:
            del self._entries[next(iter(self._entries))]
        self._tell(entry)
        return entry

    def change(self, entry_id: str, **content: Any) -> None:
        """Other content for an entry; one that is gone stays gone."""
        entry = self._entries.get(entry_id)
        if entry is not None:
            entry |= content
            self._tell(entry)

    def find(self, entry_id: str) -> Entry | None:
        """The entry of an id."""
        return self._entries.get(entry_id)

    def list_thread(self, thread: str) -> list[Entry]:
        """The entries of one thread, the oldest first."""
        return [entry for entry in self._entries.values() if entry["thread"] == thread]

    async def listen(self) -> AsyncIterator[Entry]:
        """All entries so far, then each new or changed one as it comes."""
        queue: asyncio.Queue[Entry] = asyncio.Queue()
        for entry in self._entries.values():
            queue.put_nowait(dict(entry))
        self._listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    def _tell(self, entry: Entry) -> None:
        for queue in self._listeners:
            queue.put_nowait(dict(entry))
