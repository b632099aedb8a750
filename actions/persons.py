"""Who a conversation belongs to: what an action reads of leads, payouts or a profile takes the partner from here."""

from saathi import conversations
from saathi.store import Database


class Persons:
    """The verified partners of conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, conversation: str) -> str | None:
        """The partner, None for a conversation of nobody who has proved it. Raises `StoreUnavailable`."""
        return await self._database.read(lambda c: conversations.find_partner(c, conversation))
