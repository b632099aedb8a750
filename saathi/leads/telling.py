"""What is told of leads, worded: the parts that responses and cards are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from language import Language, count_scripts
from saathi.clock import date_in_india
from saathi.leads.model import Lead, LeadStory
from saathi.leads.words import LeadWords
from saathi.products import Catalog

DAY_S = 86_400.0
_LATE = 1.5  # times as long as a stage usually lasts


@dataclass(frozen=True, slots=True)
class Told:
    """A lead in words. What is not known is empty."""

    reference: str
    name: str
    product: str
    stage: str
    since: str
    means: str
    why: str
    next: str
    who: str
    late: str

    @property
    def gaps(self) -> dict[str, str]:
        """The parts by name, for a response; `because` and `note` are sentences of their own, or nothing."""
        parts = {name: getattr(self, name) for name in self.__slots__}
        end = "।" if count_scripts(self.means).devanagari else "."
        sentences = {"because": self.why, "note": self.late}
        return parts | {name: f" {text[0].upper()}{text[1:]}{end}" if text else "" for name, text in sentences.items()}


class LeadTeller:
    """Words leads in one language, as of `now` (seconds since the epoch)."""

    def __init__(self, words: LeadWords, catalog: Catalog, language: Language, now: float) -> None:
        self._words = words
        self._catalog = catalog
        self._language = language
        self._now = now

    def tell(self, story: LeadStory) -> Told:
        """Where a lead stands, since when, why, what comes next and who acts."""
        lead, said = story.lead, self._words.stages[story.lead.stage]
        return Told(
            reference=lead.reference,
            name=lead.customer.name,
            product=self._name_product(lead),
            stage=said.name.say(self._language),
            since=self._date(lead.stage_since),
            means=said.means.say(self._language),
            why=self._words.explain(lead.reason, self._language),
            next=self._words.next_step(lead.stage, lead.reason, self._language),
            who=said.who.say(self._language),
            late=self._tell_delay(lead, said.days),
        )

    def name(self, lead: Lead) -> str:
        """A lead's customer, number and product, for a list."""
        return f"{lead.customer.name} ({lead.reference}, {self._name_product(lead)})"

    def line(self, lead: Lead) -> str:
        """A lead in one line of a list: stage, reason if there is one, and for how long."""
        stage = self._words.stages[lead.stage].name.say(self._language)
        why = self._words.explain(lead.reason, self._language)
        return ", ".join(part for part in (stage, why, self._age(lead)) if part)

    def card(self, told: Told, score: tuple[str, str] | None = None) -> dict[str, object]:
        """The card of a lead; `score` is points and reasons."""
        labels = self._words.labels
        parts = [("stage", told.stage, told.means), ("since", told.since, told.late), ("why", told.why, None)]
        parts += [("next", told.next, None), ("who", told.who, None)]
        parts += [("score", *score)] if score else []
        return {
            "title": f"{told.name}, {told.reference}",
            "rows": [
                {"label": labels[name].say(self._language), "value": value, "note": note or None}
                for name, value, note in parts
                if value
            ],
        }

    def list_card(self, leads: Sequence[Lead], *, best_first: bool) -> dict[str, object]:
        """The card of several leads."""
        rows = [
            {"label": f"{lead.customer.name}, {lead.reference}", "value": self.line(lead), "note": self._score(lead)}
            for lead in leads
        ]
        title = self._words.labels["best" if best_first else "waiting"]
        return {"title": title.say(self._language), "rows": rows}

    def _score(self, lead: Lead) -> str | None:
        if lead.score is None:
            return None
        return f"{self._words.labels['score'].say(self._language)} {lead.score:.0f}"

    def _name_product(self, lead: Lead) -> str:
        known = self._catalog.find(lead.product) if lead.product else ()
        if known:
            return known[0].name.say(self._language)
        kind = self._catalog.words.kinds.get(lead.kind)
        return kind.label.say(self._language) if kind else lead.kind

    def _date(self, at: float) -> str:
        day = date_in_india(at)
        return f"{day.day} {self._words.months[day.month - 1].say(self._language)}"

    def _age(self, lead: Lead) -> str:
        days = (date_in_india(self._now) - date_in_india(lead.stage_since)).days
        said = self._words.ages
        if days <= 1:
            return (said.yesterday if days else said.today).say(self._language)
        return said.days.say(self._language).format(days=days)

    def _tell_delay(self, lead: Lead, usual: int | None) -> str:
        is_late = usual is not None and self._now - lead.stage_since > usual * _LATE * DAY_S
        return self._words.late.say(self._language).format(days=usual) if is_late and lead.is_open else ""
