"""What stands around the gateway: `python -m benchmarks.channels.outside <port>`.

Rasa's door, which answers each turn after a given delay, the action server's health, and Twilio's messages and
Telegram's Bot API, which take all at once and note when (seconds of the monotonic clock, which processes share).
`vendors/` plays the people who write, and does not tell when messages came. `PUT /control {"delay_s"}` begins anew,
`GET /control` gives `{"received": [[time, to, text]], "at_once": <the most turns under way at once>}`.
"""

import asyncio
import sys
import time
import uuid
from typing import Any

from aiohttp import web


class Outside:
    """Rasa and the vendors."""

    def __init__(self) -> None:
        self._delay_s = 0.0
        self._received: list[tuple[float, str, str]] = []
        self._under_way = self._at_once = 0

    def make_app(self) -> web.Application:
        """All that the gateway asks."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/webhooks/saathi/health", self._be_healthy),
                web.get("/health", self._be_healthy),
                web.post("/webhooks/saathi/turn", self._take_turn),
                web.post("/2010-04-01/Accounts/{account}/Messages.json", self._take_from_twilio),
                web.post("/bot{token}/{method}", self._take_from_telegram),
                web.put("/control", self._begin),
                web.get("/control", self._show),
            ]
        )
        return app

    async def _be_healthy(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "model": "benchmark", "knowledge": {"articles": 0, "chunks": 0}})

    async def _take_turn(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self._under_way += 1
        self._at_once = max(self._at_once, self._under_way)
        await asyncio.sleep(self._delay_s)
        self._under_way -= 1
        text = f"You said: {asked.get('text', '')}"
        return web.json_response(
            {
                "replies": [{"text": text, "response": "utter_said", "buttons": [], "custom": None}],
                "intent": {"name": "ask_knowledge", "confidence": 0.9},
                "actions": ["action_answer_question"],
                "model": "benchmark",
                "milliseconds": {},
                "repeated": False,
            }
        )

    async def _take_from_twilio(self, request: web.Request) -> web.Response:
        form = await request.post()
        self._note(str(form["To"]), str(form.get("Body", "")))
        return web.json_response({"sid": f"SM{uuid.uuid4().hex}", "status": "queued"}, status=201)

    async def _take_from_telegram(self, request: web.Request) -> web.Response:
        form = await request.post()
        chat = int(str(form["chat_id"]))
        self._note(str(chat), str(form.get("text", "")))
        sent = {"message_id": len(self._received), "date": int(time.time()), "chat": {"id": chat, "type": "private"}}
        return web.json_response({"ok": True, "result": sent})

    def _note(self, address: str, text: str) -> None:
        self._received.append((time.monotonic(), address, text))

    async def _begin(self, request: web.Request) -> web.Response:
        wanted: dict[str, Any] = await request.json()
        self._delay_s = float(wanted["delay_s"])
        self._received.clear()
        self._at_once = 0
        return web.json_response({})

    async def _show(self, _request: web.Request) -> web.Response:
        return web.json_response({"received": self._received, "at_once": self._at_once})


if __name__ == "__main__":
    web.run_app(Outside().make_app(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
