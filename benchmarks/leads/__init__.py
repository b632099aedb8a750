"""Leads, measured: scoring beside baselines, and lookups among a million."""
