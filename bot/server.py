"""`python -m bot.server`: Rasa with the door and nothing else, on loopback.

Environment: `RASA_SECRET`, `ACTIONS_URL`, `ACTIONS_SECRET`; `DATABASE_URL` where it names PostgreSQL; the port of
`RASA_URL` where none is given.
"""

from __future__ import annotations

import argparse
import os
import sys
from asyncio import AbstractEventLoop, sleep
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from rasa.core.channels.channel import register
from sanic import Sanic

from bot.action_server import ActionServer
from bot.agent import TurnAgent
from bot.door import Door
from bot.engines import postgresql_engine, sqlite_engine
from bot.errors import ModelError, StoreError
from bot.history import TURNS_KEPT
from bot.logs import configure_logs
from bot.tracker_store import TurnStore

_LARGEST_BODY = 256 * 1024  # bytes
_PURGE_SECONDS = 3600.0
_log = structlog.get_logger("bot")


def main() -> int:
    """Serve until a signal comes; return the exit status."""
    arguments = _read_arguments()
    missing = [name for name in ("RASA_SECRET", "ACTIONS_SECRET") if not os.environ.get(name)]
    if missing:
        sys.stderr.write(f"set {' and '.join(missing)} in the environment\n")
        return 2
    configure_logs()
    actions_url = os.environ.get("ACTIONS_URL", "http://127.0.0.1:5055")
    secrets = os.environ["ACTIONS_SECRET"], os.environ["RASA_SECRET"]
    app = build_app(arguments.models, _open_store(arguments.store), actions_url, *secrets)
    app.run(host="127.0.0.1", port=arguments.port, access_log=False, debug=False, motd=False)
    return 0


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


def _open_store(file: Path) -> TurnStore:
    url = os.environ.get("DATABASE_URL", "")
    engine = postgresql_engine(url) if url.startswith("postgres") else sqlite_engine(file)
    return TurnStore(engine, TURNS_KEPT)


def _read_arguments() -> argparse.Namespace:
    port = urlsplit(os.environ.get("RASA_URL", "")).port or 5005
    parser = argparse.ArgumentParser(prog="python -m bot.server", description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models"), dest="models", help="folder of trained models")
    parser.add_argument("--port", type=int, default=port)
    parser.add_argument("--store", type=Path, default=Path("var/tracker.db"), help="the SQLite tracker store")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
