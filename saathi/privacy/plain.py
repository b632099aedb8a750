"""One spelling for digits, blanks and dashes, mark for mark, so that places in the text stay what they are."""

import unicodedata

_BLANKS = "\t\u00a0\u2007\u2009\u200a\u200b\u200c\u200d\u202f\u2060\u3000\ufeff"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"
# The first digit of each script that partners' keyboards have, and full-width and Arabic digits.
_ZEROS = "०০੦૦୦௦౦೦൦٠۰０"
_TABLE = (
    {ord(blank): " " for blank in _BLANKS}
    | {ord(dash): "-" for dash in _DASHES}
    | {ord(zero) + value: str(value) for zero in _ZEROS for value in range(10)}
    | {ord(mark): unicodedata.normalize("NFKC", mark) for mark in "＠．＋（）／：" if mark}
)


def to_plain(text: str) -> str:
    """The text with ASCII digits, plain blanks and plain hyphens, as long as it was."""
    return text.translate(_TABLE)
