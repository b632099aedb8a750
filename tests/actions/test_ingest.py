"""`make ingest`: the action server that runs owns the index, so it is asked."""

from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, unused_port
from pydantic import SecretStr

from knowledge.ingest import ask_owner
from saathi.settings import Settings
from tests.actions.conftest import SECRET


async def test_running_owner_is_asked_and_says_what_stands(client: TestClient[Any, Any]) -> None:
    counts = await ask_owner(Settings(actions_url=str(client.make_url("/")), actions_secret=SecretStr(SECRET)))
    assert counts is not None
    assert counts.articles == 3


async def test_nobody_is_asked_where_nobody_runs() -> None:
    settings = Settings(actions_url=f"http://127.0.0.1:{unused_port()}", actions_secret=SecretStr(SECRET))
    assert await ask_owner(settings) is None


async def test_wrong_secret_is_told(client: TestClient[Any, Any]) -> None:
    settings = Settings(actions_url=str(client.make_url("/")), actions_secret=SecretStr("wrong"))
    with pytest.raises(aiohttp.ClientResponseError, match="401"):
        await ask_owner(settings)
