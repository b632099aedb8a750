"""The whole way with the local Twilio that developers use: a person writes, taps, picks, and reads."""

from typing import Any

from aiohttp.test_utils import TestServer
from sqlalchemy import select

from saathi.settings import Settings
from saathi.store.tables import sent_parts
from tests.channels.conftest import run_gateway
from tests.support.twilio import ACCOUNT, FROM, PUBLIC, TOKEN
from tests.support.waiting import until
from tests.support.whatsapp import FOUR, THREE, OfferingDoor, on_sqlite, wait_for_state
from tests.vendors.conftest import documents
from vendors.app import LocalVendors
from vendors.credentials import Credentials
from vendors.twilio.whatsapp import PEOPLE

CREDENTIALS = Credentials(
    gateway="",
    public_url=PUBLIC,
    account_sid=ACCOUNT,
    auth_token=TOKEN,
    whatsapp_from=FROM,
    voice_from="+910000000001",
    voice_status="",
    telegram_token="1:local",
    telegram_secret="s" * 32,
)


async def _wait_for(vendors: LocalVendors, address: str, count: int) -> list[dict[str, Any]]:
    """What the person sees of the assistant's messages, once so many have been delivered."""

    def shown() -> list[dict[str, Any]]:
        entries = vendors.journal.list_thread(address)
        return [entry for entry in entries if entry["side"] == "assistant" and entry["status"] == "delivered"]

    async def has_come() -> bool:
        return len(shown()) >= count

    await until(has_come)
    return shown()


@on_sqlite
async def test_person_without_a_number_writes_taps_picks_and_reads(settings: Settings, door: OfferingDoor) -> None:
    vendors = LocalVendors(CREDENTIALS, documents())
    server = TestServer(vendors.make_app())
    await server.start_server(shutdown_timeout=0.1)
    person = PEOPLE[-1]
    door.offer("help", THREE)
    door.offer("What is a ULIP?", FOUR, text="It's a policy.")
    async with run_gateway(settings.model_copy(update={"twilio_api_base": str(server.make_url(""))})) as gateway:
        vendors.gateway.find_at(str(gateway.client.make_url("")).rstrip("/"), PUBLIC)
        await vendors.whatsapp.write(person, "help")
        (asked,) = await _wait_for(vendors, person.address, 1)
        assert [button["title"] for button in asked["buttons"]] == [title for title, _ in THREE]
        await vendors.whatsapp.tap(person, "", asked["buttons"][1]["id"], asked["buttons"][1]["title"])
        listed = (await _wait_for(vendors, person.address, 2))[1]
        assert (listed["text"], len(listed["rows"])) == ("It’s a policy.", 4)
        await vendors.whatsapp.pick(person, "", listed["rows"][3]["id"], listed["rows"][3]["title"])
        await _wait_for(vendors, person.address, 3)
        await wait_for_state(gateway, "sent", "sent", "sent", address=person.address)
        for kind in ("image", "sticker", "voice", "document", "contact"):
            await vendors.whatsapp.send_file(person, kind)
        await vendors.whatsapp.send_location(person)
        await vendors.whatsapp.react(person, "", "👍")
        await _wait_for(vendors, person.address, 9)
        await wait_for_state(gateway, *["sent"] * 9, address=person.address)
        vendors.messages.mark_read(person.address)
        query = select(sent_parts.c.status)

        async def are_read() -> bool:
            statuses = await gateway.services.database.read(lambda c: list(c.scalars(query)))
            return statuses == ["read"] * 9

        await until(are_read)
    assert door.heard() == ["help", "What is a ULIP?", "surrender value kya hai"]
    assert [one.misfit for one in vendors.requests.list_all() if one.misfit] == []
    await server.close()
