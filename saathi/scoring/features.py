"""What of a lead's story speaks for a yes or against it, as it was known at a moment.

Nothing here is who the customer is: no name, phone, gender, religion, region or age. Nothing comes from after `now`,
and nothing from fields that the CRM overwrites (stage, reason, product, documents' state): where a lead stood is read
from its history, so that a story of today tells truly what was known on an earlier day."""

from collections.abc import Mapping

from saathi.leads.model import Engagement, LeadStory, Stage, StageChange

DAY = 86_400.0
Value = float | str | None
Features = Mapping[str, Value]

# What more of a feature does to the score: 1 never lowers it, -1 never raises it, 0 is what the data say.
DIRECTIONS: Mapping[str, int] = {
    "messages_opened": 1,
    "links_opened": 1,
    "replies": 1,
    "quotes_asked": 1,
    "calls_answered": 1,
    "calls_missed": -1,
    "days_without_call_back": -1,
    "meetings": 1,
    "documents_sent": 1,
    "forms_begun": 1,
    "days_since_contact": -1,
    "days_new": -1,
    "days_undecided": -1,
    "days_without_papers": -1,
    "days_with_provider": 0,
    "success_rate": 1,
}
CATEGORIES = ("kind", "source", "stage", "said")
# None wherever they do not apply, which says nothing that the stage does not say.
CONDITIONAL = frozenset(
    {"said", "days_since_contact", "days_new", "days_undecided", "days_without_papers", "days_with_provider"}
)
_DAYS_AT = {
    Stage.NEW: "days_new",
    Stage.CONTACTED: "days_undecided",
    Stage.DOCUMENTS: "days_without_papers",
    Stage.SUBMITTED: "days_with_provider",
}
_ANSWERS = frozenset({"call_answered", "met"})


def list_features(story: LeadStory, success_rate: float | None, now: float) -> Features:
    """The features of a lead at `now`, in seconds since the epoch; None is what is not known.

    `success_rate` is the share, from 0 to 1, of the partner's ended leads of this kind that were approved
    (saathi/scoring/rates.py).
    """
    past = [event for event in story.engagement if event.at <= now]
    changes = [change for change in story.history if change.at <= now]
    place = changes[-1] if changes else StageChange(Stage.NEW, story.lead.created_at, None, "network")
    is_with_provider = place.stage is Stage.SUBMITTED
    return {
        "kind": story.lead.kind,
        "source": story.lead.source,
        "stage": place.stage.value,
        "said": place.reason if place.stage is Stage.CONTACTED else None,
        "messages_opened": _count(past, now - 7 * DAY, "message_opened"),
        "links_opened": _count(past, now - 7 * DAY, "link_opened"),
        "replies": _count(past, now - 14 * DAY, "replied"),
        "quotes_asked": _count(past, now - 30 * DAY, "quote_asked"),
        "calls_answered": _count(past, now - 30 * DAY, "call_answered"),
        "calls_missed": _count(past, _last(past, "call_answered", "met"), "call_missed"),
        "days_without_call_back": _waiting(past, now),
        "meetings": _count(past, 0.0, "met"),
        "documents_sent": _count(past, 0.0, "document_sent"),
        "forms_begun": _count(past, 0.0, "form_begun"),
        "days_since_contact": (now - past[-1].at) / DAY if past and not is_with_provider else None,
        **{name: (now - place.at) / DAY if place.stage is stage else None for stage, name in _DAYS_AT.items()},
        "success_rate": success_rate,
    }


def _count(past: list[Engagement], since: float, *kinds: str) -> float:
    return float(sum(event.kind in kinds and event.at > since for event in past))


def _last(past: list[Engagement], *kinds: str) -> float:
    return max((event.at for event in past if event.kind in kinds), default=0.0)


def _waiting(past: list[Engagement], now: float) -> float | None:
    """Days since the customer asked to be called and nobody has; None when nobody waits."""
    asked = _last(past, "call_asked")
    answered = max((event.at for event in past if event.kind in _ANSWERS), default=0.0)
    return (now - asked) / DAY if asked > answered else None
