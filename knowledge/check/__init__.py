"""Looks after the articles: `python -m knowledge.check` (`make check-knowledge`)."""
