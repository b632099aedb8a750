"""Reads one article file (format: docs/add-knowledge.md)."""

import re
from pathlib import Path
from typing import cast

from knowledge.articles.body import Part, read_parts
from knowledge.articles.frontmatter import read_front_matter
from knowledge.articles.model import Article, ArticleError, BulletList, Link, Section
from language import Language

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE_OF = {"english": "en", "hinglish": "hinglish", "hindi": "hi"}
_EXAMPLE_LINK = "`[Title of the link](/articles/some-slug)`"


def read_article(path: Path) -> Article:
    """The article in that file. Raises `ArticleError` with file, line and what to write."""
    slug = path.stem
    if not _SLUG.fullmatch(slug):
        raise ArticleError(path, 1, "name the file with small letters, figures and single hyphens, as `claim-steps.md`")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        line = path.read_bytes()[: fault.start].count(b"\n") + 1
        raise ArticleError(path, line, "save the file as UTF-8") from fault
    front = read_front_matter(path, text.removeprefix("\ufeff").replace("\r\n", "\n"))
    parts = read_parts(front.body, front.body_line)
    if parts[0].blocks:
        raise ArticleError(path, parts[0].line, "put this text under a heading; the first is `## Definition`")
    return Article(
        slug=slug,
        title=front.title,
        product=front.product,
        audience=front.audience,
        skill_level=front.skill_level,
        language="en",
        valid_from=front.valid_from,
        valid_until=front.valid_until,
        source=front.source,
        reviewed=front.reviewed,
        questions=front.questions,
        definition=_definition(path, parts),
        sections=_sections(path, parts),
        script=_script(path, parts),
        link=_link(path, parts),
    )


def _group(path: Path, parts: list[Part], heading: str) -> list[Part]:
    """The section of that heading and the sub-headings below it."""
    starts = [n for n, part in enumerate(parts) if part.level == 2 and part.heading.lower() == heading.lower()]
    if not starts:
        raise ArticleError(path, parts[-1].line, f"add a section `## {heading}`")
    if len(starts) > 1:
        raise ArticleError(path, parts[starts[1]].line, f"write `## {heading}` once")
    group = [parts[starts[0]]]
    for part in parts[starts[0] + 1 :]:
        if part.level <= 2:
            break
        group.append(part)
    return group


def _by_language(path: Path, group: list[Part], needed: tuple[Language, ...], name: str) -> dict[Language, str]:
    texts: dict[Language, str] = {}
    for part in group:
        language = _LANGUAGE_OF.get(part.heading.lower())
        if language is None:
            raise ArticleError(path, part.line, f"under `## {name}` write only ### English, ### Hinglish, ### Hindi")
        if any(isinstance(block, BulletList) for block in part.blocks) or not part.text:
            raise ArticleError(path, part.line, f"write the {name.lower()} in {part.heading} here, as prose")
        texts[cast("Language", language)] = part.text
    headings = {"en": "### English", "hinglish": "### Hinglish", "hi": "### Hindi"}
    for language in needed:
        if language not in texts:
            raise ArticleError(path, group[-1].line if group else 1, f"add `{headings[language]}` to `## {name}`")
    return texts


def _definition(path: Path, parts: list[Part]) -> dict[Language, str]:
    first, *rest = _group(path, parts, "Definition")
    if not first.text:
        raise ArticleError(path, first.line, "write two to four sentences under `## Definition`, as prose")
    if not rest:
        raise ArticleError(path, first.line, "add `### Hinglish` and `### Hindi` to `## Definition`")
    return {"en": first.text, **_by_language(path, rest, ("hinglish", "hi"), "Definition")}


def _script(path: Path, parts: list[Part]) -> dict[Language, str]:
    first, *rest = _group(path, parts, "Script")
    if first.blocks or not rest:
        message = "write the script under `### English`, `### Hinglish` and `### Hindi`"
        raise ArticleError(path, first.line, message)
    return _by_language(path, rest, ("en", "hinglish", "hi"), "Script")


def _link(path: Path, parts: list[Part]) -> Link:
    first = _group(path, parts, "Link")[0]
    if len(first.links) != 1:
        raise ArticleError(path, first.line, f"write one link under `## Link`: {_EXAMPLE_LINK}")
    link, line = first.links[0]
    if not link.title or not link.url.startswith(("/articles/", "/tools/", "https://")):
        raise ArticleError(path, line, f"write a title and a page of ours or https: {_EXAMPLE_LINK}")
    return link


def _sections(path: Path, parts: list[Part]) -> tuple[Section, ...]:
    """The details: every part that belongs to none of the three marked sections."""
    marked = {id(part) for name in ("Definition", "Script", "Link") for part in _group(path, parts, name)}
    details = [part for part in parts[1:] if part.blocks and id(part) not in marked]
    return tuple(Section(part.heading, tuple(part.blocks)) for part in details)
