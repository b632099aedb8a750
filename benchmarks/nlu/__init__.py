"""How well messages are understood, on public data and the project's own (`make bench-nlu`)."""
