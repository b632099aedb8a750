"""Brings up one state of the knowledge; an index that is missing is built in a child process."""

import asyncio
import sys
from pathlib import Path

from knowledge.articles import read_articles
from knowledge.build import fingerprint, remove_others
from knowledge.edge import EdgeIndex
from knowledge.lexicon import Lexicon
from knowledge.snapshot import Snapshot
from knowledge.vectors import Encodes

_BUILD_DEADLINE = 600.0  # seconds
_ROOT = Path(__file__).resolve().parent.parent


class BuildError(Exception):
    """The index could not be built; the message holds what the build printed last."""


async def load_snapshot(folder: Path, articles: Path, encoder: Encodes) -> Snapshot:
    """Loads the state of the articles; its index lies below `folder` and is built when it is missing.

    An article that changes meanwhile would not fit the index, so then it begins again. Raises `BuildError`.
    """
    for _ in range(3):
        version = await asyncio.to_thread(fingerprint, articles, encoder.version)
        place = folder / version
        if not (place / "manifest.json").exists():
            printed = await _build_in_child(folder, articles)
            if not (place / "manifest.json").exists() and fingerprint(articles, encoder.version) == version:
                raise BuildError(printed)
        library = await asyncio.to_thread(read_articles, articles)
        if (place / "manifest.json").exists() and fingerprint(articles, encoder.version) == version:
            index = await asyncio.to_thread(EdgeIndex.load, place)
            await asyncio.to_thread(remove_others, place)
            return await asyncio.to_thread(Snapshot.of, index, library.articles, Lexicon.load())
    raise BuildError("the articles change faster than their index can be built")


async def _build_in_child(folder: Path, articles: Path) -> str:
    """Runs `python -m knowledge.build` and gives what it printed; what it left behind says whether it succeeded."""
    command = (sys.executable, "-m", "knowledge.build", str(folder), "--articles", str(articles))
    child = await asyncio.create_subprocess_exec(
        *command, cwd=_ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        async with asyncio.timeout(_BUILD_DEADLINE):
            output, _ = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return output.decode(errors="replace").strip()[-2000:]
