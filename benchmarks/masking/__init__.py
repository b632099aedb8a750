"""How well identifiers are masked, on messages and on the shared Indian cases."""
