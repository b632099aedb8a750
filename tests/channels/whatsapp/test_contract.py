"""WhatsApp keeps what every channel keeps."""

import hashlib

import pytest

from tests.channels.conftest import Gateway
from tests.channels.contract import ChannelContract
from tests.support.twilio import make_form, sign
from tests.support.vendors import Running
from tests.support.whatsapp import post, texts


class TestWhatsApp(ChannelContract):
    """Somebody writes to the number, and Twilio posts it."""

    @pytest.fixture(autouse=True)
    def _know_the_vendors(self, vendors: Running) -> None:
        self._vendors = vendors

    def _form(self, text: str, id_: str) -> dict[str, str]:
        return make_form(text, sid=f"SM{hashlib.md5(id_.encode()).hexdigest()}")

    async def say(self, gateway: Gateway, text: str, id_: str) -> bool:
        return await post(gateway, self._form(text, id_)) == 200

    async def forge(self, gateway: Gateway, text: str, id_: str) -> bool:
        form = self._form(text, id_)
        claims = {**sign("/channels/whatsapp/status", form), "X-Forwarded-Host": "saathi.example"}
        async with gateway.client.post("/channels/whatsapp/webhook", data=form, headers=claims) as answer:
            return answer.status < 300

    async def read(self, gateway: Gateway) -> list[str]:
        return texts(self._vendors)
