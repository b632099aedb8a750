"""What every channel keeps, whoever its vendor. A channel's test class inherits this and says how its user speaks."""

import asyncio
from abc import ABC, abstractmethod

from sqlalchemy import select

from saathi.store.tables import inbox
from tests.channels.conftest import Gateway
from tests.support.rasa import FakeDoor
from tests.support.waiting import until

LONGEST_SILENCE_S = 0.5  # after which nothing more is expected


class ChannelContract(ABC):
    """`gateway` and `door` are the fixtures of tests/channels/conftest.py; the gateway has the channel on."""

    @abstractmethod
    async def say(self, gateway: Gateway, text: str, id_: str) -> bool:
        """The user sends a text under the vendor's id; whether the channel took it (a 2xx, an `ack`)."""

    @abstractmethod
    async def forge(self, gateway: Gateway, text: str, id_: str) -> bool:
        """The same, but not from whom it claims to be."""

    @abstractmethod
    async def read(self, gateway: Gateway) -> list[str]:
        """All texts that the user has been sent so far, oldest first."""

    async def _stored(self, gateway: Gateway) -> list[tuple[str, str | None]]:
        query = select(inbox.c.text, inbox.c.payload).order_by(inbox.c.number)
        return [tuple(row) for row in await gateway.services.database.read(lambda c: c.execute(query).all())]

    async def _wait_for_replies(self, gateway: Gateway, count: int) -> list[str]:
        async def have_come() -> bool:
            return len(await self.read(gateway)) >= count

        await until(have_come)
        await asyncio.sleep(LONGEST_SILENCE_S)
        return await self.read(gateway)

    async def test_message_is_stored_and_answered(self, gateway: Gateway) -> None:
        assert await self.say(gateway, "hello", "m1")
        assert await self._wait_for_replies(gateway, 1) == ["echo: hello"]
        assert await self._stored(gateway) == [("hello", None)]

    async def test_forged_message_is_refused_and_nothing_is_kept(self, gateway: Gateway, door: FakeDoor) -> None:
        assert not await self.forge(gateway, "hello", "m1")
        assert await self._stored(gateway) == []
        assert door.asked == []

    async def test_duplicate_message_is_answered_once(self, gateway: Gateway, door: FakeDoor) -> None:
        assert all(await asyncio.gather(*(self.say(gateway, "hello", "m1") for _ in range(5))))
        assert await self._wait_for_replies(gateway, 1) == ["echo: hello"]
        assert await self.say(gateway, "hello", "m1")
        await asyncio.sleep(LONGEST_SILENCE_S)
        assert len(await self.read(gateway)) == 1
        assert len(door.asked) == 1

    async def test_messages_are_answered_in_order(self, gateway: Gateway, door: FakeDoor) -> None:
        door.delay_s = 0.05
        for number in range(6):
            assert await self.say(gateway, f"number {number}", f"m{number}")
        assert await self._wait_for_replies(gateway, 6) == [f"echo: number {number}" for number in range(6)]

    async def test_blank_text_takes_no_turn(self, gateway: Gateway, door: FakeDoor) -> None:
        await self.say(gateway, " \n ", "m1")
        await asyncio.sleep(LONGEST_SILENCE_S)
        assert door.asked == []
        assert len(await self.read(gateway)) <= 1

    async def test_text_that_is_too_long_is_declined_with_one_line(self, gateway: Gateway, door: FakeDoor) -> None:
        await self.say(gateway, "long " * 1000, "m1")
        (line,) = await self._wait_for_replies(gateway, 1)
        assert 0 < len(line) < 300
        assert door.asked == []

    async def test_typed_command_is_text(self, gateway: Gateway, door: FakeDoor) -> None:
        assert await self.say(gateway, "/restart", "m1")
        await self._wait_for_replies(gateway, 1)
        assert all("payload" not in asked for asked in door.asked)

    async def test_identifiers_are_masked_before_anything_is_kept(self, gateway: Gateway, door: FakeDoor) -> None:
        assert await self.say(gateway, "mera PAN ABCPD1234F hai", "m1")
        await self._wait_for_replies(gateway, 1)
        assert [text for text, _ in await self._stored(gateway)] == ["mera PAN [pan] hai"]
        assert door.asked[0]["text"] == "mera PAN [pan] hai"

    async def test_what_is_no_text_is_not_kept_and_breaks_nothing(self, gateway: Gateway) -> None:
        await self.say(gateway, "a\0b", "m1")
        assert await self.say(gateway, "hello", "m2")
        replies = await self._wait_for_replies(gateway, 1)
        assert replies[-1] == "echo: hello"
        assert len(replies) <= 2
