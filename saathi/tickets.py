"""Tickets in words (data/leads/tickets.yml), and their numbers as people write them."""

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from language import Language, normalise, to_latin
from saathi.clock import date_in_india
from saathi.crm.model import Ticket, TicketState
from saathi.dates import DateWords
from saathi.located import read_located
from saathi.products.model import Text
from saathi.settings import ROOT

WORDS = ROOT / "data/leads/tickets.yml"
_NUMBER = re.compile(r"\bt ?[-:]? ?(\d{1,9})\b")


class TicketWords(BaseModel):
    """The file of words. A topic that stands in none of its lists is told as the CRM calls it, and a resolution that
    does not is somebody's own words, which are quoted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topics: Mapping[str, Text]
    states: Mapping[TicketState, Text]
    resolutions: Mapping[str, Text]
    quoted: Text
    before: frozenset[str]

    @classmethod
    def load(cls, path: Path = WORDS) -> "TicketWords":
        """Read the file. Raises `FileFault`."""
        return read_located(path, cls).content

    def read_number(self, text: str) -> str | None:
        """The ticket that a message names, as "T-204": by "T-204" or by a figure behind a word for a ticket."""
        plain = to_latin(normalise(text)).lower()
        words = "|".join(sorted(map(re.escape, self.before), key=len, reverse=True))
        found = _NUMBER.search(plain) or re.search(rf"\b(?:{words})[\s.:#-]*(\d{{1,9}})\b", plain)
        return f"T-{found[1]}" if found else None

    def tell(self, ticket: Ticket, dates: DateWords, language: Language) -> dict[str, str]:
        """Number, topic, state, the day of its last change, and what came of it ("" while nothing did)."""
        topic = self.topics.get(ticket.topic)
        return {
            "number": ticket.number,
            "topic": topic.say(language) if topic else ticket.topic,
            "state": self.states[ticket.state].say(language),
            "since": dates.write_day(date_in_india(ticket.updated_at), language),
            "resolution": self._tell_resolution(ticket.resolution, language),
        }

    def _tell_resolution(self, resolution: str | None, language: Language) -> str:
        if not resolution:
            return ""
        known = self.resolutions.get(resolution)
        return f" {known.say(language) if known else self.quoted.say(language).format(text=resolution)}"
