"""Telegram keeps what every channel keeps."""

import pytest

from tests.channels.conftest import Gateway
from tests.channels.contract import ChannelContract
from tests.support.telegram import post, texts, update
from tests.support.vendors import SECRET, Running


class TestTelegram(ChannelContract):
    """Somebody in a private chat with the bot."""

    @pytest.fixture(autouse=True)
    def _know_the_vendors(self, vendors: Running) -> None:
        self._vendors = vendors

    async def say(self, gateway: Gateway, text: str, id_: str) -> bool:
        return await self._post(gateway, text, id_, SECRET)

    async def forge(self, gateway: Gateway, text: str, id_: str) -> bool:
        return await self._post(gateway, text, id_, "forged")

    async def read(self, gateway: Gateway) -> list[str]:
        return texts(self._vendors)

    async def _post(self, gateway: Gateway, text: str, id_: str, secret: str) -> bool:
        return await post(gateway, update(int(id_.removeprefix("m")), text), secret) == 200
