"""A world for gateways to stand in: servers in the places of Rasa, Twilio and Telegram, and what the vendors post."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import select, update

from channels.whatsapp.webhook import WEBHOOK
from saathi.settings import Settings
from saathi.store import Database, open_database
from saathi.store.tables import inbox, outbox
from tests.channels.conftest import run_gateway
from tests.support import telegram, twilio
from tests.support.gateway import make_settings
from tests.support.processes import GatewayProcess, run_gateways
from tests.support.rasa import FakeDoor
from tests.support.vendors import SECRET, Running, run_vendors, telegram_settings, twilio_settings
from tests.support.waiting import until

SILENCE_S = 0.7  # after which no second answer is expected
ME = "whatsapp:+919876500001"


class Door(FakeDoor):
    """Rasa that sees how turns overlap. With `meeting` set it answers no turn before so many conversations are being
    answered at once; where one conversation waits for another that never comes true."""

    def __init__(self) -> None:
        super().__init__()
        self.meeting = 0
        self.most_of_one = 0
        self._under_way: Counter[str] = Counter()
        self._have_met = asyncio.Event()

    async def _turn(self, request: web.Request) -> web.Response:
        conversation = (await request.json())["conversation"]
        self._under_way[conversation] += 1
        self.most_of_one = max(self.most_of_one, self._under_way[conversation])
        if len(+self._under_way) >= self.meeting:
            self._have_met.set()
        await self._have_met.wait()
        try:
            return await super()._turn(request)
        finally:
            self._under_way[conversation] -= 1

    def texts(self) -> list[str]:
        """What was asked, each message once, in order."""
        return list({asked["message_id"]: asked.get("text", "") for asked in self.asked}.values())


@dataclass(frozen=True)
class World:
    """What stands around the gateways of a test. They are told apart by their addresses."""

    door: Door
    vendors: Running
    database: Database
    session: aiohttp.ClientSession
    settings: Settings
    folder: Path

    def run_processes(self, count: int) -> AbstractAsyncContextManager[list[GatewayProcess]]:
        """Gateways as processes of their own."""
        return run_gateways(self.settings, self.folder, count)

    @asynccontextmanager
    async def run_here(self) -> AsyncIterator[str]:
        """A gateway in this process, which takes a tenth of the time to start."""
        async with run_gateway(self.settings) as gateway:
            yield str(gateway.client.make_url("")).rstrip("/")

    async def whatsapp(self, gateway: str, form: dict[str, str], **headers: str) -> int:
        """Twilio's webhook; the status that it was answered with."""
        signed = {**twilio.sign(WEBHOOK, form), **headers}
        async with self.session.post(gateway + WEBHOOK, data=form, headers=signed) as answer:
            return answer.status

    async def deliver(self, gateway: str, form: dict[str, str]) -> int:
        """The same as a vendor goes about it: again after a 5xx, by which a gateway says that it kept nothing."""
        for _ in range(20):
            status = await self.whatsapp(gateway, form)
            if status < 500:
                break
            await asyncio.sleep(0.5)
        return status

    async def telegram(self, gateway: str, sent: dict[str, Any]) -> int:
        """Telegram's webhook."""
        headers = {telegram.HEADER: SECRET}
        async with self.session.post(gateway + telegram.PATH, json=sent, headers=headers) as answer:
            return answer.status

    def sent(self, address: str | None = None) -> list[str]:
        """What the vendors have taken, on both channels or for one WhatsApp address, oldest first."""
        taken = [message.body for message in self.vendors.vendors.messages.list_all(address)]
        return taken if address else telegram.texts(self.vendors) + taken

    async def wait_for_turn(self) -> None:
        """Until Rasa has been asked."""

        async def is_asked() -> bool:
            return bool(self.door.asked)

        await until(is_asked)

    async def wait_for_sent(self, count: int, address: str | None = None) -> list[str]:
        """What `sent` gives once that is so much and a moment is over, in which there might have come more."""

        async def has_come() -> bool:
            return len(self.sent(address)) >= count

        await until(has_come, within_s=90)
        await asyncio.sleep(SILENCE_S)
        return self.sent(address)

    async def stored(self) -> tuple[list[str], list[str]]:
        """The states of all messages of users, and of all answers, oldest first."""
        messages = select(inbox.c.state).order_by(inbox.c.number)
        answers = select(outbox.c.state).order_by(outbox.c.created_at, outbox.c.seq)
        return await self.database.read(lambda c: (list(c.scalars(messages)), list(c.scalars(answers))))

    async def expire_leases(self) -> None:
        """What a minute does to what a gateway was sending when it died."""
        held = update(outbox).where(outbox.c.state == "sending").values(lease_until=0.0)
        await self.database.write(lambda c: c.execute(held))


async def gather_some(*asked: Awaitable[int], most: int = 20) -> Counter[int]:
    """How often there was which status, with at most so many requests at once: a gateway has 16 connections to
    PostgreSQL, and answers 503 to whoever waited two seconds for one, as may happen where others use the machine."""
    free = asyncio.Semaphore(most)

    async def wait(one: Awaitable[int]) -> int:
        async with free:
            return await one

    return Counter(await asyncio.gather(*map(wait, asked)))


@asynccontextmanager
async def open_world(database_url: str, folder: Path) -> AsyncIterator[World]:
    """The world, with both channels set up; fails at its end when a request did not fit the vendor's document."""
    door = Door()
    await door.server.start_server(shutdown_timeout=0.1)
    connector = aiohttp.TCPConnector(limit=0)
    async with run_vendors() as vendors, aiohttp.ClientSession(connector=connector) as session:
        on = {**twilio_settings(vendors.url), **telegram_settings(vendors.url)}
        settings = make_settings(door.url, folder, database_url=database_url, rate_limit="1000/10 seconds", **on)
        database = open_database(settings.store_url)
        yield World(door, vendors, database, session, settings, folder)
        await database.close()
        assert vendors.misfits() == []
    await door.server.close()
