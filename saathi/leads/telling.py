"""What is told of leads, worded: the parts that responses and cards are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from language import Language, count_scripts
from saathi.clock import date_in_india
from saathi.dates import DateWords
from saathi.leads.model import PARTNERS_TURN, Lead, LeadStory, Stage
from saathi.leads.words import LeadWords
from saathi.products import Catalog

DAY_S = 86_400.0
_LATE = 1.5  # times as long as a stage usually lasts
_WEEK = 7
_MOST_EVENTS = 6
_LONGEST_NOTE = 80  # characters of it that a lead is told with
_MISSING = frozenset({"requested", "refused"})


@dataclass(frozen=True, slots=True)
class Told:
    """A lead in words. What is not known is empty; `known` are lines of their own: papers, what happened last."""

    reference: str
    name: str
    product: str
    stage: str
    since: str
    means: str
    why: str
    missing: str
    happened: str
    note: str
    next: str
    who: str
    late: str
    score: str
    known: str

    @property
    def gaps(self) -> dict[str, str]:
        """The parts by name, for a response; `because`, `aside` and `so` are a sentence, a bracket and the end of one,
        or nothing."""
        parts = {name: getattr(self, name) for name in self.__slots__}
        end = "।" if count_scripts(self.means).devanagari else "."
        because = f" {self.why[0].upper()}{self.why[1:]}{end}" if self.why else ""
        return parts | {
            "because": because,
            "aside": f" ({self.late})" if self.late else "",
            "so": f", {self.why}" if self.why else "",
        }


class LeadTeller:
    """Words leads in one language, as of `now` (seconds since the epoch)."""

    def __init__(self, words: LeadWords, dates: DateWords, catalog: Catalog, language: Language, now: float) -> None:
        self._words = words
        self._dates = dates
        self._catalog = catalog
        self._language = language
        self._now = now

    def tell(self, story: LeadStory, score: str = "") -> Told:
        """Where a lead stands, since when, why, what is missing, what happened last, what comes next and who acts.
        `score` is the score with its reasons, in words."""
        lead, said = story.lead, self._words.stages[story.lead.stage]
        reason = self._find_reason(story)
        why = self._words.explain(reason, self._language)
        (missing, is_beside), happened = self._tell_missing(story, why), self._tell_last(story)
        score, note = (
            score or self.score(lead),
            _shorten(max(story.notes, key=lambda note: note.at).text) if story.notes else "",
        )
        lines = (("also_missing" if is_beside else "missing", missing), ("happened", happened), ("note", note))
        return Told(
            reference=lead.reference,
            name=lead.customer.name,
            product=self.product(lead),
            stage=said.name.say(self._language),
            since=self._date(lead.stage_since),
            means=said.means.say(self._language),
            why=why,
            missing=missing,
            happened=happened,
            note=note,
            next=self._words.next_step(lead.stage, reason, self._language),
            who=said.who.say(self._language),
            late=self._tell_delay(lead, said.days),
            score=f"\n{self.label('score')} {score}" if score and lead.is_open else "",
            known="".join(f"\n{self.label(name)}: {text}" for name, text in lines if text),
        )

    def name(self, lead: Lead) -> str:
        """A lead's customer, number and product, for a list."""
        return f"{lead.customer.name} ({lead.reference}, {self.product(lead)})"

    def line(self, lead: Lead) -> str:
        """A lead in one line of a list: stage, for how long, and the reason if there is one, whatever happened."""
        return self._tell_line(lead, self._lasting(lead.reason))

    def rank(self, story: LeadStory, score: str = "") -> str:
        """Why a lead is high up, in one line: its score with reasons, or where it stands and what happened last."""
        said, last = self._tell_line(story.lead, self._find_reason(story)), self._tell_last(story)
        points = self.score(story.lead)
        known = f"{said}; {last}" if last else said
        return (
            self._words.phrases["score"]
            .say(self._language)
            .format(points=score or (f"{points}: {known}" if points else known))
        )

    def asks_partner(self, story: LeadStory) -> bool:
        """Whether the next step is the partner's own: by the stage, or by what helps against the reason."""
        known, stage = self._words.reasons.get(self._find_reason(story) or ""), story.lead.stage
        is_helped = story.lead.is_open and known is not None and known.next is not None
        return stage in PARTNERS_TURN or stage is Stage.REJECTED or is_helped

    def score(self, lead: Lead) -> str:
        """A lead's points; empty where it has none."""
        return f"{lead.score:.0f}" if lead.score is not None else ""

    def card(self, told: Told) -> dict[str, object]:
        """The card of a lead."""
        score = told.score.strip().removeprefix(self.label("score")).strip()
        parts = (
            ("stage", told.stage, told.means),
            ("since", told.since, told.late),
            ("why", told.why, ""),
            ("missing", told.missing, ""),
            ("happened", told.happened, ""),
            ("note", told.note, ""),
            ("next", told.next, ""),
            ("who", told.who, ""),
            ("score", *_split_score(score)),
        )
        return {
            "title": f"{told.name}, {told.reference}",
            "rows": [
                {"label": self.label(name), "value": value, "note": note or None}
                for name, value, note in parts
                if value
            ],
        }

    def list_card(self, title: str, leads: Sequence[Lead], why: Sequence[str]) -> dict[str, object]:
        """The card of several leads, each with its line; `title` is a label."""
        rows = [
            {
                "label": f"{lead.customer.name}, {lead.reference}",
                "value": self.product(lead),
                "note": line,
            }
            for lead, line in zip(leads, why, strict=True)
        ]
        return {"title": self.label(title), "rows": rows}

    def count(self, counted: Mapping[Stage, int]) -> str:
        """How many leads there are at each stage, those without any left out."""
        phrase = self._words.phrases["count"].say(self._language)
        return ", ".join(phrase.format(stage=name, count=count) for name, count in self._name_counts(counted))

    def count_card(self, counted: Mapping[Stage, int]) -> dict[str, object]:
        """The same as a card."""
        rows = [{"label": name, "value": str(count), "note": None} for name, count in self._name_counts(counted)]
        return {"title": self.label("count"), "rows": rows}

    def events(self, story: LeadStory) -> list[tuple[str, str]]:
        """What happened to a lead, the last first: days and what it was."""
        said, words = self._language, self._words
        note = words.phrases["note"].say(said)
        happened = [(change.at, self._tell_change(change.stage, change.reason)) for change in story.history]
        happened += [
            (one.at, words.engagement[one.kind].say(said)) for one in story.engagement if one.kind in words.engagement
        ]
        happened += [(one.at, note.format(text=one.text)) for one in story.notes]
        happened.sort(key=lambda one: one[0], reverse=True)
        told = dict.fromkeys((self._date(at), what) for at, what in happened)  # the same twice a day is told once
        return list(told)[:_MOST_EVENTS]

    def story_card(self, lead: Lead, events: Sequence[tuple[str, str]]) -> dict[str, object]:
        """What happened, as a card."""
        rows = [{"label": day, "value": what, "note": None} for day, what in events]
        return {"title": f"{lead.customer.name}, {lead.reference}", "rows": rows}

    def product(self, lead: Lead) -> str:
        """The product of a lead; its kind where none was chosen, or where it may not be named since it is not sold."""
        known = self._catalog.find(lead.product) if lead.product else ()
        if known and known[0].is_on_sale(date_in_india(self._now)):
            return known[0].name.say(self._language)
        kind = self._catalog.words.kinds.get(lead.kind)
        return kind.label.say(self._language) if kind else lead.kind

    def label(self, name: str) -> str:
        """What a line or a button is called."""
        return self._words.labels[name].say(self._language)

    def _find_reason(self, story: LeadStory) -> str | None:
        """Why the lead stands where it stands, where what happened does not make it untrue."""
        known = self._words.reasons.get(story.lead.reason or "")
        happened = {one.kind for one in story.engagement}
        instead = (other for kind, other in known.unless.items() if kind in happened) if known else iter(())
        return next(instead, story.lead.reason)

    def _lasting(self, reason: str | None) -> str | None:
        """A reason that holds whatever happened; None for one that may not."""
        known = self._words.reasons.get(reason or "")
        return None if known and known.unless else reason

    def _tell_line(self, lead: Lead, reason: str | None) -> str:
        stage = self._words.stages[lead.stage].name.say(self._language)
        why = self._words.explain(reason, self._language)
        return f"{stage} {self._age(lead)}, {why}" if why else f"{stage} {self._age(lead)}"

    def _name_counts(self, counted: Mapping[Stage, int]) -> list[tuple[str, int]]:
        stages = self._words.stages
        return [(stages[stage].name.say(self._language), count) for stage, count in counted.items() if count]

    def _tell_change(self, stage: Stage, reason: str | None) -> str:
        why = self._words.explain(self._lasting(reason), self._language)
        name = self._words.stages[stage].name.say(self._language)
        return f"{name}: {why}" if why else name

    def _tell_missing(self, story: LeadStory, why: str) -> tuple[str, bool]:
        """The papers that are still wanted beside the one that the reason names, and whether it names one."""
        if not story.lead.is_open:
            return "", False
        names, again = [], self._words.phrases["refused"].say(self._language)
        is_named = False
        for paper in story.documents:
            known = self._words.documents.get(paper.kind)
            name = known.say(self._language) if known else ""
            if not name or paper.state not in _MISSING:
                continue
            if name.lower() in why.lower():
                is_named = True
                continue
            names.append(again.format(paper=name) if paper.state == "refused" else name)
        return ", ".join(dict.fromkeys(names)), is_named

    def _tell_last(self, story: LeadStory) -> str:
        """The last thing that customer or partner did, and when; empty where nothing is known."""
        known = [one for one in story.engagement if one.kind in self._words.engagement]
        if not known:
            return ""
        what = self._words.engagement[known[-1].kind].say(self._language)
        phrase = self._words.phrases["happened"].say(self._language)
        return phrase.format(what=what, when=self._when(known[-1].at))

    def _when(self, at: float) -> str:
        day, said = date_in_india(at), self._words.when
        days = (date_in_india(self._now) - day).days
        if days <= 1:
            return (said.yesterday if days else said.today).say(self._language)
        if days < _WEEK:
            return said.weekday.say(self._language).format(day=self._words.weekdays[day.weekday()].say(self._language))
        return said.date.say(self._language).format(day=self._date(at))

    def _date(self, at: float) -> str:
        return self._dates.write_day(date_in_india(at), self._language)

    def _age(self, lead: Lead) -> str:
        days = (date_in_india(self._now) - date_in_india(lead.stage_since)).days
        said = self._words.ages
        if days <= 1:
            return (said.yesterday if days else said.today).say(self._language)
        return said.days.say(self._language).format(days=days)

    def _tell_delay(self, lead: Lead, usual: int | None) -> str:
        is_late = usual is not None and self._now - lead.stage_since > usual * _LATE * DAY_S
        return self._words.late.say(self._language).format(days=usual) if is_late and lead.is_open else ""


def _shorten(text: str) -> str:
    """The beginning of a note, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_NOTE else f"{line[:_LONGEST_NOTE].rsplit(' ', 1)[0]} …"


def _split_score(score: str) -> tuple[str, str]:
    """Points and reasons of "82: opened three messages (+21)"."""
    points, _, reasons = score.partition(": ")
    return points, reasons
