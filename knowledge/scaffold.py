"""Scaffolds an article: `python -m knowledge.scaffold "Credit life insurance" --area loans` (`make article`)."""

import argparse
import re
import sys
import unicodedata
from pathlib import Path

from knowledge.articles.frontmatter import PRODUCTS
from knowledge.articles.library import ARTICLES, article_paths

_TEMPLATE = """\
---
title: {title}
label:                        # the name on a button: at most 20 characters, as no other article has it
  en: "TODO short name"
  hinglish: "TODO chhota naam"
  hi: "TODO छोटा नाम"
product: {product}            # one of: {products}
audience: [partner]           # who may be answered from it: partner, caller, agent
skill_level: beginner         # beginner, intermediate or advanced
language: en
valid_from: 9999-12-31        # TODO the day from which these facts hold; nobody is answered from here before it
valid_until: null             # TODO the last day on which they hold, or null when no end is known
source: "TODO the law, circular or rule that the facts come from, with its date"
reviewed: null                # the day of the second reading by other eyes; leave it null until then
questions:
  - "TODO a question as a partner types it, in English"
  - "TODO wahi sawaal Hinglish mein, jaise partner likhta hai"
  - "TODO वही सवाल हिन्दी में"
---

## Definition
TODO Two to four sentences in English that stand alone. Name the thing instead of writing "it" or "this".

### Hinglish
TODO Wahi baat Hinglish mein, jaise log bolte hain.

### Hindi
TODO वही बात सहज हिन्दी में।

## TODO a heading for the details
TODO Short paragraphs. Each sentence can be quoted alone. Write few exact figures rather than many vague ones.

| TODO what is compared | TODO first | TODO second |
|---|---|---|
| TODO | TODO | TODO |

1. TODO Steps go into a numbered list.
2. TODO One action a step.

## Script
### English
TODO What the partner can say to the customer, word for word.

### Hinglish
TODO Wahi baat, bolne ke andaaz mein.

### Hindi
TODO वही बात, बोलने के अंदाज़ में।

## Link
[TODO Title of the link](/articles/{slug})
"""


class ScaffoldError(Exception):
    """The article cannot be begun; the message says what to do instead."""


def slug_of(title: str) -> str:
    """The file name that belongs to a title: small letters and figures, joined by single hyphens.

    Raises `ScaffoldError` when nothing is left.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower().replace("'", "")
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not slug:
        raise ScaffoldError("Write a title in English letters: the article's address is made of it.")
    return slug


def scaffold(title: str, area: str, folder: Path) -> Path:
    """Writes a new article with hints, in `<folder>/<area>/`; its place. Raises `ScaffoldError`.

    It is sound as it stands, but its facts hold from a day far off, so that no hint is ever said to anybody.
    """
    title = " ".join(title.split())
    slug = slug_of(title)
    there = next((path for path in article_paths(folder) if path.stem == slug), None)
    if there is not None:
        raise ScaffoldError(f"{there} exists already: open that, or choose another title.")
    if area not in PRODUCTS:
        raise ScaffoldError(f"There is no area {area!r}. Write area= with one of: {', '.join(PRODUCTS)}.")
    quoted = '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'
    text = _TEMPLATE.format(title=quoted, product=area, products=", ".join(PRODUCTS), slug=slug)
    path = folder / area / f"{slug}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path


def main() -> int:
    """Writes the file and says what to do next."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("title")
    parser.add_argument("--area", default="partner", help=f"folder and product: {', '.join(PRODUCTS)}")
    parser.add_argument("--folder", type=Path, default=ARTICLES)
    arguments = parser.parse_args()
    try:
        path = scaffold(arguments.title, arguments.area, arguments.folder)
    except ScaffoldError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        f"{path}\n\nNext:\n"
        "  1. Open the file and replace every TODO. docs/add-knowledge.md tells what each field means.\n"
        "  2. make check-knowledge    names what is still wrong, with file and line.\n"
        "  3. Write `valid_from:`. From that day on a running assistant answers from it, within seconds.\n"
        "  4. Have somebody else read it, then set `reviewed:` to that day.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
