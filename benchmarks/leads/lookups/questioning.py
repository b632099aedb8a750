"""Lead questions over the websocket of a running assistant, from the frame that asks to the card that answers."""

import asyncio
import time

import aiohttp
import jwt
from tqdm import tqdm

from benchmarks.knowledge.times import Times
from saathi.demo.network import SHOWN, SHOWN_LEAD

QUESTIONS = (
    f"{SHOWN_LEAD} kahan atka hai?",
    f"what is the status of lead {SHOWN_LEAD}?",
    "show my pending leads",
    "kaunsi leads ek hafte se atki hain?",
    "which lead should I call first?",
)
_TURN_S = 15.0
_WARM_UP = 2  # rounds


async def ask_leads(address: str, secret: str, runs: int) -> tuple[Times, int]:
    """The times until a lead's card came, and how many answers were none."""
    claims = {"sub": SHOWN, "exp": int(time.time()) + 3600}
    token = jwt.encode(claims, secret, algorithm="HS256")
    asked = QUESTIONS * (_WARM_UP + -(-runs // len(QUESTIONS)))
    spent, without = [], 0
    async with aiohttp.ClientSession(address) as session, session.ws_connect("/channels/inapp/ws") as socket:
        await socket.send_json({"type": "auth", "token": token})
        await socket.send_json({"type": "resume", "after": 0})
        for number, text in enumerate(tqdm(asked, desc="  questions", unit="question", leave=False)):
            began = time.perf_counter()
            await socket.send_json({"type": "message", "id": f"lead-{number}", "text": text})
            async with asyncio.timeout(_TURN_S):
                has_card = await _read_answer(socket, f"lead-{number}")
            if number >= _WARM_UP * len(QUESTIONS):
                spent.append(time.perf_counter() - began)
                without += not has_card
    return Times.of(spent), without


async def _read_answer(socket: aiohttp.ClientWebSocketResponse, number: str) -> bool:
    """Whether the first answer to a message shows a card."""
    while True:
        frame = await socket.receive_json()
        if frame["type"] == "error":
            raise RuntimeError(f"refused: {frame['text']}")
        if frame["type"] == "message" and frame["reply_to"] == number:
            return bool(frame.get("card"))
