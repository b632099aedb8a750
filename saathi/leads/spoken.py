"""What was said of leads last in a conversation: "uska kya hua", "home loan wali" and "aur dikhao" go on from it."""

from saathi.kept import Kept
from saathi.leads.model import LeadQuery


class Spoken(Kept):
    """A lead was `told`, or those of `query` were listed or counted; `next` is how many of these were shown, None when
    that was all, and `shown` are the last ones of them, in their order."""

    told: str | None = None
    query: LeadQuery | None = None
    next: int | None = None
    shown: tuple[str, ...] = ()
