"""A person on WhatsApp, as tests play them: what Twilio posts, what Twilio is sent, and what the store keeps of it."""

import time
from typing import Any

from sqlalchemy import func, select

from channels.whatsapp.webhook import WEBHOOK
from saathi import addresses, outbox
from saathi.messages import Reply
from saathi.store.tables import outbox as rows
from tests.channels.conftest import Gateway
from tests.support.rasa import FakeDoor
from tests.support.twilio import make_form, sign
from tests.support.vendors import Running
from tests.support.waiting import until

ME = "whatsapp:+919876500001"
OTHER = "whatsapp:+919876500002"
THREE = [("Talk to a person", "/ask_human"), ("What is a ULIP?", "What is a ULIP?"), ("That helped", "/thank")]
FOUR = [*THREE, ("The surrender value", "surrender value kya hai")]
LONG = [("That helped", "/thank"), ("When will my commission of this month come?", "payout date"), ("Stop", "/stop")]


class OfferingDoor(FakeDoor):
    """Rasa's door, with what it answers to a text; `offers` are the buttons of the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, dict[str, Any]] = {}

    def offer(self, said: str, offers: list[tuple[str, str]], text: str = "Which one?", **custom: Any) -> None:
        buttons = [{"title": title, "payload": payload} for title, payload in offers]
        self.answers[said] = {"text": text, "buttons": buttons, "custom": custom or None}

    def _replies(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.answers.get(body.get("text", ""))
        return [answer] if answer else super()._replies(body)

    def heard(self) -> list[str]:
        return [asked.get("payload") or asked["text"] for asked in self.asked]


async def post(gateway: Gateway, form: dict[str, str], path: str = WEBHOOK) -> int:
    async with gateway.client.post(path, data=form, headers=sign(path, form)) as answer:
        if answer.status == 200:
            assert await answer.text() == "<Response/>"
        return answer.status


async def say(gateway: Gateway, text: str, **fields: str) -> None:
    assert await post(gateway, make_form(text, **fields)) == 200


def seen(vendors: Running, address: str = ME) -> list[dict[str, Any]]:
    """What was sent to an address, as its person sees it: `text`, `media_urls`, `buttons`, `rows`, `list_button`."""
    return [message.shown for message in vendors.vendors.messages.list_all(address)]


def texts(vendors: Running, address: str = ME) -> list[str]:
    return [shown["text"] for shown in seen(vendors, address)]


async def wait_for(vendors: Running, count: int, address: str = ME) -> list[dict[str, Any]]:
    async def has_come() -> bool:
        return len(seen(vendors, address)) >= count

    await until(has_come, within_s=30)
    return seen(vendors, address)


async def wait_for_state(gateway: Gateway, *wanted: str, address: str = ME) -> list[Any]:
    """The rows to an address once their states are those."""
    query = select(rows).where(rows.c.address == address).order_by(rows.c.created_at, rows.c.seq)

    async def read() -> list[Any]:
        return await gateway.services.database.read(lambda c: list(c.execute(query).mappings()))

    async def are_so() -> bool:
        return [row["state"] for row in await read()] == list(wanted)

    await until(are_so, within_s=30)
    return await read()


async def queue(gateway: Gateway, reply: Reply, address: str = ME) -> None:
    """A message that answers nothing, to an address that has written."""
    known = await gateway.services.database.read(lambda c: addresses.find(c, "whatsapp", address))
    assert known is not None
    await gateway.services.database.write(
        lambda c: outbox.add(c, known.conversation, "whatsapp", [reply], time.time(), address=address)
    )
    gateway.services.dispatcher.wake()


async def count(gateway: Gateway, table: Any) -> int:
    found = await gateway.services.database.read(lambda c: c.scalar(select(func.count()).select_from(table)))
    return int(found or 0)
