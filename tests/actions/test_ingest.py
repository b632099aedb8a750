"""`make ingest`: the action server that runs owns the index, so it is asked."""

import shutil
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, unused_port
from pydantic import SecretStr

from encoder import Encoder
from knowledge.ingest import IngestError, ask_owner, ingest
from saathi.settings import Settings
from tests.actions.conftest import ARTICLES, SECRET


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


async def test_ingest_encodes_only_what_changed_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ARTICLES, tmp_path / "articles")
    monkeypatch.setenv("QDRANT_URL", "")
    settings = Settings(data_dir=tmp_path, actions_url=f"http://127.0.0.1:{unused_port()}")
    encoder = Encoder.load()
    assert await ingest(settings, encoder, tmp_path / "articles") == 0
    first = capsys.readouterr()
    assert "3 new, 0 changed, 0 gone, 0 unchanged" in first.out
    (tmp_path / "articles" / "savings" / "festival-deposit.md").unlink()
    grace = tmp_path / "articles" / "life-insurance" / "grace-days.md"
    grace.write_text(grace.read_text(encoding="utf-8").replace("15 days for a", "17 days for a"), encoding="utf-8")
    assert await ingest(settings, encoder, tmp_path / "articles") == 0
    assert "0 new, 1 changed, 1 gone, 1 unchanged; 2 passages encoded" in capsys.readouterr().out
    grace.write_text("broken", encoding="utf-8")
    assert await ingest(settings, encoder, tmp_path / "articles") == 1
    assert "grace-days.md:1: begin the file" in capsys.readouterr().err


async def test_ingest_names_the_remedy_for_a_wrong_secret(client: TestClient[Any, Any], tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, actions_url=str(client.make_url("/")), actions_secret=SecretStr("w" * 40), qdrant_url=""
    )
    with pytest.raises(IngestError, match="ACTIONS_SECRET"):
        await ingest(settings, Encoder.load(), ARTICLES)
