"""What people do on WhatsApp and Telegram reaches the gateway as the vendors send it."""

import aiohttp
import pytest

from tests.support.vendors import Running
from tests.vendors.gateway import SmallGateway
from vendors.telegram.people import GROUP, USERS
from vendors.twilio.whatsapp import PEOPLE

ASHA, _, NUMBERLESS = PEOPLE
HOOK = "/channels/whatsapp/webhook"


async def test_text_is_a_signed_form(running: Running, gateway: SmallGateway) -> None:
    said = await running.vendors.whatsapp.write(ASHA, "नमस्ते & co = 1+1", sid="SM" + "1" * 32)
    assert said.is_taken
    (form,) = gateway.sent_to(HOOK)
    assert form["Body"] == "नमस्ते & co = 1+1"
    assert (form["MessageSid"], form["From"], form["WaId"]) == ("SM" + "1" * 32, ASHA.address, "919800000001")


async def test_sender_without_a_number_has_no_number_anywhere(running: Running, gateway: SmallGateway) -> None:
    await running.vendors.whatsapp.write(NUMBERLESS, "hello")
    (form,) = gateway.sent_to(HOOK)
    assert "WaId" not in form
    assert not form["From"].startswith("whatsapp:+")


@pytest.mark.parametrize("kind", ["image", "sticker", "voice", "document", "contact"])
async def test_file_has_a_blank_body_and_can_be_fetched(running: Running, gateway: SmallGateway, kind: str) -> None:
    await running.vendors.whatsapp.send_file(ASHA, kind)
    (form,) = gateway.sent_to(HOOK)
    assert (form["Body"], form["NumMedia"]) == ("", "1")
    async with aiohttp.ClientSession() as session, session.get(form["MediaUrl0"]) as answer:
        assert answer.content_type == form["MediaContentType0"]


async def test_place_and_reaction_say_what_they_are(running: Running, gateway: SmallGateway) -> None:
    await running.vendors.whatsapp.send_location(ASHA)
    await running.vendors.whatsapp.react(ASHA, "SM" + "2" * 32, "👍")
    place, reaction = gateway.sent_to(HOOK)
    assert (place["MessageType"], place["Latitude"]) == ("location", "18.5204")
    assert (reaction["MessageType"], reaction["OriginalRepliedMessageSid"]) == ("reaction", "SM" + "2" * 32)


async def test_message_is_sent_again_when_the_gateway_fails(running: Running, gateway: SmallGateway) -> None:
    gateway.statuses = [503]
    assert (await running.vendors.whatsapp.write(ASHA, "hello")).is_taken
    assert len(gateway.sent_to(HOOK)) == 1


async def test_refused_message_is_not_sent_again(running: Running, gateway: SmallGateway) -> None:
    gateway.statuses = [400]
    assert (await running.vendors.whatsapp.write(ASHA, "hello")).status == 400
    assert gateway.sent_to(HOOK) == []
    (entry,) = running.vendors.journal.list_thread(ASHA.address)
    assert entry["status"].startswith("not taken: 400")


async def test_updates_have_growing_ids_and_the_secret(running: Running, gateway: SmallGateway) -> None:
    telegram = running.vendors.telegram
    await telegram.write(USERS[0], "/start 482913")
    for kind in ("photo", "voice", "sticker", "document"):
        assert (await telegram.send_file(USERS[0], kind)).is_taken
    await telegram.send_place(USERS[0])
    await telegram.send_contact(USERS[0])
    await telegram.write(USERS[1], "hello", GROUP)
    ids = [update["update_id"] for update in gateway.updates]
    assert ids == list(range(ids[0], ids[0] + 8))
    assert gateway.refused == []
    first = gateway.updates[0]["message"]
    assert first["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    contents = [next(reversed(update["message"])) for update in gateway.updates[1:7]]
    assert contents == ["photo", "voice", "sticker", "document", "location", "contact"]
    assert gateway.updates[7]["message"]["chat"]["type"] == "supergroup"


async def test_update_is_sent_again_under_its_id_until_it_is_taken(running: Running, gateway: SmallGateway) -> None:
    gateway.statuses = [503]
    assert (await running.vendors.telegram.post({"poll": {}}, update_id=5)).is_taken
    assert gateway.updates == [{"update_id": 5, "poll": {}}]


async def test_reaction_takes_the_place_of_the_one_before(running: Running, gateway: SmallGateway) -> None:
    telegram, journal = running.vendors.telegram, running.vendors.journal
    journal.add(f"telegram:{USERS[0].id}", "assistant", id=f"telegram:{USERS[0].id}:7", text="x")
    await telegram.react(USERS[0], 7, "👍")
    await telegram.react(USERS[0], 7, "👎")
    changed = gateway.updates[1]["message_reaction"]
    assert changed["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    assert changed["new_reaction"] == [{"type": "emoji", "emoji": "👎"}]


async def test_gateway_that_is_down_is_told(running: Running, gateway: SmallGateway) -> None:
    await gateway.server.close()
    said = await running.vendors.whatsapp.write(ASHA, "hello")
    assert said.status == 0
    assert "no answer" in said.text
