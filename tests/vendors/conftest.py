"""The stand-ins, running, with a gateway that they talk to."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from saathi.settings import ROOT
from tests.browser.conftest import browser, open_page
from tests.vendors.gateway import PUBLIC, SECRET, TOKEN, SmallGateway
from vendors.app import LocalVendors, Specifications
from vendors.credentials import Credentials

__all__ = ["browser", "open_page"]  # fixtures of the page's tests

ACCOUNT = "AC" + "0" * 32
BOT_TOKEN = "700000000:local"
SPECS = Path(os.environ.get("VENDOR_API", ROOT.parent / "shared/data/vendor_api"))

needs_documents = pytest.mark.skipif(not SPECS.exists(), reason="the vendors' documents are not on this machine")


@cache
def documents() -> Specifications:
    """The vendors' documents where this machine has them; without them requests go unchecked."""
    return Specifications.read(SPECS) if SPECS.exists() else Specifications()


@dataclass(frozen=True)
class Running:
    """The stand-ins and their address."""

    vendors: LocalVendors
    url: str


@asynccontextmanager
async def run_gateway() -> AsyncIterator[SmallGateway]:
    """A gateway of these tests."""
    small = SmallGateway()
    await small.server.start_server()
    try:
        yield small
    finally:
        await small.server.close()


@asynccontextmanager
async def run_vendors(gateway: SmallGateway, port: int | None = None) -> AsyncIterator[Running]:
    """The stand-ins, with that gateway."""
    vendors = LocalVendors(
        Credentials(
            gateway=gateway.url,
            public_url=PUBLIC,
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            whatsapp_from="whatsapp:+918000000000",
            voice_from="+918000000001",
            voice_status="/channels/ivr/status",
            telegram_token=BOT_TOKEN,
            telegram_secret=SECRET,
        ),
        documents(),
    )
    server = TestServer(vendors.make_app(), port=port)
    await server.start_server(shutdown_timeout=0.1)
    url = str(server.make_url("/")).rstrip("/")
    vendors.found_at(url)
    try:
        yield Running(vendors, url)
    finally:
        await server.close()


@pytest.fixture
async def gateway() -> AsyncIterator[SmallGateway]:
    async with run_gateway() as small:
        yield small


@pytest.fixture
async def running(gateway: SmallGateway) -> AsyncIterator[Running]:
    async with run_vendors(gateway) as vendors:
        yield vendors
