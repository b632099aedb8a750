"""A payout in words: amounts, reasons, sales, in three languages."""

from datetime import date

import pytest

from language import Language
from saathi.dates import DateWords
from saathi.payouts.comparing import list_deductions, list_losses
from saathi.payouts.model import Line, LineKind, Payout, PayoutState
from saathi.payouts.telling import PayoutTeller, write_lines
from saathi.payouts.words import PayoutWords

TODAY = date(2026, 11, 20)
BANK = "update_bank_details"
CLAWBACK = Line(
    LineKind.CLAWBACK, -1_200_00, lead="L-1042", customer="Ramesh Kumar", reason="loan_closed_early"
)  # fmt: skip
OCTOBER = Payout(
    id="P1001-2026-10",
    month=date(2026, 10, 1),
    state=PayoutState.PAID,
    due_on=date(2026, 11, 10),
    paid_on=date(2026, 11, 10),
    reason=None,
    lines=(
        Line(LineKind.COMMISSION, 9_000_00, 6_00_000_00, 150, "L-1043", "Devika Nair"),
        Line(LineKind.COMMISSION, 1_200_00, lead="L-1044"),
        CLAWBACK,
        Line(LineKind.TDS, -204_00, 10_200_00, 200),
    ),
)
SEPTEMBER = Payout(
    id="P1001-2026-09",
    month=date(2026, 9, 1),
    state=PayoutState.PAID,
    due_on=date(2026, 10, 10),
    paid_on=date(2026, 10, 10),
    reason=None,
    lines=(
        *(Line(LineKind.COMMISSION, 5_000_00) for _ in range(3)),
        Line(LineKind.SLAB, 1_234_56, 6_17_280_00, 20, reason="slab_reached"),
        Line(LineKind.TDS, -324_00, 16_200_00, 200),
    ),
)


def make_teller(language: Language = "en", today: date = TODAY) -> PayoutTeller:
    return PayoutTeller(PayoutWords.load(), DateWords.load(), language, today)


def make_payout(state: PayoutState, reason: str | None) -> Payout:
    month, due = date(2026, 10, 1), date(2026, 11, 10)
    return Payout("P1001-2026-10", month, state, due, None, reason, (Line(LineKind.COMMISSION, 320_00),))


def test_payout_is_told_with_each_deduction_its_reason_and_its_sale() -> None:
    told = make_teller().tell(OCTOBER)
    assert (told.month, told.net, told.says) == ("October", "₹8,796", "it was sent to your bank on 10 November")
    assert told.gaps["lines"].splitlines() == [
        "- Earned ₹10,200: commission ₹10,200 (2 sales)",
        "- Clawback -₹1,200: the loan was closed within three months (Ramesh Kumar, L-1042)",
        "- TDS -₹204: 2% of ₹10,200",
    ]


@pytest.mark.parametrize(
    ("language", "net", "earned", "tds"),
    [
        ("hinglish", "10 November ko aapke bank bheja gaya", "Kamaai ₹10,200: commission", "₹10,200 ka 2%"),
        ("hi", "10 नवंबर को आपके बैंक भेजा गया", "कमाई ₹10,200: कमीशन", "₹10,200 का 2%"),
    ],
)  # fmt: skip
def test_payout_is_told_in_the_language_of_the_question(language: Language, net: str, earned: str, tds: str) -> None:
    told = make_teller(language).tell(OCTOBER)
    assert told.says == net
    assert earned in told.gaps["lines"]
    assert tds in told.gaps["lines"]


def test_gross_tells_what_it_is_made_of_and_paise_stay() -> None:
    (earned, _) = make_teller().tell(SEPTEMBER).rows
    assert earned.value == "₹16,234.56"
    assert earned.note == (
        "commission ₹15,000 (3 sales), slab bonus ₹1,234.56 (0.2% of ₹6,17,280, the month reached the next slab)"
    )


def test_rows_of_earnings_and_deductions_add_up_to_the_net() -> None:
    def read(value: str) -> float:
        return float(value.replace("₹", "").replace(",", ""))

    for payout in (OCTOBER, SEPTEMBER):
        told = make_teller().tell(payout)
        assert sum(read(row.value) for row in told.rows) == pytest.approx(read(told.net))


@pytest.mark.parametrize(
    ("state", "reason", "says", "because", "begins"),
    [
        (PayoutState.FAILED, "wrong_ifsc", "the bank sent it back", "the IFSC is not valid any more", BANK),
        (PayoutState.HELD, "kyc_pending", "it is on hold", "your KYC is not complete yet", "update_kyc"),
        (PayoutState.HELD, "a_code_of_tomorrow", "it is on hold", "", ""),
        (PayoutState.SCHEDULED, None, "it is due on 10 November", "", ""),
    ],
)  # fmt: skip
def test_late_payout_is_told_with_its_reason_and_the_guide_that_helps(
    state: PayoutState, reason: str | None, says: str, because: str, begins: str
) -> None:
    told = make_teller().tell(make_payout(state, reason))
    assert (told.says, told.because, told.begins) == (says, because, begins)
    assert bool(told.next) is bool(begins)


def test_tax_of_more_than_the_month_is_told_to_be_of_the_year() -> None:
    tds = Line(LineKind.TDS, -500_00, 25_000_00, 200)
    row = make_teller().tell_taken(OCTOBER, tds)
    assert (row.value, row.note.split(",")[0]) == ("₹500", "2% of ₹25")
    assert "crossed the limit" in row.note


def test_month_of_another_year_is_named_with_its_year() -> None:
    assert make_teller(today=date(2027, 1, 5)).tell(OCTOBER).month == "October 2026"


def test_card_has_net_state_earnings_and_deductions() -> None:
    teller = make_teller()
    card = teller.card(teller.tell(OCTOBER))
    assert (card["kind"], card["title"]) == ("facts", "Payout of October")
    rows = card["rows"]
    assert isinstance(rows, list)
    assert [row["label"] for row in rows] == ["To your bank", "Status", "Earned", "Clawback", "TDS"]


def test_less_than_the_month_before_is_explained_by_the_lines_alone() -> None:
    losses = list_losses(OCTOBER, SEPTEMBER)
    assert [(loss.kind, loss.before, loss.now) for loss in losses] == [
        (LineKind.COMMISSION, 15_000_00, 10_200_00),
        (LineKind.SLAB, 1_234_56, 0),
    ]
    assert list_deductions(OCTOBER, SEPTEMBER) == (CLAWBACK,)  # less tax than before explains nothing
    assert write_lines([make_teller().tell_loss(loss, SEPTEMBER) for loss in losses]).splitlines() == [
        "- Commission ₹10,200 (2 sales): ₹15,000 (3 sales) in September",
        "- Slab bonus ₹0: none this time, ₹1,234.56 in September",
    ]


def test_every_code_of_a_reason_has_a_guide_with_a_title() -> None:
    words = PayoutWords.load()
    assert {reason.begins for reason in words.reasons.values() if reason.begins} == set(words.guides)
    for title in words.guides.values():
        assert max(len(title.en), len(title.hinglish), len(title.hi)) <= 20
