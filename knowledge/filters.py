"""Scopes and questions in the one vocabulary that every backend understands: the models of qdrant-client."""

from collections.abc import Iterator

from knowledge.index import Fusion, Scope, Vectors
from knowledge.qdrant_models import models

DENSE = "dense"
WORDS = "words"


def of_article(slug: str) -> models.Filter:
    """The passages of one article."""
    return models.Filter(must=[_equals("slug", slug)])


def of_scope(scope: Scope) -> models.Filter:
    """The passages that may be found."""
    day = scope.today.toordinal()
    return models.Filter(
        must=[
            models.FieldCondition(key="valid_from", range=models.Range(lte=day)),
            models.FieldCondition(key="valid_until", range=models.Range(gte=day)),
            models.FieldCondition(key="kind", match=models.MatchAny(any=list(scope.kinds))),
            *_choices(scope),
        ]
    )


def queries(
    vector: Vectors, words: models.SparseVector | None, scope: Scope, limit: int, fusion: Fusion
) -> list[models.QueryRequest]:
    """One question's queries, to be asked together: by vector; and if it has words by BM25, and by both, fused."""
    within = of_scope(scope)
    dense = models.NearestQuery(nearest=vector.tolist())
    by_vector = models.QueryRequest(query=dense, using=DENSE, filter=within, limit=limit)
    if words is None:
        return [by_vector]
    lexical = models.NearestQuery(nearest=words)
    return [
        by_vector,
        models.QueryRequest(query=lexical, using=WORDS, filter=within, limit=limit),
        models.QueryRequest(
            prefetch=[
                models.Prefetch(query=dense, using=DENSE, filter=within, limit=limit),
                models.Prefetch(query=lexical, using=WORDS, filter=within, limit=limit),
            ],
            query=models.RrfQuery(rrf=_parameters(fusion)),
            limit=limit,
        ),
    ]


def _parameters(fusion: Fusion) -> models.Rrf:
    if is_weighted(fusion):
        return models.Rrf(k=fusion.k, weights=[fusion.dense, fusion.lexical])
    return models.Rrf(k=fusion.k)


def is_weighted(fusion: Fusion) -> bool:
    """Whether weights are said at all; a server older than 1.17 knows none, and is asked for none."""
    return (fusion.dense, fusion.lexical) != (1.0, 1.0)


def _choices(scope: Scope) -> Iterator[models.FieldCondition]:
    for field in ("audience", "product", "slug", "skill_level", "language"):
        value = getattr(scope, field)
        if value is not None:
            yield _equals(field, value)


def _equals(field: str, value: str) -> models.FieldCondition:
    return models.FieldCondition(key=field, match=models.MatchValue(value=value))
