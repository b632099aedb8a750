"""Talking to the actions on leads as Rasa does: a turn's message, entities and slots."""

from typing import Any

from tests.actions.conftest import HEADERS, Talk, make_call, mark

TASK = "lead_task"


class Work:
    """One partner's chat. `slots` are kept from turn to turn as Rasa keeps them."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.slots: dict[str, Any] = {}
        self.said: list[dict[str, Any]] = []
        self._turns = 0

    async def say(
        self, text: str, intent: str, language: str = "en", payload: dict[str, str] | None = None, **named: str
    ) -> list[str]:
        """One message to the form, as its rules take it: read, then asked or finished. What was uttered."""
        self._turns += 1
        events = await self.call("validate_lead_form", text, intent, language, payload, **named)
        if not events:
            return []
        action = "action_ask_lead_form_lead_task" if self.slots.get("requested_slot") else "action_finish_lead_task"
        await self.call(action, text, intent, language, payload, **named)
        return self.responses

    async def tap(self, action: str, intent: str, **named: str) -> list[str]:
        """A button whose payload names something."""
        self._turns += 1
        await self.call(action, f"/{intent}", intent, "en", named)
        return self.responses

    async def run(self, action: str, text: str, intent: str, language: str = "en", **named: str) -> list[str]:
        """Another action, with a message of its own."""
        self._turns += 1
        await self.call(action, text, intent, language, None, **named)
        return self.responses

    @property
    def responses(self) -> list[str]:
        """What the last call uttered."""
        return [said["response"] for said in self.said if said.get("response")]

    async def call(
        self, action: str, text: str, intent: str, language: str, payload: dict[str, str] | None, **named: str
    ) -> list[dict[str, Any]]:
        """One call; its slots are kept."""
        call = make_call(action, self.talk.conversation, f"m{self._turns}", text, language, intent=intent)
        call["tracker"]["slots"] |= self.slots
        call["tracker"]["latest_message"]["entities"] = [
            *({"entity": kind, "value": value} for kind, value in (payload or {}).items()),
            *mark(text, named),
        ]
        async with self.talk.client.post("/webhook", json=call, headers=HEADERS) as response:
            assert response.status == 200, await response.text()
            body: dict[str, Any] = await response.json()
        self.said = body["responses"]
        self.slots |= {event["name"]: event["value"] for event in body["events"] if event["event"] == "slot"}
        events: list[dict[str, Any]] = body["events"]
        return events
