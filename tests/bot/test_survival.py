"""A killed server forgets nothing that it answered; a reload loses nothing; two servers agree."""

import asyncio
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.bot.servers import Actions, BotProcess, Gateway


@pytest.fixture(scope="module")
def mortal(models: Path, actions_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    """A bot that may be killed, for all tests of this file: a start takes seconds."""
    folder = tmp_path_factory.mktemp("mortal")
    shutil.copytree(models, folder / "models")
    process = BotProcess(folder / "models", folder / "tracker.db", actions_port, folder / "log")
    yield process
    process.stop()


@pytest.fixture
def own_bot(mortal: BotProcess) -> BotProcess:
    """It runs, also when a test has left it dead."""
    return mortal if mortal.process else mortal.start()


async def test_answered_message_survives_sigkill(
    own_bot: BotProcess, session: aiohttp.ClientSession, actions: Actions, conversation: str
) -> None:
    gateway = Gateway(own_bot, session)
    first = await gateway.turn(conversation, "m1", "what is the price", slots={"language": "hi"})
    await asyncio.to_thread(own_bot.stop, signal.SIGKILL)
    await asyncio.to_thread(own_bot.start)

    again = await gateway.turn(conversation, "m1", "what is the price")
    after = await gateway.turn(conversation, "m2", "hello", slots={})

    assert again.body["replies"] == first.body["replies"]
    assert again.body["repeated"] is True
    assert len(actions.calls) == 1
    assert after.body["replies"][0]["text"] == "नमस्ते।"


async def test_kill_amid_turns_answers_each_message_exactly_once(
    own_bot: BotProcess, session: aiohttp.ClientSession, actions: Actions, conversation: str
) -> None:
    gateway = Gateway(own_bot, session)
    answered: set[str] = set()
    enough = asyncio.Event()

    async def write(conversation: str) -> None:
        for number in range(20):
            try:
                reply = await gateway.turn(conversation, f"m{number}", "what is the price")
            except aiohttp.ClientError:
                return
            if reply.status == 200:
                answered.add(f"{conversation}/m{number}")
            if len(answered) >= 20:
                enough.set()

    writers = asyncio.gather(*[write(f"{conversation}-{n}") for n in range(5)])
    await asyncio.wait_for(enough.wait(), 60)
    await asyncio.to_thread(own_bot.stop, signal.SIGKILL)
    await writers
    await asyncio.to_thread(own_bot.start)
    again = {name: await gateway.turn(*name.split("/"), "what is the price") for name in sorted(answered)}

    assert answered
    assert all(reply.body["repeated"] for reply in again.values())


async def test_reload_under_load_loses_no_turn_and_no_slot(
    own_bot: BotProcess, session: aiohttp.ClientSession, actions: Actions, conversation: str
) -> None:
    gateway = Gateway(own_bot, session)
    (old,) = own_bot.models.glob("*.tar.gz")
    before = await gateway.turn(f"{conversation}-0", "first", slots={"language": "hi"})
    statuses: list[int] = []
    done = asyncio.Event()

    async def write(conversation: str) -> None:
        number = 0
        while not done.is_set():
            number += 1
            statuses.append((await gateway.turn(conversation, f"m{number}", slots={})).status)

    writers = asyncio.gather(*[write(f"{conversation}-{n}") for n in range(3)])
    newer = old.with_name("newer.tar.gz")
    shutil.copyfile(old, newer)
    reloaded = await gateway.post("reload", {})
    done.set()
    await writers
    last = await gateway.turn(f"{conversation}-0", "last", slots={})

    assert before.status == reloaded.status == 200
    assert reloaded.body["model"]
    assert "newer.tar.gz" in own_bot.log.read_text()
    assert set(statuses) == {200}
    assert last.body["replies"][0]["text"] == "नमस्ते।"


async def test_broken_new_model_is_refused_and_the_old_one_goes_on(
    own_bot: BotProcess, session: aiohttp.ClientSession, conversation: str
) -> None:
    gateway = Gateway(own_bot, session)
    broken = own_bot.models / "broken.tar.gz"
    broken.write_bytes(b"no archive")

    reloaded = await gateway.post("reload", {})
    after = await gateway.turn(conversation, "m1")
    broken.unlink()

    assert (reloaded.status, reloaded.body["error"]["code"]) == (503, "no_model")
    assert after.status == 200


async def test_two_servers_on_one_store_see_each_others_turns(
    bot: BotProcess, gateway: Gateway, session: aiohttp.ClientSession, tmp_path: Path, conversation: str
) -> None:
    other = BotProcess(bot.models, bot.store, bot.actions_port, tmp_path / "log")
    await asyncio.to_thread(other.start)
    there = Gateway(other, session)

    await gateway.turn(conversation, "m1", slots={"language": "hi"})
    moved = await there.turn(conversation, "m2", slots={})
    await there.turn(conversation, "m3", slots={"language": "en"})
    back = await gateway.turn(conversation, "m4", slots={})
    known = await gateway.turn(conversation, "m3")
    await asyncio.to_thread(other.stop)

    assert moved.body["replies"][0]["text"] == "नमस्ते।"
    assert back.body["replies"][0]["text"] == "Hello."
    assert known.body["repeated"] is True


async def test_simultaneous_messages_of_one_conversation_are_all_taken(gateway: Gateway, conversation: str) -> None:
    answers = await asyncio.gather(*[gateway.turn(conversation, f"m{number}") for number in range(10)])

    assert {answer.status for answer in answers} == {200}
