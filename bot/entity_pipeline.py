"""A spaCy pipeline that finds entities: the rules of the pattern file, then a trained NER for what they leave open."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from bot.entity_patterns import NO_ENTITY, Meaning, PatternBook
from bot.mending import Mender
from bot.words import NEW_KINDS, Word, read_words

RULES, NER = "entity_ruler", "ner"
_KNOWLEDGE = "knowledge.json"
_PIPELINE = "pipeline"
_ID = "||"
_PLAIN = frozenset({"word", "stop"})


@dataclass(frozen=True, slots=True)
class Found:
    """An entity at `text[start:end]`; `source` is rules or ner, `value` what to go on with."""

    entity: str
    start: int
    end: int
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class _Match:
    """An entity at the words `start` to before `end`; `context` counts the words that the pattern saw."""

    start: int
    end: int
    entity: str
    value: str | None = None
    context: int = 0


class EntityFinder:
    """Finds entities in a message. Reads it as words of one spelling, and answers with places in the user's text."""

    def __init__(
        self, nlp: Language, meanings: list[Meaning], anchors: set[str], mender: Mender, known: set[str]
    ) -> None:
        """`nlp` has the rules and perhaps the NER; `known` are the words that the rules or the examples hold."""
        self._nlp = nlp
        self._meanings = meanings
        self._known = known
        self._anchors = anchors
        self._mender = mender
        self._ruler: Any = nlp.get_pipe(RULES)
        self._ner: Callable[[Doc], Doc] | None = None
        self.refresh()

    @classmethod
    def of(cls, book: PatternBook, mender: Mender, known: set[str]) -> EntityFinder:
        """Make a finder by rules alone."""
        nlp = spacy.blank("xx")
        ruler = nlp.add_pipe(RULES, config={"phrase_matcher_attr": "ORTH", "ent_id_sep": _ID})
        ruler.add_patterns(book.rulers)  # type: ignore[attr-defined]
        return cls(nlp, book.meanings, book.anchors, mender, known)

    @classmethod
    def load(cls, folder: Path) -> EntityFinder:
        """Read what `save` wrote; raises OSError or ValueError where it is not there or broken."""
        kept = json.loads((folder / _KNOWLEDGE).read_text(encoding="utf-8"))
        meanings = [Meaning(*row) for row in kept["meanings"]]
        mender = Mender(kept["vocabulary"], kept["common"], kept["same"])
        return cls(spacy.load(folder / _PIPELINE), meanings, set(kept["anchors"]), mender, set(kept["known"]))

    def save(self, folder: Path) -> None:
        """Write all of it into `folder`."""
        self._nlp.to_disk(folder / _PIPELINE)
        rows = [list(asdict(meaning).values()) for meaning in self._meanings]
        kept = {
            "meanings": rows,
            "anchors": sorted(self._anchors),
            "known": sorted(self._known),
            **self._mender.kept(),
        }
        (folder / _KNOWLEDGE).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    @property
    def nlp(self) -> Language:
        """The spaCy pipeline, for training."""
        return self._nlp

    def refresh(self) -> None:
        """Use the pipeline's NER, if it has one by now."""
        self._ner = self._nlp.get_pipe(NER) if NER in self._nlp.pipe_names else None

    def read(self, text: str) -> tuple[list[Word], Doc]:
        """The words of `text`, and a Doc with one token for each, whose tag is the word's kind."""
        words = read_words(text, self._known, self._mender.mend)
        return words, Doc(self._nlp.vocab, [word.form for word in words], tags=[word.kind for word in words])

    def blur(self, words: list[Word]) -> Doc:
        """A Doc for the NER, to which all new words are one: it goes by what stands around them."""
        forms = ["*" if word.kind in NEW_KINDS else word.form for word in words]
        return Doc(self._nlp.vocab, forms, tags=[word.kind for word in words])

    def find(self, text: str) -> list[Found]:
        """The entities of `text` in their order. Total: every text gives a list."""
        words, doc = self.read(text)
        if not words:
            return []
        spans = self._by_rules(words, doc)
        found = [self._found(text, words, span, "rules") for span in spans]
        if self._ner is not None and _is_in_doubt(words, spans):
            taken = {place for span in spans for place in range(span.start, span.end)}
            for span in self._ner(self.blur(words)).ents:
                places = range(span.start, span.end)
                if taken.isdisjoint(places) and any(words[place].kind in NEW_KINDS for place in places):
                    found.append(self._found(text, words, _Match(span.start, span.end, span.label_), "ner"))
        return sorted((one for one in found if one.entity != NO_ENTITY), key=lambda one: one.start)

    def _by_rules(self, words: list[Word], doc: Doc) -> list[_Match]:
        """The rules' matches that do not overlap. The longest counts, and among equals the one with more context."""
        matches: list[_Match] = []
        # token patterns cost a tenth of a millisecond or two, and each wants a number, a new word or an anchor
        is_plain = all(word.kind in _PLAIN and word.form not in self._anchors for word in words)
        for key, first, end in (self._ruler.phrase_matcher if is_plain else self._ruler.match)(doc):
            entity, _, number = doc.vocab.strings[key].rpartition(_ID)
            meaning = self._meanings[int(number)]
            matches.append(_Match(first + meaning.before, end - meaning.after, entity, meaning.value, end - first))
        matches.sort(
            key=lambda match: (match.start - match.end, match.entity != NO_ENTITY, -match.context, match.start)
        )
        kept: list[_Match] = []
        taken: set[int] = set()
        for match in matches:
            places = range(match.start, match.end)
            if taken.isdisjoint(places):
                kept.append(match)
                taken.update(places)
        return kept

    def _found(self, text: str, words: list[Word], match: _Match, source: str) -> Found:
        start, end = words[match.start].start, words[match.end - 1].end
        return Found(match.entity, start, end, match.value or text[start:end], source)


def _is_in_doubt(words: list[Word], matches: list[_Match]) -> bool:
    """Whether a word is new that no rule has taken: only such a one can be a name that the lists do not hold."""
    taken = {place for match in matches for place in range(match.start, match.end)}
    return any(word.kind in NEW_KINDS and place not in taken for place, word in enumerate(words))
