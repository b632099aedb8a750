"""`make bench-conversations`: support conversations that were written apart, held with the running assistant."""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import jwt

from benchmarks.conversations.judge import End, Support, judge, read_conversations
from benchmarks.conversations.network import Facts, Network, fill
from benchmarks.servers import Ours

HERE = Path(__file__).resolve().parent
TURN_SECONDS = 15.0
REST_SECONDS = 0.5
_UNSEEN = frozenset({"id", "type", "url", "reply_to", "citations", "payload", "at"})
Held = tuple[Support, End, list[dict[str, Any]]]
_WITHOUT_NEED: tuple[End, ...] = ("right", "wrong", "unresolved", "needless")


class Talks:
    """Holds conversations, each as a partner of its own, and reads of every turn what the assistant did."""

    def __init__(self, session: aiohttp.ClientSession, secret: str) -> None:
        self._session = session
        self._secret = secret

    async def hold(self, partner: str, conversation: Support) -> list[dict[str, Any]]:
        """The turns of one conversation on its channel, and in each, as `said`, all that the partner saw."""
        claims = {"sub": partner, "exp": int(time.time()) + 3600}
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
                turn = await self._read_turn(token, None)
                seen = [frame, *await _receive_rest(socket, len(turn["replies"]) - 1)]
                turns.append(turn | {"said": "\n".join(line for one in seen for line in _lines(one))})
        return turns

    async def _hold_api(self, token: str, texts: Sequence[str]) -> list[dict[str, Any]]:
        turns, conversation = [], None
        for text in texts:
            question = {"query": text, **({"conversation": conversation} if conversation else {})}
            async with self._session.post("/api/ask", json=question, headers=_bearer(token)) as response:
                response.raise_for_status()
                answered = await response.json()
                conversation = answered["conversation"]
            turns.append(await self._read_turn(token, conversation) | {"said": answered["answer"]["text"]})
        return turns

    async def _read_turn(self, token: str, conversation: str | None) -> dict[str, Any]:
        named = {"conversation": conversation} if conversation else {}
        async with self._session.get("/api/demo/last-turn", params=named, headers=_bearer(token)) as response:
            response.raise_for_status()
            read: dict[str, Any] = await response.json()
            return read


async def _receive_rest(socket: aiohttp.ClientWebSocketResponse, count: int) -> list[dict[str, Any]]:
    """The other replies of a turn; some turns have replies that nobody is shown."""
    frames: list[dict[str, Any]] = []
    with contextlib.suppress(TimeoutError):
        while len(frames) < count:
            frame = await socket.receive_json(timeout=REST_SECONDS)
            frames += [frame] if frame["type"] == "message" else []
    return frames


def _lines(shown: Any) -> list[str]:
    """Every text of a message: its own, the card's, the choices' titles."""
    if isinstance(shown, Mapping):
        kept = {name: value for name, value in shown.items() if name not in _UNSEEN}
        return [line for value in kept.values() for line in _lines(value)]
    if isinstance(shown, list):
        return [line for one in shown for line in _lines(one)]
    return [shown] if isinstance(shown, str) else []


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def hold_all(address: str, secret: str, conversations: Sequence[Support], network: Network) -> list[Held]:
    """All conversations one after the other, with progress."""
    held: list[Held] = []
    async with aiohttp.ClientSession(address) as session:
        talks = Talks(session, secret)
        for number, conversation in enumerate(conversations, 1):
            held.append(await _hold(talks, network, number, conversation))
            sys.stderr.write(f"\r  {number} of {len(conversations)} conversations")
            sys.stderr.flush()
    sys.stderr.write("\n")
    return held


async def _hold(talks: Talks, network: Network, number: int, written: Support) -> Held:
    if written.partner is None:
        turns = await talks.hold(f"bench-{number}", written)
        return written, judge(written, turns), turns
    partner, facts = network.choose(written.partner, written.facts)
    filled = _fill(written, facts)
    turns = await talks.hold(partner, filled)
    for turn in turns:
        turn["foreign"] = network.find_foreign(partner, turn["said"], filled.turns)
    return filled, judge(filled, turns, lambda query: network.holds(partner, query)), turns


def _fill(written: Support, facts: Facts) -> Support:
    """The conversation with its facts in the place of their names."""

    def put(value: Any) -> Any:
        if isinstance(value, str):
            return fill(value, facts)
        if isinstance(value, Mapping):
            return {name: put(one) for name, one in value.items()}
        return type(value)(put(one) for one in value) if isinstance(value, list | tuple) else value

    return replace(written, turns=put(written.turns), right=put(written.right), never=put(written.never))


def report(held: Sequence[Held]) -> str:
    """The table by file, topic, register and channel."""
    head = "| | without need | right | wrong | unresolved | needless | need a human | reached | leaked |"
    lines = [head, "|" + "---|" * 9]
    for facet in ("all", "file", "topic", "register", "channel"):
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
    return f"| {name} | {alone} | {' | '.join(shares)} | {needing} | {reached} | {ends['leaked']} |"


def main() -> int:
    """Hold them, print the table, write what happened to a file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.conversations", description=__doc__)
    parser.add_argument("--conversations", type=Path, default=HERE, help="a YAML file, or a folder of them")
    parser.add_argument("--out", type=Path, default=Path("var/bench-conversations.json"), help="every turn, as JSON")
    asked = parser.parse_args()
    conversations = read_conversations(asked.conversations)
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(Path(folder))
        database = Path(folder) / "var" / "saathi.db"
        print("Starting the assistant ...", file=sys.stderr, flush=True)
        with ours.start() as server:
            server.wait("/health")
            named = {one.partner for one in conversations if one.partner}
            held = asyncio.run(hold_all(ours.address, ours.secret, conversations, Network(database, named)))
    print(report(held))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"name": c.name, "topic": c.topic, "end": end, "said": c.turns, "turns": turns} for c, end, turns in held]
    asked.out.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"What happened in each: {asked.out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
