"""The voice line of a gateway on both databases, and a caller."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.conftest import Gateway, run_gateway
from tests.support.caller import Caller, voice_settings
from tests.support.gateway import make_settings
from tests.support.rasa import FakeDoor


@pytest.fixture
async def line(door: FakeDoor, database_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    settings = make_settings(
        door.url, tmp_path, database_url=database_url, rate_limit="1000/10 seconds", **voice_settings()
    )
    async with run_gateway(settings) as gateway:
        yield gateway


@pytest.fixture
async def caller(line: Gateway) -> Caller:
    return await Caller(line.client).call()


async def read(gateway: Gateway, query) -> list:
    return await gateway.services.database.read(lambda c: c.execute(query).all())
