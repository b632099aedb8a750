"""The demo network as the assistant under test holds it: facts for conversations, and what is another's."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from saathi.calculators.money import write_rupees

ROOT = Path(__file__).resolve().parents[2]
Facts = Mapping[str, Mapping[str, Any]]
_REFERENCE = re.compile(r"\bL-\d+\b")
_MONTHS = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "hi": ("जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"),
}
_CALLED = {  # in Devanagari, as a partner types it
    "Aarti": "आरती", "Amit": "अमित", "Anjali": "अंजलि", "Deepa": "दीपा", "Dinesh": "दिनेश", "Farida": "फरीदा",
    "Geeta": "गीता", "Gopal": "गोपाल", "Harish": "हरीश", "Imran": "इमरान", "Jyoti": "ज्योति", "Kamla": "कमला",
    "Kavita": "कविता", "Mahesh": "महेश", "Manoj": "मनोज", "Meena": "मीना", "Mohan": "मोहन", "Naveen": "नवीन",
    "Neha": "नेहा", "Pooja": "पूजा", "Pradeep": "प्रदीप", "Priya": "प्रिया", "Rajesh": "राजेश",
    "Rakesh": "राकेश", "Ramesh": "रमेश", "Rekha": "रेखा", "Salma": "सलमा", "Sanjay": "संजय",
    "Savita": "सविता", "Shabnam": "शबनम", "Sunil": "सुनील", "Sunita": "सुनीता", "Suresh": "सुरेश",
    "Usha": "उषा", "Vijay": "विजय", "Vinod": "विनोद", "Yasmin": "यासमीन", "Zainab": "जैनब",
}  # fmt: skip

# What conversations ask by: `days` is how long a lead has stood there, `namesakes` how many of the partner's have that
# given name, sums are written (₹1,20,000), `due` is Indian. `first` has a lead's place by score among the open ones.
_VIEWS = """
CREATE TEMP VIEW lead AS SELECT l.reference, substr(l.reference, 3) AS number, l.partner, l.kind, l.product, l.stage,
  stage_name(l.stage) AS stands, l.reason, l.amount AS paise, rupees(l.amount) AS amount,
  CAST(round(l.score) AS INT) AS score, (unixepoch() - l.stage_since) / 86400 AS days, provider(l.product) AS provider,
  c.name, c.age, c.region, c.ending, c.phone,
  substr(c.name, 1, instr(c.name, ' ') - 1) AS given, substr(c.name, instr(c.name, ' ') + 1) AS family,
  called(substr(c.name, 1, instr(c.name, ' ') - 1)) AS called,
  (SELECT count(*) FROM customers o WHERE o.partner = l.partner
    AND o.name LIKE substr(c.name, 1, instr(c.name, ' ')) || '%') AS namesakes
  FROM leads l JOIN customers c ON c.id = l.customer;
CREATE TEMP VIEW first AS SELECT *, row_number() OVER (PARTITION BY partner ORDER BY score DESC) AS place FROM lead
  WHERE stage IN ('new', 'contacted', 'documents', 'submitted');
CREATE TEMP VIEW payout AS SELECT p.*, month_name(p.month, 'en') AS month_en, month_name(p.month, 'hi') AS month_hi,
  rupees(sum(l.amount)) AS net, sum(l.amount) AS paise,
  rupees(sum(CASE WHEN l.amount > 0 THEN l.amount ELSE 0 END)) AS gross,
  rupees(-sum(CASE WHEN l.kind = 'tds' THEN l.amount ELSE 0 END)) AS tds, count(*) AS lines,
  sum(l.kind = 'tds') AS taxed, sum(l.kind = 'clawback') AS clawed
  FROM payouts p JOIN payout_lines l ON l.payout = p.id GROUP BY p.id;
CREATE TEMP VIEW line AS SELECT p.partner, p.month, month_name(p.month, 'en') AS month_en,
  month_name(p.month, 'hi') AS month_hi, p.state, l.kind, l.lead, l.reason,
  rupees(abs(l.amount)) AS amount, rupees(l.base) AS base
  FROM payout_lines l JOIN payouts p ON p.id = l.payout;
CREATE TEMP VIEW reminder AS SELECT *, strftime('%Y-%m-%d %H:%M', due_at + 19800, 'unixepoch') AS due FROM reminders;
"""


class Network:
    """Reads the database of an assistant that runs. `file` is its SQLite file; `named` partners are nobody's `any`."""

    def __init__(self, file: Path, named: Iterable[str] = ()) -> None:
        self._database = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._taken = set(named)
        words = yaml.safe_load((ROOT / "data/leads/words.yml").read_text(encoding="utf-8"))["stages"]
        sold = _read_providers()
        for name, count, function in (
            ("rupees", 1, lambda paise: None if paise is None else _write(paise)),
            ("stage_name", 1, lambda stage: words[stage]["name"]["en"]),
            ("provider", 1, sold.get),
            ("called", 1, _CALLED.get),
            ("month_name", 2, lambda month, language: _MONTHS[language][int(month[5:]) - 1]),
        ):
            self._database.create_function(name, count, function)
        self._database.executescript(_VIEWS)

    def choose(self, partner: str, queries: Mapping[str, str]) -> tuple[str, Facts]:
        """The partner that is named, or for `any` the first one not taken yet of whom all facts are true; with them.

        Raises:
            LookupError: the network of today has no such facts.
        """
        numbers = [f"P{number}" for number in range(1001, 1201)] if partner == "any" else [partner]
        for one in numbers:
            if (partner != "any" or one not in self._taken) and (facts := self._find(one, queries)) is not None:
                self._taken.add(one)
                return one, facts
        raise LookupError(f"nobody of {partner} for {dict(queries)}")

    def holds(self, partner: str, query: str) -> bool:
        """Whether there is a row."""
        return self._database.execute(query, {"partner": partner}).fetchone() is not None

    def find_foreign(self, partner: str, said: str, typed: Iterable[str]) -> list[str]:
        """References and full names of others' customers in what was said, but for those that the partner typed."""
        own = "SELECT reference FROM lead WHERE partner = ?"
        mine = {row[0] for row in self._database.execute(own, [partner])}
        mine_named = {
            row[0] for row in self._database.execute("SELECT name FROM customers WHERE partner = ?", [partner])
        }
        others = {row[0] for row in self._database.execute("SELECT DISTINCT name FROM customers")} - mine_named
        heard = " ".join(typed).casefold()
        found = {
            *(set(_REFERENCE.findall(said)) - mine),
            *(name for name in others if name.casefold() in said.casefold()),
        }
        return sorted(one for one in found if one.casefold().removeprefix("l-") not in heard)

    def _find(self, partner: str, queries: Mapping[str, str]) -> Facts | None:
        facts: dict[str, Mapping[str, Any]] = {}
        for name, query in queries.items():
            row = self._database.execute(fill(query, facts), {"partner": partner}).fetchone()
            if row is None:
                return None
            facts[name] = dict(row)
        return facts


def fill(text: str, facts: Facts) -> str:
    """`{lead.name}` becomes the fact's value."""
    return re.sub(r"\{(\w+)\.(\w+)\}", lambda gap: str(facts[gap[1]][gap[2]]), text)


def _write(paise: int) -> str:
    whole, rest = divmod(abs(paise), 100)
    return ("-" if paise < 0 else "") + write_rupees(whole) + (f".{rest:02d}" if rest else "")


def _read_providers() -> dict[str, str]:
    words = yaml.safe_load((ROOT / "data/products/shared/words.yml").read_text(encoding="utf-8"))["providers"]
    products = [
        product
        for path in (ROOT / "data/products").glob("*.yml")
        for product in yaml.safe_load(path.read_text(encoding="utf-8"))["products"]
    ]
    return {product["slug"]: words[product["provider"]]["en"] for product in products}
