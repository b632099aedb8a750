"""`python -m benchmarks.knowledge [--quick]`: measure search and answers, print the tables, write JSON.

    make bench-knowledge QUESTIONS=my_questions.yml UNANSWERABLE=my_others.yml BENCH=--quick

docs/knowledge-benchmark.md says how to read it.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.knowledge import latency, machine, report, retrieval, ways
from benchmarks.knowledge.answers import ask_all
from benchmarks.knowledge.judge import Judge
from benchmarks.knowledge.message import Writer
from benchmarks.knowledge.questions import Asked, QuestionsError, read_answerable, read_unanswerable
from benchmarks.knowledge.rankers import WholeRanker
from benchmarks.knowledge.synthetic import Generator
from benchmarks.knowledge.targets import targets
from benchmarks.knowledge.workshop import RebuildError, Workshop
from benchmarks.report import commit, write
from benchmarks.servers import ROOT
from encoder import Encoder
from knowledge.articles import read_articles
from knowledge.base import Knowledge
from knowledge.gate import Gate
from knowledge.snapshot import Snapshot
from saathi.clock import today_in_india

HELD_OUT = ROOT / "tests" / "knowledge" / "questions"
SIZES, QUICK_SIZES = (100, 1_000, 10_000, 100_000), (100, 1_000)


async def run(
    asked: Sequence[Asked],
    others: Sequence[Asked],
    workshop: Workshop,
    encoders: Path,
    sizes: Sequence[int],
    timed: int = 300,
) -> dict[str, Any]:
    """All measurements, as JSON; `timed` questions are asked for each latency."""
    today, encoder, gate = today_in_india(), Encoder.load(), Gate.load()
    say("building the index from nothing ...")
    rebuild = workshop.rebuild()
    knowledge, load_s = await workshop.load(encoder)
    rankers = ways.Ways(workshop, knowledge, encoder, gate, today, encoders)
    return {
        "rebuild": asdict(rebuild),
        "load_s": load_s,
        "retrieval": {name: await rank(rankers, name, asked) for name in ways.NAMES},
        "answers": await answer([*asked, *others], knowledge, workshop, encoder, gate, today),
        **await time_searches([*asked, *others], knowledge, workshop, encoder, sizes, timed, today),
    }


async def rank(rankers: ways.Ways, name: str, asked: Sequence[Asked]) -> Any:
    """The scores of that way to search; in words why there are none."""
    try:
        return await retrieval.measure(name, await rankers.make(name), asked)
    except ways.NoModelError as error:
        return str(error)


async def answer(
    asked: Sequence[Asked], knowledge: Snapshot, workshop: Workshop, encoder: Encoder, gate: Gate, today: date
) -> dict[str, Any]:
    """What the assistant's own knowledge base answers, and what is wrong with it."""
    judge = Judge(knowledge.articles, workshop.files, knowledge.lexicon, Writer(today))
    whole = WholeRanker(knowledge, encoder, gate, today)
    answering = await Knowledge.open(workshop.copy_index(), encoder, gate, workshop.articles)
    try:
        return (await ask_all(asked, answering, judge, whole, today)).report()
    finally:
        await answering.close()


async def time_searches(
    asked: Sequence[Asked],
    knowledge: Snapshot,
    workshop: Workshop,
    encoder: Encoder,
    sizes: Sequence[int],
    timed: int,
    today: date,
) -> dict[str, Any]:
    """Milliseconds of encoding and of searches by size."""
    warm_up = [question for article in knowledge.articles.values() for question in article.questions]
    stopwatch = latency.Stopwatch(knowledge, Encoder.load, latency.all_different(asked, timed), warm_up, today)
    generator = Generator(knowledge.articles, workshop.vectors(knowledge, encoder), knowledge.lexicon)
    return {
        "encoding": stopwatch.time_encoding().report(),
        "latency": await latency.measure(sizes, generator, stopwatch, timed, today),
    }


def show(found: dict[str, Any]) -> None:
    """All tables, the figures that need none, and what must hold."""
    print("\n".join(["", f"{found['date']}, commit {found['commit']}", *machine.lines(found["machine"])]))
    print(f"\nRetrieval\n{report.retrieval(found['retrieval'])}")
    print(f"\nDecisions, per cent\n{report.decisions(found['answers'])}")
    print(f"\nAnswers\n{report.quality(found['answers'])}")
    print(f"\nLatency, milliseconds\n{report.latency(found['latency'])}")
    rebuild, encoding, whole = found["rebuild"], found["encoding"], found["answers"]["milliseconds"]
    print(f"encoding a fresh question: p50 {encoding['p50']:.2f}, p95 {encoding['p95']:.2f}")
    print(f"a question of the file to its answer: p50 {whole['p50']:.2f}, p95 {whole['p95']:.2f}")
    print(f"rebuild of {rebuild['articles']} articles, {rebuild['chunks']:,} chunks: {rebuild['seconds']:.1f} s")
    print(f"loading them with their index: {found['load_s']:.2f} s")
    verdict = {True: "holds", False: "MISSED", None: "-"}
    lines = [["must hold", "measured", ""], *([t.what, t.measured, verdict[t.holds]] for t in targets(found))]
    print(f"\n{report.table(lines, left=1)}")


def say(line: str) -> None:
    """Progress for whoever waits."""
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Measure and print; 1 when the questions cannot be read or the index cannot be built."""
    parser = argparse.ArgumentParser(description="Measure search and answers of the knowledge base.")
    parser.add_argument("--questions", type=Path, default=HELD_OUT / "held_out_answerable.yml", help="answerable ones")
    parser.add_argument("--unanswerable", type=Path, default=HELD_OUT / "held_out_unanswerable.yml", help="the others")
    parser.add_argument("--encoders", type=Path, default=ROOT / "var" / "encoder", help="what `make encoder` left")
    parser.add_argument("--quick", action="store_true", help="small indexes only")
    given = parser.parse_args()
    measured = machine.describe()
    try:
        slugs = frozenset(read_articles().articles)
        asked, others = read_answerable(given.questions, slugs), read_unanswerable(given.unanswerable)
        with TemporaryDirectory() as folder:
            sizes = QUICK_SIZES if given.quick else SIZES
            found = asyncio.run(run(asked, others, Workshop(Path(folder)), given.encoders, sizes))
    except (QuestionsError, RebuildError) as error:
        say(str(error))
        return 1
    command = " ".join(["python -m benchmarks.knowledge", *sys.argv[1:]])
    date_and_time = f"{datetime.now().astimezone():%Y-%m-%d %H:%M %z}"
    found = {"command": command, "date": date_and_time, "commit": commit(ROOT), "machine": measured, **found}
    show(found)
    print(f"written to {os.path.relpath(write(found, ROOT / 'var' / 'bench'))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
