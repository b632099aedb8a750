"""The index on a Qdrant server: how a new collection takes the old one's place, and what happens when the server fails.

The server is the local stand-in, so qdrant-client's own client does the asking.
"""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from encoder import Encoder
from knowledge.articles import read_article
from knowledge.build import build
from knowledge.chunks import cut
from knowledge.edge import read_manifest
from knowledge.index import Fusion, Index, KnowledgeUnavailable, Scope
from knowledge.loading import choose_server, load_snapshot
from knowledge.qdrant_models import models
from knowledge.server import QdrantServer
from saathi.settings import Settings
from tests.knowledge.backends import VERSION, Running, connect, fill, on_server, run_stand_in
from tests.knowledge.conftest import ARTICLES, TODAY
from vendors.faults import Fault

GRACE = read_article(ARTICLES / "life-insurance" / "grace-days.md")
LOAN = read_article(ARTICLES / "loans" / "share-loan.md")
OTHER = "fedcba9876543210"
TITLES = Scope(TODAY, ("title",))


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with run_stand_in(tmp_path) as running:
        yield running


@pytest.fixture
async def server(running: Running) -> AsyncIterator[QdrantServer]:
    """With much patience, for tests that are not about time: the encoder shares the loop with the server."""
    async with connect(running.url, deadline=30.0) as server:
        yield server


@pytest.fixture
async def impatient(running: Running) -> AsyncIterator[QdrantServer]:
    """With the deadline that people get."""
    async with connect(running.url) as server:
        yield server


async def ask(index: Index, encoder: Encoder) -> int:
    """How many passages a question finds."""
    return len((await index.search(encoder.encode(["grace period"])[0], "grace period", TITLES, 5)).fused)


async def collections(server: QdrantServer) -> set[str]:
    return {one.name for one in (await server.client.get_collections()).collections}


async def aliases(server: QdrantServer) -> dict[str, str]:
    return {one.alias_name: one.collection_name for one in (await server.client.get_aliases()).aliases}


async def test_collection_is_of_its_version_alone(server: QdrantServer, encoder: Encoder) -> None:
    assert await server.find(VERSION) is None, "no alias"
    await on_server(server, encoder, GRACE)
    assert await server.find(OTHER) is None, "an older state is not answered from"
    found = await server.find(VERSION)
    assert found is not None
    assert found.version == VERSION


async def test_new_collection_takes_over_while_searches_go_on(server: QdrantServer, encoder: Encoder) -> None:
    old = await on_server(server, encoder, GRACE)
    done = asyncio.Event()

    async def search_on() -> int:
        asked = 0
        while not done.is_set():
            assert await ask(old, encoder) == 1, "the old state answers to the end, and as it always did"
            asked += 1
        return asked

    searching = asyncio.create_task(search_on())
    async with server.building(OTHER) as new:
        await fill(new, encoder, GRACE, LOAN)
        assert await server.find(OTHER) is None, "half an index is never current"
        assert await server.find(VERSION) is not None
    done.set()
    assert await searching > 3
    current = await server.find(OTHER)
    assert current is not None
    assert (await current.count()).articles == 2
    assert await server.find(VERSION) is None


async def test_only_the_current_and_the_previous_collection_stay(server: QdrantServer, encoder: Encoder) -> None:
    shape = {"x": models.VectorParams(size=2, distance=models.Distance.DOT)}
    await server.client.create_collection("of-others", vectors_config=shape)
    left = f"saathi_{OTHER}_{time.time_ns() - 3600 * 10**9}"
    busy = f"saathi_{OTHER}_{time.time_ns()}"
    for name in (left, busy):
        await server.client.create_collection(name, vectors_config=shape)
    for _ in range(4):
        await on_server(server, encoder, GRACE)
    names = await aliases(server)
    assert set(names) == {"saathi", "saathi_previous"}
    assert await collections(server) == {"of-others", busy, *names.values()}, "what another builds now is left alone"


async def test_failed_build_leaves_the_current_collection_and_nothing_else(
    server: QdrantServer, encoder: Encoder
) -> None:
    await on_server(server, encoder, GRACE)
    before = await collections(server)
    with pytest.raises(OSError, match="disk"):
        async with server.building(OTHER):
            raise OSError("disk full")
    assert await collections(server) == before
    assert await server.find(VERSION) is not None


async def test_collection_changed_in_place_answers_on_but_is_no_longer_that_version(
    server: QdrantServer, encoder: Encoder
) -> None:
    index = await on_server(server, encoder, GRACE, LOAN)
    await index.remove("share-loan")
    assert await ask(index, encoder) == 1
    assert await server.find(VERSION) is None


@pytest.mark.parametrize(
    "wish",
    [
        {"vectors_config": {"dense": models.VectorParams(size=8, distance=models.Distance.COSINE)}},
        {"vectors_config": {"other": models.VectorParams(size=384, distance=models.Distance.COSINE)}},
        {"vectors_config": {"dense": models.VectorParams(size=384, distance=models.Distance.COSINE)}},
    ],
    ids=["another dimension", "no dense vectors", "no words"],
)
async def test_collection_of_another_shape_is_not_answered_from(server: QdrantServer, wish: dict[str, object]) -> None:
    name = f"saathi_{VERSION}_1"
    await server.client.create_collection(name, metadata={"version": VERSION}, **wish)  # type: ignore[arg-type]
    alias = models.CreateAlias(collection_name=name, alias_name="saathi")
    await server.client.update_collection_aliases([models.CreateAliasOperation(create_alias=alias)])
    assert await server.find(VERSION) is None


FAULTS = {
    "an error": Fault(status=500),
    "too busy": Fault(status=429),
    "gone": Fault(status=404),
    "hanging": Fault(hang=30),
    "a page": Fault(rubbish="<html>welcome</html>"),
    "nothing": Fault(rubbish=""),
    "null": Fault(rubbish="null"),
    "a list": Fault(rubbish="[]"),
    "another shape": Fault(rubbish='{"result": {"points": 3}, "status": "ok", "time": 0}'),
    "no result": Fault(rubbish='{"result": null, "status": "ok", "time": 0}'),
    "too few answers": Fault(rubbish='{"result": [], "status": "ok", "time": 0}'),
    "strange ids": Fault(
        rubbish='{"result": [{"points": [{"id": 7, "version": 0, "score": 0.5}]}, {"points": []}, {"points": []}]}'
    ),
    "no number": Fault(
        rubbish='{"result": [{"points": [{"id": "x", "version": 0, "score": NaN}]}, {"points": []}, {"points": []}]}'
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_failing_server_is_told_in_time_and_recovers(
    running: Running, impatient: QdrantServer, encoder: Encoder, fault: Fault
) -> None:
    index = await on_server(impatient, encoder, GRACE)
    assert await ask(index, encoder) == 1
    running.stand_in.faults.play(fault)
    for attempt in (ask(index, encoder), index.count(), impatient.find(VERSION)):
        started = time.perf_counter()
        with pytest.raises(KnowledgeUnavailable, match="Qdrant at"):
            await attempt
        assert time.perf_counter() - started < 2.5
    running.stand_in.faults.end()
    assert await ask(index, encoder) == 1
    assert (await index.count()).articles == 1


async def test_search_is_not_repeated(running: Running, impatient: QdrantServer, encoder: Encoder) -> None:
    index = await on_server(impatient, encoder, GRACE)
    running.stand_in.requests.clear()
    running.stand_in.faults.play(Fault(status=503))
    with pytest.raises(KnowledgeUnavailable):
        await ask(index, encoder)
    assert len(running.stand_in.requests) == 1


async def test_server_that_is_down_is_told_at_once_and_found_again(tmp_path: Path, encoder: Encoder) -> None:
    port = unused_port()
    async with connect(f"http://127.0.0.1:{port}") as server:
        started = time.perf_counter()
        with pytest.raises(KnowledgeUnavailable, match="cannot be reached"):
            await load_snapshot(tmp_path / "index", ARTICLES, encoder, server)
        assert time.perf_counter() - started < 2.5
        async with run_stand_in(tmp_path, port=port):
            index = await on_server(server, encoder, GRACE)
            assert await ask(index, encoder) == 1
        with pytest.raises(KnowledgeUnavailable):
            await ask(index, encoder)
        async with run_stand_in(tmp_path, port=port):
            with pytest.raises(KnowledgeUnavailable, match="404"):
                await ask(index, encoder)  # it came back empty


async def test_wrong_key_is_told_with_the_setting_to_look_at(tmp_path: Path) -> None:
    async with run_stand_in(tmp_path, api_key="right") as running:
        async with connect(running.url, "right") as server:
            assert await server.find(VERSION) is None
        async with connect(running.url, "wrong") as server:
            with pytest.raises(KnowledgeUnavailable, match="QDRANT_API_KEY"):
                await server.find(VERSION)


async def test_server_too_old_for_weights_is_refused(
    server: QdrantServer, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    await on_server(server, encoder, GRACE)
    monkeypatch.setattr("vendors.qdrant.app._VERSION", "1.16.3")
    assert await server.find(VERSION) is not None, "without weights it does"
    with pytest.raises(KnowledgeUnavailable, match=r"1\.17"):
        await server.find(VERSION, Fusion(2.0, 1.0))


async def test_hanging_server_does_not_hold_others_up(
    running: Running, impatient: QdrantServer, encoder: Encoder
) -> None:
    """A hundred questions at once, all of them hanging, still end in time."""
    index = await on_server(impatient, encoder, GRACE)
    running.stand_in.faults.play(Fault(hang=30))
    vector = encoder.encode(["grace period"])[0]
    started = time.perf_counter()
    ends = await asyncio.gather(*(index.search(vector, "", TITLES, 5) for _ in range(100)), return_exceptions=True)
    assert time.perf_counter() - started < 3.0
    assert all(isinstance(end, KnowledgeUnavailable) for end in ends)


async def test_missing_index_is_built_on_the_server_and_kept(
    running: Running, server: QdrantServer, encoder: Encoder, tmp_path: Path
) -> None:
    folder = tmp_path / "index"
    snapshot = await load_snapshot(folder, ARTICLES, encoder, server)
    assert (await snapshot.index.count()).chunks == len(snapshot.passages)
    names = await collections(server)
    again = await load_snapshot(folder, ARTICLES, encoder, server)
    assert again.index.version == snapshot.index.version
    assert await collections(server) == names, "nothing was built anew"
    shutil.rmtree(folder)  # another machine, which has no vectors
    place, errors = await build(folder, encoder, ARTICLES, server)
    assert read_manifest(place) == (snapshot.index.version, await snapshot.index.count())
    assert (place.name, errors) == (f"{snapshot.index.version}-server", ())
    assert await collections(server) == names


async def test_backend_is_chosen_by_the_settings() -> None:
    assert choose_server(Settings(qdrant_url="")) is None
    server = choose_server(Settings(qdrant_url="http://127.0.0.1:1", qdrant_api_key="key"))  # type: ignore[arg-type]
    assert server is not None
    assert (server.url, server.api_key) == ("http://127.0.0.1:1", "key")
    await server.close()


@asynccontextmanager
async def index_that_fails_on(path: str, folder: Path, encoder: Encoder) -> AsyncIterator[tuple[QdrantServer, Running]]:
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(run_stand_in(folder))
        server = await stack.enter_async_context(connect(running.url))
        await on_server(server, encoder, GRACE)
        running.stand_in.faults.play(Fault(status=500, path=path))
        yield server, running


@pytest.mark.parametrize("path", ["/points", "/index", "/aliases"])
async def test_build_that_the_server_breaks_off_changes_nothing(path: str, tmp_path: Path, encoder: Encoder) -> None:
    async with index_that_fails_on(path, tmp_path, encoder) as (server, running):
        with pytest.raises(KnowledgeUnavailable):
            async with server.building(OTHER) as index:
                await fill(index, encoder, LOAN)
        running.stand_in.faults.end()
        found = await server.find(VERSION)
        assert found is not None
        assert (await found.count()).chunks == len(cut(GRACE))
        assert len(await collections(server)) == 1
