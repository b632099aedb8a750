"""Typed picks and a fixed language, in the store."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from language import Language
from saathi import choosing, conversations, inbox, outbox, profiles
from saathi.inbox import Pending
from saathi.messages import Incoming, Offer, Purpose, Reply
from saathi.store import Database, open_database
from saathi.store.migrate import migrate

OFFERS = (Offer("A new account", "new account"), Offer("Stop", "/cancel"), Offer("That helped", "/thank"))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'saathi.db'}")
    await migrate(opened)
    yield opened
    await opened.close()


async def hear(database: Database, text: str, key: str = "m1", language: Language = "en") -> Pending:
    """A partner's message as the worker finds it."""
    chat = await database.write(lambda c: conversations.find_chat(c, "P1", time.time()))
    await database.write(lambda c: inbox.store(c, Incoming(chat, "inapp", key, text, language), time.time()))
    found = await database.read(lambda c: inbox.find_next(c, chat))
    assert found is not None
    return found


async def offer(database: Database, offers: tuple[Offer, ...]) -> None:
    """A reply that offers choices, to a message before."""
    asked = await hear(database, "bank", "m0")
    replies = [Reply("What has to change?", "en", offers=offers), Reply("Anything else is in the app.", "en")]
    await database.write(lambda c: outbox.add(c, asked.conversation, "inapp", replies, time.time(), asked.id))
    await database.write(lambda c: inbox.mark_done(c, asked.id))


async def pick(database: Database, text: str) -> Pending:
    message = await hear(database, text)
    return await database.read(lambda c: choosing.resolve(c, message))


async def test_number_after_an_offer_is_the_words_of_that_choice(database: Database) -> None:
    await offer(database, OFFERS)
    picked = await pick(database, "1")
    assert (picked.text, picked.payload) == ("new account", None)


async def test_command_is_picked_by_a_word_of_any_register(database: Database) -> None:
    await offer(database, OFFERS)
    picked = await pick(database, "दूसरा")
    assert (picked.text, picked.payload) == ("Stop", "/cancel")


async def test_rating_is_nothing_to_pick(database: Database) -> None:
    await offer(database, OFFERS)
    assert (await pick(database, "3")).payload is None
    assert (await pick(database, "3")).text == "3"


async def test_number_without_an_offer_stays_a_number(database: Database) -> None:
    assert (await pick(database, "2")).text == "2"


async def test_offer_is_past_after_another_reply(database: Database) -> None:
    await offer(database, OFFERS)
    later = await hear(database, "something else", "m05")
    await database.write(
        lambda c: outbox.add(c, later.conversation, "inapp", [Reply("An answer.", "en")], time.time(), later.id)
    )
    await database.write(lambda c: inbox.mark_done(c, later.id))
    assert (await pick(database, "1")).text == "1"


async def test_offer_on_another_channel_or_at_another_address_is_nothing_to_pick_from(database: Database) -> None:
    await offer(database, OFFERS)
    typed = replace(await hear(database, "1"), channel="whatsapp", address="+1")
    assert (await database.read(lambda c: choosing.resolve(c, typed))).text == "1"

    def offer_there(connection: Connection) -> None:
        replies = [Reply("Which one?", "en", offers=(Offer("There", "over there"),))]
        outbox.add(connection, typed.conversation, "whatsapp", replies, time.time(), typed.id, "+1")

    await database.write(offer_there)
    assert (await database.read(lambda c: choosing.resolve(c, typed))).text == "over there"
    elsewhere = replace(typed, address="+2")
    assert (await database.read(lambda c: choosing.resolve(c, elsewhere))).text == "1"
    in_app = replace(typed, channel="inapp", address=None)
    assert (await database.read(lambda c: choosing.resolve(c, in_app))).text == "new account"


async def test_notice_in_between_leaves_the_offer_standing(database: Database) -> None:
    await offer(database, OFFERS)
    rated = await hear(database, "a thumb", "m05")
    thanks = Reply("Thank you!", "en", purpose=Purpose.NOTICE)
    await database.write(lambda c: outbox.add(c, rated.conversation, "inapp", [thanks], time.time(), rated.id))
    await database.write(lambda c: inbox.mark_done(c, rated.id))
    assert (await pick(database, "1")).text == "new account"


async def test_fixed_language_counts_for_every_message_until_it_is_taken_back(database: Database) -> None:
    first = await hear(database, "what is ULIP", "a")
    await database.write(lambda c: profiles.fix_language(c, first.conversation, "hi"))
    assert (await hear(database, "what is ULIP", "a")).language == "hi"
    await database.write(lambda c: profiles.fix_language(c, first.conversation, None))
    assert (await hear(database, "what is ULIP", "a")).language == "en"
