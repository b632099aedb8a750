"""What was told of payouts last in a conversation: "aur September ka?" goes on from it."""

from saathi.kept import Kept
from saathi.periods import Period


class Spoken(Kept):
    """The payouts of some months were told, or the TDS that was cut from them."""

    months: Period
    is_of_tds: bool = False
