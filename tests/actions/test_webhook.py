"""The action server's door: who may call, what a bad call gets, and what an error gives away."""

import asyncio
import contextlib
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp.test_utils import TestClient
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

from saathi.store import Database
from tests.actions.conftest import HEADERS, make_call

Client = TestClient[Any, Any]
COVERED = "How long is the grace period?"
PRIVATE = "my number is 98765"


class Misbehave(Action):
    """An action that does what it is told to."""

    def __init__(self, name: str, fault: Exception | None) -> None:
        self._name = name
        self._fault = fault

    def name(self) -> str:
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        if self._fault is not None:
            raise self._fault
        await asyncio.sleep(30)
        return []


async def post(client: Client, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with client.post("/webhook", data=data, headers=HEADERS if headers is None else headers) as response:
        return response.status, await response.json()


async def test_health_needs_no_secret_and_counts_the_knowledge(client: Client) -> None:
    async with client.get("/health") as response:
        body = await response.json()
    assert response.status == 200
    assert body["status"] == "ok"
    assert body["knowledge"]["articles"] == 3
    assert body["knowledge"]["chunks"] > 30


@pytest.mark.parametrize("headers", [{}, {"X-Saathi-Secret": ""}, {"X-Saathi-Secret": "wrong"}])
@pytest.mark.parametrize("path", ["/webhook", "/knowledge/reload", "/actions"])
async def test_call_without_the_secret_is_refused(client: Client, headers: dict[str, str], path: str) -> None:
    async with client.post(path, json=make_call("action_hand_over"), headers=headers) as response:
        assert response.status == 401
        assert (await response.json())["error"]["code"] == "unauthorized"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"{}", b'{"next_action": "action_hand_over"}',
     b'{"next_action": "action_hand_over", "tracker": 1}',
     b'{"next_action": "action_hand_over", "tracker": {"latest_message": "x"}}'],
)  # fmt: skip
async def test_body_that_is_no_call_gets_422(client: Client, body: bytes) -> None:
    status, answer = await post(client, body)
    assert status == 422
    assert answer["error"]["code"] == "bad_call"


async def test_call_without_a_message_id_gets_422(client: Client) -> None:
    call = make_call("action_hand_over")
    call["tracker"]["latest_message"].pop("message_id")
    status, answer = await post(client, call)
    assert (status, answer["error"]["code"]) == (422, "bad_call")


async def test_unknown_action_gets_404(client: Client) -> None:
    status, answer = await post(client, make_call("action_nothing"))
    assert (status, answer["error"]["code"]) == (404, "unknown_action")


async def test_call_over_a_megabyte_is_refused(client: Client) -> None:
    async with client.post("/webhook", data=io.BytesIO(b"x" * (1024 * 1024 + 1)), headers=HEADERS) as response:
        assert response.status == 413


async def test_error_names_a_code_and_never_the_tracker(client: Client, executor: ActionExecutor) -> None:
    executor.register_action(Misbehave("action_breaks", RuntimeError(PRIVATE)))
    status, answer = await post(client, make_call("action_breaks", text=PRIVATE))
    assert status == 500
    assert answer["error"]["code"] == "action_failed"
    assert answer["action_name"] == "action_breaks"
    assert PRIVATE not in json.dumps(answer)


async def test_slow_action_is_cut_off_at_the_deadline(client: Client, executor: ActionExecutor) -> None:
    executor.register_action(Misbehave("action_hangs", None))
    started = asyncio.get_running_loop().time()
    status, answer = await post(client, make_call("action_hangs"))
    assert (status, answer["error"]["code"]) == (503, "action_timeout")
    assert asyncio.get_running_loop().time() - started < 5


async def test_rejection_keeps_rasas_own_protocol(client: Client, executor: ActionExecutor) -> None:
    executor.register_action(Misbehave("action_rejects", ActionExecutionRejection("action_rejects", "not now")))
    status, answer = await post(client, make_call("action_rejects"))
    assert (status, answer) == (400, {"error": "not now", "action_name": "action_rejects"})


async def test_database_at_fault_gets_503(client: Client, database: Database, tmp_path: Path) -> None:
    # Another process holds the write lock for longer than the store waits.
    with contextlib.closing(sqlite3.connect(tmp_path / "saathi.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        status, answer = await post(client, make_call("action_not_understood"))
    assert status == 503
    assert answer["error"]["code"] in {"store_unavailable", "action_timeout"}


async def test_turn_id_stands_in_the_log(client: Client) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        await post(client, make_call("action_answer_question", text=COVERED), {**HEADERS, "X-Turn-Id": "t9"})
        await post(client, make_call("action_answer_question", message="m2", text=COVERED))
    lines = [line for line in logs if line["event"] == "action"]
    assert [line["turn"] for line in lines] == ["t9", "t1"]
    assert all(line["action"] == "action_answer_question" and line["milliseconds"] >= 0 for line in lines)
    assert "grace" not in json.dumps(logs)


async def test_reload_tells_what_stands(client: Client) -> None:
    async with client.post("/knowledge/reload", headers=HEADERS) as response:
        body = await response.json()
    assert response.status == 200
    assert body["knowledge"]["articles"] == 3
