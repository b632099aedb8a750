"""The models of qdrant-client, translated for Qdrant Edge: as much of them as our filters and queries use.

Whatever has no translation here raises `ValueError` and is never left out.
"""

from collections.abc import Callable, Sequence
from typing import Any

import qdrant_edge as qdrant

from knowledge.qdrant_models import models


def to_filter(given: models.Filter | None) -> qdrant.Filter | None:
    """The filter for Edge; None stays None."""
    if given is None:
        return None
    if given.min_should is not None:
        raise ValueError("min_should is not translated for Edge")
    return qdrant.Filter(
        must=_conditions(given.must), should=_conditions(given.should), must_not=_conditions(given.must_not)
    )


def to_request(given: models.QueryRequest) -> qdrant.QueryRequest:
    """The query for Edge; hits carry ids and scores, and payloads where they are asked for."""
    _refuse(given, {"query", "using", "filter", "limit", "prefetch", "with_payload"})
    if given.with_payload not in {None, True, False}:
        raise ValueError("with_payload is only translated for Edge as yes or no")
    return qdrant.QueryRequest(
        limit=10 if given.limit is None else given.limit,
        query=_query(given.query, given.using),
        prefetches=[_prefetch(one) for one in _list(given.prefetch)],
        filter=to_filter(given.filter),
        with_payload=bool(given.with_payload),
    )


def _prefetch(given: models.Prefetch) -> qdrant.Prefetch:
    _refuse(given, {"query", "using", "filter", "limit"})
    limit = 10 if given.limit is None else given.limit
    return qdrant.Prefetch(limit=limit, query=_query(given.query, given.using), filter=to_filter(given.filter))


def _query(given: Any, using: str | None) -> Any:
    match given:
        case models.RrfQuery(rrf=rrf):
            return qdrant.Fusion.Rrf(k=2 if rrf.k is None else rrf.k, weights=rrf.weights)
        case models.NearestQuery(nearest=vector, mmr=None):
            return qdrant.Query.Nearest(to_vector(vector), using=using)
        case list() | models.SparseVector():
            return qdrant.Query.Nearest(to_vector(given), using=using)
    raise ValueError(f"{type(given).__name__} is not translated for Edge")


def to_vector(given: Any) -> Any:
    """A dense vector as it is, a sparse one as Edge's own."""
    match given:
        case models.SparseVector(indices=indices, values=values):
            return qdrant.SparseVector(indices, values)
        case list():
            return given
    raise ValueError(f"a vector given as {type(given).__name__} is not translated for Edge")


def _conditions(given: Any) -> list[Any] | None:
    return None if given is None else [_condition(one) for one in _list(given)]


def _condition(given: Any) -> Any:
    match given:
        case models.Filter():
            return to_filter(given)
        case models.HasIdCondition(has_id=ids):
            return qdrant.HasIdCondition(set(ids))
        case models.FieldCondition():
            return _field(given)
    raise ValueError(f"{type(given).__name__} is not translated for Edge")


_MATCHES: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
    (models.MatchValue, "value", qdrant.MatchValue),
    (models.MatchAny, "any", qdrant.MatchAny),
)


def _field(given: models.FieldCondition) -> qdrant.FieldCondition:
    _refuse(given, {"key", "match", "range"})
    if isinstance(given.range, models.Range):
        limits = given.range
        between = qdrant.RangeFloat(gte=limits.gte, gt=limits.gt, lte=limits.lte, lt=limits.lt)
        return qdrant.FieldCondition(given.key, range=between)
    for kind, field, make in _MATCHES:
        if isinstance(given.match, kind):
            return qdrant.FieldCondition(given.key, match=make(getattr(given.match, field)))
    raise ValueError(f"the condition on {given.key} is not translated for Edge")


def _refuse(given: Any, known: set[str]) -> None:
    """Refuses what is set beside the fields that are translated."""
    unknown = sorted(name for name in given.model_fields_set - known if getattr(given, name) is not None)
    if unknown:
        raise ValueError(f"{type(given).__name__}.{unknown[0]} is not translated for Edge")


def _list(given: Any) -> Sequence[Any]:
    if given is None:
        return ()
    return given if isinstance(given, list) else (given,)
