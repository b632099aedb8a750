"""Qdrant's REST calls, as many as our index makes, over the engine.

Beside them `PUT /control` sets a fault (see `faults.Fault`), `DELETE /control` ends it, and `GET /control` gives
`{"fault", "requests": [[method, path], ...]}` of what was asked so far.
"""

import hmac
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from knowledge.qdrant_models import models
from vendors.faults import Fault, Faults
from vendors.qdrant.engine import Collection, Engine, Refused
from vendors.specification import Misfit, Specification

NEWER = {"Rrf": {"weights": {"type": "array", "items": {"type": "number"}}}}  # since Qdrant 1.17
_VERSION = "1.17.0"  # the oldest server that has all that Edge has for us
_LARGEST = 64 * 1024 * 1024  # bytes of a request
_DELETES: TypeAdapter[Any] = TypeAdapter(models.PointIdsList | models.FilterSelector)
_T = TypeVar("_T", bound=BaseModel)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LocalQdrant:
    """The stand-in. Without a specification it checks no request; without a key it asks for none."""

    def __init__(self, folder: Path, specification: Specification | None = None, api_key: str = "") -> None:
        self.faults = Faults(lambda status, _: _error(status, "as told"))
        self.requests: list[tuple[str, str]] = []
        self._engine = Engine(folder)
        self._specification = specification
        self._api_key = api_key

    def make_app(self) -> web.Application:
        """The application with all its routes."""
        app = web.Application(client_max_size=_LARGEST, middlewares=[self._guard])
        one = "/collections/{name}"
        app.add_routes(
            [
                web.get("/control", self._show_fault),
                web.put("/control", self._set_fault),
                web.delete("/control", self._end_fault),
                web.get("/", self._info),
                web.get("/collections", self._list),
                web.post("/collections/aliases", self._change_aliases),
                web.get("/aliases", self._aliases),
                web.put(one, self._create),
                web.get(one, self._show),
                web.patch(one, self._update),
                web.delete(one, self._delete),
                web.get(f"{one}/exists", self._exists),
                web.put(f"{one}/index", self._index_field),
                web.put(f"{one}/points", self._upsert),
                web.post(f"{one}/points/delete", self._remove),
                web.post(f"{one}/points/query", self._query),
                web.post(f"{one}/points/query/batch", self._query_batch),
                web.post(f"{one}/points/count", self._count),
                web.post(f"{one}/facet", self._facet),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if request.path == "/control":
            return await handler(request)
        self.requests.append((request.method, request.path))
        return await self.faults.meet(request, self.faults.take(request.path), lambda: self._answer(request, handler))

    async def _answer(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if not hmac.compare_digest(request.headers.get("api-key", "").encode(), self._api_key.encode()):
            return _error(401, "Must provide an API key or an Authorization bearer token")
        try:
            if self._specification is not None:
                self._specification.check(request.method, request.path, request.query, await request.read())
            return await handler(request)
        except web.HTTPException:
            raise
        except Exception as error:  # noqa: BLE001 - the engine raises plain Exception for what it cannot do
            return _answer_fault(error)

    async def _show_fault(self, _request: web.Request) -> web.Response:
        now = [fault.model_dump(exclude_defaults=True) for fault in self.faults.list_now()]
        return web.json_response({"fault": now[0] if now else None, "requests": self.requests})

    async def _set_fault(self, request: web.Request) -> web.Response:
        try:
            self.faults.play(Fault.model_validate_json(await request.read()))
        except ValidationError as error:
            return _error(422, str(error))
        return web.json_response({})

    async def _end_fault(self, _request: web.Request) -> web.Response:
        self.faults.end()
        return web.json_response({})

    async def _info(self, _request: web.Request) -> web.Response:
        return web.json_response({"title": "local stand-in of qdrant", "version": _VERSION})

    async def _list(self, _request: web.Request) -> web.Response:
        return _result({"collections": [{"name": name} for name in self._engine.collections]})

    async def _aliases(self, _request: web.Request) -> web.Response:
        pairs = self._engine.aliases.items()
        return _result({"aliases": [{"alias_name": alias, "collection_name": name} for alias, name in pairs]})

    async def _change_aliases(self, request: web.Request) -> web.Response:
        self._engine.change_aliases((await _read(request, models.ChangeAliasesOperation)).actions)
        return _result(result=True)

    async def _create(self, request: web.Request) -> web.Response:
        self._engine.create(request.match_info["name"], await _read(request, models.CreateCollection))
        return _result(result=True)

    async def _show(self, request: web.Request) -> web.Response:
        return _result(_describe(self._engine.find(request.match_info["name"])))

    async def _update(self, request: web.Request) -> web.Response:
        change = await _read(request, models.UpdateCollection)
        if change.model_fields_set - {"metadata"}:
            raise Refused(501, "this stand-in changes the metadata of a collection only")
        self._engine.find(request.match_info["name"]).metadata.update(change.metadata or {})
        return _result(result=True)

    async def _delete(self, request: web.Request) -> web.Response:
        return _result(result=self._engine.delete(request.match_info["name"]))

    async def _exists(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return _result({"exists": name in self._engine.collections or name in self._engine.aliases})

    async def _index_field(self, request: web.Request) -> web.Response:
        wish = await _read(request, models.CreateFieldIndex)
        self._engine.index_field(request.match_info["name"], wish.field_name, wish.field_schema)
        return _done()

    async def _upsert(self, request: web.Request) -> web.Response:
        self._engine.upsert(request.match_info["name"], (await _read(request, models.PointsList)).points)
        return _done()

    async def _remove(self, request: web.Request) -> web.Response:
        self._engine.remove(request.match_info["name"], _DELETES.validate_json(await request.read()))
        return _done()

    async def _query(self, request: web.Request) -> web.Response:
        asked = await _read(request, models.QueryRequest)
        (points,) = self._engine.query(request.match_info["name"], [asked])
        return _result({"points": points})

    async def _query_batch(self, request: web.Request) -> web.Response:
        asked = await _read(request, models.QueryRequestBatch)
        answers = self._engine.query(request.match_info["name"], asked.searches)
        return _result([{"points": points} for points in answers])

    async def _count(self, request: web.Request) -> web.Response:
        asked = await _read(request, models.CountRequest)
        return _result({"count": self._engine.count(request.match_info["name"], asked.filter)})

    async def _facet(self, request: web.Request) -> web.Response:
        asked = await _read(request, models.FacetRequest)
        return _result({"hits": self._engine.facet(request.match_info["name"], asked)})


async def _read(request: web.Request, kind: type[_T]) -> _T:
    return kind.model_validate_json(await request.read())


def _describe(collection: Collection) -> dict[str, Any]:
    """A `CollectionInfo` with what we know, and the least that its schema wants of the rest."""
    points = collection.shard.info().points_count
    return {
        "status": "green",
        "optimizer_status": "ok",
        "points_count": points,
        "segments_count": 1,
        "config": {
            "params": collection.params,
            "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000},
            "optimizer_config": {
                "deleted_threshold": 0.2,
                "vacuum_min_vector_number": 1000,
                "default_segment_number": 0,
                "flush_interval_sec": 5,
            },
            "metadata": collection.metadata,
        },
        "payload_schema": {name: {"data_type": kind, "points": points} for name, kind in collection.fields.items()},
    }


def _result(result: Any) -> web.Response:
    return web.json_response({"result": result, "status": "ok", "time": 0.0})


def _done() -> web.Response:
    return _result({"operation_id": 0, "status": "completed"})


def _answer_fault(error: Exception) -> web.Response:
    match error:
        case Refused(status=status):
            return _error(status, str(error))
        case Misfit():
            return _error(400, f"Format error: {error}")
    # The engine raises plain Exception for what it is not able to do; any other kind is a fault of this stand-in.
    theirs = isinstance(error, ValueError) or type(error) is Exception
    return _error(400 if theirs else 500, f"Wrong input: {error}" if theirs else f"{error!r}")


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"status": {"error": message}, "time": 0.0}, status=status)
