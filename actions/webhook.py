"""rasa-sdk's webhook protocol over aiohttp: its executor runs the actions, this module guards the door.

rasa-sdk's own server is not used: it has no authentication and answers an error with the whole tracker.
"""

import asyncio
import hmac
import json
import time
from typing import Any

import structlog
from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.turn import BadCall
from knowledge.base import Knowledge
from knowledge.index import KnowledgeUnavailable
from knowledge.loading import BuildError
from saathi.store import StoreUnavailable

_DEADLINE = 4.0  # seconds an action may take
_LOOK_WITHIN = 1.8  # seconds; the gateway waits 2
_LARGEST = 1024 * 1024  # bytes of a call
_SECRET_HEADER = "X-Saathi-Secret"  # noqa: S105
_log = structlog.get_logger("actions")


class Webhook:
    """The HTTP face of the action server: `POST /webhook`, `GET /health`, `POST /knowledge/reload`."""

    def __init__(
        self, executor: ActionExecutor, knowledge: Knowledge, secret: str, deadline: float = _DEADLINE
    ) -> None:
        self._executor = executor
        self._knowledge = knowledge
        self._secret = secret.encode()
        self._deadline = deadline

    def make_app(self) -> web.Application:
        """The application, with every route but `/health` behind the secret."""
        app = web.Application(client_max_size=_LARGEST, middlewares=[self._check_secret])
        app.router.add_get("/health", self._health)
        app.router.add_post("/webhook", self._run)
        app.router.add_post("/knowledge/reload", self._reload)
        return app

    @web.middleware
    async def _check_secret(self, request: web.Request, handler: Any) -> web.StreamResponse:
        given = request.headers.get(_SECRET_HEADER, "").encode()
        if request.path != "/health" and not hmac.compare_digest(given, self._secret):
            return _error(401, "unauthorized", f"the header {_SECRET_HEADER} is missing or wrong")
        response: web.StreamResponse = await handler(request)
        return response

    async def _health(self, _request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(_LOOK_WITHIN):
                counts = await self._knowledge.count()
        except (KnowledgeUnavailable, TimeoutError) as error:
            known = {"articles": 0, "chunks": 0, "version": "", "fault": str(error) or "the index does not answer"}
            return web.json_response({"status": "degraded", "knowledge": known}, status=503)
        known = {"articles": counts.articles, "chunks": counts.chunks, "version": self._knowledge.version}
        return web.json_response({"status": "ok", "knowledge": known})

    async def _reload(self, _request: web.Request) -> web.Response:
        try:
            counts = await self._knowledge.reload()
        except (BuildError, TimeoutError) as error:
            _log.error("reload_failed", reason=str(error))
            return _error(500, "build_failed", "the index could not be built; the old one answers on")
        except KnowledgeUnavailable as error:
            _log.error("reload_failed", reason=str(error))
            return _error(503, "knowledge_unavailable", "the index is away; it is tried again")
        known = {"articles": counts.articles, "chunks": counts.chunks, "version": self._knowledge.version}
        return web.json_response({"knowledge": known})

    async def _run(self, request: web.Request) -> web.Response:
        try:
            call = await request.json()
            action, message = str(call["next_action"]), call["tracker"]["latest_message"] or {}
            metadata = message.get("metadata") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            return _error(422, "bad_call", "the body is not a call of rasa-sdk's protocol")
        turn = request.headers.get("X-Turn-Id") or metadata.get("turn")
        with structlog.contextvars.bound_contextvars(turn=turn, action=action):
            started = time.perf_counter()
            response = await self._run_action(action, call)
            _log.info("action", status=response.status, milliseconds=round((time.perf_counter() - started) * 1000, 1))
            return response

    async def _run_action(self, action: str, call: dict[str, Any]) -> web.Response:
        if action not in self._executor.actions:
            return _error(404, "unknown_action", "no such action", action)
        # No action of ours reads the domain; without one rasa-sdk would ask for it with a 449.
        call["domain"] = call.get("domain") or {}
        try:
            async with asyncio.timeout(self._deadline):
                result = await self._executor.run(call)
        except Exception as error:  # noqa: BLE001 - whatever an action raises, the tracker stays in this process
            return _answer_fault(action, error)
        body = {"events": result.events, "responses": result.responses} if result else {"events": [], "responses": []}
        return web.Response(text=json.dumps(body, ensure_ascii=False), content_type="application/json")


def _answer_fault(action: str, error: Exception) -> web.Response:
    match error:
        case ActionExecutionRejection():  # Rasa's own protocol: the policies predict again
            return web.json_response({"error": error.message, "action_name": action}, status=400)
        case BadCall():
            return _error(422, "bad_call", str(error), action)
        case TimeoutError():
            return _error(503, "action_timeout", "the action did not end in time", action)
        case StoreUnavailable():
            return _error(503, "store_unavailable", "the database did not answer", action)
        case _:
            _log.error("action_failed", exc_info=error)
            return _error(500, "action_failed", "the action raised an error; the log has it", action)


def _error(status: int, code: str, message: str, action: str | None = None) -> web.Response:
    body: dict[str, Any] = {"error": {"code": code, "message": message}}
    if action is not None:
        body["action_name"] = action
    return web.json_response(body, status=status)
