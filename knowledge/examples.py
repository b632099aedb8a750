"""Writes what the encoder learns search from: `python -m knowledge.examples <file>` (a step of `make encoder`).

One JSON line an article: `article` (its slug), `questions` (its own and the training ones, as typed and as search
glosses them) and `passages` (title, definitions and sections, as they are indexed).
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

TRAINING = Path(__file__).resolve().parent.parent / "data" / "knowledge" / "training_questions"


def read_training(folder: Path = TRAINING) -> list[dict[str, Any]]:
    """The training questions of all files: `question`, `language`, and `article`, null where none answers."""
    return [row for file in sorted(folder.glob("*.yml")) for row in yaml.safe_load(file.read_text(encoding="utf-8"))]


def list_examples(articles: dict[str, Article], lexicon: Lexicon) -> Iterator[dict[str, Any]]:
    """The lines of the file."""
    asked: dict[str, list[str]] = defaultdict(list)
    for row in read_training():
        asked[row["article"]].append(row["question"])
    for slug, article in sorted(articles.items()):
        questions = [*article.questions, *asked[slug]]
        glossed = [gloss for text in questions if (gloss := lexicon.gloss(text)) != text]
        passages = [p.searchable for p in cut(article) if p.kind in {"title", "definition", "section"}]
        yield {"article": slug, "questions": [*questions, *glossed], "passages": passages}


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
