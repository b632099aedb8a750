"""What stands around the gateway: `python -m benchmarks.channels.outside <port>`.

Rasa's door, which answers each turn after a given delay, the action server's health, and the Twilio and Telegram of
`vendors/`, which take all at once. They tell the gateway nothing back: status callbacks are not part of the measure.
`PUT /bench {"delay_s"}` begins anew, `GET /bench` gives `{"received": [[time, to, text]], "at_once": <the most turns
under way at once>}`, times in seconds since the epoch.
"""

import asyncio
import sys
from typing import Any

from aiohttp import web

from benchmarks.channels import people
from vendors.app import LocalVendors
from vendors.credentials import Credentials
from vendors.requests import Asked

_CREDENTIALS = Credentials(
    gateway="",
    public_url=people.PUBLIC,
    account_sid=people.ACCOUNT,
    auth_token=people.TOKEN,
    whatsapp_from=people.WHATSAPP_FROM,
    voice_from=people.VOICE_FROM,
    voice_status="",
    telegram_token=people.BOT_TOKEN,
    telegram_secret=people.BOT_SECRET,
)


class Outside:
    """Rasa and the vendors."""

    def __init__(self) -> None:
        self._vendors = LocalVendors(_CREDENTIALS)
        self._delay_s = 0.0
        self._under_way = self._at_once = 0

    def make_app(self) -> web.Application:
        """All that the gateway asks."""
        app = self._vendors.make_app()
        app.add_routes(
            [
                web.get("/webhooks/saathi/health", self._be_healthy),
                web.get("/health", self._be_healthy),
                web.post("/webhooks/saathi/turn", self._take_turn),
                web.put("/bench", self._begin),
                web.get("/bench", self._show),
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

    async def _begin(self, request: web.Request) -> web.Response:
        wanted: dict[str, Any] = await request.json()
        self._delay_s = float(wanted["delay_s"])
        self._vendors.requests.clear()
        self._at_once = 0
        return web.json_response({})

    async def _show(self, _request: web.Request) -> web.Response:
        received = [_describe(asked) for asked in self._vendors.requests.list_all() if asked.status in {200, 201}]
        return web.json_response({"received": received, "at_once": self._at_once})


def _describe(asked: Asked) -> tuple[float, str, str]:
    return asked.at, asked.address, str(asked.fields.get("Body") or asked.fields.get("text") or "")


if __name__ == "__main__":
    web.run_app(Outside().make_app(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
