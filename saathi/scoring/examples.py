"""Writes what the scoring learns from: `python -m saathi.scoring.examples <file>` (a step of `make train-leads`).

One JSON line an example, in order of time: a lead as it was known at one moment of its life, and whether it was
approved in the end. Only leads that have ended are examples. The reason that was given for a rejected or lost one
decides whether it is an example at all (a wrong number never was a lead) and stands as `lost_because`, by which the
card tells what the features do not foresee. `region` and `age` are for the audit alone, `partner` keeps folds apart. No
names, no phones."""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from sqlalchemy import Connection, select
from tqdm import tqdm

from saathi.crm.reading import find_lead, read_story
from saathi.leads.model import ENDED, LeadStory, Stage
from saathi.scoring.features import DAY, Value, list_features
from saathi.scoring.rates import Ended, find_success_rate
from saathi.settings import Settings
from saathi.store import open_database
from saathi.store.crm_tables import leads
from saathi.store.migrate import migrate

# Who closes a lead for one of these says that there was none: nothing to learn about those that are leads.
_NO_LEAD = frozenset({"wrong_number", "existing_customer"})
_MOMENTS = 3  # of one lead's life; they share the weight of one example


@dataclass(frozen=True, slots=True)
class Example:
    """A lead at a moment: `at` in seconds since the epoch; `weight` is a share of one lead."""

    lead: str
    partner: str
    at: float
    weight: float
    won: bool
    lost_because: str | None
    region: str
    age: int | None
    features: Mapping[str, Value]


class _Past:
    """How each partner's leads ended, told in order of time, so that an earlier day knows nothing of a later one."""

    def __init__(self, ends: list[tuple[float, str, str, bool]]) -> None:
        self._ends = sorted(ends)
        self._next = 0
        self._counts: dict[str, Counter[tuple[str, bool]]] = {}

    def find_rate(self, partner: str, kind: str, at: float) -> float | None:
        """The partner's success rate as it was known just before `at`; to be asked in order of time."""
        while self._next < len(self._ends) and self._ends[self._next][0] < at:
            _, owner, its_kind, won = self._ends[self._next]
            self._counts.setdefault(owner, Counter())[its_kind, won] += 1
            self._next += 1
        counts = self._counts.get(partner, Counter())
        kinds = {name for name, _ in counts}
        ended = [Ended(name, counts[name, True] + counts[name, False], counts[name, True]) for name in sorted(kinds)]
        return find_success_rate(ended, kind)


def read_examples(connection: Connection) -> Iterator[Example]:
    """All examples of the store, in order of time."""
    ended = select(leads).where(leads.c.stage.in_(sorted(ENDED)))
    rows = [row for row in connection.execute(ended).mappings() if row["reason"] not in _NO_LEAD]
    past = _Past([(row["stage_since"], row["partner"], row["kind"], row["stage"] == Stage.APPROVED) for row in rows])
    moments = sorted(
        (at, row["reference"], row["partner"], len(chosen))
        for row in rows
        for chosen in [_choose_moments(row["reference"], row["created_at"], row["stage_since"])]
        for at in chosen
    )
    stories: dict[str, LeadStory] = {}
    for at, reference, partner, count in tqdm(moments, desc="examples", unit="moment", disable=None):
        if reference not in stories:
            lead = find_lead(connection, partner, reference)
            assert lead is not None
            stories[reference] = read_story(connection, partner, lead)
        story = stories[reference]
        rate = past.find_rate(partner, story.lead.kind, at)
        yield _tell(story, partner, at, 1 / count, rate)


def _choose_moments(reference: str, begun: float, ended: float) -> list[float]:
    """Some moments of a lead's open life: anywhere in it, always the same ones for the same lead."""
    chance = Random(reference)  # noqa: S311 - it spreads, it guards nothing
    return [begun + chance.random() * (ended - begun) for _ in range(_MOMENTS)] if ended > begun + DAY / 24 else []


def _tell(story: LeadStory, partner: str, at: float, weight: float, rate: float | None) -> Example:
    lead = story.lead
    won = lead.stage is Stage.APPROVED
    because = None if won else lead.reason
    features = list_features(story, rate, at)
    return Example(lead.reference, partner, at, weight, won, because, lead.customer.region, lead.customer.age, features)


async def _read() -> list[Example]:
    database = open_database(Settings().store_url)
    try:
        await migrate(database)
        return await database.read(lambda connection: list(read_examples(connection)))
    finally:
        await database.close()


def main() -> int:
    """Writes the file."""
    parser = argparse.ArgumentParser(prog="python -m saathi.scoring.examples", description=__doc__)
    parser.add_argument("file", type=Path)
    file = parser.parse_args().file
    lines = [json.dumps(asdict(one), ensure_ascii=False) for one in asyncio.run(_read())]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{len(lines):,} examples in {file}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
