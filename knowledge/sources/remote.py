"""A knowledge base behind HTTP as a source: pages of JSON, what changed since, and what was deleted.

`GET <address>/documents?updated_since=<mark>&page=<page>` with a bearer token gives
`{"documents": [{"id", "title", "updated": "2026-05-01", "questions": [], "sections": [{"heading", "place", "text"}]}],
"deleted": ["id"], "next": "<page>" or null, "mark": "<mark>"}`; without `updated_since` it is everything there is. 410
says that the mark is too old. `python -m knowledge.sources.local_remote` answers so.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

import aiohttp
from pydantic import AfterValidator, BaseModel, Field, JsonValue, ValidationError

from knowledge.articles.model import Section
from knowledge.sources.model import Document, Fault, Gone, Item, SourceError
from knowledge.sources.text import clean, read_blocks

_MOST_BYTES = 20_000_000  # of one page
_MOST_PAGES = 10_000
_TRIES = 4
_TRANSIENT = {429, 500, 502, 503, 504}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def _day(value: str) -> str:
    date.fromisoformat(value[:10])
    return value[:10]


class _RemoteSection(BaseModel):
    heading: str = ""
    place: str = ""
    text: str


class _RemoteDocument(BaseModel):
    id: Annotated[str, Field(min_length=1, max_length=300)]
    title: Annotated[str, Field(min_length=1)]
    updated: Annotated[str, AfterValidator(_day)] | None = None
    questions: list[str] = []
    sections: list[_RemoteSection]


class _Page(BaseModel):
    documents: list[JsonValue]  # each is checked alone, so that one that is wrong stops only itself
    deleted: list[str] = []
    next: str | None
    mark: str


class _MarkTooOldError(Exception):
    """The knowledge base cannot say any more what changed since the mark."""


class RemoteSource:
    """`Source` of a knowledge base over HTTP. Reads are tried again with backoff; redirects are not followed, so
    that the token goes nowhere else. `backoff` is the first wait in seconds, `deadline` that of one request."""

    def __init__(self, address: str, token: str, *, deadline: float = 15.0, backoff: float = 0.5) -> None:
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise SourceError(f"write the address with https: {parts.hostname} would get the token for all to read")
        if parts.username or parts.password:
            raise SourceError("leave name and password out of the address; the token is KNOWLEDGE_BASE_TOKEN")
        self._address = address.rstrip("/")
        self._host = parts.hostname or ""
        self._token = token
        self._timeout = aiohttp.ClientTimeout(total=deadline)
        self._backoff = backoff
        self.mark: str | None = None
        self.expected: int | None = None
        self.is_whole = False

    @property
    def origin(self) -> str:
        """See `Source`."""
        return self._host

    async def read(self, since: str | None) -> AsyncIterator[Item]:
        """See `Source`."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with aiohttp.ClientSession(timeout=self._timeout, headers=headers) as session:
            try:
                async for item in self._read_pages(session, since):
                    yield item
            except _MarkTooOldError:
                async for item in self._read_pages(session, None):
                    yield item

    async def _read_pages(self, session: aiohttp.ClientSession, since: str | None) -> AsyncIterator[Item]:
        self.is_whole = False
        page, pages = None, set[str | None]()
        while page not in pages and len(pages) < _MOST_PAGES:
            pages.add(page)
            query = {"updated_since": since, "page": page}
            found = await self._get_page(session, {name: value for name, value in query.items() if value is not None})
            for raw in found.documents:
                yield _read_document(raw)
            for identity in found.deleted:
                yield Gone(identity)
            if found.next is None:
                self.mark, self.is_whole = found.mark, since is None
                return
            page = found.next
        raise SourceError(f"{self._host} gives page {page!r} again and again; tell those who run it")

    async def _get_page(self, session: aiohttp.ClientSession, query: dict[str, str]) -> _Page:
        reason = ""
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(self._backoff * 2 ** (attempt - 1))
            try:
                async with session.get(f"{self._address}/documents", params=query, allow_redirects=False) as answer:
                    if answer.status == 200:
                        return _parse(await _read_body(answer, self._host), self._host)
                    self._refuse(answer.status, has_mark="updated_since" in query)
                    reason = f"answered {answer.status}"
            except TimeoutError:
                reason = f"did not answer within {self._timeout.total:g} s"
            except aiohttp.ClientError as error:
                reason = f"could not be reached ({type(error).__name__})"
        raise SourceError(f"{self._host} {reason}, {_TRIES} times; try again later")

    def _refuse(self, status: int, *, has_mark: bool) -> None:
        """Raises for an answer that will not change by asking again."""
        if status == 410 and has_mark:
            raise _MarkTooOldError
        if status in {401, 403}:
            raise SourceError(f"{self._host} refuses the token ({status}); set KNOWLEDGE_BASE_TOKEN")
        if status not in _TRANSIENT:
            raise SourceError(f"{self._host} answered {status}; check the address")


async def _read_body(answer: aiohttp.ClientResponse, host: str) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise SourceError(f"{host} gives a page of more than {_MOST_BYTES // 10**6} MB; ask for smaller ones")
    return bytes(body)


def _parse(body: bytes, host: str) -> _Page:
    try:
        return _Page.model_validate(json.loads(body))
    except (ValidationError, ValueError, RecursionError) as error:
        raise SourceError(f"{host} gives no page of documents; is it the right address?") from error


def _read_document(raw: JsonValue) -> Document | Fault:
    try:
        found = _RemoteDocument.model_validate(raw)
    except ValidationError as error:
        given = raw.get("id") if isinstance(raw, dict) else None
        identity = given if isinstance(given, str) and given else None
        fields = ", ".join(sorted({f"`{'.'.join(map(str, fault['loc']))}`" for fault in error.errors()}))
        return Fault(identity or "a document", f"its fields are wrong: {fields}", "have it mended there", identity)
    sections = (
        Section(clean(section.heading), read_blocks(section.text), clean(section.place) or f"section {number}")
        for number, section in enumerate(found.sections, 1)
    )
    day = date.fromisoformat(found.updated) if found.updated else None
    questions = tuple(question for text in found.questions if (question := clean(text)))
    return Document(found.id, clean(found.title), day, tuple(s for s in sections if s.blocks), questions)
