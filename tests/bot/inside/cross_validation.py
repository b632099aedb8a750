"""Groups and folds of a few messages, and scores over judged ones, as JSON; no model is trained."""

import json
from collections.abc import Sequence

from bot.cross_validation.folds import group_alike, split
from bot.cross_validation.learning import Judged
from bot.cross_validation.messages import Message, Spans, read_marked
from bot.cross_validation.scores import confusions, over_all, over_entities, over_intents
from bot.text import latin_form
from bot.validation.finding import Place

# The first four belong together: the first and the fourth are alike through the others only.
TEXTS = [
    "payout kab aayega bhai",
    "bhai payout kab aayega",
    "पेआउट कब आएगा भाई",
    "payout kab aayega mera",
    "lead status",
]
PAYOUT, LEAD = "ask_payout", "check_lead_status"


def judged(meant: str, given: str, marked: Spans = (), found: Spans = ()) -> Judged:
    return Judged(Message("x", meant, "en", Place("data/nlu/x.yml", 1), marked), given, 0.5, found)


def report_folds() -> dict[str, object]:
    groups = group_alike([latin_form(text) for text in TEXTS])
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    texts = [f"{word} {more}" for word in words for more in ("a b c d e", "a b c d e f")]
    many = group_alike([f"{text} {text[:3]}x {text[:3]}y {text[:3]}z {text[:3]}w" for text in texts])
    folds = split(["i", "i"] * len(words), many)
    return {
        "groups": [int(group) for group in groups],
        "torn": [len({*many[seen]} & {*many[unseen]}) for seen, unseen in folds],
        "unseen": sorted(int(at) for _, unseen in folds for at in unseen),
    }


def report_scores() -> dict[str, object]:
    span, other = ((0, 3, "product"),), ((0, 4, "product"),)
    results: Sequence[Judged] = [
        judged(PAYOUT, PAYOUT, span, span),
        judged(PAYOUT, LEAD, span, other),
        judged(LEAD, LEAD, (), span),
        judged(LEAD, "nlu_fallback"),
        judged("out_of_scope", "nlu_fallback"),
        judged("out_of_scope", LEAD),
        judged("nlu_fallback", "out_of_scope"),
    ]
    whole, intents, entities = over_all(results), over_intents(results), over_entities(results)
    return {
        "whole": [whole.messages, whole.accuracy, whole.accuracy_in_scope, whole.refused_in_scope],
        "out_of_scope_recall": whole.out_of_scope_recall,
        "lead": [intents[LEAD].precision, intents[LEAD].recall, intents[LEAD].f1],
        "out_of_scope": [intents["out_of_scope"].meant, intents["out_of_scope"].right],
        "product": [entities["product"].meant, entities["product"].given, entities["product"].right],
        "confused": [[meant, given, len(wrong)] for meant, given, wrong in confusions(results)],
    }


if __name__ == "__main__":
    marked = '[term plan](product) for [Ramesh]{"entity": "person", "value": "R"}, ok'
    print(json.dumps({**report_folds(), **report_scores(), "marked": read_marked(marked)}))
