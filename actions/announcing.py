"""Writes each new state of the articles to the store, where subscribers are told of what changed."""

import time

from knowledge.scan import Seen
from saathi import knowledge_changes
from saathi.knowledge_changes import Standing
from saathi.store import Database


class StoreAnnouncements:
    """Announces states of the articles; one that is known already changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tell(self, seen: Seen, version: str) -> None:
        """Write down what differs from the state announced last. Raises `StoreUnavailable`."""
        standing = {slug: Standing(article.title, seen.digests[slug]) for slug, article in seen.articles.items()}
        await self._database.write(lambda c: knowledge_changes.announce(c, standing, version, time.time()))
