"""Words that say what the number beside them is, in three registers, as partners write them."""

import regex

# What a word names, by the entity of the recognizers. Each is a whole word; a Hindi word may have an ending.
_NAMES = {
    "IN_AADHAAR": r"a{1,2}dh?a{0,2}r+|uid(?:ai)?|आधार",
    "IN_VIRTUAL_ID": r"virtual\s+id|vid|वर्चुअल\s+आईडी|वीआईडी",
    "IN_PAN": r"pan(?:\s?card)?|पैन",
    "IN_GSTIN": r"gstin|gst|जीएसटी(?:आईएन)?",
    "IN_VOTER": r"voters?|epic|election\s+card|वोटर|मतदाता|एपिक",
    "IN_PASSPORT": r"passports?|पासपोर्ट",
    "IN_VEHICLE_REGISTRATION": (
        r"vehicles?|ga{1,2}d{1,2}i|car|bike|scoot(?:y|er)|truck|tractor|auto|plate|registration|rc|rto|wheeler"
        r"|गाड़ी|गाड़ी|वाहन|बाइक|कार|स्कूटी|स्कूटर|ट्रक|आरसी"
    ),
    "UPI_ID": r"upi|vpa|यूपीआई",
    "IFSC": r"ifsc?|आईएफएससी",
    "BANK_ACCOUNT": (
        r"a/c|ac|acc|acct|acc?n?t|acc?ou?nts?|k?ha{1,2}t[ae]|khaat[ae]|bank|pass\s?book|savings?|cheque"
        r"|खात[ाे]|अकाउंट|एकाउंट|अकाउन्ट|अकाऊंट|बैंक|पासबुक|बचत"
    ),
    "CREDIT_CARD": r"cards?|कार्ड",
    "PHONE_NUMBER": (
        r"phones?|mobiles?|mob|mo|ph|cell|fone|whats?\s?app|watsapp|wa|call|contact|ring|dial|sms|landline|tel"
        r"|(?:my|mera|mere|his|her|their|uska|unka|iska|alternate|other|new|naya)\s+(?:numbers?|num|nambar|no)"
        r"|(?:मेरा|मेरे|उसका|उनका|इसका|नया|दूसरा)\s+(?:नंबर|नम्बर)"
        r"|(?:pe|par|pr)\s+(?:bhej\w*|send|share|forward|msg|message)|(?:पर|पे)\s+(?:भेज\w*|मैसेज)"
        r"|फ़ोन|फ़ोन|फोन|मोबाइल|मो|कॉल|व्हाट्सएप|व्हाट्सऐप|वॉट्सऐप|संपर्क|सम्पर्क|लैंडलाइन"
    ),
    "EMAIL_ADDRESS": r"e-?mail|mail|ईमेल|मेल",
}
# Numbers that identify a thing of business and not a person.
_REFERENCES = (
    r"policy|policies|order|utr|rrn|ref|reference|txn|trxn|trans|transaction|ticket|receipt|invoice|challan|folio|imps"
    r"|neft|rtgs|पॉलिसी|पालिसी|ऑर्डर|आर्डर|यूटीआर|रेफरेंस|संदर्भ|लेनदेन|लेन-देन|ट्रांजैक्शन|टिकट|रसीद"
)
# Such a thing only with "number" or "id" behind it: "loan 98765 43210" is a loan, and a phone.
_THINGS = (
    r"application|app|request|req|complaint|case|bill|quote|quotation|proposal|claim|loan|payment|payout|tracking"
    r"|awb|docket|certificate|serial|transfer|registration|enrol?lment"
    r"|शिकायत|आवेदन|बिल|दावा|दावे|क्लेम|लोन|ऋण|प्रस्ताव|प्रपोजल|पंजीकरण"
)
_NUMBER = r"no|nos|num|number|numbers|nbr|nmbr|code|नं|नंबर|नम्बर|संख्या|क्रमांक"
_ID = r"ids?|आईडी"
_PERSONS = r"customer|cust|client|user|agent|partner|employee|emp"  # their number may be a phone, their id is none
# What may stand between such a word and its number.
_FILLERS = rf"{_NUMBER}|{_ID}|ka|ki|ke|is|was|hai|tha|ye|yeh|the|my|our|mera|meri|का|की|के|है|था|यह|ये|मेरा|मेरी"
_EDGE = r"(?<![\p{L}\p{M}\p{N}])", r"(?![\p{L}\p{M}])"
_NAME = regex.compile(
    "|".join(f"(?P<{entity}>{_EDGE[0]}(?:{words}){_EDGE[1]})" for entity, words in _NAMES.items()), regex.IGNORECASE
)
_GAP = r"[\s._:#=()/*'’–-]*"
_OF = rf"{_GAP}(?:(?:ka|ki|का|की){_GAP})?"
_FILLED = rf"(?:{_GAP}(?:{_FILLERS}){_EDGE[1]})*{_GAP}$"
_NUMBERED_BEFORE = regex.compile(
    rf"{_EDGE[0]}(?:(?:{_REFERENCES}|{_THINGS}){_OF}(?:{_NUMBER}|{_ID})|(?:{_PERSONS}){_OF}(?:{_ID})){_EDGE[1]}{_FILLED}",
    regex.IGNORECASE,
)
_REFERENCE_BEFORE = regex.compile(rf"{_EDGE[0]}(?:{_REFERENCES}){_EDGE[1]}{_FILLED}", regex.IGNORECASE)
_REFERENCE_AFTER = regex.compile(
    rf"^{_GAP}(?:(?:is|hai|है|ye|yeh|the|my|mera|meri|यह|मेरा|मेरी|ek|एक){_EDGE[1]}{_GAP})+(?:{_REFERENCES}){_EDGE[1]}",
    regex.IGNORECASE,
)
_MONEY_BEFORE = regex.compile(rf"(?:[₹$€]|{_EDGE[0]}(?:rs|inr|rupees|रु|रुपये|रुपए)\.?)\s*$", regex.IGNORECASE)
_MONEY_AFTER = regex.compile(
    rf"^\s*(?:%|/-|(?:rs|inr|rupees?|rupaye|lakhs?|lacs?|crores?|percent|रुपये|रुपए|रु|लाख|करोड़|प्रतिशत){_EDGE[1]})",
    regex.IGNORECASE,
)
_REACH = 48  # characters; what stands farther from a number is not about it


def find_names(text: str) -> list[tuple[int, int, str]]:
    """Where the words that name a kind stand: start, end and the entity, in order."""
    return [(match.start(), match.end(), str(match.lastgroup)) for match in _NAME.finditer(text)]


def is_no_identifier(text: str, start: int, end: int) -> bool:
    """Whether the words right beside say that this is the number of a thing of business, or a sum."""
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    return any(
        pattern.search(part)
        for pattern, part in (
            (_NUMBERED_BEFORE, before),
            (_MONEY_BEFORE, before),
            (_REFERENCE_AFTER, after),
            (_MONEY_AFTER, after),
        )
    )


def is_after_reference(text: str, start: int) -> bool:
    """Whether a thing of business stands right before: "order 98..." is its number, unless that is called."""
    return _REFERENCE_BEFORE.search(text[max(0, start - _REACH) : start]) is not None
