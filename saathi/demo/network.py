"""The whole demo network as rows of the CRM's tables. The same seed and the same moment make the same network."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from saathi.clock import date_in_india
from saathi.crm.writing import find_ending
from saathi.demo.ledger import Ledger, Sale
from saathi.demo.people import People, Person
from saathi.demo.simulation import DAY, KINDS, SOURCES, Course, Simulation, Wish
from saathi.leads.model import Stage
from saathi.leads.sounds import sounds_of
from saathi.products import Catalog

PARTNERS = range(1001, 1201)
SHOWN = "P1001"  # the demo page's partner
SHOWN_LEAD = "L-1042"  # the lead that README and demo page speak of
_LEADS, _DAYS = 6000, 420
_AMOUNTS = {  # rupees, yearly premium or loan: from, to, steps of
    "term": (8_000, 32_000, 500), "savings-life": (24_000, 1_20_000, 1_000), "ulip": (30_000, 1_50_000, 5_000),
    "health": (9_000, 42_000, 500), "motor": (2_500, 24_000, 100), "travel": (900, 9_000, 100),
    "home-loan": (12_00_000, 65_00_000, 50_000), "personal-loan": (75_000, 9_00_000, 5_000),
    "business-loan": (2_00_000, 25_00_000, 25_000), "gold-loan": (40_000, 6_00_000, 5_000),
    "credit-card": (50_000, 3_00_000, 10_000), "deposit": (50_000, 10_00_000, 10_000),
    "pension": (12_000, 1_00_000, 1_000),
}  # fmt: skip
_TICKETS = (
    ("payout", "A line of the payout statement is missing.", "added_to_next_payout", "resolved"),
    ("payout", "The clawback should be looked at once more.", None, "open"),
    ("lead", "The lead shows the wrong product.", "product_corrected", "closed"),
    ("lead", "The provider does not answer the question on this lead.", None, "waiting"),
    ("app", "The upload of a document stops at half.", "app_updated", "closed"),
    ("kyc", "The name was corrected on the PAN, please check the KYC again.", None, "open"),
)

Rows = dict[str, list[dict[str, Any]]]


@dataclass(slots=True)
class _Partner:
    id: str
    region: str
    diligence: float
    busyness: float
    affinity: dict[str, float]
    sales: list[Sale] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Made:
    """A lead before it has its number."""

    partner: _Partner
    wish: Wish
    course: Course
    amount: int


class Network:
    """Makes the network. `catalog` names the products that leads are about."""

    def __init__(self, catalog: Catalog, now: float, seed: int = 1) -> None:
        self._catalog = catalog
        self._now = now
        self._random = Random(seed)  # noqa: S311 - a demo wants to be repeatable
        self._people = People(self._random)
        self._simulation = Simulation(self._random, now)
        self._rows: Rows = defaultdict(list)

    def make(self) -> Rows:
        """The rows of each table, by its name, in an order that keeps foreign keys."""
        partners = [self._make_partner(number) for number in PARTNERS]
        made = [self._make_lead(self._choose_partner(partners)) for _ in range(_LEADS)]
        made += [self._make_lead(partner) for partner in partners for _ in range(3)]
        for reference, lead in self._number(made):
            self._write_lead(reference, lead)
        for partner in partners:
            self._write_ledger(partner)
            self._write_tickets(partner)
        return self._rows

    def _make_partner(self, number: int) -> _Partner:
        kinds = {kind: min(1.0, max(0.0, self._random.gauss(0.5, 0.25))) for kind in KINDS}
        diligence = min(1.0, max(0.0, self._random.gauss(0.55, 0.2)))
        region, busyness = self._people.choose_region(), self._random.lognormvariate(0, 0.6)
        is_shown = f"P{number}" == SHOWN
        return _Partner(f"P{number}", region, diligence, max(busyness, 2.0) if is_shown else busyness, kinds)

    def _choose_partner(self, partners: list[_Partner]) -> _Partner:
        return self._random.choices(partners, [partner.busyness for partner in partners])[0]

    def _make_lead(self, partner: _Partner) -> _Made:
        begun_at = self._now - self._random.random() ** 1.8 * _DAYS * DAY  # the network grows
        month = datetime.fromtimestamp(begun_at, UTC).month
        wanted = [KINDS[kind][0] * KINDS[kind][1].get(month, 1.0) * (0.4 + partner.affinity[kind]) for kind in KINDS]
        kind = self._random.choices(list(KINDS), wanted)[0]
        source = self._random.choices(list(SOURCES), list(SOURCES.values()))[0]
        person = self._people.make(partner.region)
        wish = Wish(person, kind, source, begun_at, partner.diligence, partner.affinity[kind])
        least, most, step = _AMOUNTS[kind]
        amount = self._random.randrange(least, most + 1, step) * 100
        return _Made(partner, wish, self._simulation.play(wish), amount)

    def _number(self, made: list[_Made]) -> list[tuple[str, _Made]]:
        """References in order of creation; the one that is shown goes to a lead that waits for papers."""
        made = sorted(made, key=lambda lead: lead.wish.begun_at)
        place = int(SHOWN_LEAD.removeprefix("L-")) - 1001
        waiting = (
            number
            for number in range(len(made) - 1, -1, -1)
            if made[number].partner.id == SHOWN and made[number].course.last.stage is Stage.DOCUMENTS
        )
        if (shown := next(waiting, None)) is not None:
            made[place], made[shown] = made[shown], made[place]
        return [(f"L-{1001 + number}", lead) for number, lead in enumerate(made)]

    def _write_lead(self, reference: str, made: _Made) -> None:
        wish, course, last = made.wish, made.course, made.course.last
        customer, partner = f"C-{reference[2:]}", made.partner.id
        product = self._choose_product(wish.kind) if last.stage not in {Stage.NEW, Stage.LOST} else None
        self._write_customer(customer, partner, wish.person, wish.begun_at)
        self._add(
            "leads", reference=reference, partner=partner, customer=customer, kind=wish.kind, product=product,
            source=wish.source, stage=last.stage.value, stage_since=last.at, reason=last.reason, amount=made.amount,
            created_at=wish.begun_at, updated_at=max([last.at, *(event.at for event in course.engagement)]),
        )  # fmt: skip
        self._write_course(reference, course)
        submitted = next((change for change in course.history if change.stage is Stage.SUBMITTED), None)
        if submitted is not None and product is not None:
            self._write_application(reference, made, product, submitted.at)
        if last.stage is Stage.APPROVED:
            made.partner.sales.append(Sale(reference, wish.kind, made.amount, date_in_india(last.at)))

    def _write_course(self, lead: str, course: Course) -> None:
        for number, change in enumerate(course.history):
            self._add(
                "lead_stages", id=f"{lead}-s{number}", lead=lead, stage=change.stage.value, reason=change.reason,
                by=change.by, at=change.at,
            )  # fmt: skip
        for number, event in enumerate(course.engagement):
            self._add("lead_events", id=f"{lead}-e{number}", lead=lead, kind=event.kind, at=event.at)
        for paper in course.documents:
            self._add("lead_documents", lead=lead, kind=paper.kind, state=paper.state, reason=paper.reason, at=paper.at)

    def _write_customer(self, customer: str, partner: str, person: Person, at: float) -> None:
        self._add(
            "customers", id=customer, partner=partner, name=person.name, phone=person.phone,
            ending=find_ending(person.phone), region=person.region, age=person.age, created_at=at, updated_at=at,
        )  # fmt: skip
        for sound in sounds_of(person.name):
            self._add("customer_names", partner=partner, sound=sound, customer=customer)

    def _write_application(self, reference: str, made: _Made, product: str, submitted_at: float) -> None:
        last = made.course.last
        expected_by = submitted_at + 10 * DAY if last.stage is Stage.SUBMITTED else None
        self._add(
            "applications", id=f"A-{reference[2:]}", partner=made.partner.id, lead=reference,
            customer=f"C-{reference[2:]}", product=product, stage=last.stage.value, reason=last.reason,
            amount=made.amount, submitted_at=submitted_at, updated_at=last.at, expected_by=expected_by,
        )  # fmt: skip

    def _choose_product(self, kind: str) -> str | None:
        on_sale = self._catalog.list(date_in_india(self._now), kinds={kind})
        return self._random.choice(on_sale).slug if on_sale else None

    def _write_ledger(self, partner: _Partner) -> None:
        for payout in Ledger(self._random, partner.id, partner.sales, date_in_india(self._now)).payouts():
            paid_on = payout.paid_on.isoformat() if payout.paid_on else None
            self._add(
                "payouts", id=payout.id, partner=partner.id, month=f"{payout.month:%Y-%m}", state=payout.state.value,
                due_on=payout.due_on.isoformat(), paid_on=paid_on, reason=payout.reason,
            )  # fmt: skip
            for number, line in enumerate(payout.lines, 1):
                self._add(
                    "payout_lines", payout=payout.id, number=number, kind=line.kind.value, amount=line.amount,
                    base=line.base, rate=line.rate, lead=line.lead, reason=line.reason,
                )  # fmt: skip

    def _write_tickets(self, partner: _Partner) -> None:
        for _ in range(self._random.choices((0, 1, 2), (4, 4, 2))[0]):
            topic, text, resolution, state = self._random.choice(_TICKETS)
            created = self._now - self._random.uniform(2, 60) * DAY
            updated = min(self._now, created + self._random.uniform(0.2, 6) * DAY)
            self._add(
                "tickets", key=f"demo-{len(self._rows['tickets'])}", partner=partner.id, topic=topic, text=text,
                state=state, resolution=resolution, created_at=created, updated_at=updated,
            )  # fmt: skip

    def _add(self, table: str, **values: Any) -> None:
        self._rows[table].append(values)
