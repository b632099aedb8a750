"""What partners may change of leads, and what messages ask to change."""

import pytest

from saathi.leads.changing import DAY_S, Change, ChangeReader, Rules
from saathi.leads.model import Customer, Lead, Stage
from saathi.leads.words import LeadWords

NOW = 1_795_000_000.0


@pytest.fixture(scope="module")
def reader() -> ChangeReader:
    return ChangeReader(Rules.load())


def lead(stage: str, days: float = 3) -> Lead:
    return Lead(
        reference="L-1042", customer=Customer("C-1042", "Shabnam Ansari", None, "Bihar"), kind="term", product=None,
        source="referral", stage=Stage(stage), stage_since=NOW - days * DAY_S, reason=None, amount=None, created_at=NOW,
        updated_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "stage"),
    [
        ("L-1042 ko contacted mark karo", Stage.CONTACTED),
        ("ramesh ne mana kar diya, lead lost kar do", Stage.LOST),
        ("is lead ko reject karo", Stage.LOST),
        ("लीड लॉस्ट कर दो", Stage.LOST),
        ("डॉक्यूमेंट पेंडिंग कर दो", Stage.DOCUMENTS),
        ("lead dobara khol do", Stage.CONTACTED),
        ("approve kar do", Stage.APPROVED),
        ("bank ne reject kar diya, mark karo", Stage.REJECTED),
        ("stage badlo", None),
    ],
)
def test_stage_is_read_from_the_words(reader: ChangeReader, said: str, stage: Stage | None) -> None:
    assert reader.read(said) == Change(stage=stage)


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ("note likh do: kal call karna hai", "kal call karna hai"),
        ("add a note to Shabnam: he was lost on the way", "he was lost on the way"),
        ("L-1042 pe note likh do ki customer shaam ko milega", "customer shaam ko milega"),
        ("नोट लिख दो: कल फ़ोन करना है", "कल फ़ोन करना है"),
        ("add a note", ""),
        ("I want to add a note on one of my leads", ""),
        ("put a remark for Thomas, he wants a lower EMI", "he wants a lower EMI"),
        ("please note on L-1042 that his father is the proposer", "his father is the proposer"),
    ],
)
def test_note_is_what_stands_behind_its_words(reader: ChangeReader, said: str, note: str) -> None:
    assert reader.read(said) == Change(note=note)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("mehenga laga usko", "too_expensive"),
        ("कहीं और से ले लिया", "bought_elsewhere"),
        ("mana kar diya", "not_interested"),
        ("phone nahi uthata", "unreachable"),
        ("नंबर ग़लत है", "wrong_number"),
        ("koi aur wajah", ""),
        ("hmm", None),
    ],
)
def test_reason_is_read_from_the_words(reader: ChangeReader, said: str, reason: str | None) -> None:
    assert reader.read_reason(said) == reason


def test_every_choice_is_read_as_what_it_offers(reader: ChangeReader) -> None:
    offered = reader.list_reasons(Stage.LOST)
    read = [reader.read_reason(reason.words[0]) for reason in offered]
    assert read == [*Rules.load().moves[Stage.LOST].reasons, ""]
    assert [reader.read(str(stage)).stage for stage in reader.list_settable()] == reader.list_settable()
    assert set(read) - {""} <= LeadWords.load().reasons.keys()


@pytest.mark.parametrize(
    ("before", "stage", "days", "refusal"),
    [
        ("new", "contacted", 3, None),
        ("submitted", "lost", 3, None),
        ("submitted", "contacted", 3, "not_from"),
        ("contacted", "approved", 3, "providers"),
        ("contacted", "rejected", 3, "providers"),
        ("contacted", "contacted", 3, "already"),
        ("lost", "contacted", 89, None),
        ("lost", "contacted", 91, "too_late"),
        ("lost", "documents", 3, "not_from"),
        ("approved", "lost", 3, "not_from"),
    ],
)
def test_rules_say_which_stage_a_partner_may_set(
    reader: ChangeReader, before: str, stage: str, days: float, refusal: str | None
) -> None:
    assert reader.refuse(lead(before, days), Stage(stage), NOW) == refusal


@pytest.mark.parametrize(
    ("said", "agrees"), [("haan kar do", True), ("हाँ जी", True), ("haan lost", False), ("", False)]
)
def test_yes_is_nothing_but_a_yes(reader: ChangeReader, said: str, agrees: bool) -> None:
    assert reader.agrees(said) is agrees
