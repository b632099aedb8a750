"""How long lookups take, one at a time, as the action server makes them."""

import time
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import TypeVar

from tqdm import tqdm

from benchmarks.knowledge.times import Times
from benchmarks.leads.lookups.questions import choose_known, list_queries
from saathi.crm.sql import SqlCrm
from saathi.store import Database

RUNS = 300
_WARM_UP = 30
_LISTED = 5  # leads of a page, as in chat
T = TypeVar("T")


async def measure_lookups(database: Database, leads: int, now: float, runs: int = RUNS) -> dict[str, dict[str, Times]]:
    """The times of each kind of partner and key."""
    crm = SqlCrm(database)
    random = Random(2)
    chosen = await database.read(lambda connection: choose_known(connection, leads, runs + _WARM_UP, random))
    found: dict[str, dict[str, Times]] = {}
    for who, known in chosen.items():
        asked = [list_queries(one, now, random) for one in known]
        found[who] = {}
        for key in tqdm(asked[0], desc=f"  {who}", unit="key", leave=False):
            pairs = [(one.partner, queries[key]) for one, queries in zip(known, asked, strict=True)]
            found[who][key] = await _measure(pairs, lambda partner, wanted: crm.find_leads(partner, wanted, _LISTED))
        pairs_of_story = [(one.partner, one.reference) for one in known]
        found[who]["reference, with its story"] = await _measure(pairs_of_story, crm.read_lead)
    return found


async def _measure(pairs: Sequence[tuple[str, T]], work: Callable[[str, T], Awaitable[object]]) -> Times:
    spent = []
    for partner, wanted in pairs:
        began = time.perf_counter()
        await work(partner, wanted)
        spent.append(time.perf_counter() - began)
    return Times.of(spent[_WARM_UP:])
