"""Calls to the action server: one keep-alive session, a deadline, the secret, and an answer that is checked."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any

import aiohttp
from rasa.core.actions.action import ActionExecutionRejection
from rasa.shared.core.events import Event
from typing_extensions import Self

from bot.errors import ActionError

SECRET_HEADER = "X-Saathi-Secret"  # noqa: S105 - the header's name


@dataclass(frozen=True)
class ActionAnswer:
    """What an action returned: events for the tracker, and responses that Rasa's generator puts into words."""

    events: list[Event] = field(default_factory=list)
    responses: list[dict[str, Any]] = field(default_factory=list)


class ActionServer:
    """The action server at `url` (its root). Use it as an async context manager, inside the running loop."""

    def __init__(self, url: str, secret: str, deadline: float = 5.0) -> None:
        """Remember where to call; `deadline` is in seconds and covers one whole call."""
        self._webhook = url.rstrip("/") + "/webhook"
        self._headers = {SECRET_HEADER: secret}
        self._deadline = aiohttp.ClientTimeout(total=deadline)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the session."""
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._deadline, connector=connector)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the session and its connections."""
        if self._session is not None:
            await self._session.close()

    async def call(self, call: dict[str, Any]) -> ActionAnswer:
        """Run the action that `call` names (rasa-sdk's webhook format).

        Raises ActionExecutionRejection where the action rejects to run (400), ActionError for everything else
        that is not an answer. Where the server had closed an idle connection, the call is made once more; should it
        have read the call before, the action knows the message id.
        """
        name = call["next_action"]
        try:
            return await self._post(name, call)
        except aiohttp.ServerDisconnectedError:
            return await self._again(name, call)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            raise ActionError(f"action '{name}': {type(error).__name__}: {error}") from error

    async def _again(self, name: str, call: dict[str, Any]) -> ActionAnswer:
        try:
            return await self._post(name, call)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            raise ActionError(f"action '{name}': {type(error).__name__}: {error}") from error

    async def _post(self, name: str, call: dict[str, Any]) -> ActionAnswer:
        if self._session is None:
            raise ActionError("the action server's session is not open")
        async with self._session.post(self._webhook, json=call) as response:
            if response.status == HTTPStatus.BAD_REQUEST:
                refusal = await response.json()
                raise ActionExecutionRejection(name, str(refusal.get("error")))
            if response.status != HTTPStatus.OK:
                raise ActionError(f"action '{name}': the action server answered {response.status}")
            return _read_answer(name, await response.json())


def _read_answer(name: str, answer: Any) -> ActionAnswer:
    """Build the events with Rasa's own constructors.

    Stock Rasa validates against a jsonschema that it checks anew on each call, a sixth of a turn; the
    constructors refuse the same mistakes (unknown event, missing key).
    """
    if not isinstance(answer, dict):
        raise ActionError(f"action '{name}': the answer is no object")
    events, responses = answer.get("events") or [], answer.get("responses") or []
    if not all(isinstance(item, dict) for item in [*events, *responses]):
        raise ActionError(f"action '{name}': an event or response is no object")
    return ActionAnswer([_read_event(name, event) for event in events], responses)


def _read_event(name: str, raw: dict[str, Any]) -> Event:
    try:
        event = Event.from_parameters(raw)
    except (KeyError, TypeError, ValueError) as error:
        raise ActionError(f"action '{name}': event {raw.get('event')!r}: {error!r}") from error
    if event is None:
        raise ActionError(f"action '{name}': there is no event {raw.get('event')!r}")
    event.timestamp = time.time()
    return event
