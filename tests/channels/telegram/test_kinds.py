"""Every kind of update and of message that the Bot API's document names: acknowledged, at most one friendly line."""

from typing import Any

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from saathi.store.tables import inbox, outbox
from tests.channels.conftest import Gateway
from tests.support import telegram
from tests.support.rasa import FakeDoor
from tests.support.telegram import make, message, post
from tests.support.waiting import until

pytestmark = [
    pytest.mark.skipif(telegram.document() is None, reason="the Bot API's document is not on this machine"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def post_all(gateway: Gateway, bodies: dict[str, Any]) -> dict[str, int]:
    """How many messages each update brought its sender."""
    told = {}
    for number, (name, body) in enumerate(bodies.items()):
        before = await _count(gateway)
        assert await post(gateway, {"update_id": number, **body}) == 200, name
        await until(lambda: _all_done(gateway))
        told[name] = await _count(gateway) - before
    return told


async def _all_done(gateway: Gateway) -> bool:
    query = select(func.count()).select_from(inbox).where(inbox.c.state == "pending")
    return await gateway.services.database.read(lambda c: c.scalar(query)) == 0


async def _count(gateway: Gateway) -> int:
    return int(await gateway.services.database.read(lambda c: c.scalar(select(func.count()).select_from(outbox))) or 0)


async def test_every_kind_of_update_is_acknowledged(gateway: Gateway) -> None:
    document = telegram.document()
    assert document is not None
    kinds = {one["name"]: one["types"][0] for one in document["types"]["Update"]["fields"] if not one["required"]}
    with capture_logs() as logs:
        told = await post_all(gateway, {name: {name: make(kind)} for name, kind in kinds.items()})
    assert len(told) >= 20
    assert max(told.values()) <= 1
    assert {log["event"] for log in logs}.isdisjoint({"request_broke", "update_unreadable", "sending_broke"})


@pytest.mark.parametrize("place", ["message", "edited_message", "group"])
async def test_every_kind_of_message_is_acknowledged(gateway: Gateway, door: FakeDoor, place: str) -> None:
    document = telegram.document()
    assert document is not None
    where = {"chat": {"id": -5, "type": "supergroup", "title": "Partners"}} if place == "group" else {}
    own = set(message()) | {"text", "caption"}
    fields = [one for one in document["types"]["Message"]["fields"] if one["name"] not in own]
    name_of_update = "message" if place == "group" else place
    bodies = {one["name"]: {name_of_update: message() | where | {one["name"]: make(one["types"][0])}} for one in fields}
    with capture_logs() as logs:
        told = await post_all(gateway, bodies)
    assert {log["event"] for log in logs}.isdisjoint({"request_broke", "update_unreadable", "sending_broke"})
    assert door.asked == []
    lines = [name for name, count in told.items() if count == 1]
    assert max(told.values()) <= 1
    if place == "message":
        sent_by_people = {
            "photo",
            "video",
            "voice",
            "audio",
            "document",
            "sticker",
            "location",
            "contact",
            "poll",
            "dice",
        }
        assert sent_by_people <= set(lines)
        assert {"pinned_message", "new_chat_title", "successful_payment"}.isdisjoint(lines)
    else:
        assert len(lines) == (1 if place == "group" else 0)
