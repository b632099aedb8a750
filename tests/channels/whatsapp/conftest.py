"""A gateway on WhatsApp, with local servers in the places of Rasa and Twilio."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from saathi.settings import Settings
from tests.support.gateway import make_settings
from tests.support.vendors import Running, twilio_settings
from tests.support.whatsapp import OfferingDoor


@pytest.fixture
async def door() -> AsyncIterator[OfferingDoor]:
    fake = OfferingDoor()
    await fake.server.start_server()
    yield fake
    await fake.server.close()


@pytest.fixture
def settings(door: OfferingDoor, vendors: Running, database_url: str, tmp_path: Path) -> Settings:
    chosen = {"database_url": database_url, "rate_limit": "1000/10 seconds"}
    return make_settings(door.url, tmp_path, **chosen, **twilio_settings(vendors.url))
