"""Which inputs of a calculator a message holds."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from saathi.calculators.amounts import Amount, Message, read_message
from saathi.calculators.catalog import Calculator
from saathi.calculators.inputs import Shape, shapes_of
from saathi.calculators.words import Words

Value = Decimal | bool
_REACH = 3  # words between an amount and the word that says what it is
_COMMA = 2.0
_WRONG_SIDE = 0.5  # "80c 1.5 lakh salary 12 lakh": whoever begins with the word goes on so


class Reader:
    """Reads messages for calculators. `words` are the designers' own."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def read(
        self, text: str, calculator: Calculator, known: Mapping[str, object], requested: str | None
    ) -> dict[str, Value]:
        """The inputs in the message: those that the chat asks for, and what it says of a PAN.

        An amount goes to the field that a word near it names, else to the `requested` one, else to the first of its
        kind that is not `known` yet. Bounds are not looked at.
        """
        message = read_message(text, self._words)
        shapes = shapes_of(calculator.inputs)
        fields = {name: shapes[name] for name in calculator.asked}
        found: dict[str, Value] = {}
        pairs = _Pairing(message, fields, self._words.fields[calculator.name], known, requested)
        for amount, name in pairs.by_word():
            found[name] = _convert(amount, fields[name])
        for amount, name in pairs.by_order():
            found[name] = _convert(amount, fields[name])
        found |= self._answers(message, shapes)
        if requested in fields and requested not in found and not message.amounts:
            cues = self._words.fields[calculator.name].get(requested, frozenset())
            found |= self._plain_answer(message, fields[requested], cues)
        return found

    def changes(self, text: str, calculator: Calculator) -> dict[str, Value]:
        """The inputs that a message after a result puts in the place of those worked with ("and in 5 years?"); empty
        when it says anything else, or does not say what its figures are."""
        message = read_message(text, self._words)
        is_other = any(word not in self._words.going_on for word in self._unknown(message, calculator))
        return {} if is_other else self.read(text, calculator, {}, None)

    def is_answer(self, text: str, calculator: Calculator) -> bool:
        """Whether the message says nothing but amounts and what they are, so that it can be no question."""
        return not self._unknown(read_message(text, self._words), calculator)

    def _unknown(self, message: Message, calculator: Calculator) -> list[str]:
        """The words that are neither of an amount nor of what it is."""
        mine = self._words.fields[calculator.name]
        named = {word for cues in mine.values() for cue in cues for word in cue.split()}
        answers = {word for a in self._words.answers.values() for said in (a.yes | a.no) for word in said.split()}
        known = self._words.fillers | self._words.affirming | self._words.nothing | named | answers
        return [
            word
            for word in message.rest()
            if word not in known and word not in self._words.measures and word not in ",;"
        ]

    def _answers(self, message: Message, shapes: Mapping[str, Shape]) -> dict[str, Value]:
        said = f" {' '.join(message.words)} "
        found: dict[str, Value] = {}
        for name in shapes.keys() & self._words.answers.keys():
            answers = self._words.answers[name]
            hits = [value for value, words in ((False, answers.no), (True, answers.yes)) if _says(said, words)]
            if len(hits) == 1:
                found[name] = hits[0]
        return found

    def _plain_answer(self, message: Message, shape: Shape, cues: frozenset[str]) -> dict[str, Value]:
        own = {word for cue in cues for word in cue.split()}  # "nothing before": what is asked for may be named
        words = set(message.words) - self._words.fillers - (own - self._words.nothing) - {",", ";"}
        is_none = bool(words & self._words.nothing) and words <= self._words.nothing | self._words.affirming
        is_yes = bool(set(message.words) & self._words.affirming) and words <= self._words.affirming
        if shape.kind == "yes_no" and (is_none or is_yes):
            return {shape.name: is_yes}
        return {shape.name: Decimal(0)} if is_none and shape.least == 0 else {}


class _Pairing:
    """Pairs the amounts of one message with fields, each at most once."""

    def __init__(
        self,
        message: Message,
        fields: Mapping[str, Shape],
        cues: Mapping[str, frozenset[str]],
        known: Mapping[str, object],
        requested: str | None,
    ) -> None:
        self._message = message
        self._fields = fields
        self._cues = cues
        self._known = known
        self._requested = requested
        self._left = list(message.amounts)
        self._open = dict(fields)
        places = [place for words in cues.values() for place, _ in _find(message.words, words)]
        self._begins_with_word = bool(places and message.amounts and min(places) < message.amounts[0].start)

    def by_word(self) -> list[tuple[Amount, str]]:
        """Pairs that a word near the amount names, the nearest first."""
        ranked = sorted(
            (distance, amount.start, number, amount, name)
            for amount in self._left
            for number, (name, shape) in enumerate(self._fields.items())
            if self._may_go(amount, shape, has_word=True)
            for distance in [self._distance(amount, self._cues.get(name, frozenset()))]
            if distance is not None
        )
        return [(amount, name) for _, _, _, amount, name in ranked if self._take(amount, name)]

    def by_order(self) -> list[tuple[Amount, str]]:
        """What is left goes to the field that was asked for, else to the next of its kind; a second amount of money
        without a word could be anything and is left out."""
        found, has_money = [], False
        order = sorted(self._fields, key=lambda name: name != self._requested)
        for amount in list(self._left):
            names = [n for n in order if n in self._open and self._may_go(amount, self._fields[n], has_word=False)]
            is_stray = amount.kind == "money" and (has_money or not self._is_expected(names))
            if names and not is_stray and self._take(amount, names[0]):
                found.append((amount, names[0]))
                has_money = has_money or amount.kind == "money"
        return found

    def _is_expected(self, names: list[str]) -> bool:
        first = next((name for name, shape in self._fields.items() if shape.kind == "money"), None)
        return bool(names) and names[0] in {self._requested, first}

    def _take(self, amount: Amount, name: str) -> bool:
        if amount not in self._left or name not in self._open:
            return False
        self._left.remove(amount)
        del self._open[name]
        return True

    def _may_go(self, amount: Amount, shape: Shape, *, has_word: bool) -> bool:
        if not _fits(amount, shape, is_named=has_word or shape.name == self._requested):
            return False
        asked = self._fields.get(self._requested or "")
        is_answer = asked is not None and _fits(amount, asked, is_named=True)
        return shape.name not in self._known or shape.name == self._requested or not is_answer

    def _distance(self, amount: Amount, cues: frozenset[str]) -> float | None:
        best: float | None = None
        for start, end in _find(self._message.words, cues):
            if end <= amount.start:
                gap, is_wrong, between = amount.start - end, not self._begins_with_word, (end, amount.start)
            elif start >= amount.end:
                gap, is_wrong, between = start - amount.end, self._begins_with_word, (amount.end, start)
            else:
                continue
            if gap > _REACH or any(between[0] <= other.start < between[1] for other in self._message.amounts):
                continue
            commas = sum(word in ",;" for word in self._message.words[between[0] : between[1]])
            far = gap + (_WRONG_SIDE if is_wrong else 0) + commas * _COMMA
            best = far if best is None else min(best, far)
        return best


def _find(words: tuple[str, ...], cues: frozenset[str]) -> Iterator[tuple[int, int]]:
    for cue in cues:
        parts = tuple(cue.split())
        for start in range(len(words) - len(parts) + 1):
            if words[start : start + len(parts)] == parts:
                yield start, start + len(parts)


def _says(said: str, words: frozenset[str]) -> bool:
    return any(f" {word} " in said for word in words)


def _fits(amount: Amount, shape: Shape, *, is_named: bool) -> bool:
    match amount.kind:
        case "number":  # without a unit it is taken for what was asked or named; months or years are never guessed
            return is_named and shape.kind in {"money", "percent", "years"}
        case "years" | "months":
            return shape.kind in {"years", "months"} and _span(amount, shape) is not None
        case kind:
            return shape.kind == kind


def _convert(amount: Amount, shape: Shape) -> Decimal:
    if amount.kind in {"years", "months"}:
        return _span(amount, shape) or Decimal(0)
    return amount.value * 12 if amount.is_monthly and shape.unit == "₹ a year" else amount.value


def _span(amount: Amount, shape: Shape) -> Decimal | None:
    """The time in the field's unit, when it is a whole number of it."""
    months = amount.value * 12 if amount.kind == "years" else amount.value
    value = months if shape.kind == "months" else months / 12
    return value if value == int(value) else None
