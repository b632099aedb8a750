"""The real bot server as a child process, and a local action server that behaves as it is told."""

import asyncio
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

ROOT = Path(__file__).parents[2]
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
SECRET = "secret-of-the-door"
ACTIONS_SECRET = "secret-of-the-actions"
_START_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def rasa_environment(**more: str) -> dict[str, str]:
    """The environment of a Rasa process; it may write bytecode, without which each start takes 15 s more."""
    own = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "DATABASE_URL")}
    return {**own, **more}


@dataclass
class BotProcess:
    """`python -m bot.server` on a free port."""

    models: Path
    store: Path
    actions_port: int
    log: Path
    more: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self, wait: bool = True) -> "BotProcess":
        environment = rasa_environment(
            RASA_SECRET=SECRET,
            ACTIONS_SECRET=ACTIONS_SECRET,
            ACTIONS_URL=f"http://127.0.0.1:{self.actions_port}",
            **self.more,
        )
        arguments = ["--model", str(self.models), "--port", str(self.port), "--store", str(self.store)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [RASA_PYTHON, "-m", "bot.server", *arguments], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        if wait:
            self.wait(200)
        return self

    def wait(self, status: int) -> None:
        """Wait until /health answers `status`."""
        deadline = time.monotonic() + _START_SECONDS
        while self.health() != status:
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def health(self) -> int | None:
        try:
            with urllib.request.urlopen(self.url("health"), timeout=2) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return None

    def url(self, route: str) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks/saathi/{route}"

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=30)
            self.process = None


@dataclass(frozen=True)
class Answered:
    status: int
    body: dict[str, Any]


class Gateway:
    """Speaks to the door as the gateway does."""

    def __init__(self, bot: BotProcess, session: aiohttp.ClientSession) -> None:
        self._bot = bot
        self._session = session

    async def turn(self, conversation: str, message_id: str, text: str = "hello", **more: Any) -> Answered:
        body = {
            "message_id": message_id,
            "conversation": conversation,
            "turn": f"turn-{message_id}",
            "channel": "inapp",
            "slots": {"language": "en", "failed_attempts": 0},
            **({} if "payload" in more else {"text": text}),
            **more,
        }
        return await self.post("turn", body)

    async def post(self, route: str, body: Any, secret: str | None = SECRET) -> Answered:
        headers = {} if secret is None else {"X-Saathi-Secret": secret}
        async with self._session.post(self._bot.url(route), json=body, headers=headers) as response:
            return Answered(response.status, await response.json())


class Actions:
    """An action server on a fixed port: records calls, answers what `answer` returns."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.calls: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.connections: set[Any] = set()
        self.answer: Callable[[dict[str, Any]], Any] = price
        self.delay = 0.0
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/webhook", self._run)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _run(self, request: web.Request) -> web.Response:
        call = await request.json()
        self.calls.append(call)
        self.secrets.append(request.headers.get("X-Saathi-Secret"))
        self.connections.add(request.transport)
        await asyncio.sleep(self.delay)
        answer = self.answer(call)
        return answer if isinstance(answer, web.Response) else web.json_response(answer)


def price(call: dict[str, Any]) -> dict[str, Any]:
    """What action_price answers; the form's validation accepts what it is given."""
    if call["next_action"] != "action_price":
        return {"events": [], "responses": []}
    return {
        "events": [{"event": "slot", "name": "price", "value": 42}],
        "responses": [{"response": "utter_price", "amount": "42", "custom": {"outcome": "answered"}}],
    }
