"""How often the language of a message is named right, on parallel Hinglish and English sentences.

    .venv/bin/python -m benchmarks.language path/to/hinglish_top/validation.csv

The file has the columns `cs_query` (Hinglish) and `en_query` (English), one sentence pair a row.
"""

import argparse
import csv
import sys
import time
from pathlib import Path

from language import Language, detect

COLUMNS: dict[str, Language] = {"cs_query": "hinglish", "en_query": "en"}


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure language detection on parallel sentences.")
    parser.add_argument("file", type=Path, help="a CSV file with the columns cs_query and en_query")
    file: Path = parser.parse_args().file
    if not file.is_file():
        print(f"{file} is not there: give the CSV file with the parallel sentences.", file=sys.stderr)
        return 1
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    lacking = [column for column in COLUMNS if not rows or column not in rows[0]]
    if lacking:
        print(f"{file} has no rows with the column {' and '.join(lacking)}.", file=sys.stderr)
        return 1
    for column, language in COLUMNS.items():
        texts = [row[column] for row in rows]
        start = time.perf_counter()
        right = sum(detect(text) == language for text in texts)
        microseconds = (time.perf_counter() - start) / len(texts) * 1e6
        print(f"{language:<9} {right / len(texts):.4f} of {len(texts)} named right, {microseconds:.0f} us a message")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
