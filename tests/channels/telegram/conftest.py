"""A gateway on Telegram, with a local server in the place of its Bot API."""

import pytest

from saathi.settings import Settings
from tests.support import telegram
from tests.support.vendors import Running


@pytest.fixture
def settings(settings: Settings, vendors: Running) -> Settings:
    return telegram.turn_on(settings, vendors)
