"""The voice line keeps what every channel keeps."""

import asyncio

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from saathi.settings import Settings
from saathi.store.tables import outbox
from tests.channels.conftest import Gateway
from tests.channels.contract import ChannelContract
from tests.support.caller import TOKEN, Caller, voice_settings
from tests.support.rasa import FakeDoor


@pytest.fixture
def settings(settings: Settings) -> Settings:
    # a copy takes its values as they are: the token has to be a secret already
    return settings.model_copy(update=voice_settings(twilio_auth_token=SecretStr(TOKEN)))


class TestIvr(ChannelContract):
    """A caller who has chosen English. A message's id is the step at which it is said."""

    @pytest.fixture(autouse=True)
    async def _call(self, gateway: Gateway) -> None:
        self.caller = await Caller(gateway.client).call()
        await self.caller.key("1")
        self.actions: dict[str, str] = {}

    async def say(self, gateway: Gateway, text: str, id_: str) -> bool:
        action = self.actions.setdefault(id_, self.caller.action)
        await self.caller.post(action, SpeechResult=text)
        return True

    async def forge(self, gateway: Gateway, text: str, id_: str) -> bool:
        form = {"CallSid": self.caller.sid, "SpeechResult": text}
        async with gateway.client.post(
            self.caller.action, data=form, headers={"X-Twilio-Signature": "forged"}
        ) as answer:
            return answer.ok

    async def read(self, gateway: Gateway) -> list[str]:
        query = select(outbox.c.body).where(outbox.c.state == "sent").order_by(outbox.c.seq)
        return [row.body["text"] for row in await gateway.services.database.read(lambda c: c.execute(query).all())]

    async def test_text_that_is_too_long_is_declined_with_one_line(self, gateway: Gateway, door: FakeDoor) -> None:
        """On the phone the line is said and not kept."""
        await self.say(gateway, "long " * 1000, "m1")
        assert self.caller.words.startswith("Sorry, I did not get that.")
        await asyncio.sleep(0.2)
        assert door.asked == []
