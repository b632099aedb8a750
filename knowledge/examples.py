"""Writes what the encoder learns search from: `python -m knowledge.examples <file>` (a step of `make encoder`).

One JSON line an article: `article` (its slug), `questions` (its own, as typed and as search glosses them), `passages`
(title, definitions and sections, as they are indexed) and `held`: the calibration questions that it answers, which
the encoder is measured on and must not have seen.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from knowledge.articles import Article, read_articles
from knowledge.chunks import cut
from knowledge.lexicon import Lexicon

CALIBRATION = Path(__file__).resolve().parent.parent / "data" / "knowledge" / "calibration_questions"


def read_questions(folder: Path = CALIBRATION) -> list[dict[str, Any]]:
    """The calibration questions of all files: `question`, `language`, and and `article`: a slug, slugs
    of which each answers, or null where none does."""
    return [row for file in sorted(folder.glob("*.yml")) for row in yaml.safe_load(file.read_text(encoding="utf-8"))]


def list_examples(articles: dict[str, Article], lexicon: Lexicon) -> Iterator[dict[str, Any]]:
    """The lines of the file."""
    held: dict[str, list[str]] = defaultdict(list)
    for row in read_questions():
        if isinstance(row["article"], str):  # some are answered by either of two
            held[row["article"]].append(row["question"])
    for slug, article in sorted(articles.items()):
        glossed = [gloss for text in article.questions if (gloss := lexicon.gloss(text)) != text]
        passages = [p.searchable for p in cut(article) if p.kind in {"title", "definition", "section"}]
        questions = [*article.questions, *glossed]
        yield {"article": slug, "questions": questions, "passages": passages, "held": held[slug]}


def main() -> int:
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    file = parser.parse_args().file
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(line, ensure_ascii=False) for line in list_examples(read_articles().articles, Lexicon.load())]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
