"""Where knowledge comes from besides our own articles: documents, tables, tickets, transcripts, another knowledge base.

Each is a `Source` of `Document`s. What is imported waits as a draft until a person has reviewed it
(docs/import-knowledge.md).
"""

from knowledge.sources.model import Document, Fault, Gone, Item, Source, SourceError

__all__ = ["Document", "Fault", "Gone", "Item", "Source", "SourceError"]
