"""Telegram keeps what every channel keeps."""

from collections.abc import AsyncIterator

import pytest

from channels.telegram.webhook import PATH, SECRET
from saathi.settings import Settings
from tests.channels.conftest import Gateway
from tests.channels.contract import ChannelContract
from tests.support import telegram
from tests.support.telegram import BotApi, update


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with telegram.run_bot_api() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, api: BotApi) -> Settings:
    return telegram.turn_on(settings, api.url)


class TestTelegram(ChannelContract):
    """Somebody in a private chat with the bot."""

    @pytest.fixture(autouse=True)
    def _remember_the_vendor(self, api: BotApi) -> None:
        self.api = api

    async def say(self, gateway: Gateway, text: str, id_: str) -> bool:
        return await self._post(gateway, text, id_, telegram.SECRET)

    async def forge(self, gateway: Gateway, text: str, id_: str) -> bool:
        return await self._post(gateway, text, id_, "forged")

    async def read(self, gateway: Gateway) -> list[str]:
        return self.api.texts()

    async def _post(self, gateway: Gateway, text: str, id_: str, secret: str) -> bool:
        body = update(int(id_.removeprefix("m")), text)
        async with gateway.client.post(PATH, json=body, headers={SECRET: secret}) as answer:
            return answer.ok
