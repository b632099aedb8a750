"""Letters by script."""

from language import ScriptCounts, count_scripts


def test_letters_are_counted_by_script_and_the_rest_is_not() -> None:
    assert count_scripts("KYC का 12 é! १२ 👍") == ScriptCounts(devanagari=2, latin=4, other=0)
    assert count_scripts("வணக்கம்").other > 0
    assert count_scripts("") == ScriptCounts(0, 0, 0)
