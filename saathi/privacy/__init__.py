"""Keeping what identifies a person out of everything that is stored."""

from saathi.privacy.masking import Identifier, Masker

__all__ = ["Identifier", "Masker"]
