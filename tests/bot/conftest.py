import subprocess
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.bot.servers import RASA_PYTHON, ROOT, Actions, BotProcess, Gateway, free_port, rasa_environment

PROJECT = Path(__file__).parent / "project"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Training and starts take a while on a busy machine."""
    for item in items:
        item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small model."""
    folder = tmp_path_factory.mktemp("models")
    train = [RASA_PYTHON, "-m", "bot.train", "--project", str(PROJECT), "--models", str(folder)]
    environment = rasa_environment(RASA_CACHE_DIRECTORY=str(tmp_path_factory.mktemp("cache")))
    done = subprocess.run(train, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def actions_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def bot(models: Path, actions_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    """One running bot for all tests that do not hurt it."""
    folder = tmp_path_factory.mktemp("bot")
    process = BotProcess(models, folder / "tracker.db", actions_port, folder / "log").start()
    yield process
    process.stop()


@pytest.fixture
async def actions(actions_port: int) -> AsyncIterator[Actions]:
    server = Actions(actions_port)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def gateway(bot: BotProcess, session: aiohttp.ClientSession) -> Gateway:
    return Gateway(bot, session)


@pytest.fixture
def conversation() -> str:
    return f"c-{uuid.uuid4().hex}"
