"""Chat in the terminal with an assistant that runs: `python -m ops.talk [--partner P1001]` (`make talk`).

It is a client like any other, over the websocket and with a demo token, so `make run` must be running. A number
picks one of the choices that the last reply offered; an empty line or Ctrl-D ends. Below each answer one line tells how
it came about: intent and confidence, entities, slots that changed, actions, replies with their sources, outcome,
language, mood, milliseconds.
"""

import argparse
import asyncio
import itertools
import json
import os
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import aiohttp

from ops.machine import gateway_address
from saathi.settings import Settings

ANSWER_SECONDS = 20.0
# The replies of a turn come together; after this pause there is none to come.
TOGETHER_SECONDS = 0.1
LONGEST_VALUE = 40
DIM, PLAIN = "\033[2m", "\033[0m"


def lines_of(frame: dict[str, Any]) -> list[str]:
    """A message frame as lines: what was said, sources included, then the choices by number."""
    numbered = enumerate(frame.get("choices") or [], start=1)
    return [f"{frame['author']}: {frame['text']}", *(f"  {number}. {choice['title']}" for number, choice in numbered)]


def describe(turn: dict[str, Any], slots_before: dict[str, Any]) -> str:
    """What `GET /api/demo/last-turn` tells of a turn, as one line; of the slots, those that are not as before."""
    return "  " + " · ".join(part for part in _parts(turn, slots_before) if part)


def _parts(turn: dict[str, Any], slots_before: dict[str, Any]) -> Iterator[str]:
    confidence = turn.get("confidence")
    yield str(turn.get("intent") or "no intent") + ("" if confidence is None else f" {confidence:.2f}")
    yield ", ".join(f"[{found['entity']} {_short(found['value'])}]" for found in turn.get("entities") or [])
    slots = turn.get("slots") or {}
    changed = [f"{name}={_short(value)}" for name, value in slots.items() if slots_before.get(name) != value]
    changed += [f"{name}=null" for name in slots_before if name not in slots]
    yield "slots " + ", ".join(changed) if changed else ""
    yield ", ".join(turn.get("actions") or [])
    yield ", ".join(
        " ".join([reply.get("response") or "own words", *(f"<{slug}>" for slug in reply.get("citations") or [])])
        for reply in turn.get("replies") or []
    )
    yield str(turn.get("outcome") or "")
    yield str(turn.get("language") or "")
    yield "" if turn.get("sentiment") is None else f"mood {turn['sentiment']:+.2f}"
    yield ", ".join(f"{name} {value:.0f} ms" for name, value in (turn.get("milliseconds") or {}).items())


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


class Account:
    """Asks the gateway how the last turn came about; remembers the slots of the turn before."""

    def __init__(self, session: aiohttp.ClientSession, token: str, is_coloured: bool) -> None:
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"}
        self._is_coloured = is_coloured
        self._slots: dict[str, Any] = {}

    async def tell(self) -> str:
        """The line about the last turn, or why there is none."""
        try:
            async with self._session.get("/api/demo/last-turn", headers=self._headers) as answer:
                answer.raise_for_status()
                turn = await answer.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = getattr(error, "status", None) or type(error).__name__
            return self._dimmed(f"  (the gateway does not tell how this came about: {reason})")
        line = describe(turn, self._slots)
        self._slots = turn.get("slots") or {}
        return self._dimmed(line)

    def _dimmed(self, line: str) -> str:
        return f"{DIM}{line}{PLAIN}" if self._is_coloured else line


class Chat:
    """One conversation over one socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, account: Account) -> None:
        self._socket = socket
        self._account = account
        self._choices: list[str] = []
        self._numbers = itertools.count()
        self._session = uuid.uuid4().hex[:12]
        self._answered = asyncio.Event()

    async def say(self, text: str) -> None:
        """Send a text, or the choice of that number."""
        self._answered.clear()
        frame = {"type": "message", "id": f"{self._session}-{next(self._numbers)}", "text": text}
        if text.isdigit() and 0 < int(text) <= len(self._choices):
            frame |= {"type": "choice", "choice": self._choices[int(text) - 1]}
        await self._socket.send_json(frame)

    async def wait_for_answer(self) -> None:
        """Return when what was said last is answered; when nobody answers, after a while."""
        try:
            await asyncio.wait_for(self._answered.wait(), ANSWER_SECONDS)
        except TimeoutError:
            return

    async def listen(self) -> None:
        """Print what comes until the socket closes."""
        is_answer = False
        while True:
            try:
                message = await self._socket.receive(TOGETHER_SECONDS if is_answer else None)
            except TimeoutError:
                print(await self._account.tell(), flush=True)
                is_answer = False
                self._answered.set()
                continue
            if message.type is not aiohttp.WSMsgType.TEXT:
                self._answered.set()  # by nobody any more
                return
            frame = message.json()
            if frame["type"] in {"message", "survey"}:
                self._choices = [choice["id"] for choice in frame.get("choices") or []]
                print("\n".join(lines_of(frame)), flush=True)
                is_answer = is_answer or frame.get("reply_to") is not None
            elif frame["type"] == "error":
                print(f"({frame['code']}) {frame['text']}", flush=True)
                self._answered.set()


async def talk(address: str, partner: str) -> None:
    """Sign in as a demo partner and relay between the terminal and the assistant."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    is_typed = sys.stdin.isatty()
    async with aiohttp.ClientSession(address, timeout=timeout) as session:
        async with session.post("/api/demo/token", json={"partner_id": partner}) as answer:
            answer.raise_for_status()
            token = (await answer.json())["token"]
        async with session.ws_connect("/channels/inapp/ws") as socket:
            await socket.send_json({"type": "auth", "token": token})
            is_coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
            chat = Chat(socket, Account(session, token, is_coloured))
            listening = asyncio.create_task(chat.listen())
            while not listening.done():
                line = (await asyncio.to_thread(sys.stdin.readline)).strip()
                if not line:
                    break
                await chat.say(line)
                if not is_typed:  # a script that is piped in types ahead of the answers
                    await chat.wait_for_answer()
            await socket.close()
            await listening


def main() -> int:
    """Talk until the input ends; 1 with a sentence when nothing runs."""
    parser = argparse.ArgumentParser(description="Chat with a running assistant in the terminal.")
    parser.add_argument("--partner", default="P1001", help="demo partner, P1001 to P1200")
    address = gateway_address(Settings())
    try:
        asyncio.run(talk(address, parser.parse_args().partner))
    except aiohttp.ClientError as error:
        print(f"saathi: no demo answers at {address} ({error}): start it with `make run`.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
