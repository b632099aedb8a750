"""Articles and the code that reads, indexes, searches and answers from them (docs/add-knowledge.md)."""
