"""The in-app channel keeps what every channel keeps."""

from tests.channels.conftest import Gateway
from tests.channels.contract import ChannelContract


class TestInApp(ChannelContract):
    """A user of the web widget: each message over a socket of its own, which is the hardest for order."""

    async def say(self, gateway: Gateway, text: str, id_: str) -> bool:
        async with gateway.chat() as chat:
            await chat.say(text, id_)
            return (await chat.next("ack", "error"))["type"] == "ack"

    async def forge(self, gateway: Gateway, text: str, id_: str) -> bool:
        async with gateway.chat(token="forged") as chat:
            await chat.say(text, id_)
            try:
                return (await chat.next("ack", "error"))["type"] == "ack"
            except ConnectionError:
                return False

    async def read(self, gateway: Gateway) -> list[str]:
        async with gateway.chat() as chat:
            await chat.send("resume", after=0)
            return [frame["text"] for frame in await chat.silence(0.2) if frame["type"] == "message"]

    async def test_text_that_is_too_long_is_declined_with_one_line(self, gateway: Gateway, door) -> None:
        """In the app the line is an `error` frame on the socket that sent the text."""
        async with gateway.chat() as chat:
            await chat.say("long " * 1000, "m1")
            refused = await chat.next("ack", "error")
        assert (refused["code"], door.asked) == ("too_long", [])
        assert 0 < len(refused["text"]) < 300
