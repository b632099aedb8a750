"""Presidio recognizers of Indian identifiers: a shape, what it is worth alone, and what its check digit proves.

A candidate counts from THRESHOLD up. What its words say is `context.py`'s business.
"""

from collections.abc import Callable

import regex
from presidio_analyzer import Pattern, PatternRecognizer

from saathi.privacy.checksums import is_aadhaar, is_gstin, is_luhn

THRESHOLD = 0.5
CHECKED = 0.7  # its check digit is right
CERTAIN = 0.65  # nothing else has this shape
WEAK = 0.2  # counts where a word names it, or where it is all that was written
NAMED_ONLY = 0.05  # counts only where a word names it

# Plain digits: which of them a word beside decides, and which a business reference can look like.
DIGIT_ENTITIES = frozenset({"IN_AADHAAR", "IN_VIRTUAL_ID", "BANK_ACCOUNT", "CREDIT_CARD", "PHONE_NUMBER"})

_STATES = (
    "AN|AP|AR|AS|BR|CG|CH|DD|DL|DN|GA|GJ|HP|HR|JH|JK|KA|KL|LA|LD|MH|ML|MN|MP|MZ|NL|OD|OR|PB|PY|RJ|SK|TG|TN|TR|TS|UA|UK"
    "|UP|WB"
)
# Letters that begin references and sums and so no identity card or number plate.
_PREFIXES = (
    r"(?:LD|RS|FY|AY|SR|ID|NO)\d|INR|EMI|SIP|OTP|PIN|APP|ORD|REF|TXN|TRN|UTR|RRN|POL|INV|TKT|REQ|CLM|LAN|EMP|FAQ|SEC"
)
_FORMS = "LEAD|CASE|LOAN|FORM|TASK|CARD|PLAN|CUST|USER|BILL|TEST|DATE|CODE|PLCY"

_LEFT, _RIGHT = r"(?<![A-Z\d])", r"(?![A-Z\d])"  # Hindi endings may touch
# A number is not the tail of a date, a decimal or a code, but may be the second of two; "no98..." and "mob98..."
# are one word to those who hurry.
_DIGITS_LEFT = (
    r"(?:(?<![A-Z\d])(?:(?<!\d[.,/:-])|(?<=\d{4},|\d{10}[/-]))"
    r"|(?<=(?<![A-Z])(?:no|num|number|mob|mobile|ph|phone|call|whatsapp|contact|a/?c|acc|account|khata|a?adha+r|card)))"
)
_DIGITS_RIGHT = r"(?!\d|[.:]\d|[,-]\d(?!\d{9})|[a-z]+\d|[\w.+-]*@)"
_DATE = r"(?!\d{1,2}[ -]\d{1,2}[ -](?:19|20)\d\d(?!\d)|(?:19|20)\d\d-\d\d-\d\d(?!\d))"
_SUMS = r"(?!\d{3}00[ -]\d{3}00(?!\d))"  # "75000-90000" is a span of sums
_MOBILE_GROUPS = "|".join(
    [r"\d{9}", r"\d{4}[ .-]\d{5}", r"\d{2}[ .-]\d{3}[ .-]\d{4}", r"\d{3}[ -]\d{3}[ -]\d{3}", r"\d{3}[ -]\d{6}"]
)


class ShapeRecognizer(PatternRecognizer):
    """A recognizer whose check, where it has one, lifts what is right and leaves what is wrong at its shape's worth."""

    def __init__(self, entity: str, shapes: dict[str, float], check: Callable[[str], bool] | None = None) -> None:
        """`shapes`: regular expressions and what each is worth, without regard to case; `check` gets bare marks."""
        patterns = [Pattern(f"{entity} {place}", shape, worth) for place, (shape, worth) in enumerate(shapes.items())]
        super().__init__(entity, patterns=patterns)
        self._check = check

    def validate_result(self, pattern_text: str) -> bool | None:
        """True where the check digit is right; None leaves the score."""
        bare = regex.sub(r"[^\p{L}\p{N}]", "", pattern_text)
        return True if self._check is not None and self._check(bare) else None


def list_recognizers() -> list[PatternRecognizer]:
    """All recognizers, one or more an entity."""
    return [*_government(), *_vehicles(), *_bank(), *_contact()]


def _government() -> list[PatternRecognizer]:
    four = r"\d{4}[ :-]?\d{4}[ :-]?\d{4}"
    pan = r"[A-Z]{5}\d{4}[A-Z]"
    return [
        # Twelve digits that are a mobile number with its country are that, unless a word names them.
        ShapeRecognizer("IN_AADHAAR", {_digits(rf"(?<!\+)(?!91[6-9]\d{{9}}){four}"): NAMED_ONLY}, is_aadhaar),
        # A digit too few or too many is still most of the number; sixteen are a virtual id by another name.
        ShapeRecognizer("IN_AADHAAR", {_digits(r"\d(?:[ -]?\d){10,15}"): NAMED_ONLY}),
        ShapeRecognizer("IN_VIRTUAL_ID", {_digits(r"[2-9]\d{3}(?:[ -]?\d{4}){3}"): NAMED_ONLY}),
        ShapeRecognizer("IN_PAN", {_code(pan): CERTAIN, _code(r"[A-Z]{5}[ -]?\d{4}[ -]?[A-Z]"): WEAK}),
        # One that was typed wrongly: ten marks, four digits of them in a row.
        ShapeRecognizer("IN_PAN", {_code(r"[A-Z](?=[A-Z\d]*\d{4})[A-Z\d]{8}[A-Z]"): WEAK}),
        ShapeRecognizer("IN_GSTIN", {_code(rf"(?:0[1-9]|[12]\d|3[0-7]){pan}[A-Z\d]Z[A-Z\d]"): CERTAIN}),
        # State codes above 37 exist, and who types one wrongly has typed most of it.
        ShapeRecognizer("IN_GSTIN", {_code(rf"\d{{1,2}}{pan}[A-Z\d]{{1,4}}"): NAMED_ONLY}, is_gstin),
        ShapeRecognizer(
            "IN_VOTER",
            {_code(rf"(?!{_PREFIXES})[A-Z]{{3}}\d{{7}}"): CERTAIN, _code(r"[A-Z]{3}[ /-]?\d{7}"): NAMED_ONLY},
        ),
        ShapeRecognizer(
            "IN_PASSPORT", {_code(r"[A-Z][1-9]\d ?\d{4}[1-9]"): WEAK, _code(r"[A-Z][ -]?\d{7}"): NAMED_ONLY}
        ),
    ]


def _vehicles() -> list[PatternRecognizer]:
    entity = "IN_VEHICLE_REGISTRATION"
    tail = r"\d{{1,2}}{0}[A-Z]{{1,3}}{0}(?!0000)\d{{4}}"
    return [
        ShapeRecognizer(
            entity,
            {
                _code(rf"(?:{_STATES}){tail.format('')}"): CERTAIN,
                # "up 20 to 5000" is no number plate of Uttar Pradesh.
                _code(rf"(?-i:(?:{_STATES})[ -]{tail.format('[ -]?')})"): CERTAIN,
                _code(rf"(?:{_STATES})[ -]?{tail.format('[ -]?')}"): NAMED_ONLY,
                _code(r"[2-9]\d[ -]?BH[ -]?(?!0000)\d{4}[ -]?[A-HJ-NP-Z]{1,2}"): CERTAIN,
            },
        ),
        # Old and military plates look like any code: only where they are all that was written.
        ShapeRecognizer(
            f"{entity}_OLD",
            {_code(rf"(?-i:(?!{_PREFIXES})[A-Z]{{2,3}}(?!0000)\d{{4}})"): WEAK, _code(r"(?-i:I(?!00000)\d{5})"): WEAK},
        ),
    ]


def _bank() -> list[PatternRecognizer]:
    no_country = r"(?<!\+)(?<!\+91[ -])"
    card = r"(?:[345]\d{3}|6\d{3}|8[12]\d\d|2[2-7]\d\d)"
    return [
        ShapeRecognizer(
            "CREDIT_CARD",
            {
                _digits(rf"{card}(?:[ -]?\d{{4}}){{3}}"): NAMED_ONLY,
                _digits(r"3[47]\d\d[ -]?\d{6}[ -]?\d{5}"): NAMED_ONLY,
            },
            is_luhn,
        ),
        ShapeRecognizer("CREDIT_CARD", {_digits(r"[2-68](?:[ -]?\d){12,18}"): NAMED_ONLY}),
        ShapeRecognizer(
            "BANK_ACCOUNT",
            {
                _digits(rf"{no_country}\d{{9,18}}"): NAMED_ONLY,
                _digits(no_country + r"(?=\d(?:[ -]?\d){8,17}(?![ -]?\d))\d{2,6}(?:[ -]\d{2,6}){1,4}"): NAMED_ONLY,
            },
        ),
        ShapeRecognizer(
            "IFSC",
            {_code(rf"(?!{_FORMS})[A-Z]{{4}}0[A-Z\d]{{6}}"): CERTAIN, _code(r"[A-Z]{4}[0O][A-Z\d]{6}"): NAMED_ONLY},
        ),
        ShapeRecognizer("UPI_ID", {r"(?<![\w.@-])[A-Z\d][\w.-]{1,63}@[A-Z][A-Z\d]{1,31}(?![\w@-]|\.\w)": CERTAIN}),
    ]


def _contact() -> list[PatternRecognizer]:
    country = r"(?:\+ ?91|0091|\(\+?91\))[ (-]{0,2}"
    name, place = r"[A-Z\d][A-Z\d._%+-]{0,63}", r"[A-Z\d][A-Z\d-]{0,62}"
    return [
        ShapeRecognizer(
            "PHONE_NUMBER",
            {
                _digits(rf"{_SUMS}(?:91[ -]?|0[ -]?)?[6-9](?:{_MOBILE_GROUPS})"): CERTAIN,
                _digits(rf"{country}0?[6-9](?:[ )-]{{0,2}}\d){{9}}"): CERTAIN,
                _digits(rf"{_SUMS}(?:91[ -]?|0[ -]?)?[6-9](?:[ -]?\d){{9}}"): WEAK,
                _digits(rf"(?<!\d[ -])(?:{country}|0)[1-9]\d{{1,3}}[ -]\d{{3,4}}[ -]?\d{{3,4}}"): CERTAIN,
                _digits(rf"{_SUMS}0?[1-9](?:[ -]?\d){{9}}"): NAMED_ONLY,
                _digits(r"\+(?!91)[1-9]\d{0,2}(?:[ -]?\d){8,12}"): CERTAIN,
            },
        ),
        ShapeRecognizer(
            "EMAIL_ADDRESS",
            {
                rf"{_LEFT}{name}@{place}(?:\.{place})+": CERTAIN,
                rf"{_LEFT}{name} ?@ ?{place}\.(?:com|in|org|net|co){_RIGHT}": CERTAIN,
            },
        ),
    ]


def _digits(shape: str) -> str:
    return f"{_DIGITS_LEFT}{_DATE}(?:{shape}){_DIGITS_RIGHT}"


def _code(shape: str) -> str:
    return f"{_LEFT}(?:{shape}){_RIGHT}"
