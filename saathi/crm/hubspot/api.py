"""HubSpot's CRM API by its SDK, held to a deadline.

The SDK is synchronous and its transport (urllib3) bounds each wait of a socket, not a whole call. So it runs in threads
of this class, which the caller leaves at the deadline whatever they wait for; a thread that was left ends with its
socket's timeout. The SDK's own retries are off: here it is known what may be tried again.

https://developers.hubspot.com/docs/api-reference/search/guide and .../error-handling
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

import structlog
from hubspot import HubSpot
from hubspot.crm.associations.v4 import ApiException as AssociationsError
from hubspot.crm.objects import ApiException as ObjectsError
from urllib3.exceptions import ConnectTimeoutError, HTTPError

from saathi.crm.port import CrmUnavailable

PAGE = 200  # records of a page of a search
REACH = 10_000  # results of a search that can be paged to
BATCH = 100  # records of a batch
BATCH_WITH_HISTORY = 50
_ATTEMPTS = 3
_PAUSE_S = 0.1  # before the second attempt where HubSpot names no time; twice as long before the third
_THREADS = 8
_RUBBISH = (ValueError, TypeError, AttributeError, KeyError)  # what the SDK raises of an answer that is none
_log = structlog.get_logger(__name__)
_T = TypeVar("_T")


class WriteRefused(CrmUnavailable):
    """HubSpot did not take a write, and will not: it does not fit, or a unique value is there already."""


class RecordMissing(CrmUnavailable):
    """HubSpot knows no such record."""


class WriteUncertain(CrmUnavailable):
    """Nobody knows whether HubSpot took a write: its answer was lost."""


@dataclass(frozen=True, slots=True)
class Version:
    """A value that a property had from `at` on."""

    value: str
    at: float


@dataclass(frozen=True, slots=True)
class Record:
    """A record of HubSpot, with the properties that were asked for; those without a value are not among them."""

    id: str
    properties: Mapping[str, str]
    history: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)  # each the newest first


@dataclass(frozen=True, slots=True)
class Query:
    """A search: all of `filters` hold. `sort` is a property, with "-" before it for the highest first."""

    filters: Sequence[Mapping[str, Any]]
    properties: Sequence[str]
    sort: str


class HubSpotApi:
    """One account. `base` stands in the place of HubSpot's address, as of the local stand-in."""

    def __init__(self, token: str, base: str, deadline_s: float) -> None:
        address = {"host": base.rstrip("/")} if base else {}
        client = HubSpot(access_token=token, retry=False, connection_pool_maxsize=_THREADS, **address)
        self.search = client.crm.objects.search_api
        self.basic = client.crm.objects.basic_api
        self.batch = client.crm.objects.batch_api
        self.associations = client.crm.associations.v4.batch_api
        self._deadline_s = deadline_s
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="hubspot")
        logging.getLogger("hubspot").setLevel(logging.INFO)  # below, the SDK logs whole answers

    @contextlib.asynccontextmanager
    async def call(self) -> AsyncIterator["Call"]:
        """What is asked within the block has the deadline together. Raises `CrmUnavailable` when it is over."""
        try:
            async with asyncio.timeout(self._deadline_s) as timeout:
                yield Call(self, self._threads, timeout.when() or 0.0)
        except TimeoutError as error:
            _log.warning("hubspot_silent", seconds=self._deadline_s)
            raise CrmUnavailable("HubSpot did not answer in time") from error

    def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for api in (self.search, self.basic, self.batch, self.associations):
            api.api_client.rest_client.pool_manager.clear()


class Call:
    """Requests that have one deadline together."""

    def __init__(self, api: HubSpotApi, threads: ThreadPoolExecutor, until: float) -> None:
        self._api = api
        self._threads = threads
        self._until = until  # on the loop's clock

    async def find(self, kind: str, query: Query, most: int, skip: int = 0) -> tuple[list[Record], int]:
        """Some of the records that a search finds, and how many there are. The index lags some seconds behind."""
        direction = "DESCENDING" if query.sort.startswith("-") else "ASCENDING"
        body: dict[str, Any] = {
            "filterGroups": [{"filters": list(query.filters)}],
            "properties": list(query.properties),
            "sorts": [{"propertyName": query.sort.lstrip("-"), "direction": direction}],
        }
        if skip:
            body["after"] = str(min(skip, REACH - 1))
        found: list[Record] = []
        while True:
            body["limit"] = min(PAGE, most - len(found), REACH - int(body.get("after", 0)))
            ask = partial(self._api.search.do_search, kind, dict(body))
            page, total, after = await self._read(f"search {kind}", ask, _read_page)
            found += page if skip < REACH else []
            if after is None or len(found) >= most or int(after) >= REACH:
                return found, total
            body["after"] = after

    async def read(
        self,
        kind: str,
        ids: Sequence[str],
        properties: Sequence[str],
        *,
        by: str | None = None,
        history: Sequence[str] = (),
    ) -> list[Record]:
        """The records with these ids, or with these values of the unique property `by`. Those that are not there are
        left out. What was written is seen at once."""  # fmt: skip
        found: list[Record] = []
        wanted = [id_ for id_ in dict.fromkeys(ids) if id_]
        size = BATCH_WITH_HISTORY if history else BATCH
        for begin in range(0, len(wanted), size):
            body = {
                "inputs": [{"id": id_} for id_ in wanted[begin : begin + size]],
                "properties": list(properties),
                "propertiesWithHistory": list(history),
                **({"idProperty": by} if by else {}),
            }
            found += await self._read(f"read {kind}", partial(self._api.batch.read, kind, body), _read_records)
        return found if by else [record for record in found if record.id in wanted]

    async def list_associated(self, kind: str, ids: Sequence[str], to: str) -> dict[str, list[str]]:
        """The ids of the records of the type `to` that each of these has."""
        found: dict[str, list[str]] = {id_: [] for id_ in ids}
        inputs = [{"id": id_} for id_ in found]
        while inputs:
            body = {"inputs": inputs[:BATCH]}
            ask = partial(self._api.associations.get_page, kind, to, body)
            pages = await self._read(f"associations {kind} {to}", ask, _read_associated)
            inputs = inputs[BATCH:]
            for id_ in found.keys() & pages.keys():
                page, after = pages[id_]
                found[id_] += page
                inputs += [{"id": id_, "after": after}] if after else []
        return found

    async def create(self, kind: str, properties: Mapping[str, str], links: Mapping[str, int]) -> Record:
        """Makes a record. `links` are records that it is associated with, each with the id of the association's type.

        Raises `WriteRefused` and `WriteUncertain`.
        """
        body = {
            "properties": dict(properties),
            "associations": [
                {
                    "to": {"id": id_},
                    "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_}],
                }
                for id_, type_ in links.items()
            ],
        }
        return await self._write(f"create {kind}", partial(self._api.basic.create, kind, body), _read_record)

    async def change(self, kind: str, id_: str, properties: Mapping[str, str]) -> None:
        """Sets properties of a record. Raises as `create`."""
        body = {"properties": dict(properties)}
        await self._write(f"change {kind}", partial(self._api.basic.update, kind, id_, body), _read_record)

    async def remove(self, kind: str, id_: str) -> None:
        """Moves a record to the recycling bin, where there is one still. Raises as `create`."""
        ask = partial(self._api.basic.archive_with_http_info, kind, id_)
        with contextlib.suppress(RecordMissing):
            await self._write(f"remove {kind}", ask, _check_removed)

    async def _read(self, what: str, ask: Callable[..., Any], take: Callable[[Any], _T]) -> _T:
        """Up to three attempts: what was only asked may be asked again."""
        for attempt in range(_ATTEMPTS):
            try:
                return await self._ask(ask, take)
            except (ObjectsError, AssociationsError, HTTPError, *_RUBBISH) as error:
                status = getattr(error, "status", None)
                _tell(what, error, attempt)
                if status is not None and status != 429 and status < 500:
                    break
                if attempt + 1 < _ATTEMPTS:
                    await self._pause(error, attempt)
        raise CrmUnavailable(f"HubSpot: {what} failed")

    async def _write(self, what: str, ask: Callable[..., Any], take: Callable[[Any], _T]) -> _T:
        """One attempt, and more only while it is certain that nothing was taken."""
        for attempt in range(_ATTEMPTS):
            try:
                return await self._ask(ask, take)
            except (ObjectsError, HTTPError, *_RUBBISH) as error:
                status = getattr(error, "status", None)
                _tell(what, error, attempt)
                if status in {400, 409}:
                    raise WriteRefused(f"HubSpot: {what} was refused") from error
                if status == 404:
                    raise RecordMissing(f"HubSpot: {what} failed") from error
                if status in {401, 403}:
                    break
                if status != 429 and not isinstance(error, ConnectTimeoutError):
                    raise WriteUncertain(f"HubSpot: the answer to {what} was lost") from error
                if attempt + 1 < _ATTEMPTS:
                    await self._pause(error, attempt)
        raise CrmUnavailable(f"HubSpot: {what} failed")

    async def _ask(self, ask: Callable[..., Any], take: Callable[[Any], _T]) -> _T:
        loop = asyncio.get_running_loop()
        left = max(0.01, self._until - loop.time())
        return await loop.run_in_executor(self._threads, lambda: take(ask(_request_timeout=left)))

    async def _pause(self, error: Exception, attempt: int) -> None:
        """Waits as long as HubSpot asks, if that is within the deadline."""
        pause = _PAUSE_S * 2**attempt
        headers = getattr(error, "headers", None) or {}
        with contextlib.suppress(ValueError):  # a date, or rubbish
            pause = float(headers.get("Retry-After", pause))
        if asyncio.get_running_loop().time() + pause >= self._until:
            raise CrmUnavailable("HubSpot asks for more time than there is") from error
        await asyncio.sleep(pause)


def _read_record(result: Any) -> Record:
    history = {
        name: tuple(Version(one.value, one.timestamp.timestamp()) for one in versions)
        for name, versions in (result.properties_with_history or {}).items()
    }
    return Record(result.id, {name: value for name, value in result.properties.items() if value}, history)


def _read_records(batch: Any) -> list[Record]:
    return [_read_record(result) for result in batch.results]


def _read_page(page: Any) -> tuple[list[Record], int, str | None]:
    after = page.paging.next.after if page.paging and page.paging.next else None
    return _read_records(page), int(page.total), after


def _read_associated(batch: Any) -> dict[str, tuple[list[str], str | None]]:
    """By each record the ids of a page, and where the next page begins."""
    return {
        result._from.id: (  # noqa: SLF001
            [str(one.to_object_id) for one in result.to],
            result.paging.next.after if result.paging and result.paging.next else None,
        )
        for result in batch.results
    }


def _check_removed(answer: tuple[Any, int, Any]) -> None:
    """Raises `ValueError` for an answer that is none: one to a removal has nothing in it."""
    if answer[1] != HTTPStatus.NO_CONTENT:
        raise ValueError("no answer to a removal")


def _tell(what: str, error: Exception, attempt: int) -> None:
    """The kind of a failure for the log; its text may hold what was asked or answered."""
    status = getattr(error, "status", None)
    _log.warning("hubspot_failed", what=what, status=status, error=type(error).__name__, attempt=attempt + 1)
