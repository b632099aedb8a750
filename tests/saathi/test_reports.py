"""Complaints and disputes, told piece by piece."""

from saathi.reports import correct, fill, find_kind, is_answer, says_when, write_summary

NOTHING = {"lead": "", "date": ""}


def test_kinds_are_found_by_name_and_by_intent() -> None:
    dispute = find_kind("dispute_commission")
    assert dispute is not None
    assert dispute is find_kind("dispute")
    assert find_kind("greet") is None


def test_first_message_fills_what_it_names() -> None:
    dispute = find_kind("dispute")
    assert dispute is not None
    told = {"lead": "LD-31907", "date": "September"}
    assert fill(dispute, {}, "commission wrong for LD-31907 in September", told, None) == {
        "sale": "LD-31907",
        "month": "September",
    }


def test_bare_wish_to_complain_is_not_the_complaint() -> None:
    complaint = find_kind("complaint")
    assert complaint is not None
    assert fill(complaint, {}, "I would like to lodge a complaint", NOTHING, None) == {}


def test_what_was_asked_for_is_kept_in_the_partner_s_own_words() -> None:
    complaint = find_kind("complaint")
    assert complaint is not None
    known = fill(complaint, {"about": "nobody came"}, "diwali ke baad se", NOTHING, "since")
    assert write_summary(complaint, known) == "nobody came; diwali ke baad se"


def test_correction_changes_the_part_that_it_names() -> None:
    dispute = find_kind("dispute")
    assert dispute is not None
    values = {"sale": "LD-31907", "month": "March"}
    assert correct(dispute, values, "April", {"lead": "", "date": "April"})["month"] == "April"
    assert correct(dispute, values, "LD-31908", {"lead": "LD-31908", "date": ""})["sale"] == "LD-31908"


def test_not_knowing_the_day_is_an_answer() -> None:
    assert says_when("since", "याद नहीं", NOTHING)
    assert says_when("month", "pichhle mahine", {"lead": "", "date": "pichhle mahine"})
    assert not says_when("wrong", "yaad nahi", NOTHING)


def test_a_sign_is_no_answer() -> None:
    assert not is_answer("about", "??")
    assert is_answer("about", "no one came")
