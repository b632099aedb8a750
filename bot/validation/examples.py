"""Examples that stand twice: under two intents, within one, in the test set; and those that nearly do."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from math import ceil

from bot.text import latin_form
from bot.validation.assistant import Assistant, Example, lines_of
from bot.validation.finding import Finding
from bot.validation.nodes import field, items

_ALIKE = 0.8  # share of words that two examples have in common, of all their words
_FEWEST_WORDS = 3
_WORD = re.compile(r"\w+")


def check_examples(assistant: Assistant) -> Iterator[Finding]:
    """Yield lines that are no example, repeated examples and nearly repeated ones."""
    examples = assistant.examples
    yield from _check_lines(assistant)
    latin = {example: " ".join(_WORD.findall(latin_form(example.plain))) for example in examples}
    yield from _check_repeated(examples)
    yield from _check_test_set(examples, assistant.test_examples)
    yield from _check_two_intents(latin)
    yield from _check_alike({example: frozenset(form.split()) for example, form in latin.items()}, latin)
    for example in examples:
        if re.search(r"\[[^\]]*\]\s+[({]|\][({][^)}]*$|\[[^\]]*$", example.text):
            wrong = f"the marking in '{_short(example)}' is not closed or has a space within"
            yield Finding(example.place, wrong, "Write it as [words](entity)")


def _check_lines(assistant: Assistant) -> Iterator[Finding]:
    for file, root in assistant.roots.items():
        blocks = (field(item, "examples") for item in items(field(root, "nlu")))
        for line, place in (found for block in blocks if block is not None for found in lines_of(file, block)):
            if not line.startswith("- "):
                wrong = f"the line '{line.strip()[:60]}' is no example, since it does not begin with '- '"
                yield Finding(place, wrong, "Begin every example with '- ', each on a line of its own")


def _written(example: Example) -> str:
    """The form in which an example repeats another: the script stays, case and stops do not count."""
    return " ".join(re.findall(r"[^\s.,!?।\"']+", example.plain.casefold()))


def _check_repeated(examples: Iterable[Example]) -> Iterator[Finding]:
    seen: dict[tuple[str, str], Example] = {}
    for example in examples:
        first = seen.setdefault((example.intent, _written(example)), example)
        if first is not example:
            wrong = f"'{_short(example)}' stands twice under '{example.intent}', first at {first.place}"
            yield Finding(example.place, wrong, "Delete one", is_warning=True)


def _check_test_set(examples: Iterable[Example], test_examples: Iterable[Example]) -> Iterator[Finding]:
    tested = {_written(example): example for example in test_examples}
    for example in examples:
        test = tested.get(_written(example))
        if test is not None:
            wrong = f"'{_short(example)}' is also in the test set, at {test.place}"
            yield Finding(example.place, wrong, "Delete it here: a test must be new to the model", is_warning=True)


def _check_two_intents(latin: dict[Example, str]) -> Iterator[Finding]:
    seen: dict[str, Example] = {}
    for example, form in latin.items():
        first = seen.setdefault(form, example)
        if first.intent != example.intent:
            wrong = f"'{_short(example)}' stands under '{example.intent}' and, at {first.place}, under '{first.intent}'"
            yield Finding(example.place, wrong, "Keep it under the intent that decides what happens next")


def _check_alike(words: dict[Example, frozenset[str]], latin: dict[Example, str]) -> Iterator[Finding]:
    """Compare only examples that share one of their rarest words: those too alike must share one of the first few."""
    counts = Counter(word for found in words.values() for word in found)
    index: dict[str, list[Example]] = defaultdict(list)
    for example, own in words.items():
        if len(own) < _FEWEST_WORDS:
            continue
        rarest = sorted(own, key=lambda word: (counts[word], word))[: len(own) - ceil(_ALIKE * len(own)) + 1]
        near = {other: None for word in rarest for other in index[word] if other.intent != example.intent}
        for other in near:
            common = len(own & words[other])
            if common >= _ALIKE * (len(own) + len(words[other]) - common) and latin[other] != latin[example]:
                wrong = (
                    f"'{_short(example)}' under '{example.intent}' is nearly '{_short(other)}' "
                    f"under '{other.intent}', at {other.place}"
                )
                yield Finding(example.place, wrong, "Reword one so that they differ", is_warning=True)
        for word in rarest:
            index[word].append(example)


def _short(example: Example) -> str:
    return example.plain if len(example.plain) <= 60 else example.plain[:57] + "..."
