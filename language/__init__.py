"""Script, register, normalisation and transliteration of what people type; the standard library alone."""

from language.detect import Language, detect, is_common_word, read_names
from language.normalise import normalise
from language.script import ScriptCounts, count_scripts, utf16_units
from language.transliterate import to_latin

__all__ = [
    "Language",
    "ScriptCounts",
    "count_scripts",
    "detect",
    "is_common_word",
    "normalise",
    "read_names",
    "to_latin",
    "utf16_units",
]
