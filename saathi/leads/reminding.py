"""What a wish for a reminder is about: the message without its moment and without the words of asking."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from saathi.located import read_located
from saathi.products.model import Text
from saathi.settings import ROOT
from saathi.times import Moment, Word

REMINDING = ROOT / "data/leads/reminding.yml"


class RemindingWords(BaseModel):
    """The file of words, and the titles of buttons: one takes a reminder back, one says that it is of no lead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    orders: tuple[str, ...]
    edges: frozenset[str]
    most: int
    cancel: Text
    no_lead: Text
    moving: frozenset[str]
    changing: frozenset[str]
    reminder: frozenset[str]
    removing: frozenset[str]
    no_hour: Text

    @classmethod
    def load(cls, path: Path = REMINDING) -> "RemindingWords":
        """Read the file. Raises `FileFault`."""
        return read_located(path, cls).content

    def read_subject(self, moment: Moment) -> str:
        """What the partner wants to be reminded of, in their own words; "" where they do not say."""
        words = self._without_orders(moment.words)
        while words and words[0].latin in self.edges:
            words = words[1:]
        while words and words[-1].latin in self.edges:
            words = words[:-1]
        pieces: list[str] = []
        for place, word in enumerate(words):
            is_next = place > 0 and not moment.text[words[place - 1].end : word.start].strip(" -'/.")
            glue = moment.text[words[place - 1].end : word.start] if is_next else " "
            pieces += [glue if place else "", moment.text[word.start : word.end]]
        return "".join(pieces)[: self.most].strip()

    def moves(self, moment: Moment) -> bool:
        """Whether a message names a moment and nothing else, or says that a reminder is to be moved there."""
        said = {word.latin for word in moment.words}
        names_it = bool(said & self.reminder)
        return said <= self.moving | self.reminder and (not names_it or bool(said & self.changing))

    def removes(self, moment: Moment) -> bool:
        """Whether a message wishes a reminder away."""
        said = {word.latin for word in moment.words}
        return bool(said & self.reminder) and bool(said & self.removing)

    def _without_orders(self, words: Sequence[Word]) -> list[Word]:
        left = list(words)
        for phrase in sorted((order.split() for order in self.orders), key=len, reverse=True):
            place = 0
            while place + len(phrase) <= len(left):
                if [word.latin for word in left[place : place + len(phrase)]] == phrase:
                    del left[place : place + len(phrase)]
                else:
                    place += 1
        return left
