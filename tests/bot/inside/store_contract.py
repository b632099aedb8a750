"""Uses the tracker store as the agent does: `store_contract.py DATABASE_URL|FILE`."""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from bot.app import open_store
from bot.errors import ConflictError
from bot.history import TURNS_KEPT
from bot.tracker_store import MEMORY_SECONDS, StoredTurn


def turn(sequence: int, message_id: str, conversation: str = "c") -> StoredTurn:
    event = {"event": "user", "text": f"नमस्ते {sequence} \u0000"}
    return StoredTurn(conversation, sequence, message_id, {"n": sequence}, [{"event": "slot"}], [event])


async def is_refused(store: Any, stored: StoredTurn) -> bool:
    try:
        await store.append(stored)
    except ConflictError:
        return True
    return False


async def main(where: str) -> dict[str, Any]:
    url, file = (where, Path()) if "://" in where else ("", Path(where))
    store, twin = open_store(url, file), open_store(url, file)
    empty = await asyncio.gather(store.open("c", "m1", None), twin.open("c", "m1", None))
    for number in range(1, TURNS_KEPT + 6):
        await store.append(turn(number, f"m{number}"))
    newest = TURNS_KEPT + 5
    far = await twin.open("c", "new", None)
    held = await twin.open("c", "new", newest)
    report = {
        "empty": [opened.turns for opened in empty],
        "revision": far.revision,
        "sequences": [stored.sequence for stored in far.turns or []],
        "text": far.turns[-1].events[0]["text"] if far.turns else None,
        "held": held.turns,
        "known": [(await twin.open("c", f"m{number}", None)).answer for number in (1, newest)],
        "same_place_refused": await is_refused(twin, turn(newest, "other")),
        "same_message_refused": await is_refused(twin, turn(newest + 1, "m1")),
        "purged_too_early": await store.purge(),
        "purged": await store.purge(time.time() + MEMORY_SECONDS + 1),
        "after_purge": [(await twin.open("c", f"m{number}", None)).answer for number in (1, newest)],
        "left": len((await twin.open("c", "new", None)).turns or []),
    }
    store.close()
    twin.close()
    return report


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1]))))
