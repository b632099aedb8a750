"""The pages: articles, the demo, and what they load. No page runs or loads anything from elsewhere."""

from pathlib import Path

import jinja2
from aiohttp import web

from channels.errors import ApiError
from knowledge.articles import Article, Library, read_articles
from knowledge.articles.library import ARTICLES, article_paths
from saathi.settings import Settings

WEB = Path(__file__).resolve().parent / "web"


class Shelf:
    """The articles as they lie in the folders, read again when a file changed."""

    def __init__(self, folder: Path = ARTICLES, *more: Path) -> None:
        self._folders = (folder, *more)
        self._seen: dict[Path, int] = {}
        self._library = Library({}, ())

    def find(self, slug: str) -> Article | None:
        """The article with this slug, as it stands now."""
        seen = {path: path.stat().st_mtime_ns for path in article_paths(*self._folders)}
        if seen != self._seen:
            self._seen, self._library = seen, read_articles(*self._folders)
        return self._library.articles.get(slug)


class Pages:
    """The handlers of the pages."""

    def __init__(self, settings: Settings, shelf: Shelf) -> None:
        self._settings = settings
        self._shelf = shelf
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(WEB / "pages"), autoescape=True, undefined=jinja2.StrictUndefined
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        """The pages' addresses; the demo page only where it is wanted."""
        found: list[web.AbstractRouteDef] = [
            web.get("/articles/{slug}", self.show_article),
            web.static("/static", WEB / "static"),
        ]
        return [*found, web.get("/", self.show_demo)] if self._settings.saathi_demo else found

    async def show_article(self, request: web.Request) -> web.Response:
        """An article as a page, the target of citations."""
        article = self._shelf.find(request.match_info["slug"])
        if article is None:
            raise ApiError(404, "not_found", "There is no such article.")
        return self._render("article.html", article=article)

    async def show_demo(self, _request: web.Request) -> web.Response:
        """A host app's page with the chat, signed in as a demo partner."""
        return self._render("demo.html")

    def _render(self, template: str, **values: object) -> web.Response:
        page = self._templates.get_template(template).render(**values)
        return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": self._policy()})

    def _policy(self) -> str:
        """What a page may load and talk to: our own host alone."""
        socket = self._settings.origin.replace("http", "ws", 1)
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            f"connect-src 'self' {socket}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
