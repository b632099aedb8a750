"""HubSpot's CRM API, as much of it as Saathi asks for.

No OpenAPI document of HubSpot is at hand, so requests are checked by `requests`, and shapes are those of the pages
https://developers.hubspot.com/docs/api-reference/search/guide, crm-contacts-v3/guide (batch read, create, update),
crm-associations-v4/guide (batch read, types), error-handling and developer-tooling/platform/usage-guidelines (429).
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from vendors.counter import Counter
from vendors.faults import Fault
from vendors.hubspot.requests import AssociationsRead, BatchRead, Create, Search, Write
from vendors.hubspot.schema import KINDS, REQUIRED
from vendors.hubspot.store import Record, Records, Refused, find_matching, sort_by
from vendors.requests import Asked

REACH = 10_000  # results of a search that can be paged to
_LONGEST = 3_000  # characters of a search
_ASSOCIATIONS = 500  # of a record, a page
_LINKS = {16: ("tickets", "contacts"), 28: ("tickets", "deals"), 214: ("notes", "deals"), 202: ("notes", "contacts")}
_ALWAYS = ("hs_object_id", "createdate", "hs_lastmodifieddate")
_WORDS = {
    401: (
        "INVALID_AUTHENTICATION",
        "Authentication credentials not found.",
    ),
    403: ("MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call."),
    404: ("OBJECT_NOT_FOUND", "resource not found"),
}


class _Unfit(Exception):
    """A request that does not fit the documentation."""


def answer_error(status: int, category: str, message: str) -> web.Response:
    """An error as HubSpot tells it."""
    body = {"status": "error", "message": message, "correlationId": str(uuid.uuid4()), "category": category}
    return web.json_response(body, status=status)


def answer_status(status: int, retry_after: float | None = None) -> web.Response:
    """The error that goes with a status."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        limit = {
            "status": "error",
            "message": "You have reached your secondly limit.",
            "errorType": "RATE_LIMIT",
            "correlationId": str(uuid.uuid4()),
            "policyName": "SECONDLY",
            "requestId": str(uuid.uuid4()),
        }
        headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
        return web.json_response(limit, status=status, headers=headers)
    return answer_error(status, *_WORDS.get(status, ("INTERNAL_ERROR", "internal error")))


class HubSpotApi:
    """Answers for one account.

    The address of a request, for faults, is what it does and to which records: "search deals", "read contacts",
    "associations deals", "create tickets", "change deals", "remove notes".
    """

    def __init__(self, token: str, counter: Counter, records: Records) -> None:
        self._token = token
        self._counter = counter
        self._records = records

    def routes(self) -> list[web.RouteDef]:
        """The addresses that are played."""
        kinds = "|".join(KINDS)
        one = f"/crm/v3/objects/{{kind:{kinds}}}"
        return [
            web.post(f"{one}/search", self._take),
            web.post(f"{one}/batch/read", self._take),
            web.post(one, self._take),
            web.patch(f"{one}/{{id:\\d+}}", self._take),
            web.delete(f"{one}/{{id:\\d+}}", self._take),
            web.post(f"/crm/v4/associations/{{kind:{kinds}}}/{{to:{kinds}}}/batch/read", self._take),
        ]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        kind = request.match_info["kind"]
        operation = _name_operation(request)

        async def respond(asked: Asked, _fault: Fault | None) -> web.StreamResponse:
            if not self._token or request.headers.get("Authorization") != f"Bearer {self._token}":
                return answer_status(401)
            try:
                return self._answer(operation, request.match_info, text)
            except (_Unfit, ValidationError) as error:
                asked.misfit = str(error)
                return answer_error(400, "VALIDATION_ERROR", f"Invalid input JSON: {error}")
            except Refused as error:
                fault = json.dumps([{"isValid": False, "message": str(error), "error": error.name}])
                return answer_error(400, "VALIDATION_ERROR", f"Property values were not valid: {fault}")

        return await self._counter.take(request, f"{operation} {kind}", _decode(text), respond)

    def _answer(self, operation: str, named: Mapping[str, str], text: str) -> web.Response:
        kind = named["kind"]
        match operation:
            case "remove":
                self._records.remove(kind, named["id"])
                return web.Response(status=204)
            case "search":
                return self._search(kind, text)
            case "read":
                return self._read(kind, BatchRead.model_validate_json(text))
            case "associations":
                return self._read_associated(kind, named["to"], AssociationsRead.model_validate_json(text))
            case "change":
                return self._change(kind, named["id"], Write.model_validate_json(text))
            case _:
                return self._create(kind, Create.model_validate_json(text))

    def _search(self, kind: str, text: str) -> web.Response:
        if len(text) > _LONGEST:
            raise _Unfit(f"a search has at most {_LONGEST} characters")
        search = Search.model_validate_json(text)
        schema = self._records.schemas[kind]
        filtered = [one.propertyName for group in search.filterGroups for one in group.filters]
        self._check_names(kind, [*search.properties, *filtered, *(one.propertyName for one in search.sorts)])
        end = search.after + search.limit
        if end > REACH:
            return answer_error(400, "VALIDATION_ERROR", f"Cannot page past {REACH} results")
        found = find_matching(self._records.by_kind[kind].values(), schema, search.list_groups())
        for order in search.sorts:
            found = sort_by(found, schema, order.propertyName, highest_first=order.direction == "DESCENDING")
        body: dict[str, Any] = {
            "total": len(found),
            "results": [_describe(one, search.properties) for one in found[search.after : end]],
        }
        if end < len(found):
            body["paging"] = {"next": {"after": str(end)}}
        return web.json_response(body)

    def _read(self, kind: str, read: BatchRead) -> web.Response:
        named = [read.idProperty] if read.idProperty else []
        self._check_names(kind, [*read.properties, *read.propertiesWithHistory, *named])
        if read.idProperty and not self._records.schemas[kind][read.idProperty].unique:
            raise _Unfit(f"{read.idProperty} does not have unique values")
        results, missing = [], []
        for one in read.inputs:
            record = self._records.find(kind, one.id, read.idProperty)
            if record is None:
                missing.append(one.id)
            else:
                results.append(_describe(record, read.properties, read.propertiesWithHistory))
        message = f"Could not get some {kind[:-1].upper()} objects, they may be deleted or not exist."
        return _answer_batch(results, missing, message)

    def _read_associated(self, kind: str, to: str, read: AssociationsRead) -> web.Response:
        types = {pair: type_ for type_, pair in _LINKS.items()} | {("deals", "contacts"): 3, ("contacts", "deals"): 4}
        type_ = {"category": "HUBSPOT_DEFINED", "typeId": types.get((kind, to), 0), "label": None}
        results, missing = [], []
        for one in read.inputs:
            record = self._records.find(kind, one.id)
            ids, begin = record.associated[to] if record else [], int(one.after or 0)
            if ids:
                page = ids[begin : begin + _ASSOCIATIONS]
                theirs = [{"toObjectId": int(id_), "associationTypes": [type_]} for id_ in page]
                more = {"paging": {"next": {"after": str(begin + len(page))}}} if begin + len(page) < len(ids) else {}
                results.append({"from": {"id": one.id}, "to": theirs, **more})
            else:
                missing.append(one.id)
        return _answer_batch(results, missing, f"No {to[:-1]} is associated with {kind[:-1]}.")

    def _create(self, kind: str, create: Create) -> web.Response:
        lacking = [name for name in REQUIRED.get(kind, ()) if not create.properties.get(name)]
        if lacking:
            raise _Unfit(f"Some required properties were not set: {', '.join(lacking)}")
        links = []
        for link in create.associations:
            for type_ in link.types:
                one, to = _LINKS.get(type_.associationTypeId, ("", ""))
                if one != kind or self._records.find(to, link.to.id) is None:
                    raise _Unfit(f"type {type_.associationTypeId} associates no {kind[:-1]} with {link.to.id}")
                links.append((to, link.to.id))
        record = self._records.create(kind, create.properties)
        for to, id_ in links:
            self._records.associate(kind, record.id, to, id_)
        return web.json_response(_describe(record, list(create.properties)), status=201)

    def _change(self, kind: str, id_: str, write: Write) -> web.Response:
        record = self._records.find(kind, id_)
        if record is None:
            return answer_status(404)
        self._records.change(kind, record, write.properties)
        return web.json_response(_describe(record, list(write.properties)))

    def _check_names(self, kind: str, names: Sequence[str]) -> None:
        """HubSpot leaves properties out that it does not know when they are only asked for; here that is an error."""
        unknown = sorted(set(names) - self._records.schemas[kind].keys())
        if unknown:
            raise _Unfit(f"{kind} have no property {', '.join(unknown)}")


def _name_operation(request: web.Request) -> str:
    if "to" in request.match_info:
        return "associations"
    if "id" in request.match_info:
        return "remove" if request.method == "DELETE" else "change"
    last = request.path.rpartition("/")[2]
    return last if last in {"search", "read"} else "create"


def _decode(text: str) -> Any:
    """The fields of a body; one that is no JSON as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _answer_batch(results: list[dict[str, Any]], missing: list[str], message: str) -> web.Response:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body: dict[str, Any] = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if not missing:
        return web.json_response(body)
    error = {"status": "error", "category": "OBJECT_NOT_FOUND", "message": message, "context": {"ids": missing}}
    return web.json_response({**body, "numErrors": 1, "errors": [error]}, status=207)


def _describe(record: Record, properties: Sequence[str], history: Sequence[str] = ()) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": record.id,
        "properties": {name: record.properties.get(name) or None for name in (*_ALWAYS, *properties)},
        "createdAt": record.properties["createdate"],
        "updatedAt": record.properties["hs_lastmodifieddate"],
        "archived": False,
    }
    if history:
        body["propertiesWithHistory"] = {name: _describe_history(record.history, name) for name in history}
    return body


def _describe_history(history: Mapping[str, list[tuple[str, float]]], name: str) -> list[dict[str, Any]]:
    return [
        {"value": value, "timestamp": datetime.fromtimestamp(at, UTC).isoformat(), "sourceType": "INTEGRATION"}
        for value, at in reversed(history.get(name, []))
    ]
