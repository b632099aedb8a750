"""A Qdrant server that holds our collections: which of them is current, and how a new one takes its place.

A build fills a collection of its own, `saathi_<fingerprint>_<nanoseconds>`. Once it is whole, the alias
`saathi` moves to it and `saathi_previous` to the one before, in one step; all older ones go. An index searches its
collection by name, so that a search never meets another state of the articles than its own.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from qdrant_client import AsyncQdrantClient
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException, UnexpectedResponse

from knowledge.filters import DENSE, WORDS, is_weighted
from knowledge.index import PLAIN, Fusion, KnowledgeUnavailable
from knowledge.points import DIMENSIONS, FIELDS
from knowledge.qdrant_models import models
from knowledge.server_index import QdrantIndex

CURRENT = "saathi"
PREVIOUS = "saathi_previous"

_PREFIX = "saathi_"
_BUILD_TAKES = 600  # seconds at most; a collection older than that which no alias names was left behind
_WRITE_DEADLINE = 30  # seconds
_WEIGHTS_SINCE = (1, 17)  # an older server ignores the weights of a fusion


class QdrantServer:
    """One Qdrant server. Make one for the life of the process and close it at the end; nothing connects before it is
    asked. Searches have `deadline` seconds."""

    def __init__(self, url: str, api_key: str = "", deadline: float = 1.5) -> None:
        self.url = url
        self.api_key = api_key
        self._deadline = deadline
        # In the headers, because the client warns of a key over plain HTTP also on loopback.
        headers = {"api-key": api_key} if api_key else None
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=16)
        self.client = AsyncQdrantClient(
            url=url, headers=headers, timeout=_WRITE_DEADLINE, check_compatibility=False, limits=limits
        )

    async def close(self) -> None:
        """Closes the connections."""
        await self.client.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Around requests that a person waits for. Raises `KnowledgeUnavailable`."""
        async with _honestly(self.url, self._deadline):
            yield

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Around requests that change something. Raises `KnowledgeUnavailable`."""
        async with _honestly(self.url, _WRITE_DEADLINE):
            yield

    async def find(self, version: str, fusion: Fusion = PLAIN) -> QdrantIndex | None:
        """The current collection, if it is whole, of our shape and built from `version`; else None: build it.

        Raises `KnowledgeUnavailable`, also when the server is too old for the weights.
        """
        async with self.reading():
            name = (await self._aliases()).get(CURRENT)
            if name is None or not name.startswith(f"{_PREFIX}{version}_"):
                return None
            config = (await self.client.get_collection(name)).config
            if not _has_our_shape(config.params) or (config.metadata or {}).get("version") != version:
                return None
            if is_weighted(fusion):
                await self._check_weights()
        return QdrantIndex(self, name, version, fusion)

    @asynccontextmanager
    async def building(self, version: str) -> AsyncIterator[QdrantIndex]:
        """A new collection to fill. Left without an error, it becomes the current one; else it goes.

        Raises `KnowledgeUnavailable`.
        """
        name = f"{_PREFIX}{version}_{time.time_ns()}"
        index = QdrantIndex(self, name, version, whole=False)
        try:
            await self._create(name)
            yield index
            await self._publish(name, version)
        except BaseException:
            async with asyncio.timeout(self._deadline):
                await asyncio.gather(self.client.delete_collection(name), return_exceptions=True)
            raise

    async def _aliases(self) -> dict[str, str]:
        """Collection by alias."""
        return {one.alias_name: one.collection_name for one in (await self.client.get_aliases()).aliases}

    async def _create(self, name: str) -> None:
        async with self.writing():
            await self.client.create_collection(
                name,
                vectors_config={DENSE: models.VectorParams(size=DIMENSIONS, distance=models.Distance.COSINE)},
                sparse_vectors_config={WORDS: models.SparseVectorParams(modifier=models.Modifier.IDF)},
            )
            for field, kind in FIELDS.items():
                await self.client.create_payload_index(name, field, models.PayloadSchemaType(kind))

    async def _publish(self, name: str, version: str) -> None:
        async with self.writing():
            await self.client.update_collection(name, metadata={"version": version})
            aliases = await self._aliases()
            steps: list[models.AliasOperations] = [
                models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias))
                for alias in (CURRENT, PREVIOUS)
                if alias in aliases
            ]
            steps.append(_name(name, CURRENT))
            if CURRENT in aliases:
                steps.append(_name(aliases[CURRENT], PREVIOUS))
            await self.client.update_collection_aliases(steps)
            await self._remove_old(spare={name, aliases.get(CURRENT)}, superseded=aliases.get(PREVIOUS))

    async def _remove_old(self, spare: set[str | None], superseded: str | None) -> None:
        """Removes what was current before the previous one, and what builds left behind that were cut off."""
        for one in (await self.client.get_collections()).collections:
            if one.name not in spare and (one.name == superseded or _is_left_behind(one.name)):
                await self.client.delete_collection(one.name)

    async def _check_weights(self) -> None:
        version = (await self.client.info()).version
        if tuple(int(part) for part in version.split(".")[:2]) < _WEIGHTS_SINCE:
            raise KnowledgeUnavailable(f"Qdrant {version} at {self.url} cannot weigh a fusion; run 1.17 or newer")


def _is_left_behind(name: str) -> bool:
    version, _, made = name.removeprefix(_PREFIX).partition("_")
    ours = name.startswith(_PREFIX) and len(version) == 16 and made.isdecimal()
    return ours and time.time_ns() - int(made) > _BUILD_TAKES * 10**9


def _name(collection: str, alias: str) -> models.CreateAliasOperation:
    return models.CreateAliasOperation(create_alias=models.CreateAlias(collection_name=collection, alias_name=alias))


def _has_our_shape(params: Any) -> bool:
    dense = params.vectors.get(DENSE) if isinstance(params.vectors, dict) else None
    words = (params.sparse_vectors or {}).get(WORDS)
    return (
        dense is not None
        and (dense.size, dense.distance) == (DIMENSIONS, models.Distance.COSINE)
        and words is not None
        and words.modifier == models.Modifier.IDF
    )


@asynccontextmanager
async def _honestly(url: str, seconds: float) -> AsyncIterator[None]:
    """Whatever goes wrong between us and the server becomes one `KnowledgeUnavailable` that says what."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise KnowledgeUnavailable(f"Qdrant at {url} did not answer within {seconds} s") from error
    except UnexpectedResponse as error:
        remedy = "; is QDRANT_API_KEY right?" if error.status_code in {401, 403} else ""
        said = bytes(error.content)[:200].decode(errors="replace")
        raise KnowledgeUnavailable(f"Qdrant at {url} answered {error.status_code}{remedy} {said}") from error
    except ResponseHandlingException as error:
        raise KnowledgeUnavailable(f"Qdrant at {url} cannot be reached or understood ({error.source!r})") from error
    except (ApiException, QdrantException, httpx.HTTPError) as error:
        raise KnowledgeUnavailable(f"Qdrant at {url} failed ({error!r})") from error
    except (ValueError, TypeError, AttributeError, AssertionError) as error:  # what the client makes of rubbish
        raise KnowledgeUnavailable(f"Qdrant at {url} answered nonsense ({error!r})") from error
