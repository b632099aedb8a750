"""The terminal client against a small local gateway."""

import asyncio
import os
import pty
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ops.talk import describe

ROOT = Path(__file__).resolve().parents[2]
TURN = {
    "intent": "ask_payout",
    "confidence": 0.934,
    "entities": [{"entity": "product", "value": "term plan"}],
    "slots": {"language": "en", "product": "term plan"},
    "actions": ["action_answer_question"],
    "sentiment": -0.2,
    "outcome": "answered",
    "language": "en",
    "replies": [{"response": "utter_knowledge_answer", "citations": ["payout-cycle"]}],
    "milliseconds": {"nlu": 3.2, "total": 14.0},
}
LINE = (
    "  ask_payout 0.93 · [product term plan] · slots language=en, product=term plan · action_answer_question · "
    "utter_knowledge_answer <payout-cycle> · answered · en · mood -0.20 · nlu 3 ms, total 14 ms"
)


async def give_token(request: web.Request) -> web.Response:
    return web.json_response({"token": f"token of {(await request.json())['partner_id']}"})


async def tell_turn(request: web.Request) -> web.Response:
    if request.headers.get("Authorization") != "Bearer token of P1007":
        raise web.HTTPUnauthorized
    return web.json_response(TURN)


async def chat(request: web.Request) -> web.WebSocketResponse:
    """Repeats what it gets, with two choices; "twice" it says twice, and "person" a person says of himself."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    assert (await socket.receive_json())["token"] == "token of P1007"
    async for received in socket:
        frame = received.json()
        said = frame["text"] if frame["type"] == "message" else f"choice {frame['choice']}"
        if said == "refused":
            await socket.send_json({"type": "error", "code": "too_fast", "text": "Slowly.", "id": frame["id"]})
            continue
        choices = [{"id": "a1", "title": "First"}, {"id": "b2", "title": "Second"}]
        reply: dict[str, Any] = {"type": "message", "author": "assistant", "text": said, "reply_to": frame["id"]}
        if said == "person":
            await socket.send_json({"type": "message", "author": "agent", "text": "Ravi here.", "reply_to": None})
        if said == "twice":
            await socket.send_json(reply)
        await socket.send_json({**reply, "choices": choices})
    return socket


async def serve(*routes: web.RouteDef) -> AsyncIterator[int]:
    app = web.Application()
    app.add_routes([web.post("/api/demo/token", give_token), web.get("/channels/inapp/ws", chat), *routes])
    async with TestServer(app) as server:
        assert server.port
        yield server.port


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async for port in serve(web.get("/api/demo/last-turn", tell_turn)):
        yield port


@pytest.fixture
async def port_of_older_gateway() -> AsyncIterator[int]:
    async for port in serve():
        yield port


async def start(port: int, stdout: int = asyncio.subprocess.PIPE, **more: str) -> asyncio.subprocess.Process:
    own = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ops.talk", "--partner", "P1007"),
        stdin=asyncio.subprocess.PIPE,
        stdout=stdout,
        stderr=asyncio.subprocess.PIPE,
        env=own | {"PORT": str(port), "HOST": "127.0.0.1"} | more,
        cwd=ROOT,
    )


async def lines_for(port: int, *said: str) -> list[str]:
    talk = await start(port)
    out, errors = await talk.communicate("".join(f"{text}\n" for text in said).encode())
    assert (talk.returncode, errors) == (0, b"")
    return out.decode().splitlines()


async def test_number_picks_the_choice_that_the_last_reply_offered(port: int) -> None:
    talk = await start(port)
    assert talk.stdin
    assert talk.stdout
    talk.stdin.write(b"2\n")  # nothing has been offered yet: a text
    assert await talk.stdout.readline() == b"assistant: 2\n"
    assert await talk.stdout.readline() == b"  1. First\n"
    assert await talk.stdout.readline() == b"  2. Second\n"
    talk.stdin.write(b"2\n\n")
    rest, errors = await talk.communicate()
    assert b"\nassistant: choice b2\n" in rest
    assert (talk.returncode, errors) == (0, b"")


async def test_one_line_below_an_answer_tells_how_it_came_about(port: int) -> None:
    assert (await lines_for(port, "hello"))[-1] == LINE


async def test_slots_that_stay_are_not_told_again(port: int) -> None:
    lines = await lines_for(port, "hello", "again")
    assert "slots language=en" in lines[3]
    assert "slots" not in lines[-1]


async def test_two_replies_to_one_message_have_one_line_below_them(port: int) -> None:
    lines = await lines_for(port, "twice")
    assert lines == ["assistant: twice", "assistant: twice", "  1. First", "  2. Second", LINE]


async def test_piped_script_waits_for_each_answer(port: int) -> None:
    lines = await lines_for(port, "one", "refused", "person", "three")
    heard = [line for line in lines if not line.startswith("  ")]
    assert heard == [
        "assistant: one",
        "(too_fast) Slowly.",
        "agent: Ravi here.",
        "assistant: person",
        "assistant: three",
    ]


async def test_gateway_that_tells_nothing_of_turns_still_chats(port_of_older_gateway: int) -> None:
    lines = await lines_for(port_of_older_gateway, "hello")
    assert lines[0] == "assistant: hello"
    assert lines[-1].endswith("does not tell how this came about: 404)")


@pytest.mark.parametrize(("setting", "is_dim"), [({}, True), ({"NO_COLOR": "1"}, False)])
async def test_line_is_dim_on_a_terminal_unless_colours_are_unwanted(
    port: int, setting: dict[str, str], is_dim: bool
) -> None:
    ours, theirs = pty.openpty()
    talk = await start(port, stdout=theirs, **setting)
    os.close(theirs)
    await talk.communicate(b"hello\n")
    shown = os.read(ours, 4096).decode()
    os.close(ours)
    assert LINE.strip() in shown
    assert (f"\033[2m{LINE}\033[0m" in shown) is is_dim
    assert ("\033" in shown) is is_dim


def test_slots_that_changed_and_went_are_named() -> None:
    turn = {"intent": None, "slots": {"a": "new", "kept": 1, "long": {"k": "v" * 80}}}
    line = describe(turn, {"a": "old", "kept": 1, "gone": True})
    assert line.startswith('  no intent · slots a=new, long={"k": "')
    assert line.endswith("..., gone=null")
    assert "kept" not in line


async def test_without_a_gateway_it_says_what_to_start() -> None:
    talk = await start(1)
    _, errors = await talk.communicate()
    assert talk.returncode == 1
    assert b"start it with `make run`" in errors
    assert b"Traceback" not in errors
