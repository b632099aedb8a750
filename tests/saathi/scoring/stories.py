"""Leads with little stories, for tests."""

from saathi.leads.model import Customer, Document, Engagement, Lead, LeadStory, Note, Stage, StageChange

DAY = 86_400.0
NOW = 1_795_000_000.0


def story(*events: tuple[str, float], stage: Stage = Stage.CONTACTED, **lead: object) -> LeadStory:
    """A lead that came ten days ago; `events` are kinds with days before NOW."""
    fields = {"kind": "term", "source": "referral", "product": None, "reason": None, "amount": None} | lead
    customer = Customer("C-1", "Nobody Titliwala", "+910000014821", "Bihar", 34)
    since = NOW - 6 * DAY
    whole = Lead(
        "L-1", customer, stage=stage, stage_since=since, created_at=NOW - 10 * DAY, updated_at=NOW, **fields,  # type: ignore[arg-type]
    )  # fmt: skip
    history = (
        StageChange(Stage.NEW, NOW - 10 * DAY, "not_called", "network"),
        StageChange(stage, since, "thinking", "partner"),
    )
    engagement = tuple(sorted((Engagement(kind, NOW - days * DAY) for kind, days in events), key=lambda e: e.at))
    papers = (Document("pan", "verified", None, NOW - DAY),)
    return LeadStory(whole, history, engagement, papers, (Note("Ring on Monday", NOW - DAY),))
