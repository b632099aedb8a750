"""Whether an answer stands in the articles that it cites, fits its channels, and has what was asked for."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.knowledge.claims import dates, figures, names
from benchmarks.knowledge.message import Writer
from benchmarks.knowledge.questions import Asked
from knowledge.answers import Answer
from knowledge.articles import Article, BulletList
from knowledge.lexicon import Lexicon

MOST_CHARACTERS = 1600  # of a message on the narrowest channel
MOST_SPOKEN = 60  # words: 25 seconds
CHECKS = {
    "url": "each citation's url resolves to an article",
    "page": "each quote stands on the article's page",
    "file": "each quote stands in the markdown file",
    "figures": "each figure stands in a quote",
    "dates": "each date stands in a quote",
    "names": "each name (capitalised word) stands in a quote",
    "message": f"the message has at most {MOST_CHARACTERS:,} characters",
    "spoken": f"what is spoken has at most {MOST_SPOKEN} words",
}
_CLAIMS: dict[str, Callable[[str], frozenset[str]]] = {"figures": figures, "dates": dates, "names": names}
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_LEFT_OUT = re.compile(r"[\s|*`\\]+")


class Judge:
    """Checks answers against the articles as they were read and against the files as they lie there."""

    def __init__(self, articles: dict[str, Article], files: dict[str, Path], lexicon: Lexicon, writer: Writer) -> None:
        self._articles = articles
        self._files = {slug: _squeeze(_body(path)) for slug, path in files.items()}
        self._lexicon = lexicon
        self._writer = writer

    async def check(self, answer: Answer, one: Asked) -> list[tuple[str, str]]:
        """What is wrong with the answer: the name of the check, and what it found."""
        faults = list(self._citations(answer))
        for text in _texts(answer):
            faults.extend(_unbacked(text, answer))
        length = len(await self._writer.write(answer, one.text, one.language))
        if length > MOST_CHARACTERS:
            faults.append(("message", f"{length} characters"))
        words = sum(any(map(str.isalnum, word)) for word in answer.spoken.split())
        if not 0 < words <= MOST_SPOKEN:
            faults.append(("spoken", f"{words} words"))
        return faults

    def wishes(self, answer: Answer, one: Asked) -> Iterator[tuple[str, bool]]:
        """What the question asks for, and whether the answer has it."""
        if self._lexicon.asks_number(one.text):
            yield "a number", bool(answer.point and figures(answer.point))
        if self._lexicon.asks_steps(one.text):
            steps = _steps(self._articles[answer.articles[0]])
            yield "steps", bool(steps.intersection(answer.details))
            if steps:
                yield "steps, of an article that has some", bool(steps.intersection(answer.details))
        if self._lexicon.asks_comparison(one.text):
            yield "a comparison", answer.table is not None

    def _citations(self, answer: Answer) -> Iterator[tuple[str, str]]:
        if not answer.citations:
            yield "url", "no citation at all"
        for citation in answer.citations:
            slug = citation.url.removeprefix("/articles/")
            article = self._articles.get(slug)
            if article is None or article.url != citation.url:
                yield "url", f"{citation.url} is no article"
                continue
            if not article.quotes(citation.quote):
                yield "page", f"not on the page: {citation.quote!r}"
            if any(_squeeze(line) not in self._files[slug] for line in citation.quote.splitlines()):
                yield "file", f"not in the file: {citation.quote!r}"


def _texts(answer: Answer) -> Iterator[str]:
    """What the answer says of its own; titles, the link and the question offered next are names of pages."""
    yield from (text for text in (answer.point, answer.definition, *answer.details, answer.script) if text)
    yield from answer.table.lines if answer.table else ()
    yield answer.spoken


def _unbacked(text: str, answer: Answer) -> Iterator[tuple[str, str]]:
    """The claims of the text that no single quote has all of, as lacking in the quote that has most."""
    for check, claims in _CLAIMS.items():
        lacking = [claims(text) - claims(citation.quote) for citation in answer.citations] or [claims(text)]
        fewest = min(lacking, key=len)
        if fewest:
            yield check, f"{', '.join(sorted(fewest))} in no quote: {text!r}"


def _steps(article: Article) -> frozenset[str]:
    blocks = (block for section in article.sections for block in section.blocks)
    return frozenset(
        item for block in blocks if isinstance(block, BulletList) and block.ordered for item in block.items
    )


def _body(path: Path) -> str:
    """The file without its front matter."""
    return path.read_text(encoding="utf-8").split("---\n", 2)[2]


def _squeeze(text: str) -> str:
    """The text without white space, bars and marks of markdown; a link is its title."""
    return _LEFT_OUT.sub("", _LINK.sub(r"\1", text))
