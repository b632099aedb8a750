"""The terminal client against a small local gateway."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

ROOT = Path(__file__).resolve().parents[2]


async def give_token(request: web.Request) -> web.Response:
    return web.json_response({"token": f"token of {(await request.json())['partner_id']}"})


async def chat(request: web.Request) -> web.WebSocketResponse:
    """Repeats what it gets, with two choices."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    assert (await socket.receive_json())["token"] == "token of P1007"
    async for received in socket:
        frame = received.json()
        said = frame["text"] if frame["type"] == "message" else f"choice {frame['choice']}"
        choices = [{"id": "a1", "title": "First"}, {"id": "b2", "title": "Second"}]
        await socket.send_json({"type": "message", "author": "assistant", "text": said, "choices": choices})
    return socket


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = web.Application()
    app.add_routes([web.post("/api/demo/token", give_token), web.get("/channels/inapp/ws", chat)])
    async with TestServer(app) as server:
        assert server.port
        yield server.port


async def start(port: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ops.talk", "--partner", "P1007"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PORT": str(port), "HOST": "127.0.0.1"},
        cwd=ROOT,
    )


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
    assert rest.startswith(b"assistant: choice b2\n")
    assert (talk.returncode, errors) == (0, b"")


async def test_without_a_gateway_it_says_what_to_start() -> None:
    talk = await start(1)
    _, errors = await talk.communicate()
    assert talk.returncode == 1
    assert b"start it with `make run`" in errors
    assert b"Traceback" not in errors
