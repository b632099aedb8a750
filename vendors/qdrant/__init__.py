"""A Qdrant server for one machine's tests and trials: HTTP as Qdrant speaks it, answered by Qdrant Edge."""
