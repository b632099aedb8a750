"""Reports what is wrong with the articles and what could be better: `make check-knowledge`.

Exits with 1 when something must be mended: a broken article, a link that leads nowhere, facts that have expired. All
else is advice.
"""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

from encoder.store import Encodes
from knowledge.articles import read_articles
from knowledge.articles.library import ARTICLES, article_paths
from knowledge.check.demand import Demand, find_unanswered, find_unused, read_demand
from knowledge.check.files import find_in_files
from knowledge.check.findability import find_unfindable
from knowledge.check.findings import Finding, write_data, write_text
from knowledge.check.likeness import find_contradictions, find_duplicates
from knowledge.check.texts import encode_passages
from knowledge.lexicon import Lexicon
from knowledge.snapshot import Vocabulary
from saathi.calculators import CALCULATORS
from saathi.clock import today_in_india
from saathi.settings import Settings
from saathi.store import Database, StoreUnavailable, open_database


def find_all(
    articles: Path, imported: Path, folder: Path, encoder: Encodes, demand: Demand | None, *, quiet: bool
) -> list[Finding]:
    """All findings. `folder` is that of the index, whose kept vectors save most of the encoding."""
    library = read_articles(articles, imported)
    paths = {path.stem: path for path in reversed(article_paths(articles, imported))}
    findings = list(find_in_files(library, paths, frozenset(CALCULATORS), today_in_india()))
    lexicon = Lexicon.load()
    vocabulary = Vocabulary(library.articles.values(), lexicon)
    passages, vectors = encode_passages(library.articles.values(), encoder, lexicon, folder, quiet=quiet)
    findings += find_duplicates(passages, vectors)
    findings += find_contradictions(passages, vectors, vocabulary)
    findings += find_unfindable(passages, vectors, vocabulary)
    if demand is not None:
        findings += find_unused(library.articles.values(), demand)
        findings += find_unanswered(demand, encoder, lexicon)
    return findings


async def ask_store(database: Database) -> Demand:
    """What people asked. Raises `StoreUnavailable`."""
    try:
        return await database.read(lambda c: read_demand(c, time.time()))
    finally:
        await database.close()


def main() -> int:
    """Checks and reports."""
    from encoder import Encoder  # noqa: PLC0415 - takes a moment, which `--help` need not

    settings = Settings()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="the findings as JSON, for programs")
    parser.add_argument("--articles", type=Path, default=ARTICLES, help="folder of the articles")
    arguments = parser.parse_args()
    demand, notes = None, []
    try:
        demand = asyncio.run(ask_store(open_database(settings.store_url)))
    except StoreUnavailable as error:
        notes.append(f"Nothing is known of what people asked: the database cannot be read ({error}).")
    folder, imported = settings.data_dir / "knowledge", settings.data_dir / "imported"
    findings = find_all(arguments.articles, imported, folder, Encoder.load(), demand, quiet=arguments.json)
    data = write_data(findings, notes)
    sys.stdout.write(
        json.dumps(data, ensure_ascii=False, indent=2) + "\n" if arguments.json else write_text(findings, notes)
    )
    return 1 if data["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
