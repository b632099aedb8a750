"""Imports knowledge from documents, lists what was imported, and takes it into use: `python -m knowledge.sources`."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from tqdm import tqdm

from knowledge.articles.frontmatter import PRODUCTS
from knowledge.articles.model import ArticleError
from knowledge.sources.imported import Imported, source_name
from knowledge.sources.importing import Summary, check_location, import_source
from knowledge.sources.markdown import Fields
from knowledge.sources.model import Source, SourceError
from knowledge.sources.remote import RemoteSource
from saathi.settings import Settings

_INDIA = timezone(timedelta(hours=5, minutes=30))
_EXAMPLES = """
examples:
  python -m knowledge.sources import handbook/                     every document below the folder
  python -m knowledge.sources import faq.csv --product loans       a table with the columns question and answer
  python -m knowledge.sources import https://kb.example.com/api    a knowledge base (token: KNOWLEDGE_BASE_TOKEN)
  python -m knowledge.sources list --drafts                        what waits for review
  python -m knowledge.sources review faq-how-to-foreclose          take a draft into use
  python -m knowledge.sources remove faq                           remove all that a source gave

What is imported waits as a draft, one markdown file a document, and is answered from only after its review
(docs/import-knowledge.md).
"""


def main(typed: Sequence[str] | None = None) -> int:
    """Does what is asked; 0 when all went well, 1 when documents had faults, 2 when nothing could be done."""
    arguments = _make_parser().parse_args(typed)
    settings = Settings()
    imported = Imported(arguments.folder or settings.data_dir / "imported")
    do: Callable[[argparse.Namespace, Imported, Settings], int] = arguments.do
    try:
        return do(arguments, imported, settings)
    except (SourceError, ArticleError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m knowledge.sources",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--folder", type=Path, help="where imported documents lie; default: DATA_DIR/imported")
    commands = parser.add_subparsers(required=True, metavar="import | list | review | remove")
    take = commands.add_parser("import", help="bring the drafts to what a file, folder or knowledge base has now")
    take.add_argument("origin", metavar="FROM", help="a path, or the address of a knowledge base (https://...)")
    take.add_argument("--source", help="a short name for it; default: from the path or address")
    take.add_argument("--product", choices=PRODUCTS, help="what new documents are about; else their review says it")
    take.set_defaults(do=_import)
    show = commands.add_parser("list", help="what was imported, and what waits for review")
    show.add_argument("--drafts", action="store_true", help="only what waits")
    show.set_defaults(do=_list)
    review = commands.add_parser("review", help="take drafts into use that you have read")
    review.add_argument("slugs", nargs="+", metavar="SLUG", help="as `list` prints it")
    review.add_argument("--product", choices=PRODUCTS, help="what they are about, where the draft does not say it")
    review.set_defaults(do=_review)
    remove = commands.add_parser("remove", help="remove all that a source gave, reviewed or not")
    remove.add_argument("source", help="its name, as `list` prints it")
    remove.set_defaults(do=_remove)
    return parser


def _import(arguments: argparse.Namespace, imported: Imported, settings: Settings) -> int:
    origin: str = arguments.origin.strip()
    if not origin:
        raise SourceError("say what to import: make import FROM=<path or address> [SOURCE=name]")
    if origin.startswith(("http://", "https://")):
        remote = RemoteSource(origin, settings.knowledge_base_token.get_secret_value())
        name = source_name(arguments.source or remote.origin)
        return _run(remote, name, origin, arguments.product, imported)
    # Imported here: the parsers and the masker take seconds to load, and the other commands need none of them.
    from knowledge.sources.files import FileSource, list_readers  # noqa: PLC0415
    from saathi.privacy import Masker  # noqa: PLC0415

    path = Path(origin).expanduser().absolute()
    files = FileSource(path, list_readers(Masker()))
    name = source_name(arguments.source or path.stem)
    status = _run(files, name, str(path), arguments.product, imported)
    if files.left_out:
        sys.stdout.write(f"{files.left_out} files of other kinds were left out.\n")
    return status


def _run(source: Source, name: str, location: str, product: str | None, imported: Imported) -> int:
    before = imported.read_state(name).get("from") or ""
    check_location(imported, name, location, still_there="://" in before or Path(before).exists())
    with tqdm(desc=name, unit=" documents", file=sys.stderr) as bar:

        def tell() -> None:
            bar.total = source.expected
            bar.update()

        summary = asyncio.run(import_source(source, name, location, imported, Fields(product), _today(), tell))
    return _report(name, summary, imported)


def _report(name: str, summary: Summary, imported: Imported) -> int:
    for fault in summary.faults:
        sys.stderr.write(f"{fault}\n")
    counted = ", ".join(f"{summary.counts[kind]} {kind}" for kind in ("new", "changed", "gone", "unchanged"))
    sys.stdout.write(f"{name}: {counted}, {len(summary.faults)} faults\n")
    if summary.kept:
        sys.stdout.write(f"{summary.kept} missing ones are kept: they may be among those that could not be read.\n")
    waiting = [copy for copy in imported.copies(name) if copy.status == "draft"]
    if waiting:
        sys.stdout.write(
            f"{len(waiting)} wait for review in {imported.folder / name}\n"
            "  see them:          python -m knowledge.sources list --drafts\n"
            f"  take one into use: python -m knowledge.sources review {waiting[0].slug}\n"
        )
    return 1 if summary.faults else 0


def _list(arguments: argparse.Namespace, imported: Imported, _settings: Settings) -> int:
    for source in imported.sources():
        found = [copy for copy in imported.copies(source) if copy.status == "draft" or not arguments.drafts]
        sys.stdout.write(f"{source}: {len(found)}, from {imported.read_state(source).get('from')}\n" if found else "")
        for copy in found:
            state = "changed" if copy.is_changed else copy.status
            product = copy.fields.product or "no product"
            sys.stdout.write(f"  {state:<9} {copy.imported_on}  {copy.slug}  ({product}) {copy.title}\n")
    return 0


def _review(arguments: argparse.Namespace, imported: Imported, _settings: Settings) -> int:
    for slug in arguments.slugs:
        copy = imported.find(slug)
        if copy is None:
            raise SourceError(f"nothing imported is called `{slug}`; `python -m knowledge.sources list` shows what is")
        if copy.status == "reviewed":
            sys.stdout.write(f"{slug} is in use already\n")
            continue
        sys.stdout.write(f"in use: {imported.review(copy, arguments.product, _today())}\n")
    return 0


def _remove(arguments: argparse.Namespace, imported: Imported, _settings: Settings) -> int:
    if arguments.source not in imported.sources():
        raise SourceError(
            f"there is no source `{arguments.source}`; there are: {', '.join(imported.sources()) or 'none'}"
        )
    sys.stdout.write(f"{imported.remove_source(arguments.source)} documents removed\n")
    return 0


def _today() -> date:
    return datetime.now(UTC).astimezone(_INDIA).date()


if __name__ == "__main__":
    sys.exit(main())
