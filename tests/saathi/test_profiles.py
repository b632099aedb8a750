"""Which language a partner asks for, in the names that designers keep."""

import pytest

from saathi.located import read_located
from saathi.profiles import LANGUAGES, LanguageNames, Wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("English please", "en"),
        ("हिंदी में बात करो", "hi"),
        ("hindi in english letters", "hinglish"),
        ("roman wali hindi mummy nahi padh paati, shuddh hindi lipi me jawab do", "hi"),
        ("रोमन नहीं, देवनागरी लिपि में लिखो", "hi"),
        ("Marathi nahi to hindi chalega", "hi"),
        ("tamil me likho", "other"),
        ("apne aap", "automatic"),
        ("change the language", None),
    ],
)
def test_name_of_most_words_counts(text: str, wanted: Wanted | None) -> None:
    assert read_located(LANGUAGES, LanguageNames).content.find(text) == wanted
