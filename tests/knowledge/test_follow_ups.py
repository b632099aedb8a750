"""Messages that go on from the one before, as questions that stand alone."""

from knowledge.follow_ups import Context, read_questions

TERM = Context("what is term insurance", "term-insurance", "Term insurance", "term insurance", (), 1000.0)
CYCLE = Context("payout kab aata hai", "payout-cycle", "Payout cycle", "", (), 1000.0)


def test_message_without_context_stands_alone() -> None:
    assert read_questions("uska premium?", "", None) == ("uska premium?",)


def test_whole_question_does_not_take_the_subject_of_the_last() -> None:
    asked = "how does a home loan balance transfer work for a salaried customer"
    assert read_questions(asked, "home loan", TERM) == (asked,)


def test_pronoun_stands_for_the_product_of_the_last_question() -> None:
    assert read_questions("uska premium?", "", TERM)[0] == "premium term insurance"


def test_lead_in_takes_the_title_where_no_product_was_named() -> None:
    assert read_questions("aur chhutti ho to", "", CYCLE)[0] == "chhutti ho to Payout cycle"


def test_devanagari_pronoun_is_understood() -> None:
    assert read_questions("उसका प्रीमियम", "", TERM)[0].endswith("term insurance")


def test_another_product_takes_the_place_of_the_last_one() -> None:
    assert read_questions("and ULIP?", "ULIP", TERM, goes_on=True)[0] == "what is ULIP"


def test_short_question_is_tried_alone_first() -> None:
    assert read_questions("waiting period", "", TERM) == ("waiting period", "waiting period Term insurance")


def test_context_is_dropped_after_half_an_hour() -> None:
    kept = TERM.as_slot()
    assert Context.read(kept, 1000.0 + 1799) == TERM
    assert Context.read(kept, 1000.0 + 1801) is None
    assert Context.read(None, 1000.0) is None
