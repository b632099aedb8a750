"""What is stored of a passage, alike in every backend: its payload, its vectors and the weights of its words."""

from typing import Any

import qdrant_edge as qdrant

from knowledge.chunks import Passage

DIMENSIONS = 384
FIELDS = {
    "slug": "keyword",
    "kind": "keyword",
    "product": "keyword",
    "audience": "keyword",
    "skill_level": "keyword",
    "language": "keyword",
    "valid_from": "integer",
    "valid_until": "integer",
}
"""The payload's fields that are filtered by, with Qdrant's type of index."""

_NO_END = 10**7  # as the day number of a fact whose end is not known


def embedder() -> qdrant.Bm25:
    """Texts to BM25 term weights, computed on our side for every backend, so that all rank alike."""
    return qdrant.Bm25(qdrant.Bm25Config(language="english", avg_len=40))


def payload(passage: Passage) -> dict[str, Any]:
    """What is stored beside a passage's vectors; days are day numbers (`date.toordinal`)."""
    article = passage.article
    until = article.valid_until
    return {
        "slug": article.slug,
        "product": article.product,
        "audience": list(article.audience),
        "skill_level": article.skill_level,
        "valid_from": article.valid_from.toordinal(),
        "valid_until": _NO_END if until is None else until.toordinal(),
        "kind": passage.kind,
        "number": passage.number,
        "language": passage.language,
        "heading": passage.heading,
        "text": passage.text,
        "form": passage.form,
    }
