"""An answer that names a product that is absent from the catalogue, or withdrawn, is not sent."""

import pytest

from actions.product_replies import Reply, find_unsayable
from saathi.products import Catalog
from tests.actions.conftest import TODAY

FAULTS = ("absent", "withdrawn", "not_on_sale")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Offer Himgiri Life Suraksha Term.", []),
        ("Offer Himgiri Life Kavach Classic.", ["Himgiri Life Kavach Classic"]),
        ("Offer Himgiri Life Golden Shield Plan.", ["Himgiri Life Golden Shield Plan"]),
    ],
)
def test_names_that_must_not_be_said_are_found_wherever_they_stand(text: str, names: list[str]) -> None:
    reply = Reply("utter_product_recommended", (), None, {"lines": "nothing here", "first": text})
    assert find_unsayable(reply, Catalog.load(), TODAY, *FAULTS) == names


def test_that_a_product_is_withdrawn_may_be_told_in_a_comparison() -> None:
    reply = Reply("utter_product_compared", (), None, {"lines": "Himgiri Life Kavach Classic: withdrawn"})
    assert find_unsayable(reply, Catalog.load(), TODAY, "absent") == []
