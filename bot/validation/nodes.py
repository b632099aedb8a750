"""Looking into YAML nodes, which know their lines. A node of another kind than asked for holds nothing.

What has the wrong shape is reported by Rasa's own readers; the checks here only must not stumble over it.
"""

from __future__ import annotations

from collections.abc import Iterator

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from bot.validation.finding import Place


def entries(node: Node | None) -> Iterator[tuple[str, Node, Node]]:
    """Yield key, the key's node and the value's node of a mapping."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield key.value, key, value


def items(node: Node | None) -> Iterator[Node]:
    """Yield the items of a list."""
    if isinstance(node, SequenceNode):
        yield from node.value


def field(node: Node | None, name: str) -> Node | None:
    """Return the value of the key `name` of a mapping, or None."""
    return next((value for key, _, value in entries(node) if key == name), None)


def text_of(node: Node | None) -> str | None:
    """Return the text of a scalar, or None."""
    return str(node.value) if isinstance(node, ScalarNode) else None


def named(node: Node | None) -> Iterator[tuple[str, Node]]:
    """Yield the names that a list holds, written `- name` or `- name: {...}`, or that are a mapping's keys."""
    for item in items(node):
        name = text_of(item)
        if name is not None:
            yield name, item
        yield from ((key, at) for key, at, _ in entries(item))
    yield from ((key, at) for key, at, _ in entries(node))


def scalars(node: Node | None) -> Iterator[ScalarNode]:
    """Yield every scalar below `node`, keys aside."""
    if isinstance(node, ScalarNode):
        yield node
    for item in items(node):
        yield from scalars(item)
    for _, _, value in entries(node):
        yield from scalars(value)


def place_of(file: str, node: Node) -> Place:
    """Return where a node begins."""
    return Place(file, node.start_mark.line + 1)


def find_below(file: str, node: Node | None, name: str) -> Place | None:
    """Return the first line at or below `node` that writes `name`, as a key or a value."""
    if node is not None and text_of(node) == name:
        return place_of(file, node)
    for key, at, value in entries(node):
        found = place_of(file, at) if key == name else find_below(file, value, name)
        if found is not None:
            return found
    return next((found for item in items(node) if (found := find_below(file, item, name))), None)
