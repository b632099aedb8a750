"""What a text claims that can be checked letter by letter: its figures, its dates, its names."""

import re

_FIGURE = re.compile(r"₹?\s?[^\W_]*\d[^\W_]*(?:[.,]\d+)*\s?%?")
_MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|"
    "जनवरी|फ़रवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|सितम्बर|अक्टूबर|अक्तूबर|नवंबर|नवम्बर|दिसंबर|दिसम्बर"
)
_DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d|\d\d?[-/.]\d\d?[-/.]\d{{4}}|(?:\d\d?\s+)?\b(?:{_MONTH})(?!\w)(?:\s+\d\d?\b)?(?:,?\s+\d{{4}})?"
)
# Latin capitals alone, since Devanagari has none: words with two of them anywhere, with one where no sentence begins.
_NAME = re.compile(r"[A-Z][\w&'’-]*[A-Z][\w&'’-]*|(?<=[\w,)%]\s)[A-Z][\w&'’-]*")


def figures(text: str) -> frozenset[str]:
    """All that holds a digit, with ₹ before and % after it: "₹20,000", "2%", "80C"."""
    return frozenset("".join(found.split()) for found in _FIGURE.findall(text))


def dates(text: str) -> frozenset[str]:
    """Days and months, as "1 April 2026", "अप्रैल 2026", "2026-04-01"."""
    return frozenset(" ".join(found.split()) for found in _DATE.findall(text))


def names(text: str) -> frozenset[str]:
    """Words with a capital letter that no beginning of a sentence, a cell or a quotation explains."""
    return frozenset(_NAME.findall(text))
