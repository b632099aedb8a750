"""Entities as Rasa's own Python finds them, and the pattern file that designers edit."""

import json
import re
from pathlib import Path

import pytest

from bot.entity_patterns import PATTERNS, PatternError, read_patterns, version_of
from bot.mending import Mender
from bot.words import read_words
from tests.bot.test_inside import run_inside

# marked as in data/nlu; "= value" where the value is not the words themselves
MARKED = [
    "[टर्म प्लान](product = term insurance) ka premium kitna hai",
    "[helth policy](product = health insurance) chahiye",
    "HELTH POLICY ya [zero dep](product = zero depreciation cover)",
    "[LD-48213](lead_reference) ka status batao",
    "meri lead no [48213](lead_reference) ka kya hua",
    "लीड नंबर [४८२१३](lead_reference) का क्या हुआ",
    "otp for my number ending [4821](phone_ending) is late",
    "last 4 digits [7730](phone_ending)",
    "[₹12,500](amount) kata, [5 lakh](amount) ka cover",
    "[पाँच लाख](amount) की [एफडी](product = fixed deposit)",
    "[last month](date) and [15 अगस्त](date)",
    "[पिछले हफ्ते](date) से [Q2](date) tak",
    "is [may](date) payout late, may i ask",
    "[Ramesh Kumar](person) ka [home loan](product) at [Suvarna Bank](institution)",
    "[हिमगिरी लाइफ](institution = Himgiri Life) ki file",
    "[Neelgagan Bank](institution) ka loan",
    "[mutual fund basics](course) ka certificate",
    "  [credit\u200b card](product)…",
    "my bank rejected it, which bank is best",
    "ticket number 88213 ka status",
    "jai shri krishna",
    "karan kya hai",
]
MARKED[2] = MARKED[2].replace("HELTH POLICY", "[HELTH POLICY](product = health insurance)")
_MARK = re.compile(r"\[([^\]]+)\]\((\w+)(?: = ([^)]+))?\)")


@pytest.fixture(scope="module")
def found() -> list[list[list[str]]]:
    plain = [_MARK.sub(r"\1", text) for text in MARKED]
    report: list[list[list[str]]] = run_inside("entities", json.dumps([*plain, "", "🙂", "k", "अ" * 2000]))["found"]
    return report


@pytest.mark.parametrize("number", range(len(MARKED)), ids=MARKED)
def test_entities_are_found_where_the_user_wrote_them(found: list[list[list[str]]], number: int) -> None:
    marks = _MARK.findall(MARKED[number])

    assert [one[:2] for one in found[number]] == [[entity, words] for words, entity, _ in marks]


def test_an_entity_carries_the_name_that_the_pattern_file_gives_it(found: list[list[list[str]]]) -> None:
    named = [(one[2], value) for text, ones in zip(MARKED, found, strict=False)
             for one, (_, _, value) in zip(ones, _MARK.findall(text), strict=True) if value]  # fmt: skip

    assert named
    assert all(got == wanted for got, wanted in named)


def test_messages_without_words_hold_no_entities(found: list[list[list[str]]]) -> None:
    assert found[len(MARKED) :] == [[], [], [], []]


def test_the_trained_ner_survives_saving_and_finds_what_rules_find() -> None:
    report = run_inside("entities", json.dumps(["[Ramesh] ka term plan"]), "ner")

    assert report["found"][0][:1] == [["person", "Ramesh", "Ramesh"]]


def test_words_keep_their_places_in_both_scripts() -> None:
    text = "ग्राहक\u200d को ₹५०० aur LD-48213"

    assert [text[word.start : word.end].strip("\u200d") for word in read_words(text)] == [
        "ग्राहक", "को", "₹", "५००", "aur", "LD", "48213",
    ]  # fmt: skip


def test_slips_of_long_words_are_mended_and_short_or_common_words_are_left() -> None:
    mender = Mender({"insurance", "endowment", "loan", "rider"}, {"insured"}, {"lac": "lakh"})

    assert [mender.mend(word) for word in ("insurence", "edowment", "insruance")] == [
        "insurance",
        "endowment",
        "insurance",
    ]
    assert [mender.mend(word) for word in ("insured", "lone", "river", "insurance")] == [None] * 4
    assert mender.mend("lac") == "lakh"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("lists: {in: [in, on]}", "quotes around True"),
        ("lists: {in: [two words]}", "must be one word"),
        ("patterns: {date: ['last {perod}']}", "perod"),
        ("patterns: {dates: ['today']}", "no entity 'dates'"),
        ("values: {product: {FD: ['...']}}", "holds no word"),
        ("patterns: [", "patterns.yml"),
        ("extra: {}", "nothing else"),
    ],
)
def test_a_wrong_pattern_file_is_told_by_its_entry(tmp_path: Path, line: str, complaint: str) -> None:
    sections = {"same": "{}", "lists": "{}", "values": "{}", "patterns": "{}"}
    name, _, rest = line.partition(": ")
    file = tmp_path / "patterns.yml"
    file.write_text("\n".join(f"{key}: {value}" for key, value in {**sections, name: rest}.items()), encoding="utf-8")

    with pytest.raises(PatternError, match=complaint):
        read_patterns(file)


def test_every_change_of_the_pattern_file_changes_its_version(tmp_path: Path) -> None:
    copy = tmp_path / "patterns.yml"
    copy.write_bytes(PATTERNS.read_bytes() + b"\n# one more line\n")

    assert version_of(copy) != version_of()
