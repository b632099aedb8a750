"""Reads one article file (format: docs/add-knowledge.md; of imported ones: docs/import-knowledge.md)."""

import re
from pathlib import Path
from typing import cast

from knowledge.articles.body import Part, read_parts
from knowledge.articles.frontmatter import FrontMatter, Status, read_front_matter, read_status
from knowledge.articles.model import Article, ArticleError, BulletList, Link, Section
from language import Language

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE_OF = {"english": "en", "hinglish": "hinglish", "hindi": "hi"}
_EXAMPLE_LINK = "`[Title of the link](/articles/some-slug)`"
_MARKED = ("Definition", "Script", "Link")


def read_article(path: Path) -> Article:
    """The article in that file. Raises `ArticleError` with file, line and what to write."""
    slug = path.stem
    if not _SLUG.fullmatch(slug):
        raise ArticleError(path, 1, "name the file with small letters, figures and single hyphens, as `claim-steps.md`")
    front = read_front_matter(path, _read_text(path))
    parts = read_parts(front.body, front.body_line, with_places=bool(front.imported_from))
    if parts[0].blocks:
        raise ArticleError(path, parts[0].line, "put this text under a heading; the first is `## Definition`")
    groups = {name: _group(path, parts, name, needed=_is_needed(name, front)) for name in _MARKED}
    return Article(
        slug=slug,
        title=front.title,
        product=front.product,
        audience=front.audience,
        skill_level=front.skill_level,
        language=front.language,
        valid_from=front.valid_from,
        valid_until=front.valid_until,
        source=front.source,
        reviewed=front.reviewed,
        questions=front.questions,
        definition=_definition(path, groups["Definition"], front),
        sections=_sections(parts, groups),
        script=_script(path, groups["Script"], front),
        link=_link(path, groups["Link"]),
        imported_from=front.imported_from,
        place=groups["Definition"][0].place,
        label=front.label,
    )


def read_article_status(path: Path) -> Status:
    """Whether the file may be answered from. Raises `ArticleError` when that cannot be told."""
    text = _read_text(path)
    # Most files are ours and are parsed only once, by `read_article`.
    return read_status(path, text) if "imported_from" in text else "reviewed"


def _read_text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        line = path.read_bytes()[: fault.start].count(b"\n") + 1
        raise ArticleError(path, line, "save the file as UTF-8") from fault
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _is_needed(name: str, front: FrontMatter) -> bool:
    return name == "Definition" or not front.imported_from


def _group(path: Path, parts: list[Part], heading: str, *, needed: bool) -> list[Part]:
    """The section of that heading and the sub-headings below it; empty when there is none and none is needed."""
    starts = [n for n, part in enumerate(parts) if part.level == 2 and part.heading.lower() == heading.lower()]
    if not starts and not needed:
        return []
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


def _definition(path: Path, group: list[Part], front: FrontMatter) -> dict[Language, str]:
    first, *rest = group
    if not first.text:
        raise ArticleError(path, first.line, "write two to four sentences under `## Definition`, as prose")
    if front.imported_from:
        return {front.language: first.text, **_by_language(path, rest, (), "Definition")}
    if not rest:
        raise ArticleError(path, first.line, "add `### Hinglish` and `### Hindi` to `## Definition`")
    return {"en": first.text, **_by_language(path, rest, ("hinglish", "hi"), "Definition")}


def _script(path: Path, group: list[Part], front: FrontMatter) -> dict[Language, str]:
    if not group:
        return {}
    first, *rest = group
    if first.blocks or not rest:
        message = "write the script under `### English`, `### Hinglish` and `### Hindi`"
        raise ArticleError(path, first.line, message)
    needed: tuple[Language, ...] = () if front.imported_from else ("en", "hinglish", "hi")
    return _by_language(path, rest, needed, "Script")


def _link(path: Path, group: list[Part]) -> Link | None:
    if not group:
        return None
    first = group[0]
    if len(first.links) != 1:
        raise ArticleError(path, first.line, f"write one link under `## Link`: {_EXAMPLE_LINK}")
    link, line = first.links[0]
    if not link.title or not link.url.startswith(("/articles/", "/tools/", "https://")):
        raise ArticleError(path, line, f"write a title and a page of ours or https: {_EXAMPLE_LINK}")
    return link


def _sections(parts: list[Part], groups: dict[str, list[Part]]) -> tuple[Section, ...]:
    """The details: every part that belongs to none of the three marked sections."""
    marked = {id(part) for group in groups.values() for part in group}
    details = [part for part in parts[1:] if part.blocks and id(part) not in marked]
    return tuple(Section(part.heading, tuple(part.blocks), part.place) for part in details)
