"""The two engines behind the index, each as a test needs it: filled, loaded, and with its own server if it has one."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp.test_utils import TestServer

from encoder import Encoder
from knowledge.articles import Article
from knowledge.chunks import Passage, cut
from knowledge.edge import EdgeIndex
from knowledge.index import PLAIN, Fusion, Index
from knowledge.lexicon import Lexicon
from knowledge.server import QdrantServer
from saathi.settings import ROOT
from vendors.qdrant.app import NEWER, LocalQdrant
from vendors.specification import Specification

VERSION = "0123456789abcdef"

Opens = Callable[..., Awaitable[Index]]

_DOCUMENT = Path(os.environ.get("QDRANT_OPENAPI", ROOT.parent / "shared/data/vendor_api/qdrant_openapi_v1.16.x.json"))


@cache
def specification() -> Specification | None:
    """Qdrant's OpenAPI document where this machine has it; without it requests go unchecked."""
    return Specification.read(_DOCUMENT, NEWER) if _DOCUMENT.exists() else None


@dataclass(frozen=True)
class Running:
    """A stand-in that runs, with its HTTP server and address."""

    stand_in: LocalQdrant
    http: TestServer
    url: str


@asynccontextmanager
async def run_stand_in(folder: Path, api_key: str = "", port: int | None = None) -> AsyncIterator[Running]:
    stand_in = LocalQdrant(folder, specification(), api_key)
    http = TestServer(stand_in.make_app(), port=port)
    await http.start_server(shutdown_timeout=0.1)
    try:
        yield Running(stand_in, http, str(http.make_url("/")))
    finally:
        await http.close()


@asynccontextmanager
async def connect(url: str, api_key: str = "", deadline: float = 1.5) -> AsyncIterator[QdrantServer]:
    server = QdrantServer(url, api_key, deadline)
    try:
        yield server
    finally:
        await server.close()


async def fill(index: Index, encoder: Encoder, *articles: Article) -> dict[str, Passage]:
    """Puts the articles in, as a build does; gives their passages by id."""
    lexicon = Lexicon.load()
    passages = [passage for article in articles for passage in cut(article)]
    texts = [passage.searchable for passage in passages]
    words = [" ".join(lexicon.content(text)) for text in texts]
    await index.upsert(passages, encoder.encode([lexicon.gloss(text) for text in texts]), words)
    return {passage.id: passage for passage in passages}


async def on_edge(folder: Path, encoder: Encoder, *articles: Article, fusion: Fusion = PLAIN) -> Index:
    index = EdgeIndex.create(folder)
    await fill(index, encoder, *articles)
    index.finish(folder, VERSION)
    return EdgeIndex.load(folder, fusion)


async def on_server(server: QdrantServer, encoder: Encoder, *articles: Article, fusion: Fusion = PLAIN) -> Index:
    async with server.building(VERSION) as index:
        await fill(index, encoder, *articles)
    found = await server.find(VERSION, fusion)
    assert found is not None
    return found
