"""The stand-ins, running, with a gateway that they talk to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.browser.conftest import browser, open_page
from tests.support.vendors import Running, run_vendors
from tests.vendors.gateway import SmallGateway

__all__ = ["browser", "open_page"]  # fixtures of the page's tests


@asynccontextmanager
async def run_gateway() -> AsyncIterator[SmallGateway]:
    """A gateway of these tests."""
    small = SmallGateway()
    await small.server.start_server()
    try:
        yield small
    finally:
        await small.server.close()


@pytest.fixture
async def gateway() -> AsyncIterator[SmallGateway]:
    async with run_gateway() as small:
        yield small


@pytest.fixture
async def running(gateway: SmallGateway) -> AsyncIterator[Running]:
    async with run_vendors(gateway.url) as vendors:
        yield vendors
