"""A local server that stands behind the gateway as Rasa's door does, and can be told to fail."""

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


class FakeDoor:
    """Answers turns as the contract in docs/architecture.md says; keeps what it was asked.

    `answer` maps a text to replies; `faults` holds what the next turns do instead: "down" (503), "hang", "silent";
    `sentiments` maps a text to its sentiment, `intents` to its intent; `slots` are those after each turn.
    """

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.sentiments: dict[str, float] = {}
        self.intents: dict[str, str] = {}
        self.slots: dict[str, Any] = {}
        self.delay_s = 0.0
        self._known: dict[str, dict[str, Any]] = {}
        app = web.Application()
        app.router.add_post("/webhooks/saathi/turn", self._turn)
        app.router.add_get("/webhooks/saathi/health", self._health)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "model": "fake"})

    async def _turn(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Saathi-Secret") != "r" * 32:
            return web.json_response({"error": {"code": "unauthorised", "message": ""}}, status=401)
        body = await request.json()
        self.asked.append(body)
        await asyncio.sleep(self.delay_s)
        fault = self.faults.pop(0) if self.faults else None
        if fault == "down":
            return web.json_response({"error": {"code": "failed", "message": ""}}, status=503)
        if fault == "hang":
            await asyncio.sleep(60)
        known = self._known.get(body["message_id"])
        answer = known or {
            "replies": [] if fault == "silent" else self._replies(body),
            "intent": {"name": self.intents.get(body.get("text", ""), "ask_knowledge"), "confidence": 0.9},
            "slots": self.slots,
            "sentiment": self.sentiments.get(body.get("text", "")),
            "actions": ["action_answer_question"],
            "model": "fake",
            "milliseconds": {"nlu": 1.0, "actions": 2.0},
        }
        self._known[body["message_id"]] = answer
        return web.json_response({**answer, "repeated": known is not None})

    def _replies(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        said = body.get("text", body.get("payload"))
        if said == "card":
            return [_CARD]
        if said == "step":
            return [_STEP]
        if said == "nonsense":
            return [{"text": "hm", "custom": {"outcome": "sideways"}}]
        if said == "/ask_human":
            return [{"text": "A person takes over.", "custom": {"outcome": "handed_over"}}]
        return [{"text": f"echo: {said}", "response": "utter_echo", "buttons": [], "custom": None}]


_STEP = {
    "text": "Step 1 of 4. Open the app.",
    "response": "utter_ask_guide_form_bank_open",
    "buttons": [{"title": "Done, next", "payload": "/affirm"}],
    "custom": {"card": {"picture": "/pictures/bank_open.en.png", "alt": "The app's Profile page."}},
}
_CARD = {
    "text": "Surrender value is the money paid.",
    "response": "utter_knowledge_answer",
    "buttons": [
        {"title": "Talk to a person", "payload": "/ask_human"},
        {"title": "What is a ULIP?", "payload": "What is a ULIP?"},
    ],
    "custom": {
        "card": {
            "title": "Surrender value",
            "definition": "Surrender value is the money paid.",
            "details": [],
            "script": "Sir, this is what you get.",
            "link": {"title": "More", "url": "/articles/surrender-value"},
        },
        "citations": [{"title": "Surrender value", "url": "/articles/surrender-value", "quote": "the money paid"}],
        "knowledge": {"version": "k1", "milliseconds": 3.0},
        "outcome": "answered",
    },
}
