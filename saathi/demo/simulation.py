"""How a lead of the demo network goes its way: what the customer, the partner and the provider do.

Each step depends on what came before it, so that there is something to learn: a referral is warmer than a campaign, a
customer who asks for a quote is nearer to a yes, a partner who rings on the first day loses fewer leads.
"""

import math
from dataclasses import dataclass, field
from random import Random

from saathi.demo.people import Person
from saathi.leads.model import Document, Engagement, Stage, StageChange

DAY = 86_400.0
SOURCES = {"referral": 28, "walk_in": 12, "campaign": 22, "social": 14, "event": 10, "renewal": 6, "website": 8}
_WARMTH = {
    "referral": 0.7, "walk_in": 0.5, "campaign": -0.5, "social": -0.3, "event": -0.1, "renewal": 1.1, "website": 0.0,
}  # fmt: skip
# Kind: how often it is asked for, by month (a factor), how readily it is said yes to, how often providers refuse.
KINDS: dict[str, tuple[int, dict[int, float], float, float]] = {
    "term": (15, {1: 1.3, 2: 1.5, 3: 1.8}, -0.1, 0.10),
    "savings-life": (9, {1: 1.4, 2: 1.6, 3: 2.0}, -0.3, 0.05),
    "ulip": (4, {2: 1.5, 3: 1.8}, -0.6, 0.04),
    "health": (18, {3: 1.4, 7: 1.2, 8: 1.2}, 0.1, 0.12),
    "motor": (10, {10: 1.3, 11: 1.3}, 0.8, 0.03),
    "travel": (3, {5: 1.8, 12: 1.5}, 0.6, 0.02),
    "home-loan": (6, {10: 1.3, 11: 1.2}, -0.2, 0.28),
    "personal-loan": (13, {10: 1.6, 11: 1.5}, 0.3, 0.35),
    "business-loan": (5, {9: 1.3, 10: 1.3}, 0.0, 0.33),
    "gold-loan": (5, {6: 1.3, 7: 1.3}, 0.5, 0.06),
    "credit-card": (9, {10: 1.6, 11: 1.4}, 0.2, 0.36),
    "deposit": (2, {4: 1.4}, 0.7, 0.01),
    "pension": (1, {3: 2.0}, 0.0, 0.02),
}
LOANS = frozenset({"home-loan", "personal-loan", "business-loan", "gold-loan", "credit-card"})
_REFUSALS = {
    "loan": ("low_score", "low_income", "place_not_served", "unreachable_for_provider", "internal_policy"),
    "insurance": ("medical_declined", "papers_late", "existing_customer", "internal_policy"),
}
_LOSSES = ("not_interested", "too_expensive", "bought_elsewhere", "unreachable")
_WAITS = ("in_queue", "provider_question", "verification_due")
_PAPERS = {
    "loan": ("pan", "aadhaar", "income", "statement"), "insurance": ("pan", "aadhaar", "photo"),
    "motor": ("vehicle", "photo"),
}  # fmt: skip
_MISSING = {
    "pan": "pan_missing", "aadhaar": "name_mismatch", "income": "income_missing", "statement": "statement_missing",
    "photo": "photo_unclear", "vehicle": "photo_unclear",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What a lead begins as. `diligence` of its partner and `affinity` to the kind run from 0 to 1."""

    person: Person
    kind: str
    source: str
    begun_at: float
    diligence: float
    affinity: float


@dataclass(slots=True)
class Course:
    """What became of a wish up to now, in order of time."""

    history: list[StageChange] = field(default_factory=list)
    engagement: list[Engagement] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)

    @property
    def last(self) -> StageChange:
        """Where it stands."""
        return self.history[-1]


class Simulation:
    """Plays wishes until `now`, in seconds since the epoch."""

    def __init__(self, random: Random, now: float) -> None:
        self._random = random
        self._now = now

    def play(self, wish: Wish) -> Course:
        """The course of one wish."""
        course = Course()
        self._move(course, Stage.NEW, wish.begun_at, "not_called", "network")
        interest = self._interest(wish)
        at = wish.begun_at + self._delay(0.3 + 3.0 * (1 - wish.diligence))
        if self._is_over(at):
            return course
        late = (at - wish.begun_at) / DAY
        at, is_reached = self._reach(course, at, interest - 0.15 * late)
        if self._is_over(at):
            return course
        if not is_reached:
            self._move(course, Stage.LOST, at + 20 * DAY, "unreachable", "partner")
            return course
        self._persuade(course, wish, at, interest - 0.15 * late)
        return course

    def _interest(self, wish: Wish) -> float:
        """How much the customer wants it, in log-odds; nobody sees it, only what follows from it."""
        readiness = KINDS[wish.kind][2]
        fits = -0.4 if wish.kind in {"term", "pension"} and wish.person.age > 55 else 0.0
        return readiness + _WARMTH[wish.source] + 0.9 * (wish.affinity - 0.5) + fits + self._random.gauss(0, 1.0)

    def _reach(self, course: Course, at: float, interest: float) -> tuple[float, bool]:
        """Up to five calls; when the last was, and whether it was taken."""
        for _ in range(5):
            if self._random.random() < _sigmoid(0.9 + 0.5 * interest):
                self._engage(course, "call_answered", at)
                return at, True
            self._engage(course, "call_missed", at)
            at += self._delay(1.5)
        return at, False

    def _persuade(self, course: Course, wish: Wish, at: float, interest: float) -> None:
        """From the first talk to a yes or a no."""
        self._move(course, Stage.CONTACTED, at, self._random.choice(("thinking", "call_later", "thinking")), "partner")
        decided = at + self._delay(3.0 + 4.0 * (1 - wish.diligence) - min(interest, 2.0))
        signs = self._show_interest(course, at, min(decided, self._now), interest)
        if self._is_over(decided):
            return
        if self._random.random() > _sigmoid(interest - 0.2 + 0.25 * signs + 0.8 * (wish.diligence - 0.5)):
            self._move(course, Stage.LOST, decided, self._random.choice(_LOSSES), "customer")
            return
        self._collect(course, wish, decided, interest)

    def _show_interest(self, course: Course, since: float, until: float, interest: float) -> float:
        """What the customer does meanwhile; how much of a yes that is."""
        rates = {
            "message_opened": (0.45, 0.5, 0.15), "link_opened": (0.20, 0.7, 0.3), "replied": (0.20, 0.6, 0.3),
            "quote_asked": (0.08, 0.9, 0.8), "call_asked": (0.05, 0.8, 0.7), "met": (0.05, 0.6, 0.6),
            "call_missed": (0.20, -0.6, -0.4),
        }  # fmt: skip
        signs = 0.0
        for kind, (a_day, rises, weight) in rates.items():
            expected = a_day * math.exp(rises * interest * 0.6) * min((until - since) / DAY, 14.0)
            for _ in range(min(6, self._poisson(expected))):
                self._engage(course, kind, self._random.uniform(since, max(until, since + 1.0)))
                signs += weight
        return max(-2.0, min(3.0, signs))

    def _collect(self, course: Course, wish: Wish, at: float, interest: float) -> None:
        """From the yes to a whole file."""
        papers = _PAPERS["motor" if wish.kind == "motor" else "loan" if wish.kind in LOANS else "insurance"]
        missing = self._random.choice(papers)
        self._move(course, Stage.DOCUMENTS, at, _MISSING[missing], "partner")
        done = at + self._delay(4.0 + 4.0 * (1 - wish.diligence))
        is_whole = self._random.random() < _sigmoid(1.2 + 0.5 * interest + 0.8 * (wish.diligence - 0.5))
        for paper in papers:
            sent = at + self._random.random() * max(done - at, 1.0)
            is_there = sent < self._now and (paper != missing or (is_whole and done < self._now))
            state = "verified" if is_there else "requested"
            course.documents.append(Document(paper, state, None, sent if is_there else at))
            if is_there:
                self._engage(course, "document_sent", sent)
        if not is_whole:
            self._move(course, Stage.LOST, at + 30 * DAY, "papers_late", "network")
        elif not self._is_over(done):
            self._review(course, wish, done)

    def _review(self, course: Course, wish: Wish, at: float) -> None:
        """What the provider says."""
        is_loan = wish.kind in LOANS
        waits = (*_WAITS, "medical_due") if wish.kind in {"term", "health"} and wish.person.age > 45 else _WAITS
        self._move(course, Stage.SUBMITTED, at, self._random.choice(waits), "partner")
        decided = at + self._delay(9.0 if is_loan else 6.0)
        if self._random.random() < KINDS[wish.kind][3]:
            reason = self._random.choice(_REFUSALS["loan" if is_loan else "insurance"])
            self._move(course, Stage.REJECTED, decided, reason, "provider")
            return
        due = "activation_due" if wish.kind == "credit-card" else "disbursal_due" if is_loan else "free_look"
        self._move(course, Stage.APPROVED, decided, due, "provider")
        if course.last.stage is Stage.APPROVED and decided + 35 * DAY < self._now:
            course.history[-1] = StageChange(Stage.APPROVED, decided, None, "provider")

    def _move(self, course: Course, stage: Stage, at: float, reason: str, by: str) -> None:
        if at <= self._now:
            course.history.append(StageChange(stage, at, reason, by))

    def _engage(self, course: Course, kind: str, at: float) -> None:
        if at <= self._now:
            course.engagement.append(Engagement(kind, at))

    def _is_over(self, at: float) -> bool:
        return at > self._now

    def _delay(self, days: float) -> float:
        """A time that is `days` on average, in seconds, with the long tail that delays have."""
        return self._random.gammavariate(1.6, max(days, 0.2) / 1.6) * DAY

    def _poisson(self, expected: float) -> int:
        """Knuth's algorithm; the expected numbers here are small."""
        limit, product, count = math.exp(-expected), self._random.random(), 0
        while product > limit:
            product *= self._random.random()
            count += 1
        return count


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))
