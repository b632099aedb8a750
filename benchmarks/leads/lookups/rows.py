"""A network of any size as rows: a few hundred leads of most partners, of one a great many, all mixed as they came in.

Names and telephone numbers are those of the demo network; courses are shorter than there, which plays every step.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import Any

from saathi.crm.writing import find_ending
from saathi.demo.people import People, Person
from saathi.demo.simulation import DAY, KINDS, SOURCES
from saathi.leads.model import ENDED, Stage
from saathi.leads.sounds import sounds_of

LARGEST = "P0001"  # the partner with by far the most leads
Rows = dict[str, list[tuple[Any, ...]]]
COLUMNS = {
    "customers": ("id", "partner", "name", "phone", "ending", "region", "age", "created_at", "updated_at"),
    "customer_names": ("partner", "sound", "customer"),
    "leads": (
        "reference", "partner", "customer", "kind", "product", "source", "stage", "stage_since", "reason", "amount",
        "score", "created_at", "updated_at",
    ),
    "lead_stages": ("id", "lead", "stage", "reason", "by", "at"),
    "lead_events": ("id", "lead", "kind", "at"),
}  # fmt: skip
_FEWEST, _MOST = 50, 500  # leads of all partners but the largest
_BATCH = 20_000  # leads whose rows are in memory at once
_DAYS = 420
_STAGES = {
    Stage.NEW: 8, Stage.CONTACTED: 12, Stage.DOCUMENTS: 7, Stage.SUBMITTED: 6, Stage.APPROVED: 27, Stage.REJECTED: 15,
    Stage.LOST: 25,
}  # fmt: skip
_STAGE_CODES, _WEIGHTS = list(_STAGES), list(_STAGES.values())
_KIND_CODES, _SOURCE_CODES = list(KINDS), list(SOURCES)
_sounds = lru_cache(maxsize=None)(sounds_of)


class Generator:
    """Makes rows; the same seed and moment make the same ones. `now` is in seconds since the epoch."""

    def __init__(self, leads: int, largest: int, now: float, seed: int = 1) -> None:
        self._random = Random(seed)
        self._people = People(self._random)
        self._now = now
        self._owners = list_owners(leads, largest, self._random)

    def batches(self) -> Iterator[Rows]:
        """The rows of each table, some thousand leads at a time, in order of arrival."""
        rows: Rows = defaultdict(list)
        for number, partner in enumerate(self._owners):
            age = (1 - (number + 1) / len(self._owners)) ** 1.8 * _DAYS * DAY  # the network grows
            self._write(rows, number, partner, self._now - age)
            if len(rows["leads"]) == _BATCH:
                yield rows
                rows = defaultdict(list)
        if rows:
            yield rows

    def _write(self, rows: Rows, number: int, partner: str, created: float) -> None:
        reference, customer = f"L-{1001 + number}", f"C-{1001 + number}"
        person = self._people.make("Bihar")
        stage = self._random.choices(_STAGE_CODES, _WEIGHTS)[0]
        since = self._find_since(stage, created)
        score = 100 * self._random.random() ** 1.5 if number % 50 else None
        rows["customers"].append(_tell_customer(customer, partner, person, created))
        rows["customer_names"] += [(partner, sound, customer) for sound in _sounds(person.name)]
        kind = self._random.choice(_KIND_CODES)
        source = self._random.choice(_SOURCE_CODES)
        rows["leads"].append(
            (reference, partner, customer, kind, None, source, stage, since, None, 5_000_000, score, created, since)
        )
        rows["lead_stages"] += [
            (f"{reference}-0", reference, Stage.NEW.value, None, "network", created),
            (f"{reference}-1", reference, stage.value, None, "partner", since),
        ]
        rows["lead_events"].append((f"{reference}-0", reference, "message_opened", since))

    def _find_since(self, stage: Stage, created: float) -> float:
        """When it came to its stage: what has ended did so within two months, what is open moved this month."""
        if stage in ENDED:
            return min(self._now, created + self._random.random() * 60 * DAY)
        return max(created, self._now - self._random.random() * 30 * DAY)


def list_owners(leads: int, largest: int, random: Random) -> list[str]:
    """Whose each lead is, in order of arrival."""
    owners, number = [LARGEST] * min(largest, leads), 1
    while len(owners) < leads:
        number += 1
        owners += [f"P{number:04d}"] * min(random.randint(_FEWEST, _MOST), leads - len(owners))
    random.shuffle(owners)
    return owners


def _tell_customer(customer: str, partner: str, person: Person, at: float) -> tuple[Any, ...]:
    ending = find_ending(person.phone)
    return (customer, partner, person.name, person.phone, ending, person.region, person.age, at, at)
