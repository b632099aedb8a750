"""`make bench-conversations`: support conversations that were written apart, held with the running assistant."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import jwt

from benchmarks.conversations.judge import End, Support, judge, read_conversations
from benchmarks.servers import Ours

HERE = Path(__file__).resolve().parent
TURN_SECONDS = 15.0
Held = tuple[Support, End, list[dict[str, Any]]]
_WITHOUT_NEED: tuple[End, ...] = ("right", "wrong", "unresolved", "needless")


class Talks:
    """Holds conversations, each as a partner of its own, and reads of every turn what the assistant did."""

    def __init__(self, session: aiohttp.ClientSession, secret: str) -> None:
        self._session = session
        self._secret = secret

    async def hold(self, number: int, conversation: Support) -> list[dict[str, Any]]:
        """The turns of one conversation on its channel."""
        claims = {"sub": f"bench-{number}", "exp": int(time.time()) + 3600}
        token = jwt.encode(claims, self._secret, algorithm="HS256")
        hold = self._hold_inapp if conversation.channel == "inapp" else self._hold_api
        async with asyncio.timeout(TURN_SECONDS * len(conversation.turns)):
            return await hold(token, conversation.turns)

    async def _hold_inapp(self, token: str, texts: Sequence[str]) -> list[dict[str, Any]]:
        turns = []
        async with self._session.ws_connect("/channels/inapp/ws") as socket:
            await socket.send_json({"type": "auth", "token": token})
            for number, text in enumerate(texts):
                await socket.send_json({"type": "message", "id": str(number), "text": text})
                while (frame := await socket.receive_json()).get("reply_to") != str(number):
                    if frame["type"] == "error":
                        raise RuntimeError(f"{text!r} was refused: {frame['text']}")
                turns.append(await self._read_turn(token, None))
        return turns

    async def _hold_api(self, token: str, texts: Sequence[str]) -> list[dict[str, Any]]:
        turns, conversation = [], None
        for text in texts:
            question = {"query": text, **({"conversation": conversation} if conversation else {})}
            async with self._session.post("/api/ask", json=question, headers=_bearer(token)) as response:
                response.raise_for_status()
                conversation = (await response.json())["conversation"]
            turns.append(await self._read_turn(token, conversation))
        return turns

    async def _read_turn(self, token: str, conversation: str | None) -> dict[str, Any]:
        named = {"conversation": conversation} if conversation else {}
        async with self._session.get("/api/demo/last-turn", params=named, headers=_bearer(token)) as response:
            response.raise_for_status()
            read: dict[str, Any] = await response.json()
            return read


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def hold_all(address: str, secret: str, conversations: Sequence[Support]) -> list[Held]:
    """All conversations one after the other, with progress."""
    held = []
    async with aiohttp.ClientSession(address) as session:
        talks = Talks(session, secret)
        for number, conversation in enumerate(conversations, 1):
            turns = await talks.hold(number, conversation)
            held.append((conversation, judge(conversation, turns), turns))
            sys.stderr.write(f"\r  {number} of {len(conversations)} conversations")
            sys.stderr.flush()
    sys.stderr.write("\n")
    return held


def report(held: Sequence[Held]) -> str:
    """The table by topic, register and channel."""
    lines = ["| | without need | right | wrong | unresolved | needless | need a human | reached |", "|" + "---|" * 8]
    for facet in ("all", "topic", "register", "channel"):
        groups: dict[str, Counter[End]] = defaultdict(Counter)
        for conversation, end, _ in held:
            groups[facet if facet == "all" else str(getattr(conversation, facet))][end] += 1
        lines += [_row(name, ends) for name, ends in sorted(groups.items())]
    return "\n".join(lines)


def _row(name: str, ends: Counter[End]) -> str:
    alone = sum(ends[end] for end in _WITHOUT_NEED)
    needing = ends["reached"] + ends["not reached"]
    shares = [f"{ends[end] / alone:.1%}" if alone else "" for end in _WITHOUT_NEED]
    reached = f"{ends['reached'] / needing:.1%}" if needing else ""
    return f"| {name} | {alone} | {' | '.join(shares)} | {needing} | {reached} |"


def main() -> int:
    """Hold them, print the table, write what happened to a file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.conversations", description=__doc__)
    parser.add_argument("--conversations", type=Path, default=HERE, help="folder of the YAML files")
    parser.add_argument("--out", type=Path, default=Path("var/bench-conversations.json"), help="every turn, as JSON")
    asked = parser.parse_args()
    conversations = read_conversations(asked.conversations)
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(Path(folder))
        print("Starting the assistant ...", file=sys.stderr, flush=True)
        with ours.start() as server:
            server.wait("/health")
            held = asyncio.run(hold_all(ours.address, ours.secret, conversations))
    print(report(held))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"name": c.name, "topic": c.topic, "end": end, "said": c.turns, "turns": turns} for c, end, turns in held]
    asked.out.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"What happened in each: {asked.out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
