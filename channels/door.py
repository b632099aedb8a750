"""The gateway's side of Rasa's door (docs/architecture.md): one call a turn, with a deadline."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from saathi.inbox import Pending


class DoorFailed(Exception):
    """Rasa or the action server is down, slow or failed; nothing of the turn was kept there."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What Rasa made of a message: see "The door" in docs/architecture.md for the shapes."""

    replies: list[dict[str, Any]]
    intent: str | None
    confidence: float | None
    actions: list[str]
    model: str | None
    milliseconds: dict[str, float]
    sentiment: float | None = None
    entities: list[dict[str, Any]] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)


class Door:
    """The way to Rasa. The session is shared and kept alive; closing it is the caller's part."""

    def __init__(self, session: ClientSession, url: str, secret: str) -> None:
        self._session = session
        self._url = url.rstrip("/") + "/webhooks/saathi"
        self._headers = {"X-Saathi-Secret": secret}

    async def take_turn(self, message: Pending, failed_attempts: int, deadline_s: float) -> Turned:
        """Let Rasa handle a message, or tell again what it answered when it has handled it before.

        Raises:
            DoorFailed: there was no answer within `deadline_s` seconds; the same message may be sent again.
        """
        request = {
            "message_id": message.id,
            "turn": message.id,
            "conversation": message.conversation,
            "channel": message.channel,
            "slots": {"language": message.language, "failed_attempts": failed_attempts},
            **({"payload": message.payload} if message.payload else {"text": message.text}),
        }
        return _read(await self._post("/turn", request, deadline_s))

    async def is_up(self, deadline_s: float = 2.0) -> bool:
        """True when Rasa has a model and answers."""
        try:
            timeout = ClientTimeout(total=deadline_s)
            async with self._session.get(f"{self._url}/health", timeout=timeout) as response:
                return response.status == 200
        except (ClientError, TimeoutError):
            return False

    async def _post(self, path: str, body: dict[str, Any], deadline_s: float) -> dict[str, Any]:
        try:
            async with asyncio.timeout(deadline_s):
                async with self._session.post(self._url + path, json=body, headers=self._headers) as response:
                    if response.status != 200:
                        raise DoorFailed(f"Rasa answered {response.status}")
                    answer = await response.json()
        except (ClientError, TimeoutError, ValueError) as error:
            raise DoorFailed(f"{type(error).__name__}: {error}") from error
        if not isinstance(answer, dict):
            raise DoorFailed("Rasa's answer is no object")
        return answer


def _read(answer: dict[str, Any]) -> Turned:
    try:
        intent = answer.get("intent") or {}
        return Turned(
            replies=list(answer["replies"]),
            intent=intent.get("name"),
            confidence=intent.get("confidence"),
            actions=list(answer.get("actions", [])),
            model=answer.get("model"),
            milliseconds=dict(answer.get("milliseconds", {})),
            entities=list(answer.get("entities", [])),
            slots=dict(answer.get("slots", {})),
            sentiment=None if answer.get("sentiment") is None else float(answer["sentiment"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DoorFailed(f"Rasa's answer lacks {error}") from error
