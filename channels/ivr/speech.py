"""Text for the ear: no markup, no links, no lists; amounts, percentages and dates in words; parts of 25 seconds."""

import re

import regex

from knowledge.articles.sentences import split_sentences
from saathi.spoken_words import SpokenWords, Tongued
from saathi.voice_menu import Tongue

MOST_WORDS = 60  # some 25 seconds

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_URL = re.compile(r"\(?\b(?:https?://|www\.)[^\s()]+\)?")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,80}>")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+", re.MULTILINE)
_HEADING = re.compile(r"^\s*#{1,6}\s*", re.MULTILINE)
_MARKS = re.compile(r"[*_`~|<>#]+")
_PICTURE = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\u200D--[0-9#*]]", regex.V1)

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_SCALE = r"(?:\s*(?P<scale>lakhs?|lacs?|crores?|cr|thousand|k|लाख|करोड़|हज़ार|हजार)\b)?"
_RUPEES = re.compile(rf"(?:₹|\bRs\.?|\bINR)\s*(?P<number>{_NUMBER}){_SCALE}(?:/-)?", re.IGNORECASE)
_NAMED_RUPEES = re.compile(rf"(?P<number>{_NUMBER}){_SCALE}\s*(?:rupees?|rupaye|रुपये|रुपए)", re.IGNORECASE)
_PERCENT = re.compile(rf"(?P<number>{_NUMBER})\s*%")
_RANGE = re.compile(r"(?<![\d,.-])([1-9][\d,.]*%?)\s*[-–]\s*(?=(?:₹\s*)?[1-9][\d,.]*(?![\d-]))")
_GROUPED = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{2,3})+(?:\.\d+)?(?![\w])")
_DATE = re.compile(r"\b(?P<day>[0-3]?\d)[/.-](?P<month>[01]?\d)[/.-](?P<year>(?:19|20)\d\d)\b")
_ISO_DATE = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b")
_LETTERS = re.compile(r"\b[A-Z][A-Z&]{1,5}s?\b")
_DIGITS = re.compile(r"(?<![\w.,])\d{7,}(?!\w)")

_SCALES = {
    "thousand": ("thousand", "k", "हज़ार", "हजार"),
    "lakh": ("lakh", "lakhs", "lac", "lacs", "लाख"),
    "crore": ("crore", "crores", "cr", "करोड़"),
}
_SCALE_OF = {spelling: scale for scale, spellings in _SCALES.items() for spelling in spellings}


class Speaker:
    """Says texts in the words of `data/speech.yml`."""

    def __init__(self, words: SpokenWords) -> None:
        self._words = words

    def speak(self, text: str, tongue: Tongue) -> str:
        """The text as it is said."""
        words, said = self._words.tongues[tongue], _strip_markup(text)
        for pattern in (_ISO_DATE, _DATE):
            said = pattern.sub(lambda match: _say_date(match, words), said)
        said = _RANGE.sub(lambda match: f"{match[1]} {words.range} ", said)
        for pattern in (_RUPEES, _NAMED_RUPEES):
            said = pattern.sub(lambda match: _say_amount(match["number"], match["scale"], words), said)
        said = _PERCENT.sub(lambda match: f"{_say(match['number'], words)} {words.percent}", said)
        said = said.replace("%", f" {words.percent} ")
        said = _GROUPED.sub(lambda match: _say(match[0], words), said)
        said = _DIGITS.sub(lambda match: " ".join(match[0]), said)
        said = words.written.sub(lambda match: f" {words.instead[match[0]]} ", said)
        said = _LETTERS.sub(lambda match: self._spell(match[0]), said)
        return _tidy(said.replace("&", f" {words.and_} ").replace("+", f" {words.plus} "))

    def _spell(self, word: str) -> str:
        """T D S, letter by letter; what people say as a word stays one."""
        plain = word.removesuffix("s")
        if plain in self._words.said_as_words:
            return word
        letters = " ".join(plain.replace("&", ""))
        return f"{letters}s" if word != plain else letters


def count_words(text: str) -> int:
    """What time it takes to say, in words."""
    return len(text.split())


def split_speech(text: str, most: int = MOST_WORDS) -> list[str]:
    """Spoken text in parts of whole sentences, at most `most` words each; a longer sentence is cut between its clauses,
    else at a word."""
    parts: list[list[str]] = []
    for piece in (piece for sentence in split_sentences(text) for piece in _cut(sentence.split(), most)):
        if parts and len(parts[-1]) + len(piece) <= most:
            parts[-1] += piece
        elif parts and len(parts[-1]) < most // 3:  # too little to stand alone
            parts[-1:] = _cut(parts[-1] + piece, most)
        else:
            parts.append(piece)
    return [" ".join(part) for part in parts]


def _cut(words: list[str], most: int) -> list[list[str]]:
    """A sentence in pieces of at most `most` words, none of them very short."""
    pieces = []
    while len(words) > most:
        ends = [end for end in range(most // 3, most + 1) if words[end - 1][-1] in ",;:"]
        end = ends[-1] if ends else most
        pieces.append(words[:end])
        words = words[end:]
    return [*pieces, words]


def _strip_markup(text: str) -> str:
    plain = _URL.sub(" ", _TAG.sub(" ", _LINK.sub(r"\1", text)))
    plain = _PICTURE.sub("", _HEADING.sub("", plain))
    lines = [_BULLET.sub("", line).strip() for line in plain.splitlines()]
    # each line is a sentence of its own, or the voice runs on from one item to the next
    return _MARKS.sub(" ", " ".join(_close(line) for line in lines if any(map(str.isalnum, line))))


def _close(line: str) -> str:
    return line if line.rstrip("\"'”’)")[-1:] in tuple(".!?।:;,") else f"{line}."


def _say(number: str, words: Tongued) -> str:
    return words.say_decimal(number.replace(",", ""))


def _say_amount(number: str, scale: str | None, words: Tongued) -> str:
    plain, tail = number.replace(",", ""), "," if number.endswith(",") else ""
    if scale is not None:
        return f"{words.say_decimal(plain)} {getattr(words, _SCALE_OF[scale.lower()])} {words.rupees}"
    whole, _, part = plain.partition(".")
    said = f"{words.say_number(int(whole))} {words.rupee if whole == '1' else words.rupees}"
    paise = int(f"{part:0<2}"[:2]) if part else 0
    return f"{said} {words.and_} {words.say_number(paise)} {words.paise}" if paise else said + tail


def _say_date(match: re.Match[str], words: Tongued) -> str:
    day, month = int(match["day"]), int(match["month"])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return match[0]
    return f"{day} {words.months[month - 1]} {match['year']}"


def _tidy(text: str) -> str:
    joined = re.sub(r"\s+", " ", text)
    joined = re.sub(r"\s+([.,;:!?।])", r"\1", joined)
    joined = re.sub(r"\(\s*\)", "", joined)
    return re.sub(r"([.,;:!?।])(?:\s*[.,;:])+", r"\1", joined).strip()
