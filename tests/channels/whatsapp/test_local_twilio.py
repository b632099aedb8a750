"""The whole way with the local Twilio that developers use: a person writes, taps, picks, and reads."""

from typing import Any

from sqlalchemy import select

from saathi.store.tables import sent_parts
from tests.channels.conftest import Gateway
from tests.support.gateway import on_sqlite
from tests.support.vendors import PUBLIC, Running
from tests.support.waiting import until
from tests.support.whatsapp import FOUR, THREE, OfferingDoor, wait_for_state
from vendors.twilio.whatsapp import PEOPLE


async def _wait_for(vendors: Running, address: str, count: int) -> list[dict[str, Any]]:
    """What the person sees of the assistant's messages, once so many have been delivered."""

    def shown() -> list[dict[str, Any]]:
        entries = vendors.vendors.journal.list_thread(address)
        return [entry for entry in entries if entry["side"] == "assistant" and entry["status"] == "delivered"]

    async def has_come() -> bool:
        return len(shown()) >= count

    await until(has_come)
    return shown()


@on_sqlite
async def test_person_without_a_number_writes_taps_picks_and_reads(
    gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    vendors.vendors.gateway.find_at(gateway.url, PUBLIC)
    person, do = PEOPLE[-1], vendors.vendors.whatsapp
    door.offer("help", THREE)
    door.offer("What is a ULIP?", FOUR, text="It's a policy.")
    await do.write(person, "help")
    (asked,) = await _wait_for(vendors, person.address, 1)
    assert [button["title"] for button in asked["buttons"]] == [title for title, _ in THREE]
    await do.tap(person, "", asked["buttons"][1]["id"], asked["buttons"][1]["title"])
    listed = (await _wait_for(vendors, person.address, 2))[1]
    assert (listed["text"], len(listed["rows"])) == ("It’s a policy.", 4)
    await do.pick(person, "", listed["rows"][3]["id"], listed["rows"][3]["title"])
    await _wait_for(vendors, person.address, 3)
    await wait_for_state(gateway, "sent", "sent", "sent", address=person.address)
    for kind in ("image", "sticker", "voice", "document", "contact"):
        await do.send_file(person, kind)
    await do.send_location(person)
    await do.react(person, "", "👍")
    await _wait_for(vendors, person.address, 9)
    await wait_for_state(gateway, *["sent"] * 9, address=person.address)
    vendors.vendors.messages.mark_read(person.address)
    query = select(sent_parts.c.status)

    async def are_read() -> bool:
        statuses = await gateway.services.database.read(lambda c: list(c.scalars(query)))
        return statuses == ["read"] * 9

    await until(are_read)
    assert door.heard() == ["help", "What is a ULIP?", "surrender value kya hai"]


@on_sqlite
async def test_message_that_whatsapp_does_not_deliver_is_failed(gateway: Gateway, vendors: Running) -> None:
    vendors.vendors.gateway.find_at(gateway.url, PUBLIC)
    vendors.play("twilio", undelivered=63024, calls=1)
    await vendors.vendors.whatsapp.write(PEOPLE[0], "hello")
    (row,) = await wait_for_state(gateway, "failed", address=PEOPLE[0].address)
    assert row["fault"] == "Twilio 63024"
