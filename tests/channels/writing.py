"""Writing from an address as a webhook hands it over, and calling the API of linking, through a running gateway."""

import itertools
from typing import Any

from sqlalchemy import select

from channels.intake import Heard, Intake
from channels.wording import Wording
from saathi import addresses
from saathi.addresses import Known
from saathi.commands import CommandReader
from saathi.outbox import Outgoing, read
from saathi.store import tables
from tests.channels.conftest import Gateway
from tests.support.waiting import until

CHANNEL, ADDRESS = "whatsapp", "+910000004821"
_keys = itertools.count()


async def hand_over(gateway: Gateway, text: str, address: str = ADDRESS, key: str | None = None) -> str:
    """Send a text from an address, as a webhook hands it over; its key, as soon as it is stored."""
    heard = Heard(CHANNEL, address, key or f"{CHANNEL}:SM{next(_keys)}", text)
    intake = Intake(gateway.services)
    await intake.take(heard, await intake.enter(heard))
    return heard.key


async def say(gateway: Gateway, text: str, address: str = ADDRESS, key: str | None = None) -> list[Outgoing]:
    """The same; the replies to it."""
    key = await hand_over(gateway, text, address, key)
    found: list[Outgoing] = []

    async def is_answered() -> bool:
        found[:] = await find_replies(gateway, key)
        return bool(found)

    await until(is_answered)
    return found


async def find_replies(gateway: Gateway, key: str) -> list[Outgoing]:
    query = (
        select(tables.outbox, tables.inbox.c.key)
        .select_from(tables.outbox.join(tables.inbox, tables.inbox.c.id == tables.outbox.c.message))
        .where(tables.inbox.c.key == key)
        .order_by(tables.outbox.c.part)
    )
    return await gateway.services.database.read(lambda c: [read(row) for row in c.execute(query).mappings()])


async def wait_for_told(gateway: Gateway, count: int, address: str | None = ADDRESS) -> list[str]:
    """The texts for an address, or for the app, in the order in which they are sent, once there are so many."""
    columns = tables.outbox.c
    query = select(columns.body).where(columns.address == address).order_by(columns.created_at, columns.seq)
    found: list[str] = []

    async def is_told() -> bool:
        bodies = await gateway.services.database.read(lambda c: list(c.scalars(query)))
        found[:] = [body["text"] for body in bodies]
        return len(found) >= count

    await until(is_told)
    return found


async def first_line(gateway: Gateway, text: str, address: str = ADDRESS) -> str:
    return str((await say(gateway, text, address))[0].body["text"])


async def call(gateway: Gateway, method: str, path: str, partner: str = "P1001", **body: Any) -> tuple[int, Any]:
    options: dict[str, Any] = {"json": body} if body else {}
    answer = await gateway.client.request(method, path, headers=gateway.bearer(partner), **options)
    return answer.status, None if answer.status == 204 else await answer.json()


async def find_known(gateway: Gateway, address: str = ADDRESS) -> Known:
    known = await gateway.services.database.read(lambda c: addresses.find(c, CHANNEL, address))
    assert known is not None
    return known


async def link(gateway: Gateway, partner: str = "P1001", address: str = ADDRESS) -> None:
    _, issued = await call(gateway, "POST", "/api/links", partner)
    assert sentence("link_linked") == await first_line(gateway, issued["code"], address)


def sentence(name: str) -> str:
    return Wording().say(name, "en")


def code_in(text: str) -> str:
    codes = (CommandReader().read_code(word) for word in text.replace(".", " ").split())
    return next(code for code in codes if code)
