"""What a partner has fixed about the assistant: the language of its replies."""

from sqlalchemy import Connection, select, update

from language import Language
from saathi.store.tables import conversations, people


def fix_language(connection: Connection, conversation: str, language: Language | None) -> None:
    """Answer the conversation's partner in that language from now on; None follows each message again."""
    partner = select(conversations.c.partner).where(conversations.c.id == conversation).scalar_subquery()
    connection.execute(update(people).where(people.c.partner == partner).values(language=language))
