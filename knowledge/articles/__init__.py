"""The articles, one markdown file each in `<area>/<slug>.md`, and their reader."""

from knowledge.articles.library import Library, article_paths, read_articles
from knowledge.articles.model import Article, ArticleError, Block, BulletList, Link, Paragraph, Section, Table
from knowledge.articles.reader import read_article

__all__ = [
    "Article",
    "ArticleError",
    "Block",
    "BulletList",
    "Library",
    "Link",
    "Paragraph",
    "Section",
    "Table",
    "article_paths",
    "read_article",
    "read_articles",
]
