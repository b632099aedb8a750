import pytest

from saathi.privacy.plain import to_plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("९८७६५ ४३२१०", "98765 43210"),
        ("৯৮৭৬৫", "98765"),
        ("９８７６５", "98765"),
        ("98765\u00a043210", "98765 43210"),
        ("98765\u200b43210", "98765 43210"),
        ("98765–43210", "98765-43210"),
        ("ravi＠okbank", "ravi@okbank"),
        ("गाड़ी नंबर ½ ³", "गाड़ी नंबर ½ ³"),
    ],
)
def test_places_stay_and_digits_are_ascii(written: str, plain: str) -> None:
    assert to_plain(written) == plain
    assert len(to_plain(written)) == len(written)
