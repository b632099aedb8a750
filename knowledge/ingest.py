"""Brings the index to the articles as they are now: `python -m knowledge.ingest` (`make ingest`).

The action server owns the index while it runs, so it is asked to take the articles in; else the index is built here
for its next start. Prints one line a broken article; exits with 1 when there is one.
"""

import asyncio
import sys

import aiohttp

from knowledge.articles import read_articles
from knowledge.build import build
from knowledge.edge import read_manifest
from knowledge.index import Counts
from saathi.settings import Settings

_DEADLINE = aiohttp.ClientTimeout(total=620, sock_connect=2)  # seconds; a build has 600


async def ask_owner(settings: Settings) -> Counts | None:
    """Has the running action server take the articles in; None when none runs.

    Raises `aiohttp.ClientResponseError` when it could not.
    """
    headers = {"X-Saathi-Secret": settings.actions_secret.get_secret_value()}
    address = f"{settings.actions_url.rstrip('/')}/knowledge/reload"
    async with aiohttp.ClientSession(timeout=_DEADLINE, raise_for_status=True) as session:
        try:
            async with session.post(address, headers=headers) as response:
                known = (await response.json())["knowledge"]
        except aiohttp.ClientConnectorError:
            return None
    return Counts(known["articles"], known["chunks"])


async def _ingest(settings: Settings) -> int:
    from encoder import Encoder  # noqa: PLC0415 - the model is needed only when nobody else builds

    errors = (await asyncio.to_thread(read_articles)).errors
    for error in errors:
        sys.stderr.write(f"{error}\n")
    try:
        counts = await ask_owner(settings)
    except aiohttp.ClientResponseError as error:
        sys.stderr.write(f"The action server answered {error.status}; its log says why.\n")
        return 1
    if counts is None:
        place, _ = await build(settings.data_dir / "knowledge", Encoder.load())
        _, counts = read_manifest(place)
    sys.stdout.write(f"{counts.articles} articles, {counts.chunks} passages, {len(errors)} faults\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_ingest(Settings())))
