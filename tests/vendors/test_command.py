"""`python -m vendors`: what it says, and that it stops."""

import asyncio
import sys
from pathlib import Path

import aiohttp

from saathi.settings import ROOT
from tests.support.stand_in import run_command
from tests.support.vendors import SPECS, needs_documents


async def test_settings_it_prints_are_the_ones_it_answers_to() -> None:
    async with run_command("vendors") as lines, aiohttp.ClientSession() as session:
        assert lines[0].startswith("Requests are not checked")
        settings = dict(line.split("=", 1) for line in lines[1:-1])
        base = settings["TELEGRAM_API_BASE"]
        assert lines[-1] == f"Listening on {base}"
        async with session.get(f"{base}/bot{settings['TELEGRAM_BOT_TOKEN']}/getMe") as answer:
            assert (await answer.json())["ok"]
        async with session.get(base) as answer:
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
            assert "Local vendors" in await answer.text()


@needs_documents
async def test_quiet_prints_no_secret_and_says_that_it_checks() -> None:
    async with run_command("vendors", "--quiet", "--specs", str(SPECS)) as lines:
        assert [line.split(" ")[0] for line in lines] == ["Requests", "Listening"]
        assert "are checked" in lines[0]


async def test_documents_that_cannot_be_read_end_it_with_a_sentence(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "vendors", "--specs", str(tmp_path))
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stderr=asyncio.subprocess.PIPE)
    _, told = await child.communicate()
    assert child.returncode == 2
    assert b"twilio_api_v2010.json" in told
    assert b"Traceback" not in told
