"""What only Rasa's own Python can look at: history, states, and the store on both databases."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

from tests.bot.servers import RASA_PYTHON, ROOT, BotProcess, Gateway, rasa_environment


def run_inside(program: str, *arguments: str) -> dict[str, Any]:
    """Run `tests/bot/inside/<program>.py` in Rasa's Python and return what it printed last."""
    command = [RASA_PYTHON, "-W", "ignore", "-m", f"tests.bot.inside.{program}", *arguments]
    environment = rasa_environment(TF_CPP_MIN_LOG_LEVEL="3", RASA_TELEMETRY_ENABLED="false")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def test_turn_500_does_no_more_work_than_half_again_turn_10(models: Path, tmp_path: Path) -> None:
    report = run_inside("long_conversation", str(models), str(tmp_path / "tracker.db"))

    tenth, late = report["warm"]["9"], report["warm"]["499"]
    assert set(tenth) == {"statements", "applied", "states"}
    assert all(late[kind] <= 1.5 * tenth[kind] for kind in tenth)
    # a server that does not hold the conversation reads twenty turns, however many there were
    assert report["cold"]["500"]["statements"] <= 1.5 * report["cold"]["10"]["statements"]
    assert report["cold"]["500"]["applied"] <= 2.5 * report["cold"]["10"]["applied"]
    assert report["spoken"] == [f"hello {number}" for number in range(481, 501)]
    assert report["language"] == "hi"


def test_policies_see_what_stock_rasa_shows_them(models: Path) -> None:
    report = run_inside("same_states", str(models))

    assert report["wrong"] == []
    assert report["lost"] == []


def _check_store(report: dict[str, Any]) -> None:
    assert report["empty"] == [[], []]
    assert report["revision"] == 25
    assert report["sequences"] == list(range(6, 26))
    assert report["text"] == "नमस्ते 25 \u0000"
    assert report["held"] is None
    assert report["known"] == [{"n": 1}, {"n": 25}]
    assert report["same_place_refused"] is True
    assert report["same_message_refused"] is True
    assert report["purged_too_early"] == 0
    assert report["purged"] == 5
    assert report["after_purge"] == [None, {"n": 25}]
    assert report["left"] == 20


def test_store_keeps_its_contract_on_sqlite(tmp_path: Path) -> None:
    _check_store(run_inside("store_contract", str(tmp_path / "folder" / "tracker.db")))


def test_store_keeps_its_contract_on_postgresql(new_postgresql_database: Callable[[], str]) -> None:
    _check_store(run_inside("store_contract", new_postgresql_database()))


async def test_bot_takes_turns_on_postgresql(
    models: Path,
    actions_port: int,
    session: aiohttp.ClientSession,
    new_postgresql_database: Callable[[], str],
    tmp_path: Path,
) -> None:
    url = {"DATABASE_URL": new_postgresql_database()}
    bot = BotProcess(models, tmp_path / "unused.db", actions_port, tmp_path / "log", url)
    await asyncio.to_thread(bot.start)
    gateway = Gateway(bot, session)

    first = await gateway.turn("c", "m1")
    again = await gateway.turn("c", "m1")
    await asyncio.to_thread(bot.stop)

    assert first.body["replies"] == again.body["replies"]
    assert again.body["repeated"] is True
    assert not (tmp_path / "unused.db").exists()
