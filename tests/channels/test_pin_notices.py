"""All chats of a partner hear that the voice line has a new PIN; so a stolen token is seen."""

import pytest
from sqlalchemy import select

from channels.whatsapp.templates import LONGEST
from channels.wording import Wording
from language import Language
from saathi.store.tables import inbox, outbox
from tests.channels.conftest import Gateway
from tests.channels.writing import call, link, say, wait_for_told

PIN, CHANGED = "739154", "739155"
OTHER = "+910000004822"


def notice(language: Language = "en") -> str:
    return Wording().say("pin_set", language)


async def set_pin(gateway: Gateway, pin: str, partner: str = "P1001") -> None:
    assert await call(gateway, "PUT", "/api/pin", partner, pin=pin) == (204, None)


async def test_app_and_linked_chats_hear_of_each_new_pin_and_never_the_pin(gateway: Gateway) -> None:
    await link(gateway)
    for count, pin in enumerate((PIN, CHANGED), 1):
        await set_pin(gateway, pin)
        assert (await wait_for_told(gateway, 1 + count))[1:] == [notice()] * count
        assert (await wait_for_told(gateway, 1 + count, address=None))[1:] == [notice()] * count
    stored = await gateway.services.database.read(
        lambda c: str([*c.execute(select(inbox)).all(), *c.execute(select(outbox)).all()])
    )
    assert PIN not in stored
    assert CHANGED not in stored


async def test_chats_of_others_hear_nothing(gateway: Gateway) -> None:
    await link(gateway, "P1002")
    await say(gateway, "hello", OTHER)
    async with gateway.chat() as chat, gateway.chat("P1002") as other:
        await chat.opened()
        await set_pin(gateway, PIN)
        assert (await chat.next("message"))["text"] == notice()
        assert [frame["type"] for frame in await other.silence(1.5)] == ["message"]  # of the link
    assert len(await wait_for_told(gateway, 1)) == len(await wait_for_told(gateway, 1, OTHER)) == 1


async def test_notice_is_in_the_language_of_the_conversation(gateway: Gateway) -> None:
    await link(gateway)
    await say(gateway, "मेरा पेआउट कब आएगा?")
    await set_pin(gateway, PIN)
    assert (await wait_for_told(gateway, 3))[-1] == notice("hi")


async def test_refused_pin_tells_nobody(gateway: Gateway) -> None:
    await link(gateway)
    assert (await call(gateway, "PUT", "/api/pin", pin="123456"))[0] == 422
    await say(gateway, "hello")
    assert notice() not in await wait_for_told(gateway, 2)


@pytest.mark.parametrize(
    ("language", "panel"), [("en", "Connected channels"), ("hinglish", "Jude hue channel"), ("hi", "जुड़े हुए चैनल")]
)
def test_notice_says_what_to_do_and_fits_the_template_of_whatsapp(language: Language, panel: str) -> None:
    assert panel in notice(language)
    assert len(notice(language)) <= LONGEST
