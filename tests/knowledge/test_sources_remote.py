"""A knowledge base over HTTP: what changed is read, what was deleted goes, and trouble is told and changes nothing."""

import time
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from knowledge.sources import SourceError
from knowledge.sources.imported import Imported
from knowledge.sources.importing import Summary, import_source
from knowledge.sources.local_remote import KnowledgeBase, Trouble
from knowledge.sources.markdown import Fields
from knowledge.sources.remote import RemoteSource

TODAY = date(2026, 11, 20)


def make(identity: str, text: str = "A lien is a right of the lender.") -> dict[str, Any]:
    sections = [{"heading": "Meaning", "place": "chapter 2", "text": f"{text}\n\n- One\n- Two"}]
    return {"id": identity, "title": f"About {identity}", "updated": "2026-05-01", "sections": sections}


class Remote:
    """A stand-in that runs, and the folder that is imported into."""

    def __init__(self, server: TestServer, base: KnowledgeBase, imported: Imported) -> None:
        self.server, self.base, self.imported = server, base, imported

    async def take(self, token: str = "right", deadline: float = 2.0) -> Summary:
        source = RemoteSource(str(self.server.make_url("/")), token, deadline=deadline, backoff=0.01)
        return await import_source(source, "kb", "kb", self.imported, Fields("loans"), TODAY)

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.imported.folder.rglob("*.md"))


@pytest.fixture
async def remote(tmp_path: Path) -> AsyncIterator[Remote]:
    base = KnowledgeBase("right")
    for identity in ("a", "b", "c", "d", "e"):
        base.put(make(identity))
    async with TestServer(base.make_app()) as server:
        yield Remote(server, base, Imported(tmp_path))


def counted(summary: Summary) -> dict[str, int]:
    return {kind: count for kind, count in summary.counts.items() if count}


async def test_all_pages_are_read_and_cited_by_place(remote: Remote) -> None:
    assert counted(await remote.take()) == {"new": 5}
    text = (remote.imported.folder / "kb" / "kb-about-a.md").read_text()
    assert '## Definition {place="chapter 2"}' in text
    assert "source: '127.0.0.1: a'" in text
    assert "imported_from: kb/a" in text


async def test_second_import_asks_only_for_what_changed(remote: Remote) -> None:
    await remote.take()
    remote.base.put(make("b", "A lien ends with the loan."))
    remote.base.delete("c")
    remote.base.requests.clear()
    assert counted(await remote.take()) == {"changed": 1, "gone": 1}
    assert [request["updated_since"] for request in remote.base.requests] == ["5"]
    assert "kb-about-c" not in remote.names()
    assert counted(await remote.take()) == {}
    assert len(remote.names()) == 4


async def test_mark_that_is_too_old_has_everything_read_and_what_is_missing_removed(remote: Remote) -> None:
    await remote.take()
    remote.base.delete("c")
    remote.base.forget()
    assert counted(await remote.take()) == {"unchanged": 4, "gone": 1}


async def test_trouble_that_passes_is_not_noticed(remote: Remote) -> None:
    remote.base.fail(Trouble(status=503, times=2))
    assert counted(await remote.take()) == {"new": 5}
    assert len(remote.base.requests) == 5  # two that failed, three pages


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (Trouble(status=503), "answered 503, 4 times; try again later"),
        (Trouble(hang=5.0), r"did not answer within 0\.1 s, 4 times"),
        (Trouble(rubbish=True), "gives no page of documents"),
        (Trouble(status=404), "answered 404; check the address"),
        (Trouble(status=302), "answered 302; check the address"),
    ],
)
async def test_trouble_that_stays_is_told_and_nothing_is_lost(remote: Remote, trouble: Trouble, says: str) -> None:
    await remote.take()
    before = remote.names()
    remote.base.fail(trouble)
    started = time.monotonic()
    with pytest.raises(SourceError, match=says):
        await remote.take(deadline=0.1)
    assert time.monotonic() - started < 3
    assert remote.names() == before
    remote.base.fail(None)
    assert counted(await remote.take()) == {}


async def test_wrong_token_is_named(remote: Remote) -> None:
    with pytest.raises(SourceError, match=r"refuses the token \(401\); set KNOWLEDGE_BASE_TOKEN"):
        await remote.take(token="wrong")
    assert len(remote.base.requests) == 1  # asking again would not help


async def test_server_that_is_down_is_named(remote: Remote) -> None:
    source = RemoteSource(str(remote.server.make_url("/")), "right", backoff=0.01)
    await remote.server.close()
    with pytest.raises(SourceError, match=r"127\.0\.0\.1 could not be reached"):
        await import_source(source, "kb", "kb", remote.imported, Fields(), TODAY)


async def test_document_with_wrong_fields_stops_only_itself_and_is_asked_for_again(remote: Remote) -> None:
    remote.base.put({"id": "f", "title": "No sections"})
    summary = await remote.take()
    assert counted(summary) == {"new": 5}
    (fault,) = summary.faults
    assert (fault.id, fault.reason) == ("f", "its fields are wrong: `sections`")
    remote.base.put(make("f"))
    assert counted(await remote.take()) == {"unchanged": 5, "new": 1}


async def test_reviewed_document_that_breaks_there_stays(remote: Remote) -> None:
    await remote.take()
    remote.base.put({"id": "a", "title": ""})
    assert counted(await remote.take()) == {}
    assert "kb-about-a" in remote.names()


async def test_pages_that_go_in_a_circle_end(tmp_path: Path) -> None:
    async def list_documents(request: web.Request) -> web.Response:
        return web.json_response({"documents": [], "next": "1", "mark": "1"})

    app = web.Application()
    app.add_routes([web.get("/documents", list_documents)])
    async with TestServer(app) as server:
        source = RemoteSource(str(server.make_url("/")), "")
        with pytest.raises(SourceError, match="again and again"):
            await import_source(source, "kb", "kb", Imported(tmp_path), Fields(), TODAY)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://kb.example.com", "write the address with https"),
        ("https://me:pw@kb.example.com", "leave name and pass"),
    ],
)
def test_address_that_would_give_the_token_away_is_refused(address: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        RemoteSource(address, "token")
