"""A real gateway over a real database, with a local server in Rasa's place."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from channels.gateway import build_app
from channels.services import SERVICES, Services
from channels.tokens import Tokens
from saathi.settings import Settings
from tests.support.chat import Chat
from tests.support.files import read_once_for_gateways
from tests.support.gateway import JWT, make_settings
from tests.support.rasa import FakeDoor
from tests.support.vendors import Running, run_vendors


class Gateway:
    """A running gateway and what a test needs of it."""

    def __init__(self, client: TestClient, settings: Settings) -> None:
        self.client = client
        self.settings = settings
        self.tokens = Tokens(JWT)

    @property
    def services(self) -> Services:
        return self.client.server.app[SERVICES]

    @property
    def url(self) -> str:
        return str(self.client.make_url("")).rstrip("/")

    def bearer(self, partner: str = "P1001", role: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens.issue(partner, role)}"}

    @asynccontextmanager
    async def chat(self, partner: str = "P1001", token: str | None = None) -> AsyncIterator[Chat]:
        async with self.client.ws_connect("/channels/inapp/ws") as socket:
            chat = Chat(socket)
            await chat.send("auth", token=token or self.tokens.issue(partner))
            yield chat


@pytest.fixture(scope="session", autouse=True)
def _files_are_read_once() -> Iterator[None]:
    with read_once_for_gateways():
        yield


@pytest.fixture
async def door() -> AsyncIterator[FakeDoor]:
    fake = FakeDoor()
    await fake.server.start_server()
    yield fake
    await fake.server.close()


@pytest.fixture
async def vendors() -> AsyncIterator[Running]:
    """Twilio and Telegram; every request to them must fit their documents."""
    async with run_vendors() as running:
        yield running
        assert running.misfits() == []


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, new_database_with_tables: Callable[[str], str]) -> str:
    return new_database_with_tables(request.param)


@pytest.fixture
def settings(door: FakeDoor, database_url: str, tmp_path: Path) -> Settings:
    return make_settings(door.url, tmp_path, database_url=database_url, rate_limit="1000/10 seconds")


@asynccontextmanager
async def run_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    async with TestClient(TestServer(build_app(settings))) as client:
        yield Gateway(client, settings)


@pytest.fixture
async def gateway(settings: Settings) -> AsyncIterator[Gateway]:
    async with run_gateway(settings) as running:
        yield running
