"""The gateway's process: `python -m channels.gateway`."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path

import structlog
import yaml
from aiohttp import ClientSession, TCPConnector, WSCloseCode, web

from channels import api, crm, inapp, knowledge, linking, operations, pictures, pins
from channels.announcing import Announcer
from channels.channel import Channel
from channels.commands import Commands
from channels.cors import name_origin
from channels.crm import CRM, CrmParts
from channels.crm_activities import ActivityWriter
from channels.crm_events import CrmEvents
from channels.delivery import Delivery, hear_other_gateways
from channels.door import Door
from channels.errors import answer_errors
from channels.ivr.channel import VOICE_LINE
from channels.limiter import Limiter
from channels.metrics import Metrics
from channels.operations import SESSION
from channels.pages import Pages, Shelf
from channels.products import Products
from channels.reminding import Reminding
from channels.sending import Dispatcher, Sender
from channels.services import SERVICES, SentMarks, Services
from channels.telegram.channel import TELEGRAM
from channels.tokens import Tokens
from channels.tools import Tools
from channels.traces import Traces
from channels.turn import Turn
from channels.validity import watch_validity
from channels.whatsapp.channel import WHATSAPP
from channels.wording import Wording
from channels.worker import Worker
from knowledge.articles.library import ARTICLES
from saathi.calculators import Figures
from saathi.clock import today_in_india
from saathi.crm.opening import SettingMissing, open_crm
from saathi.crm.scores import LeadScores
from saathi.crm.summaries import Summaries
from saathi.leads.words import LeadWords
from saathi.located import FileFault
from saathi.logs import set_up_logs
from saathi.privacy import Masker
from saathi.products import Catalog
from saathi.scoring.explaining import Explainer
from saathi.scoring.model import LeadScorer, ModelUnusable
from saathi.settings import Settings
from saathi.store import open_database
from saathi.store.migrate import migrate

log = structlog.get_logger()

# The channels; one line each.
CHANNELS = (Channel(inapp.CHANNEL, inapp.routes), TELEGRAM, WHATSAPP, VOICE_LINE)

OPENAPI = Path(__file__).resolve().parent / "openapi.yaml"
LARGEST_BODY = 64 * 1024


def build_app(settings: Settings) -> web.Application:
    """The gateway as an aiohttp application; it opens its database and sessions when it starts."""
    app = web.Application(middlewares=[answer_errors], client_max_size=LARGEST_BODY)
    scorer = _load_scorer()
    app.cleanup_ctx.append(_open_services(settings, scorer))
    app.on_response_prepare.append(_add_headers)
    app.on_response_prepare.append(name_origin)
    app.on_shutdown.append(_close_sockets)
    app.add_routes([route for channel in _list_open(settings) for route in channel.routes(settings)])
    app.add_routes(
        [
            *api.routes(),
            *crm.routes(),
            *knowledge.routes(),
            *linking.routes(_list_open(settings)),
            *operations.routes(),
            *pictures.routes(),
            *pins.routes(),
        ]
    )
    app.add_routes([web.get("/api/openapi.json", _show_openapi)])
    shelf = Shelf(ARTICLES, settings.data_dir / "imported")
    app.add_routes([*Pages(settings, shelf).routes(), *Tools(Figures.load(), shelf, today_in_india).routes()])
    catalog = Catalog.load()
    app.add_routes(Products(catalog, today_in_india).routes())
    if settings.crm_backend == "sql":
        secret = settings.crm_events_secret.get_secret_value()
        app.add_routes(CrmEvents(secret, catalog.words.kinds, LeadWords.load().engagement, scorer).routes())
    if settings.saathi_demo:
        app.add_routes(api.demo_routes())
    return app


def _load_scorer() -> LeadScorer | None:
    """The scoring of leads; None where its model cannot be used, which is said once: all else goes on without."""
    try:
        return LeadScorer.load()
    except ModelUnusable as error:
        log.warning("no_scores", reason=str(error))
        return None


def _list_open(settings: Settings) -> list[Channel]:
    return [channel for channel in CHANNELS if not channel.find_missing(settings)]


def _open_services(settings: Settings, scorer: LeadScorer | None) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(app: web.Application) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(ClientSession(connector=TCPConnector(limit=0)))
            database = open_database(settings.store_url)
            stack.push_async_callback(database.close)
            await migrate(database)
            delivery, metrics, wording = Delivery(), Metrics(), Wording()
            door = Door(session, settings.rasa_url, settings.rasa_secret.get_secret_value())
            traces = Traces()
            worker = Worker(
                database, Turn(door, wording), delivery, metrics, traces=traces if settings.saathi_demo else None
            )
            sent = SentMarks(database)
            stack.push_async_callback(sent.write)
            marking = asyncio.create_task(sent.write_forever())
            stack.callback(marking.cancel)
            is_shared = settings.store_url.startswith("postgresql")
            await stack.enter_async_context(
                hear_other_gateways(settings.store_url, delivery) if is_shared else nullcontext()
            )
            await stack.enter_async_context(worker.at_work())
            dispatcher = Dispatcher(database, await _open_senders(stack, settings), metrics)
            delivery.watch(dispatcher.wake)
            await stack.enter_async_context(dispatcher.at_work())
            await stack.enter_async_context(Announcer(database, session).at_work())
            backend = open_crm(settings, database, scorer)
            await stack.enter_async_context(Reminding(database, backend, wording, delivery).at_work())
            await stack.enter_async_context(watch_validity(metrics, ARTICLES))
            await stack.enter_async_context(ActivityWriter(database, backend, Summaries.load()).at_work())
            scores = LeadScores(backend, database, scorer) if scorer is not None else None
            app[CRM] = CrmParts(backend, scores, Explainer.load())
            masker = Masker()
            app[SESSION] = session
            app[SERVICES] = Services(
                settings=settings,
                database=database,
                door=door,
                worker=worker,
                delivery=delivery,
                dispatcher=dispatcher,
                sent=sent,
                metrics=metrics,
                masker=masker,
                limiter=Limiter(settings.rate_limit),
                tokens=Tokens(settings.jwt_secret.get_secret_value()),
                wording=wording,
                commands=Commands(database, wording, masker, worker),
                origins=_list_origins(settings),
                traces=traces,
            )
            yield

    return run


async def _open_senders(stack: AsyncExitStack, settings: Settings) -> dict[str, Sender]:
    """The senders of the channels that are on; a channel that is off is said to be so once."""
    senders = {}
    for channel in CHANNELS:
        if missing := channel.find_missing(settings):
            log.info("channel_off", channel=channel.name, missing=missing)
        elif channel.open_sender is not None:
            senders[channel.name] = await stack.enter_async_context(channel.open_sender(settings))
    return senders


def _list_origins(settings: Settings) -> frozenset[str]:
    """Origins that may open the chat: our own pages, by either name of this machine in a demo, and the host apps."""
    named = {origin.strip().rstrip("/") for origin in settings.allowed_origins.split(",") if origin.strip()}
    return frozenset({settings.origin, settings.origin.replace("127.0.0.1", "localhost"), *named})


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if request.path.startswith("/static/"):  # a host app of another origin loads the widget's modules
        response.headers.setdefault("Access-Control-Allow-Origin", "*")
        response.headers.setdefault("Cache-Control", "no-cache")  # asked for again, and mostly answered with 304


async def _close_sockets(app: web.Application) -> None:
    for socket in list(app[SERVICES].sockets):
        await socket.close(code=WSCloseCode.GOING_AWAY, message=b"the gateway is stopping")


async def _show_openapi(_request: web.Request) -> web.Response:
    return web.json_response(yaml.safe_load(OPENAPI.read_text(encoding="utf-8")))


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    settings = Settings()
    missing = settings.missing_secrets()
    if missing:
        sys.exit(f"Set {', '.join(missing)} to random strings of at least 32 characters, or use `make run`.")
    set_up_logs("gateway")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        web.run_app(
            build_app(settings), host=settings.host, port=settings.port, access_log=None, print=None, shutdown_timeout=3
        )
    except (FileFault, SettingMissing) as fault:  # a designer's file: told as `make validate` tells it
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
