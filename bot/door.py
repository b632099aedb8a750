"""The one way into Rasa: an input channel that answers a turn with its recorded result (docs/architecture.md)."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog
from pydantic import ValidationError
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.action_server import SECRET_HEADER
from bot.agent import TurnAgent
from bot.errors import RequestError, TurnError
from bot.turn import TurnRequest

_log = structlog.get_logger("bot")
# the standard encoder writes ASCII, so that no text of a user can break the answer
_respond = partial(json_response, dumps=json.dumps)


class Door(InputChannel):
    """Takes turns for the gateway, which alone knows the secret."""

    def __init__(self, agent: TurnAgent, secret: str) -> None:
        """Answer with `agent`; `secret` must come with every turn and reload."""
        self._agent = agent
        self._secret = secret.encode()

    @classmethod
    def name(cls) -> str:
        """Return the door's name, which is part of its address."""
        return "saathi"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:  # noqa: ARG003
        """Refuse to be opened by `rasa run`, which would wrap the store and swallow failures."""
        raise RasaException("The door is opened by 'python -m bot.server', not by 'rasa run'.")

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:  # noqa: ARG002
        """Return the routes; turns go to our agent, not to Rasa's handler, which cannot tell a failed turn."""
        door = Blueprint("door")

        @door.post("/turn")
        async def take_turn(request: Request) -> HTTPResponse:
            self._check_secret(request)
            return await self._take_turn(_read(request))

        @door.post("/reload")
        async def reload(request: Request) -> HTTPResponse:
            self._check_secret(request)
            return _respond({"model": await self._agent.load_newest()})

        @door.get("/health")
        async def health(_: Request) -> HTTPResponse:
            if self._agent.model is None:
                return _error(HTTPStatus.SERVICE_UNAVAILABLE, "no_model", "no model is loaded")
            return _respond({"status": "ok", "model": self._agent.model})

        door.exception(Exception)(_answer_error)
        return door

    async def _take_turn(self, asked: TurnRequest) -> HTTPResponse:
        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(turn=asked.turn):
            answer = await self._agent.take_turn(asked)
            if not answer["repeated"]:
                elapsed = round((time.perf_counter() - begun) * 1000, 2)
                answer["milliseconds"] = {**answer["milliseconds"], "total": elapsed}
            _log.info(
                "turn",
                conversation=asked.conversation,
                channel=asked.channel,
                intent=answer["intent"]["name"],
                actions=answer["actions"],
                milliseconds=answer["milliseconds"],
                repeated=answer["repeated"],
            )
        return _respond(answer)

    def _check_secret(self, request: Request) -> None:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret):
            raise SanicException("the secret is missing or wrong", HTTPStatus.UNAUTHORIZED)


def _read(request: Request) -> TurnRequest:
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise RequestError("the body is no JSON") from error
    if not isinstance(body, dict):
        raise RequestError("the body is no object")
    try:
        return TurnRequest(**body)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise RequestError(wrong) from error


async def _answer_error(request: Request, error: Exception) -> HTTPResponse:
    """Turn every failure into the contract's error; what we did not foresee is logged with its traceback."""
    turn = _turn_of(request)
    if isinstance(error, RequestError):
        return _error(HTTPStatus.UNPROCESSABLE_ENTITY, error.code, str(error))
    if isinstance(error, SanicException):
        return _error(HTTPStatus(error.status_code), "refused", str(error))
    if isinstance(error, TurnError):
        _log.error("turn failed", turn=turn, code=error.code, reason=str(error))
        return _error(HTTPStatus.SERVICE_UNAVAILABLE, error.code, str(error))
    _log.error("turn failed", turn=turn, code=TurnError.code, exc_info=error)
    return _error(HTTPStatus.SERVICE_UNAVAILABLE, TurnError.code, type(error).__name__)


def _turn_of(request: Request) -> str | None:
    try:
        return _read(request).turn
    except RequestError:
        return None


def _error(status: HTTPStatus, code: str, message: str) -> HTTPResponse:
    return _respond({"error": {"code": code, "message": message}}, status=status.value)
