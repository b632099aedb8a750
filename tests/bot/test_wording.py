"""Responses as they read once their gaps are filled."""

from tests.bot.test_inside import run_inside

KAL = "kal, Somvar (23 November) shaam 5 baje"


def test_filled_value_that_begins_a_sentence_has_a_capital_and_no_other() -> None:
    assert run_inside("wording") == {
        "Ho gaya. {when} yaad dila dunga.": f"Ho gaya. K{KAL[1:]} yaad dila dunga.",
        "{when} yaad dila dunga.": f"K{KAL[1:]} yaad dila dunga.",
        "Yaad {when}. {when} hi sahi?": f"Yaad {KAL}. K{KAL[1:]} hi sahi?",
        "Stage: {stage}. {stage}!\n\n{stage}, so.": (
            "Stage: documents pending. Documents pending!\n\nDocuments pending, so."
        ),
        "Padhiye:\n{link} ya {stage}": "Padhiye:\nhttps://x.example/a ya documents pending",
        "{link}": "https://x.example/a",
        "{missing}. {count} leads.": "None. 2 leads.",
    }
