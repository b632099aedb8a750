"""The web application around the agent: start, reload, tidy up, stop."""

from __future__ import annotations

from asyncio import AbstractEventLoop, sleep
from pathlib import Path

import structlog
from rasa.core.channels.channel import register
from sanic import Sanic

from bot.action_server import ActionServer
from bot.agent import TurnAgent
from bot.door import Door
from bot.engines import postgresql_engine, sqlite_engine
from bot.errors import ModelError, StoreError
from bot.history import TURNS_KEPT
from bot.tracker_store import TurnStore

_LARGEST_BODY = 256 * 1024  # bytes
_PURGE_SECONDS = 3600.0
_log = structlog.get_logger("bot")


def open_store(database_url: str, file: Path) -> TurnStore:
    """Return the store on PostgreSQL where `database_url` names it, else on the SQLite `file`."""
    engine = postgresql_engine(database_url) if database_url.startswith("postgres") else sqlite_engine(file)
    return TurnStore(engine, TURNS_KEPT)


def build_app(models: Path, store: TurnStore, actions_url: str, actions_secret: str, secret: str) -> Sanic:
    """Return the app. The newest model of `models` is loaded once it listens; the door answers 503 until then."""
    app = Sanic("saathi-rasa", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = _LARGEST_BODY
    app.config.KEEP_ALIVE_TIMEOUT = 75
    server = ActionServer(actions_url, actions_secret)
    agent = TurnAgent(models, store, server)
    register([Door(agent, secret)], app, route="/webhooks/")

    @app.before_server_start
    async def _open(*_: object) -> None:
        await server.__aenter__()

    @app.after_server_start
    async def _begin(running: Sanic, _: AbstractEventLoop) -> None:
        running.add_task(_load(agent))
        running.add_task(_purge_hourly(store))

    @app.after_server_stop
    async def _close(*_: object) -> None:
        await server.__aexit__(None, None, None)
        store.close()

    return app


async def _load(agent: TurnAgent) -> None:
    try:
        await agent.load_newest()
    except ModelError as error:
        _log.error("no model", reason=str(error))


async def _purge_hourly(store: TurnStore) -> None:
    while True:
        try:
            await store.purge()
        except StoreError as error:
            _log.warning("purge failed", reason=str(error))
        await sleep(_PURGE_SECONDS)
