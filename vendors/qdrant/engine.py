"""Collections and aliases as a Qdrant server keeps them, each collection on a Qdrant Edge shard."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import qdrant_edge as qdrant

from knowledge.edge_models import to_filter, to_request, to_vector
from knowledge.qdrant_models import models

_INDEXABLE = ("keyword", "integer", "float", "bool", "datetime", "uuid")


class Refused(Exception):
    """What a server refuses; `status` is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Collection:
    """A collection: its shard and what it was made with, as the server's API says it."""

    shard: qdrant.EdgeShard
    folder: Path
    params: dict[str, Any]
    metadata: dict[str, Any]
    fields: dict[str, str] = field(default_factory=dict)


class Engine:
    """All collections, below one folder that is the engine's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        self.collections: dict[str, Collection] = {}
        self.aliases: dict[str, str] = {}

    def find(self, name: str) -> Collection:
        """The collection of a name or alias. Raises `Refused`."""
        found = self.collections.get(self.aliases.get(name, name))
        if found is None:
            raise Refused(404, f"Not found: Collection `{name}` doesn't exist!")
        return found

    def create(self, name: str, wish: models.CreateCollection) -> None:
        """A new collection with named vectors. Raises `Refused`."""
        if name in self.collections or name in self.aliases:
            raise Refused(409, f"Wrong input: Collection `{name}` already exists!")
        if not isinstance(wish.vectors, dict):
            raise Refused(501, "this stand-in holds collections with named vectors only")
        dense = {
            key: qdrant.EdgeVectorParams(size=one.size, distance=getattr(qdrant.Distance, one.distance.value))
            for key, one in wish.vectors.items()
        }
        sparse = {
            key: qdrant.EdgeSparseVectorParams(modifier=qdrant.Modifier.Idf if one.modifier == "idf" else None)
            for key, one in (wish.sparse_vectors or {}).items()
        }
        folder = self._folder / f"collection-{next(self._numbers)}"
        config = qdrant.EdgeConfig(vectors=dense, sparse_vectors=sparse, max_search_threads=1)
        shard = qdrant.EdgeShard.create(str(folder), config)
        params = wish.model_dump(mode="json", include={"vectors", "sparse_vectors"}, exclude_none=True)
        self.collections[name] = Collection(shard, folder, params, dict(wish.metadata or {}))

    def delete(self, name: str) -> bool:
        """Deletes the collection and its aliases; False when there is none."""
        gone = self.collections.pop(name, None)
        if gone is None:
            return False
        self.aliases = {alias: target for alias, target in self.aliases.items() if target != name}
        gone.shard.close()
        shutil.rmtree(gone.folder)
        return True

    def change_aliases(self, steps: Sequence[models.AliasOperations]) -> None:
        """All steps or, when one cannot be done, none of them. Raises `Refused`."""
        after = dict(self.aliases)
        for step in steps:
            match step:
                case models.CreateAliasOperation(create_alias=new):
                    if new.collection_name not in self.collections:
                        raise Refused(404, f"Not found: Collection `{new.collection_name}` doesn't exist!")
                    if new.alias_name in self.collections:
                        raise Refused(409, f"Wrong input: `{new.alias_name}` is a collection")
                    after[new.alias_name] = new.collection_name
                case models.DeleteAliasOperation(delete_alias=old):
                    after.pop(old.alias_name, None)
                case _:
                    raise Refused(501, "this stand-in renames no alias")
        self.aliases = after

    def index_field(self, name: str, field_name: str, schema: Any) -> None:
        """A payload index. Raises `Refused`."""
        collection, kind = self.find(name), getattr(schema, "value", schema)
        if kind not in _INDEXABLE:
            raise Refused(501, f"this stand-in has no index of kind {kind}")
        of_edge = getattr(qdrant.PayloadSchemaType, kind.capitalize())
        collection.shard.update(qdrant.UpdateOperation.create_field_index(field_name, of_edge))
        collection.fields[field_name] = kind

    def upsert(self, name: str, points: Sequence[models.PointStruct]) -> None:
        """Puts the points in. Raises `Refused`."""
        made = []
        for point in points:
            if not isinstance(point.vector, dict):
                raise Refused(400, "Wrong input: Not existing vector name error: ")
            vector = {key: to_vector(value) for key, value in point.vector.items()}
            made.append(qdrant.Point(point.id, vector, point.payload or {}))
        self.find(name).shard.update(qdrant.UpdateOperation.upsert_points(made))

    def remove(self, name: str, which: models.PointIdsList | models.FilterSelector) -> None:
        """Deletes points by id or by filter. Raises `Refused`."""
        if isinstance(which, models.PointIdsList):
            operation = qdrant.UpdateOperation.delete_points(which.points)
        else:
            fitting = to_filter(which.filter)
            assert fitting is not None
            operation = qdrant.UpdateOperation.delete_points_by_filter(fitting)
        self.find(name).shard.update(operation)

    def query(self, name: str, asked: Sequence[models.QueryRequest]) -> list[list[dict[str, Any]]]:
        """The scored points of each query, as JSON. Raises `Refused`."""
        requests = qdrant.QueryBatchRequest([to_request(one) for one in asked])
        return [list(map(_scored, points)) for points in self.find(name).shard.query_batch(requests)]

    def count(self, name: str, which: models.Filter | None) -> int:
        """How many points fit. Raises `Refused`."""
        return self.find(name).shard.count(qdrant.CountRequest(exact=True, filter=to_filter(which)))

    def facet(self, name: str, asked: models.FacetRequest) -> list[dict[str, Any]]:
        """How many points have each value of a field. Raises `Refused`."""
        collection = self.find(name)
        if asked.key not in collection.fields:
            raise Refused(400, f"Bad request: Index required but not found for {asked.key}")
        request = qdrant.FacetRequest(asked.key, asked.limit or 10, exact=True, filter=to_filter(asked.filter))
        hits = collection.shard.facet(request).hits
        return [{"value": hit.value, "count": hit.count} for hit in hits if hit.count]


def _scored(point: qdrant.ScoredPoint) -> dict[str, Any]:
    hit = {
        "id": point.id if isinstance(point.id, int) else str(point.id),
        "version": point.version,
        "score": point.score,
    }
    return hit if point.payload is None else {**hit, "payload": point.payload}
