"""What a partner asks for, by each key alone, about leads that there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sqlalchemy import Connection, select

from benchmarks.leads.lookups.rows import LARGEST
from saathi.leads.model import ENDED, LeadQuery, Stage
from saathi.store.crm_tables import customers, leads

_DAY = 86_400.0
_OPEN = frozenset(Stage) - ENDED
# Given names of data/demo/people.yml as they are written in Hindi.
_IN_HINDI = (
    "शबनम", "रमेश", "सुनीता", "राजेश", "प्रिया", "मोहन", "गीता", "विजय", "अनीता", "संजय", "कविता", "दिनेश", "लक्ष्मी", "सुरेश",
    "इमरान", "पूजा",
)  # fmt: skip
_UNKNOWN = ("Kshemankari Vrindatoshi", "Sphulinga Markandawala", "Ruknodwip Jhapatmarg", "Vimbishtha Pravrajkar")
_CONSONANTS = "bdgjklmnprstv"


@dataclass(frozen=True, slots=True)
class Known:
    """A lead that is asked for."""

    partner: str
    reference: str
    name: str
    phone: str
    kind: str
    stage: str


def list_queries(known: Known, now: float, random: Random) -> dict[str, LeadQuery]:
    """A query by each key, of which most fit the known lead; `now` is in seconds since the epoch."""
    kinds = frozenset({known.kind})
    return {
        "reference": LeadQuery(reference=known.reference),
        "whole name": LeadQuery(name=known.name),
        "given name in Devanagari": LeadQuery(name=random.choice(_IN_HINDI)),
        "name, one letter wrong": LeadQuery(name=misspell(known.name, random)),
        "given name, one letter wrong": LeadQuery(name=misspell(known.name.split(maxsplit=1)[0], random)),
        "name of nobody": LeadQuery(name=random.choice(_UNKNOWN)),
        "phone, last 4": LeadQuery(ending=known.phone[-4:]),
        "phone, last 3": LeadQuery(ending=known.phone[-3:]),
        "kind": LeadQuery(kinds=kinds),
        "kind, open": LeadQuery(kinds=kinds, stages=_OPEN),
        "stage": LeadQuery(stages=frozenset({Stage(known.stage)})),
        "open": LeadQuery(stages=_OPEN),
        "stuck for a week": LeadQuery(stages=_OPEN, unmoved_since=now - 7 * _DAY),
        "came in this month": LeadQuery(created=(now - 30 * _DAY, now)),
        "best first": LeadQuery(stages=_OPEN, best_first=True),
        "all": LeadQuery(),
    }


def choose_known(connection: Connection, total: int, runs: int, random: Random) -> dict[str, list[Known]]:
    """Leads to ask for: of a partner like most, another one each time, and of the largest."""
    of_largest = select(leads.c.reference).where(leads.c.partner == LARGEST).order_by(leads.c.reference)
    largest = random.sample(list(connection.scalars(of_largest)), runs)
    anywhere = [f"L-{1001 + number}" for number in random.sample(range(total), 2 * runs)]
    found = _read(connection, anywhere)
    return {
        "a usual partner": [known for known in found if known.partner != LARGEST][:runs],
        "the largest": _read(connection, largest),
    }


def misspell(name: str, random: Random) -> str:
    """The name with one consonant of its first part, but not the first letter, changed to another."""
    places = [place for place, letter in enumerate(name.split(maxsplit=1)[0]) if place and letter in _CONSONANTS]
    if not places:
        return name + random.choice(_CONSONANTS)
    place = random.choice(places)
    other = random.choice([letter for letter in _CONSONANTS if letter != name[place]])
    return name[:place] + other + name[place + 1 :]


def _read(connection: Connection, references: Sequence[str]) -> list[Known]:
    query = (
        select(leads.c.partner, leads.c.reference, customers.c.name, customers.c.phone, leads.c.kind, leads.c.stage)
        .select_from(leads.join(customers, customers.c.id == leads.c.customer))
        .where(leads.c.reference.in_(references))
    )
    found = {row.reference: Known(*row) for row in connection.execute(query)}
    return [found[reference] for reference in references]
