"""Brings up one state of the knowledge; an index that is missing is built in a child process."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from encoder.store import Encodes, VectorStore
from knowledge.articles import read_articles
from knowledge.build import fingerprint, place_of, remove_others
from knowledge.edge import EdgeIndex, IndexBrokenError, remove_manifest
from knowledge.index import PLAIN, Fusion, Index, Vectors
from knowledge.lexicon import Lexicon
from knowledge.outside import read_outside
from knowledge.snapshot import Snapshot
from saathi.settings import Settings

if TYPE_CHECKING:
    from knowledge.server import QdrantServer

_BUILD_DEADLINE = 600.0  # seconds
_ROOT = Path(__file__).resolve().parent.parent
_log = structlog.get_logger("knowledge")


class BuildError(Exception):
    """The index could not be built; the message holds what the build printed last."""


def choose_server(settings: Settings) -> "QdrantServer | None":
    """The Qdrant server of the settings; None stands for Qdrant Edge, in this process. Close it at the end."""
    if not settings.qdrant_url:
        return None
    from knowledge.server import QdrantServer  # noqa: PLC0415 - the client costs 40 MB, so only where it is used

    return QdrantServer(settings.qdrant_url, settings.qdrant_api_key.get_secret_value())


async def load_snapshot(
    folder: Path,
    articles: Path,
    encoder: Encodes,
    server: "QdrantServer | None" = None,
    fusion: Fusion = PLAIN,
) -> Snapshot:
    """Loads the state of the articles. Its index lies below `folder`, or on the server if there is one, and is
    built when it is missing, damaged, or of another state; `folder` keeps the vectors for the next build.

    An article that changes meanwhile would not fit the index, so then it begins again. Raises `BuildError`, and within
    two seconds `KnowledgeUnavailable` when the server does not answer.
    """
    for _ in range(3):
        version = await asyncio.to_thread(fingerprint, articles, encoder.version)
        index, printed = await _open_index(folder, version, server, fusion), ""
        if index is None:
            printed = await _build_in_child(folder, articles, server)
            index = await _open_index(folder, version, server, fusion)
        library = await asyncio.to_thread(read_articles, articles)
        if await asyncio.to_thread(fingerprint, articles, encoder.version) != version:
            continue
        if index is None:
            raise BuildError(printed)
        await asyncio.to_thread(remove_others, place_of(folder, version, server))
        lexicon = Lexicon.load()
        outside = await asyncio.to_thread(_outside_vectors, encoder, folder, lexicon)
        return await asyncio.to_thread(Snapshot.of, index, library.articles, lexicon, outside)
    raise BuildError("the articles change faster than their index can be built")


def _outside_vectors(encoder: Encodes, folder: Path, lexicon: Lexicon) -> Vectors:
    return VectorStore.load(encoder, folder).encode([lexicon.gloss(question) for question in read_outside()])


async def _open_index(folder: Path, version: str, server: "QdrantServer | None", fusion: Fusion) -> Index | None:
    """The whole index of that version; None when it must be built."""
    if server is not None:
        return await server.find(version, fusion)
    place = place_of(folder, version, None)
    try:
        return await asyncio.to_thread(EdgeIndex.load, place, fusion)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IndexBrokenError as error:
        _log.warning("index_broken", reason=str(error))
        remove_manifest(place)  # its vectors are kept for the build
        return None


async def _build_in_child(folder: Path, articles: Path, server: "QdrantServer | None") -> str:
    """Runs `python -m knowledge.build` and gives what it printed; what it left behind says whether it succeeded."""
    address, key = (server.url, server.api_key) if server else ("", "")
    command = (sys.executable, "-m", "knowledge.build", str(folder), "--articles", str(articles), "--server", address)
    child = await asyncio.create_subprocess_exec(
        *command,
        cwd=_ROOT,
        env={**os.environ, "QDRANT_API_KEY": key},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(_BUILD_DEADLINE):
            output, _ = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return output.decode(errors="replace").strip()[-2000:]
