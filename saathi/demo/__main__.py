"""Fill the database with the demo network: `python -m saathi.demo [--replace]`.

200 partners, about 6,600 leads of the last fourteen months, payouts and tickets. All people are made up.
"""

import argparse
import asyncio
import sys
import time
from collections import defaultdict

from sqlalchemy import Connection, func, insert, select
from tqdm import tqdm

from saathi.crm.scores import refresh
from saathi.demo.network import Network, Rows
from saathi.products import Catalog
from saathi.scoring.model import LeadScorer, ModelUnusable
from saathi.settings import Settings
from saathi.store import Database, open_database
from saathi.store.crm_tables import leads
from saathi.store.migrate import migrate
from saathi.store.tables import metadata

_AT_ONCE = 2000  # rows of a statement
_FILLED = (
    "customers", "customer_names", "leads", "lead_stages", "lead_events", "lead_documents", "applications", "tickets",
    "payouts", "payout_lines",
)  # fmt: skip
_EMPTIED = ("lead_notes", "lead_scores", "reminders", "activities", "crm_events")  # what grew out of an earlier one


async def fill(database: Database, now: float, *, replace: bool) -> int | None:
    """Writes the network in one transaction; the number of leads, or None when there are leads that stay.

    Raises:
        ModelUnusable: the leads cannot be scored; nothing was written.
    """
    await migrate(database)
    if not replace and await database.read(_has_leads):
        return None
    scorer, rows = LeadScorer.load(), Network(Catalog.load(), now).make()
    await database.write(lambda c: _write(c, rows, scorer, now))
    return len(rows["leads"])


def _has_leads(connection: Connection) -> bool:
    return bool(connection.scalar(select(func.count()).select_from(leads)))


def _write(connection: Connection, rows: Rows, scorer: LeadScorer, now: float) -> None:
    for name in (*_EMPTIED, *reversed(_FILLED)):
        connection.execute(metadata.tables[name].delete())
    for name in tqdm(_FILLED, desc="demo network", unit="table", leave=False):
        for begin in range(0, len(rows[name]), _AT_ONCE):
            connection.execute(insert(metadata.tables[name]), rows[name][begin : begin + _AT_ONCE])
    references: dict[str, list[str]] = defaultdict(list)
    for row in rows["leads"]:
        references[row["partner"]].append(row["reference"])
    for theirs in tqdm(references.values(), desc="scores", unit="partner", leave=False):
        refresh(connection, scorer, theirs, now)


async def _main(*, replace: bool) -> None:
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.store_url)
    try:
        made = await fill(database, time.time(), replace=replace)
    finally:
        await database.close()
    print("There are leads already; --replace makes them anew." if made is None else f"{made:,} leads made.")


def main() -> int:
    """Fill the database that the settings name; 1 with a sentence on stderr when the leads cannot be scored."""
    parser = argparse.ArgumentParser(prog="python -m saathi.demo", description=__doc__)
    parser.add_argument("--replace", action="store_true", help="remove all leads, customers and payouts first")
    try:
        asyncio.run(_main(replace=parser.parse_args().replace))
    except ModelUnusable as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
