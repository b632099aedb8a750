"""Script, register, normalisation and transliteration of what people type; the standard library alone."""

from language.detect import Language, detect
from language.normalise import normalise
from language.script import ScriptCounts, count_scripts, utf16_units
from language.transliterate import to_latin

__all__ = ["Language", "ScriptCounts", "count_scripts", "detect", "normalise", "to_latin", "utf16_units"]
