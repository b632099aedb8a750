"""What the words around a candidate say: they name its kind, or make it a reference of business."""

from bisect import bisect_left

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts

from saathi.privacy.names import find_names, is_after_reference, is_no_identifier
from saathi.privacy.recognizers import CHECKED, DIGIT_ENTITIES, THRESHOLD, WEAK

_NAMED = 0.9  # the word stands right before
_A_WORD = 0.04  # for each token between
_BEHIND = 0.1  # a word behind says less: it may name the next number
_BEHIND_TOKENS = 5
_OWN_NUMBER = 24  # characters behind a word in which its own number would begin
Names = list[tuple[int, int, str]]
_REFERENCE_LIKE = DIGIT_ENTITIES | {"IN_VOTER", "IFSC"}


class NearestWordEnhancer(ContextAwareEnhancer):
    """The nearer the word that names a kind, the surer the kind; a reference or a sum is none of them.

    Presidio's own enhancer asks only whether a word is there, so "account" cannot win a number that looks like a phone.
    """

    def __init__(self) -> None:
        super().__init__(_NAMED, THRESHOLD, context_prefix_count=8, context_suffix_count=_BEHIND_TOKENS)

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],  # noqa: ARG002 # Presidio's signature
        context: list[str] | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """The candidates with the scores that their surroundings give them."""
        names, starts = find_names(text), nlp_artifacts.tokens_indices
        for result in raw_results:
            result.score = _weigh(result, text, names, starts)
        return raw_results


def _weigh(result: RecognizerResult, text: str, names: Names, starts: list[int]) -> float:
    """What a candidate is worth among its words."""
    behind = _named_behind(result, text, names, starts)
    if result.entity_type in _REFERENCE_LIKE:
        if is_no_identifier(text, result.start, result.end):
            return 0.0
        if is_after_reference(text, result.start):  # "send the receipt 98765 43210 pe bhejo"
            return behind if result.entity_type == "PHONE_NUMBER" else 0.0
    worth = min(result.score, CHECKED)
    is_alone = not any(mark.isalnum() for mark in text[: result.start] + text[result.end :])
    if is_alone and worth >= WEAK:
        worth = max(worth, THRESHOLD)
    return max(worth, behind, _named_before(result, names, starts))


def _named_before(result: RecognizerResult, names: Names, starts: list[int]) -> float:
    """What the nearest word for this kind that stands before makes it worth; 0 where there is none."""
    ends = [end for _, end, entity in names if entity == result.entity_type and end <= result.start]
    return _NAMED - _A_WORD * _tokens(starts, ends[-1], result.start) if ends else 0.0


def _named_behind(result: RecognizerResult, text: str, names: Names, starts: list[int]) -> float:
    """The same of the first word behind, if it is near and names no number of its own."""
    for start, end, entity in names:
        if start >= result.end and entity == result.entity_type:
            between = _tokens(starts, result.end, start)
            has_own = any(mark.isdigit() for mark in text[end : end + _OWN_NUMBER])
            return 0.0 if has_own or between > _BEHIND_TOKENS else _NAMED - _BEHIND - _A_WORD * between
    return 0.0


def _tokens(starts: list[int], begin: int, end: int) -> int:
    """How many tokens begin from `begin` on and before `end`."""
    return bisect_left(starts, end) - bisect_left(starts, begin)
