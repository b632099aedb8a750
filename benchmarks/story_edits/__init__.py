"""Edits of data/stories alone: each is trained while an assistant runs, and must show in a chat."""
