"""How an index is built in a process of its own, which one is sound, and how a new one is swapped in."""

import asyncio
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from encoder import Encoder
from knowledge.answers import Answer
from knowledge.articles import read_article
from knowledge.base import Knowledge
from knowledge.build import build, fingerprint
from knowledge.edge import EdgeIndex, IndexBrokenError, IndexHeldError
from knowledge.gate import Gate
from knowledge.index import Counts
from knowledge.loading import BuildError, load_snapshot
from tests.knowledge.backends import VERSION, on_edge
from tests.knowledge.conftest import ARTICLES, TODAY
from tests.support.encoders import CountingEncoder
from tests.support.waiting import measure_slowness

GRACE = read_article(ARTICLES / "life-insurance" / "grace-days.md")


@pytest.fixture
def index(small_index: Path, tmp_path: Path) -> Path:
    """A folder with a sound index of the tests' articles."""
    return shutil.copytree(small_index, tmp_path / "index")


def find_only(folder: Path) -> Path:
    """The one index in a folder."""
    (place,) = folder.iterdir()
    return place


def copy_articles(tmp_path: Path) -> Path:
    return shutil.copytree(ARTICLES, tmp_path / "articles")


def add_article(articles: Path) -> None:
    text = (articles / "loans" / "share-loan.md").read_text(encoding="utf-8")
    text = text.replace("Loan against shares", "Tractor lease").replace("on shares", "on a tractor lease")
    text = text.replace("shares par loan", "tractor lease").replace("शेयर पर लोन", "ट्रैक्टर लीज़")
    text = text.replace("against shares", "for a tractor lease").replace("shares", "tractor")
    (articles / "loans" / "tractor-lease.md").write_text(text, encoding="utf-8")


async def test_reload_swaps_in_a_new_article_while_answers_go_on(index: Path, tmp_path: Path, encoder: Encoder) -> None:
    articles = copy_articles(tmp_path)
    knowledge = await Knowledge.open(index, encoder, Gate.load(), articles)
    before = knowledge.version
    question = "How much can a customer get on a tractor lease?"
    old = await knowledge.answer(question, "en", TODAY)
    assert not isinstance(old, Answer) or old.articles != ("tractor-lease",)
    add_article(articles)
    slowness = measure_slowness()
    longest, reload = 0.0, asyncio.create_task(knowledge.reload())
    while not reload.done():
        started = time.perf_counter()
        await asyncio.sleep(0.01)
        assert isinstance(await knowledge.answer("How long is the grace period?", "en", TODAY), Answer)
        longest = max(longest, time.perf_counter() - started)
    counts = await reload
    assert counts.articles == 4
    assert knowledge.version != before
    assert longest < 1.0 * slowness, "a rebuild must not hold the loop"
    new = await knowledge.answer(question, "en", TODAY)
    assert isinstance(new, Answer)
    assert new.articles == ("tractor-lease",)
    assert find_only(index).name == knowledge.version


async def test_reload_without_a_change_keeps_the_index(index: Path, tmp_path: Path, encoder: Encoder) -> None:
    knowledge = await Knowledge.open(index, encoder, Gate.load(), copy_articles(tmp_path))
    version, place = knowledge.version, find_only(index)
    written = (place / "manifest.json").stat().st_mtime_ns
    await knowledge.reload()
    assert knowledge.version == version
    assert (place / "manifest.json").stat().st_mtime_ns == written


async def test_failed_build_keeps_the_old_answers(index: Path, tmp_path: Path, encoder: Encoder) -> None:
    articles = copy_articles(tmp_path)
    knowledge = await Knowledge.open(index, encoder, Gate.load(), articles)
    add_article(articles)
    # The build cannot make its folder: a file stands in the way.
    shutil.rmtree(index)
    (tmp_path / "index").write_text("in the way", encoding="utf-8")
    with pytest.raises(BuildError, match="index"):
        await knowledge.reload()
    assert isinstance(await knowledge.answer("How long is the grace period?", "en", TODAY), Answer)


def test_fingerprint_changes_with_articles_and_encoder(tmp_path: Path) -> None:
    articles = copy_articles(tmp_path)
    first = fingerprint(articles, "one")
    assert first == fingerprint(articles, "one")
    assert first != fingerprint(articles, "two")
    add_article(articles)
    assert first != fingerprint(articles, "one")


def test_build_command_names_broken_articles_and_indexes_the_others(tmp_path: Path) -> None:
    articles = copy_articles(tmp_path)
    broken = articles / "loans" / "broken.md"
    broken.write_text("no front matter", encoding="utf-8")
    command = [sys.executable, "-m", "knowledge.build", str(tmp_path / "index"), "--articles", str(articles)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 1
    assert f"{broken}:1: begin the file with a line `---`" in result.stderr
    assert result.stdout.startswith("3 articles, ")


async def test_index_that_another_process_holds_is_told_from_a_damaged_one(tmp_path: Path, encoder: Encoder) -> None:
    holder = await on_edge(tmp_path / "index", encoder, GRACE)
    with pytest.raises(IndexHeldError, match="another process"):
        EdgeIndex.load(tmp_path / "index")
    assert (await holder.count()).articles == 1


async def test_index_changed_in_place_is_no_whole_one_for_the_next_process(tmp_path: Path, encoder: Encoder) -> None:
    index = await on_edge(tmp_path / "index", encoder, GRACE)
    await index.remove("grace-days")
    with pytest.raises(FileNotFoundError):
        EdgeIndex.load(tmp_path / "index")


async def test_index_of_another_dimension_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.edge.DIMENSIONS", 8)
    EdgeIndex.create(tmp_path / "index").finish(tmp_path / "index", VERSION)
    monkeypatch.undo()
    with pytest.raises(IndexBrokenError, match="384"):
        EdgeIndex.load(tmp_path / "index")


def spoil_shard(place: Path) -> None:
    for file in (place / "shard").rglob("*"):
        if file.is_file():
            file.write_bytes(b"rubbish")


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_shard,
        lambda place: shutil.rmtree(place / "shard"),
        lambda place: (place / "manifest.json").write_text("{"),
        lambda place: (place / "manifest.json").write_text('{"version": "x", "articles": 9, "chunks": 999}'),
        lambda place: (place / "manifest.json").unlink(),
    ],
    ids=["damaged shard", "no shard", "damaged manifest", "other counts", "no manifest"],
)
async def test_damaged_index_is_built_anew(index: Path, encoder: Encoder, spoil: object) -> None:
    place = find_only(index)
    counting = CountingEncoder(encoder)
    assert callable(spoil)
    spoil(place)
    snapshot = await load_snapshot(index, ARTICLES, counting)
    assert await snapshot.index.count() == Counts(3, len(snapshot.passages))


async def test_damaged_vectors_do_not_stop_a_build(index: Path, encoder: Encoder) -> None:
    place = find_only(index)
    (place / "vectors.npz").write_bytes(b"rubbish")
    (place / "manifest.json").unlink()
    again, _ = await build(index, encoder, ARTICLES)
    rebuilt = EdgeIndex.load(again)
    assert (await rebuilt.count()).articles == 3
