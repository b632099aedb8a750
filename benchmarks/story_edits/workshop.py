"""A copy of the checkout with an assistant of its own: models, data and ports are apart from the one that runs here."""

import asyncio
import contextlib
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import aiohttp
import jwt

from benchmarks.servers import ROOT, free_port, start
from benchmarks.story_edits.edits import Actions

TURN_SECONDS = 15.0


class Workshop:
    """A copy of the checkout with what it has trained and indexed, and an assistant that runs in it."""

    def __init__(self, folder: Path, index: Path) -> None:
        """Copy into `folder`, which must not exist; `index` is the knowledge index, built there where it is none."""
        self.project = folder
        self.stories = folder / "data" / "stories"
        self._secret = secrets.token_hex(32)
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._env = os.environ | {
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "RASA_URL": f"http://127.0.0.1:{free_port()}",
            "ACTIONS_URL": f"http://127.0.0.1:{free_port()}",
            "DATA_DIR": str(folder / "var"),
            "JWT_SECRET": self._secret,
            "RATE_LIMIT": "1000000/10 seconds",
        }
        _copy_checkout(folder)
        if index.exists():
            shutil.copytree(index, folder / "var" / "knowledge")
        self._pristine = folder / "var" / "stories"
        shutil.copytree(self.stories, self._pristine)

    @contextlib.contextmanager
    def run(self) -> Iterator[None]:
        """The assistant, up and healthy."""
        argv = [str(self.project / ".venv/bin/python"), "-m", "ops.run", "--demo"]
        (self.project / "var").mkdir(exist_ok=True)
        with start(argv, self.address, self.project / "var" / "run.log", self.project, self._env) as server:
            server.wait("/health")
            yield

    def restore(self) -> None:
        """Take all edits back."""
        shutil.rmtree(self.stories)
        shutil.copytree(self._pristine, self.stories)

    def train(self) -> tuple[bool, str]:
        """`make train`: whether the running assistant has the new model, and what was printed."""
        done = self._do(".venv", "ops.renew", "model")
        return done.returncode == 0 and "has taken the model" in done.stdout, done.stdout + done.stderr

    def validate(self) -> str:
        """`make validate`: what it prints."""
        return self._do(".venv-rasa", "bot.validation").stdout

    def _do(self, environment: str, *module: str) -> subprocess.CompletedProcess[str]:
        argv = [str(self.project / environment / "bin/python"), "-m", *module]
        return subprocess.run(argv, cwd=self.project, env=self._env, capture_output=True, text=True, check=False)

    async def hold(self, said: Sequence[str]) -> Actions:
        """Say this in the chat of a new partner; the actions of the last turn."""
        claims = {"sub": f"edits-{secrets.token_hex(8)}", "exp": int(time.time()) + 3600}
        token = jwt.encode(claims, self._secret, algorithm="HS256")
        async with aiohttp.ClientSession(self.address) as session:
            async with session.ws_connect("/channels/inapp/ws") as socket:
                await socket.send_json({"type": "auth", "token": token})
                for number, text in enumerate(said):
                    await _say(socket, str(number), text)
            bearer = {"Authorization": f"Bearer {token}"}
            async with session.get("/api/demo/last-turn", headers=bearer) as response:
                response.raise_for_status()
                return tuple((await response.json())["actions"])


def _copy_checkout(folder: Path) -> None:
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for environment in (".venv", ".venv-rasa"):
        (folder / environment).symlink_to(ROOT / environment)
    for made in ("models", ".rasa"):  # without Rasa's cache the first training would learn to understand again
        if (ROOT / made).exists():
            shutil.copytree(ROOT / made, folder / made)


async def _say(socket: aiohttp.ClientWebSocketResponse, number: str, text: str) -> None:
    await socket.send_json({"type": "message", "id": number, "text": text})
    async with asyncio.timeout(TURN_SECONDS):
        while (frame := await socket.receive_json()).get("reply_to") != number:
            if frame["type"] == "error":
                raise RuntimeError(f"{text!r} was refused: {frame['text']}")
