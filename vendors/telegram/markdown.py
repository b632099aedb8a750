"""MarkdownV2 as Telegram reads it: what it would refuse is refused. https://core.telegram.org/bots/api#markdownv2-style"""

from dataclasses import dataclass, field
from typing import Any

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_MARKS = (("||", "spoiler"), ("__", "underline"), ("*", "bold"), ("_", "italic"), ("~", "strikethrough"))


class MarkdownFault(Exception):
    """A text that Telegram does not take; the message is what it says."""


@dataclass
class _Reader:
    source: str
    at: int = 0
    text: list[str] = field(default_factory=list)
    units: int = 0
    entities: list[dict[str, Any]] = field(default_factory=list)
    open: list[tuple[str, str, int, int]] = field(default_factory=list)  # mark, type, place in text, in source

    def read(self) -> None:
        while self.at < len(self.source):
            self._step()
        if self.open:
            _, kind, _, place = self.open[-1]
            raise MarkdownFault(
                f"can't parse entities: Can't find end of {kind.capitalize()} entity at byte offset {place}"
            )

    def _step(self) -> None:
        rest = self.source[self.at :]
        if rest[0] == "\\" and len(rest) > 1 and ord(rest[1]) < 127:
            self._put(rest[1], 2)
        elif rest.startswith("```"):
            self._take_code("```", "pre")
        elif rest[0] == "`":
            self._take_code("`", "code")
        elif rest[0] == "[":
            self._open("[", "text_link")
        elif rest[0] == "]" and any(mark == "[" for mark, *_ in self.open):
            self._close_link()
        elif rest[0] == ">" and (self.at == 0 or self.source[self.at - 1] == "\n"):
            self.at += 1
        elif mark := next(((mark, kind) for mark, kind in _MARKS if rest.startswith(mark)), None):
            self._toggle(*mark)
        elif rest[0] in _RESERVED:
            raise MarkdownFault(
                f"can't parse entities: Character '{rest[0]}' is reserved and must be escaped with the preceding '\\'"
            )
        else:
            self._put(rest[0], 1)

    def _put(self, text: str, length: int) -> None:
        self.text.append(text)
        self.units += count_units(text)
        self.at += length

    def _open(self, mark: str, kind: str) -> None:
        self.open.append((mark, kind, self.units, len(self.source[: self.at].encode())))
        self.at += len(mark)

    def _toggle(self, mark: str, kind: str) -> None:
        if self.open and self.open[-1][0] == mark:
            self._close(kind)
            self.at += len(mark)
        else:
            self._open(mark, kind)

    def _close(self, kind: str, **more: str) -> None:
        *_, begin, _ = self.open.pop()
        if self.units > begin:
            self.entities.append({"type": kind, "offset": begin, "length": self.units - begin, **more})

    def _close_link(self) -> None:
        if self.open[-1][0] != "[":
            _, kind, _, place = self.open[-1]
            raise MarkdownFault(f"can't parse entities: Can't find end of {kind.capitalize()} at byte offset {place}")
        self.at += 1
        if not self.source.startswith("(", self.at):
            self._close("text_link", url="")
            self.entities.pop()
            return
        url, self.at = self._until(")", self.at + 1)
        self._close("text_link", url=url)

    def _take_code(self, mark: str, kind: str) -> None:
        begin = self.units
        text, end = self._until(mark, self.at + len(mark))
        self._put(text, end - self.at)
        self.entities.append({"type": kind, "offset": begin, "length": self.units - begin})

    def _until(self, mark: str, at: int) -> tuple[str, int]:
        """The text up to the mark, its escapes undone, and where to go on."""
        found: list[str] = []
        while at < len(self.source):
            if self.source[at] == "\\" and at + 1 < len(self.source):
                found.append(self.source[at + 1])
                at += 2
            elif self.source.startswith(mark, at):
                return "".join(found), at + len(mark)
            else:
                found.append(self.source[at])
                at += 1
        place = len(self.source[: self.at].encode())
        raise MarkdownFault(f"can't parse entities: Can't find end of the entity starting at byte offset {place}")


def read_markdown(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without its marks and Telegram's `MessageEntity` objects. Raises `MarkdownFault`."""
    reader = _Reader(source)
    reader.read()
    return "".join(reader.text), sorted(reader.entities, key=lambda one: (one["offset"], -one["length"]))


def count_units(text: str) -> int:
    """The length as Telegram counts: UTF-16 units."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2
