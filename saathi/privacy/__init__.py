"""Keeping what identifies a person out of everything that is stored."""

from saathi.privacy.masking import Masker

__all__ = ["Masker"]
