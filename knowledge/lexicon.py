"""Content words of a text in any of the three languages, brought to one spelling and to English where known."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from language.normalise import normalise
from language.transliterate import to_latin

LEXICON = Path(__file__).resolve().parent.parent / "data" / "knowledge" / "lexicon.yml"

_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")
_DOUBLED = re.compile(r"([a-z])\1")
_ABBREVIATION = 3  # letters
_LONGEST = 3  # words in the longest phrase of the glossary


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Function words to leave out, and a glossary of what partners say for a term (data/knowledge/lexicon.yml).

    `glossary` maps one to three words to the words of the English term; both sides of search use it alike.
    """

    stopwords: frozenset[str]
    glossary: dict[tuple[str, ...], tuple[str, ...]]
    numbers: frozenset[str]
    steps: frozenset[str]
    explanations: frozenset[str]
    comparisons: frozenset[str]
    live: frozenset[str]
    outside: frozenset[str]

    @classmethod
    def load(cls, path: Path = LEXICON) -> "Lexicon":
        """Reads the file: `stopwords`, `grammar` and `glossary: {term: [spellings]}`, and the `asks_` cues."""
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        glossary = {
            tuple(map(fold, tokens(spelling))): tuple(tokens(term))
            for term, spellings in (data["grammar"] | data["glossary"]).items()
            for spelling in spellings
        }
        return cls(
            stopwords=frozenset(fold(word) for line in data["stopwords"].values() for word in tokens(line)),
            glossary=glossary,
            numbers=_read_cues(data["asks_number"]),
            steps=_read_cues(data["asks_steps"]),
            explanations=_read_cues(data["asks_explanation"]),
            comparisons=_read_cues(data["asks_comparison"]),
            live=_read_cues(data["asks_live"]),
            outside=_read_cues(data["outside"]),
        )

    def translate(self, text: str) -> list[str]:
        """The text's tokens with each phrase of the glossary replaced by its term, longest phrase first."""
        words = tokens(text)
        folded = [fold(word) for word in words]
        out: list[str] = []
        at = 0
        while at < len(words):
            for length in range(min(_LONGEST, len(words) - at), 0, -1):
                term = self.glossary.get(tuple(folded[at : at + length]))
                if term is not None:
                    out.extend(term)
                    at += length
                    break
            else:
                out.append(words[at])
                at += 1
        return out

    def gloss(self, text: str) -> str:
        """The text in Latin letters with its terms in English, for the encoder, which knows English best.

        A text in which the glossary finds nothing keeps its case and punctuation.
        """
        words = tokens(text)
        glossed = self.translate(text)
        return to_latin(normalise(text)) if glossed == words else " ".join(glossed)

    def content(self, text: str) -> list[str]:
        """The stems of the content words, in order, with repetitions."""
        return [stem(word) for word in self.translate(text) if fold(word) not in self.stopwords]

    def asks_number(self, text: str) -> bool:
        """Whether the text asks for a figure: how much, how many, how long, by when."""
        return _has_cue(text, self.numbers)

    def asks_steps(self, text: str) -> bool:
        """Whether the text asks how something is done; how to explain something is no such question."""
        return _has_cue(text, self.steps) and not _has_cue(text, self.explanations)

    def asks_comparison(self, text: str) -> bool:
        """Whether the text wants two things compared."""
        return _has_cue(text, self.comparisons)

    def asks_live(self, text: str) -> bool:
        """Whether the text asks for what no article can hold: the asker's own data, a rate of the day, a forecast."""
        return _has_cue(text, self.live)

    def is_outside(self, text: str) -> bool:
        """Whether the text names a subject that stands near ours and that no article covers."""
        return _has_cue(text, self.outside)


def tokens(text: str) -> list[str]:
    """The words of a text in Latin letters, lower case; "1,50,000" is one word, "50%" is "50"."""
    latin = to_latin(normalise(text)).lower()
    return _WORD.findall(re.sub(r"(?<=\d),(?=\d)", "", latin).replace("'", ""))


def stem(word: str) -> str:
    """A light English stem, so that "policies" meets "policy" and "charged" meets "charge"; then `fold`."""
    return fold(_cut_ending(word))


def fold(word: str) -> str:
    """The word without what writers of Hinglish leave to taste: long vowels, doubled letters, w/v, z/j, ph/f.

    Up to three letters it is left alone: such are abbreviations, and PPF is not PF.
    """
    if len(word) <= _ABBREVIATION:
        return word
    for run, letter in (("aa", "a"), ("ee", "i"), ("oo", "u"), ("ph", "f"), ("w", "v"), ("z", "j")):
        word = word.replace(run, letter)
    return _DOUBLED.sub(r"\1", word)


def _cut_ending(word: str) -> str:
    if word.isdigit() or len(word) < 5:
        return word[:-1] if len(word) == 4 and word.endswith("s") and not word.endswith("ss") else word
    for ending, rest in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "")):
        if word.endswith(ending) and not word.endswith("ss") and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + rest
    return word


def _read_cues(phrases: list[str]) -> frozenset[str]:
    return frozenset(" ".join(map(fold, tokens(phrase))) for phrase in phrases)


def _has_cue(text: str, cues: frozenset[str]) -> bool:
    """Whether one of the phrases stands in the text, whatever the spelling of its vowels."""
    words = [fold(word) for word in tokens(text)]
    longest = max((cue.count(" ") + 1 for cue in cues), default=0)
    runs = (words[at : at + length] for length in range(1, longest + 1) for at in range(len(words) - length + 1))
    return any(" ".join(run) in cues for run in runs)
