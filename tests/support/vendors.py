"""Twilio and Telegram for tests: `vendors/` within the test's own process, on a free port of loopback.

Requests are checked against the vendors' documents where their folder is on this machine: VENDOR_API, or
`../shared/data/vendor_api` beside the project.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from saathi.settings import ROOT
from vendors.app import LocalVendors, Specifications
from vendors.credentials import Credentials
from vendors.faults import Fault
from vendors.requests import Asked

ACCOUNT = "AC" + "0" * 32
TOKEN = "t" * 32
FROM, VOICE_FROM = "whatsapp:+918000000000", "+918000000001"
BOT_TOKEN = "700000000:local"
SECRET = "telegram-secret"
PUBLIC = "https://saathi.example"
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

    def play(self, vendor: str, **fault: Any) -> None:
        """The next requests meet a fault; the fields are those of `vendors.faults.Fault`."""
        self.vendors.faults[vendor].play(Fault(**fault))

    def asked(self, vendor: str, path: str = "", address: str = "") -> list[Asked]:
        """The requests whose path ends so, about one address or about all, the oldest first."""
        asked = self.vendors.requests.list_all(vendor)
        return [one for one in asked if one.path.endswith(path) and address in {"", one.address}]

    def misfits(self) -> list[str]:
        """Why requests do not fit the vendors' documents."""
        return [one.misfit for one in self.vendors.requests.list_all() if one.misfit]


@asynccontextmanager
async def run_vendors(gateway: str = "", port: int | None = None) -> AsyncIterator[Running]:
    """The stand-ins for the length of the block. They tell a gateway of nothing before they know where it is."""
    vendors = LocalVendors(
        Credentials(
            gateway=gateway,
            public_url=PUBLIC,
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            whatsapp_from=FROM,
            voice_from=VOICE_FROM,
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


def twilio_settings(url: str) -> dict[str, str]:
    """The settings by which a gateway has the stand-in for its Twilio."""
    return {
        "public_url": PUBLIC,
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "twilio_whatsapp_from": FROM,
        "twilio_api_base": url,
    }


def telegram_settings(url: str) -> dict[str, str]:
    """The same for Telegram."""
    return {
        "public_url": PUBLIC,
        "telegram_bot_token": BOT_TOKEN,
        "telegram_secret_token": SECRET,
        "telegram_api_base": url,
    }
