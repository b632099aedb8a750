"""One state of the knowledge: what a question is answered from, from beginning to end."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from knowledge.articles import Article
from knowledge.chunks import Passage, cut
from knowledge.index import Index, Vectors
from knowledge.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The articles by slug, their passages by id, their words, and the index that was built from them.

    `outside` are unit vectors, a row each, of questions that no article answers.
    """

    index: Index
    articles: dict[str, Article]
    passages: dict[str, Passage]
    lexicon: Lexicon
    vocabulary: "Vocabulary"
    outside: Vectors

    @classmethod
    def of(cls, index: Index, articles: dict[str, Article], lexicon: Lexicon, outside: Vectors) -> "Snapshot":
        """The state of those articles, which are the ones that the index was built from."""
        return cls(index, articles, _cut_all(articles), lexicon, Vocabulary(articles.values(), lexicon), outside)

    def with_articles(self, articles: dict[str, Article]) -> "Snapshot":
        """The state after a change of articles in the index; of those that stayed, the words are not read again."""
        vocabulary = Vocabulary(articles.values(), self.lexicon, self.vocabulary)
        return replace(self, articles=articles, passages=_cut_all(articles), vocabulary=vocabulary)


def _cut_all(articles: dict[str, Article]) -> dict[str, Passage]:
    return {passage.id: passage for article in articles.values() for passage in cut(article)}


@dataclass(frozen=True, slots=True)
class _Words:
    """Content words of one article: all of them, those of title, questions and headings, and each title
    or question alone."""

    article: Article
    everything: frozenset[str]
    focus: frozenset[str]
    pointers: tuple[frozenset[str], ...]


class Vocabulary:
    """Which article holds which content words, and how rare each word is. `before` is one of the same lexicon, whose
    articles are not read again where they are the same."""

    def __init__(self, articles: Iterable[Article], lexicon: Lexicon, before: "Vocabulary | None" = None) -> None:
        self._lexicon = lexicon
        self._texts: dict[str, frozenset[str]] = {}
        self._words: dict[str, _Words] = {}
        for article in articles:
            known = before.words_of(article) if before else None
            self._words[article.slug] = known or self._read(article)
        frequency = Counter(word for words in self._words.values() for word in words.everything)
        total = max(len(self._words), 1)
        self._idf = {word: math.log(1 + total / count) for word, count in frequency.items()}
        self._slips = {slip: word for word in self._idf if len(word) >= 5 for slip in _slips(word)}
        self._unknown = math.log(1 + 2 * total)

    def words_of(self, article: Article) -> _Words | None:
        """What was read of that very article; None when it is unknown or another one now."""
        words = self._words.get(article.slug)
        return words if words is not None and words.article == article else None

    def of_text(self, text: str) -> frozenset[str]:
        """The content words of a text of an article; worked out once."""
        words = self._texts.get(text)
        if words is None:
            words = self._texts[text] = frozenset(self._lexicon.content(text))
        return words

    def correct(self, word: str) -> str:
        """The word that the articles have in place of one with a slip of one letter; the word itself when none is."""
        if word in self._idf or len(word) < 5 or word.isdigit():
            return word
        return next((self._slips[slip] for slip in _slips(word) if slip in self._slips), word)

    def known(self, words: frozenset[str]) -> float:
        """Share of the words, weighted by rarity (idf), that any article has."""
        return self.share(words & self._idf.keys(), words)

    def coverage(self, words: frozenset[str], slug: str) -> tuple[float, float, float]:
        """`coverage`, `focus` and `overlap` of `knowledge.search.Evidence`."""
        of = self._words[slug]
        overlap = max(self.share(words & pointer, words | pointer) for pointer in of.pointers)
        return self.share(words & of.everything, words), self.share(words & of.focus, words), overlap

    def share(self, part: Iterable[str], whole: Iterable[str]) -> float:
        """The part's weight in the whole, 0 to 1; 0 when the whole is empty. An unknown word weighs most."""
        weight = self._weigh(whole)
        return self._weigh(part) / weight if weight else 0.0

    def _weigh(self, words: Iterable[str]) -> float:
        return sum(self._idf.get(word, self._unknown) for word in words)

    def _read(self, article: Article) -> _Words:
        pointers = tuple(frozenset(self._lexicon.content(text)) for text in (article.title, *article.questions))
        headings = (self._lexicon.content(section.heading) for section in article.sections)
        focus = frozenset[str]().union(*pointers, *headings)
        body = (self._lexicon.content(text) for text in article.texts())
        return _Words(article, focus.union(*body), focus, pointers)


def _slips(word: str) -> list[str]:
    """The word, and the word without each one of its letters: two words that share one are a slip apart."""
    return [word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]
