"""Lookups among a million leads, and a lead question from the websocket's frame to the card."""
