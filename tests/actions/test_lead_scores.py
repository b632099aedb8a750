"""Scores in chat: a lead is told also when its score does not come."""

from typing import Any, cast

from actions.leads import Explained, Leads, Scoring
from saathi.crm.port import CrmUnavailable
from saathi.crm.scores import LeadScores
from saathi.leads.model import Customer, Lead, LeadStory, Stage

LEAD = Lead("L-1", Customer("C-1", "Asha", None, "Bihar"), "term", None, "referral", Stage.NEW, 0, None, None, 0, 0)


class DownScores:
    """Scores of a CRM that told the lead, and then does not answer."""

    async def read_of(self, *_: object) -> None:
        raise CrmUnavailable("no answer in time")


async def test_lead_whose_score_does_not_come_is_explained_without_it() -> None:
    none = cast("Any", None)
    scoring = Scoring(cast("LeadScores", DownScores()), none)
    leads = Leads(none, none, none, none, none, none, none, none, none, scoring)
    assert await leads.explain("P1001", LeadStory(LEAD), "en") == Explained()
