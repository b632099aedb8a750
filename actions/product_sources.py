"""What replies about products cite: the product's page, and the article on its kind."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import structlog
from rasa_sdk.executor import CollectingDispatcher

from actions.product_replies import Reply
from actions.turn import payload
from knowledge.articles import ArticleError, read_article
from language import Language
from saathi.products import Product
from saathi.products.wording import Wording

_log = structlog.get_logger("actions")


class Sources:
    """`address` is where people reach the gateway, `articles` the folder of the articles."""

    def __init__(self, address: str, today: Callable[[], date], articles: Path) -> None:
        self._address = address
        self._today = today
        self._articles = articles

    def cite(self, products: Iterable[Product], wording: Wording, language: Language) -> list[dict[str, str]]:
        """Each product with its sentence, then each article that is current with its definition."""
        listed = tuple(products)
        cited = [
            {"title": wording.name(p), "url": p.url, "quote": p.strength.say(language), "place": ""} for p in listed
        ]
        return [*cited, *(one for slug in dict.fromkeys(p.article for p in listed) for one in self._cite(slug))]

    def write(self, citations: Iterable[dict[str, str]]) -> str:
        """Citations as lines of text, with whole addresses."""
        return "\n".join(f"{one['title']}: {self._address}{one['url']}" for one in citations)

    def _cite(self, slug: str) -> list[dict[str, str]]:
        path = next(self._articles.glob(f"*/{slug}.md"), None)
        try:
            article = read_article(path) if path else None
        except ArticleError as error:
            _log.error("article_broken", reason=str(error))
            return []
        if article is None or not article.is_current(self._today()):
            return []
        quote = next(iter(article.definition.values()))
        return [{"title": article.title, "url": article.url, "quote": quote, "place": "Definition"}]


def utter_reply(
    dispatcher: CollectingDispatcher, reply: Reply, sources: Sources, wording: Wording, language: Language
) -> None:
    """Utters a reply with its card, and what it cites."""
    citations = sources.cite(reply.products, wording, language)
    dispatcher.utter_message(
        response=reply.response,
        json_message=payload("answered", card=reply.card, citations=citations),
        sources=sources.write(citations),
        **reply.filling,
    )
