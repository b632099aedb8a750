"""Takes 500 turns of one conversation and counts what each cost: `long_conversation.py MODELS STORE`."""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.shared.core.events import Event, UserUttered

from bot.action_server import ActionServer
from bot.agent import TurnAgent
from bot.engines import sqlite_engine
from bot.history import TURNS_KEPT
from bot.tracker_store import TurnStore
from bot.turn import TurnRequest

WORK: Counter[str] = Counter()


def count(owner: type, method: str, what: str) -> None:
    """Count the calls of a method."""
    original = getattr(owner, method)

    def counted(*arguments: Any, **more: Any) -> Any:
        WORK[what] += 1
        return original(*arguments, **more)

    setattr(owner, method, counted)


def count_states() -> None:
    """Count the states that policies look at."""
    original = MemoizationPolicy._prediction_states

    def counted(*arguments: Any, **more: Any) -> Any:
        states = original(*arguments, **more)
        WORK["states"] += len(states)
        return states

    MemoizationPolicy._prediction_states = counted


async def main(models: Path, file: Path) -> dict[str, Any]:
    engine = sqlite_engine(file)
    sa.event.listen(engine, "after_cursor_execute", lambda *_: WORK.update(statements=1))
    for kind in Event.__subclasses__():
        if "apply_to" in vars(kind):
            count(kind, "apply_to", "applied")
    count_states()
    store = TurnStore(engine, TURNS_KEPT)
    async with ActionServer("http://127.0.0.1:9", "") as server:
        agent = TurnAgent(models, store, server)
        await agent.load_newest()

        async def turn(number: int, text: str, by: TurnAgent) -> dict[str, int]:
            WORK.clear()
            slots = {"language": "hi"} if number == 1 else {}
            asked = {"message_id": f"m{number}", "turn": "t", "channel": "inapp", "text": text, "slots": slots}
            await by.take_turn(TurnRequest(conversation="c", **asked))
            return dict(WORK)

        warm: dict[int, dict[str, int]] = {}
        cold: dict[int, dict[str, int]] = {}
        for number in range(1, 501):
            if number in (10, 500):
                stranger = TurnAgent(models, store, server)
                await stranger.load_newest()
                cold[number] = await turn(number, f"hello {number}", stranger)
            else:
                work = await turn(number, f"hello {number}", agent)
                if number in (9, 499):
                    warm[number] = work
        fresh = TurnAgent(models, store, server)
        await fresh.load_newest()
        opened = await store.open("c", "m501", None)
        before = fresh._conversation("c", opened, fresh._loaded)
        spoken = [event.text for event in before.tracker.events if isinstance(event, UserUttered)]
    store.close()
    return {"warm": warm, "cold": cold, "spoken": spoken, "language": before.tracker.get_slot("language")}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))))
