"""Schemathesis makes requests out of the API's own description and holds the answers to it."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import positive_data_acceptance

from channels.gateway import OPENAPI, build_app
from channels.tokens import Tokens
from tests.channels.conftest import run_gateway
from tests.support.gateway import JWT, make_settings
from tests.support.rasa import FakeDoor

# Every channel is on, and the CRM's events; nothing is sent, so that nobody need stand in for the vendors.
ALL_CHANNELS = {
    "twilio_account_sid": "AC" + "0" * 32,
    "twilio_auth_token": "t" * 32,
    "twilio_whatsapp_from": "whatsapp:+910000000000",
    "twilio_voice_from": "+910000000001",
    "twilio_api_base": "http://127.0.0.1:9",
    "telegram_bot_token": "700000000:local",
    "telegram_secret_token": "telegram-secret",
    "telegram_api_base": "http://127.0.0.1:9",
    "crm_events_secret": "e" * 32,
}
# Pages and files for browsers, and what is no HTTP: the websockets.
NOT_OF_THE_API = {"/", "/static", "/channels/inapp/ws", "/channels/ivr/relay"}

schema = schemathesis.openapi.from_dict(yaml.safe_load(OPENAPI.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway in a thread of its own, since Schemathesis calls it and waits."""
    started: list[str] = []
    is_up, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve(data_dir: Path) -> None:
        door = FakeDoor()
        await door.server.start_server()
        chosen = make_settings(door.url, data_dir, rate_limit="100000/10 seconds", **ALL_CHANNELS)
        async with run_gateway(chosen) as gateway:
            started.append(str(gateway.client.make_url("")).rstrip("/"))
            is_up.set()
            await stop.wait()
        await door.server.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(tmp_path_factory.mktemp("api")),))
    thread.start()
    assert is_up.wait(30)
    yield started[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(30)
    loop.close()


@schema.parametrize()
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_api_keeps_its_description(case: schemathesis.Case, address: str) -> None:
    staff = case.path == "/api/handoffs" or case.path.startswith("/api/knowledge/")
    token = Tokens(JWT).issue("demo-operator", "operator") if staff else Tokens(JWT).issue("P1001")
    # These two say by 501 and 503 what stands in the description: not built yet, and a part is down.
    honest = [not_a_server_error] if case.path in {"/api/recommendations", "/health"} else []
    if case.path == "/tools/surrender-value":  # its years bound each other, which a schema of parameters cannot say
        honest = [positive_data_acceptance]
    case.call_and_validate(base_url=address, headers={"Authorization": f"Bearer {token}"}, excluded_checks=honest)


def test_every_route_of_the_gateway_is_described_and_nothing_else(tmp_path: Path) -> None:
    app = build_app(make_settings("http://127.0.0.1:9", tmp_path, ivr_relay=True, **ALL_CHANNELS))
    served = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method not in {"HEAD", "OPTIONS"}
    }
    description = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
    described = {(method.upper(), path) for path, methods in description["paths"].items() for method in methods}
    # the calculators have one address, described one by one
    calculators = {(method, path) for method, path in described if path.startswith("/tools/")}
    assert ("GET", "/tools/{name}") in served & calculators
    expected = {(method, path) for method, path in served if path not in NOT_OF_THE_API}
    assert described - calculators == expected - calculators
