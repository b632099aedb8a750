"""`python -m bot.story_graph [topic]`: a picture a topic, and one of all; or that of one topic."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path, PurePosixPath

from bot.story_graph.drawing import draw
from bot.story_graph.paths import form_names, read_paths
from bot.validation.sources import read_sources

_ALL = "all"


def main() -> int:
    """Write the pictures and name them; 1 with the reason where the files cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m bot.story_graph", description=__doc__)
    parser.add_argument("topic", nargs="?", help="stem of a file in data/stories, such as payouts")
    parser.add_argument("--project", type=Path, default=Path(), help="folder with domain.yml and data/")
    parser.add_argument("--out", type=Path, default=Path("var/story-graph"), help="folder that the pictures go to")
    asked = parser.parse_args()
    sources, faults = read_sources(asked.project)
    if faults:
        sys.stderr.write("\n".join(map(str, faults)) + "\n")
        return 1
    forms = form_names(sources)
    topics = {
        PurePosixPath(source.file).stem: list(read_paths(source, forms))
        for source in sources
        if source.file.startswith("data/stories/")
    }
    if asked.topic and asked.topic not in topics:
        sys.stderr.write(f"There is no data/stories/{asked.topic}.yml. Topics: {', '.join(topics)}.\n")
        return 1
    pictures = {name: [(name, paths)] for name, paths in topics.items() if asked.topic in (None, name)}
    if not asked.topic:
        pictures[_ALL] = list(topics.items())
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, sections in pictures.items():
        path = asked.out / f"{name}.svg"
        path.write_text(draw(sections), encoding="utf-8")
        sys.stdout.write(f"{path}: {sum(len(paths) for _, paths in sections)} rules and stories\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
