"""Chat in the terminal with an assistant that runs: `python -m ops.talk [--partner P1001]` (`make talk`).

It is a client like any other, over the websocket and with a demo token, so `make run` must be running. A number
picks one of the choices that the last reply offered; an empty line or Ctrl-D ends.
"""

import argparse
import asyncio
import itertools
import sys
import uuid
from typing import Any

import aiohttp

from ops.machine import gateway_address
from saathi.settings import Settings

ANSWER_SECONDS = 20.0


def lines_of(frame: dict[str, Any]) -> list[str]:
    """A message frame as lines: what was said, sources included, then the choices by number."""
    numbered = enumerate(frame.get("choices") or [], start=1)
    return [f"{frame['author']}: {frame['text']}", *(f"  {number}. {choice['title']}" for number, choice in numbered)]


class Chat:
    """One conversation over one socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._choices: list[str] = []
        self._numbers = itertools.count()
        self._session = uuid.uuid4().hex[:12]

    async def say(self, text: str) -> None:
        """Send a text, or the choice of that number."""
        frame = {"type": "message", "id": f"{self._session}-{next(self._numbers)}", "text": text}
        if text.isdigit() and 0 < int(text) <= len(self._choices):
            frame |= {"type": "choice", "choice": self._choices[int(text) - 1]}
        await self._socket.send_json(frame)

    async def listen(self) -> None:
        """Print what comes until the socket closes."""
        async for message in self._socket:
            frame = message.json()
            if frame["type"] == "message":
                self._choices = [choice["id"] for choice in frame.get("choices") or []]
                print("\n".join(lines_of(frame)), flush=True)
            elif frame["type"] == "error":
                print(f"({frame['code']}) {frame['text']}", flush=True)


async def talk(address: str, partner: str) -> None:
    """Sign in as a demo partner and relay between the terminal and the assistant."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(address, timeout=timeout) as session:
        async with session.post("/api/demo/token", json={"partner_id": partner}) as answer:
            answer.raise_for_status()
            token = (await answer.json())["token"]
        async with session.ws_connect("/channels/inapp/ws") as socket:
            await socket.send_json({"type": "auth", "token": token})
            chat = Chat(socket)
            listening = asyncio.create_task(chat.listen())
            while not listening.done():
                line = (await asyncio.to_thread(sys.stdin.readline)).strip()
                if not line:
                    break
                await chat.say(line)
            if not sys.stdin.isatty():
                await asyncio.sleep(2)  # the last answer of a script that was piped in
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
