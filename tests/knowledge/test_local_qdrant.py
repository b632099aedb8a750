"""The stand-in of a Qdrant server: what it answers, what it refuses, and the faults that it plays."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.knowledge import backends
from tests.knowledge.backends import connect, run_stand_in, specification
from tests.support.stand_in import run_command
from vendors.specification import Misfit, Specification

document = pytest.mark.skipif(specification() is None, reason="Qdrant's OpenAPI document is not on this machine")

SHAPE = {"vectors": {"dense": {"size": 2, "distance": "Cosine"}}, "sparse_vectors": {"words": {"modifier": "idf"}}}


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """A session on a stand-in that has one collection, `c`, with one point."""
    async with run_stand_in(tmp_path) as running, aiohttp.ClientSession(running.url) as session:
        for path, body in (
            ("/collections/c", SHAPE),
            ("/collections/c/index", {"field_name": "slug", "field_schema": "keyword"}),
            ("/collections/c/points", {"points": [{"id": 1, "vector": {"dense": [1, 0]}, "payload": {"slug": "a"}}]}),
        ):
            assert (await send(session, "PUT", path, body))[0] == 200
        yield session


async def send(session: aiohttp.ClientSession, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    async with session.request(method, path, json=body) as response:
        return response.status, await response.json()


@document
@pytest.mark.parametrize(
    ("method", "path", "body", "fault"),
    [
        ("POST", "/collections/c/points/query", {"query": [1, 0], "using": "dense", "limmit": 3}, "limmit"),
        ("POST", "/collections/c/points/query", {"query": [1, 0], "limit": "three"}, "body.limit"),
        ("POST", "/collections/c/points/query", {"query": [1, 0], "limit": 0}, "body.limit"),
        ("POST", "/collections/c/points/query", {"query": {"rrf": {"k": 0}}, "prefetch": []}, "body.query.rrf.k"),
        ("POST", "/collections/c/points/query", {"filter": {"must": [{"key": 3}]}}, "body.filter.must"),
        ("POST", "/collections/c/points/query?timeout=0", {"query": [1, 0]}, "query parameter timeout"),
        ("POST", "/collections/c/points/query?wait=true", {"query": [1, 0]}, "no query parameter wait"),
        ("POST", "/collections/c/points/query/batch", {"queries": []}, "'searches' is a required property"),
        ("PUT", "/collections/c/points", {"points": [{"vector": {}}]}, "'id' is a required property"),
        ("PUT", "/collections/d", {"vectors": {"dense": {"size": 0, "distance": "Cosine"}}}, "body.vectors"),
        ("PUT", "/collections/d", {"vectors": {"dense": {"size": 2, "distance": "Round"}}}, "Round"),
        ("PUT", "/collections/c/index", {"field_schema": "keyword"}, "field_name"),
        ("POST", "/collections/aliases", {"actions": [{"drop_alias": {}}]}, "body.actions[0]"),
        ("GET", "/collections/c/everything", None, "no path"),
        ("DELETE", "/collections/c/points", None, "no DELETE"),
    ],
)
async def test_request_that_does_not_fit_the_document_is_refused_with_the_fault_named(
    http: aiohttp.ClientSession, method: str, path: str, body: Any, fault: str
) -> None:
    status, answer = await send(http, method, path, body)
    assert status == 400
    assert "Format error" in answer["status"]["error"]
    assert fault in answer["status"]["error"]


@document
async def test_body_that_is_no_json_is_refused(http: aiohttp.ClientSession) -> None:
    async with http.post("/collections/c/points/query", data=b"{") as response:
        assert response.status == 400
        assert "no JSON" in await response.text()


@document
def test_null_is_taken_only_where_the_document_allows_it() -> None:
    known = specification()
    assert known is not None
    known.check("POST", "/collections/c/points/query", {}, b'{"query": [1.0], "filter": null}')
    with pytest.raises(Misfit, match=r"body\.points"):
        known.check("PUT", "/collections/c/points", {}, b'{"points": null}')


def test_what_is_no_openapi_document_is_refused() -> None:
    with pytest.raises(ValueError, match="not an OpenAPI document"):
        Specification({"paths": {}})


async def test_requests_that_the_engine_cannot_answer_get_a_4xx(http: aiohttp.ClientSession) -> None:
    wrong_size = {"query": [1, 0, 0], "using": "dense"}
    status, answer = await send(http, "POST", "/collections/c/points/query", wrong_size)
    assert status == 400
    assert "dim" in answer["status"]["error"]
    assert (await send(http, "POST", "/collections/none/points/query", wrong_size))[0] == 404
    assert (await send(http, "PUT", "/collections/c", SHAPE))[0] == 409
    unknown = {"query": [1, 0], "using": "dense", "filter": {"must": [{"is_empty": {"key": "slug"}}]}}
    status, answer = await send(http, "POST", "/collections/c/points/query", unknown)
    assert status == 400
    assert "not translated" in answer["status"]["error"], "a filter is never left out"


async def test_alias_steps_are_done_all_or_none(http: aiohttp.ClientSession) -> None:
    steps = [
        {"create_alias": {"collection_name": "c", "alias_name": "one"}},
        {"create_alias": {"collection_name": "none", "alias_name": "two"}},
    ]
    assert (await send(http, "POST", "/collections/aliases", {"actions": steps}))[0] == 404
    assert (await send(http, "GET", "/aliases"))[1]["result"] == {"aliases": []}
    assert (await send(http, "POST", "/collections/aliases", {"actions": steps[:1]}))[0] == 200
    assert (await send(http, "GET", "/collections/one/exists"))[1]["result"] == {"exists": True}
    assert (await send(http, "POST", "/collections/one/points/count", {}))[1]["result"] == {"count": 1}
    assert (await send(http, "DELETE", "/collections/c"))[1]["result"] is True
    assert (await send(http, "GET", "/collections/one/exists"))[1]["result"] == {"exists": False}


async def test_fault_is_played_as_often_as_told(http: aiohttp.ClientSession) -> None:
    assert (await send(http, "PUT", "/control", {"status": 503, "calls": 2, "path": "/points"}))[0] == 200
    answers = [(await send(http, "POST", "/collections/c/points/count", {}))[0] for _ in range(3)]
    assert answers == [503, 503, 200]
    await send(http, "PUT", "/control", {"status": 500})
    assert [(await send(http, "GET", "/collections"))[0] for _ in range(3)] == [500, 500, 500]
    await send(http, "DELETE", "/control")
    assert (await send(http, "GET", "/collections"))[0] == 200
    seen = (await send(http, "GET", "/control"))[1]
    assert seen["fault"] is None
    assert ["POST", "/collections/c/points/count"] in seen["requests"]


@pytest.mark.parametrize("wish", [{}, {"status": 200}, {"status": 500, "hang": 1}, {"hang": -1}, {"stattus": 500}])
async def test_fault_that_makes_no_sense_is_refused(http: aiohttp.ClientSession, wish: dict[str, Any]) -> None:
    assert (await send(http, "PUT", "/control", wish))[0] == 422


async def test_command_says_whether_it_checks_and_where_it_listens() -> None:
    async with run_command("vendors.qdrant") as lines:
        assert lines[0].startswith("Requests are not checked")
        async with connect(lines[1].removeprefix("Listening on ")) as server:
            assert (await server.client.info()).version == "1.17.0"
    if specification() is not None:
        async with run_command("vendors.qdrant", "--spec", str(backends._DOCUMENT)) as lines:
            assert "v1.16" in lines[0]
