"""One row a turn: what was asked in which way, what came of it, and how long each stage took."""

from dataclasses import asdict, dataclass, field

from sqlalchemy import Connection, select

from language import Language
from saathi.messages import Outcome
from saathi.store.statements import insert_if_absent
from saathi.store.tables import inbox, outcomes


@dataclass(frozen=True, slots=True)
class TurnOutcome:
    """What a turn leaves for those who run and improve the assistant. It names nobody and quotes nothing.

    `route` is the actions that decided, joined by `>`; `milliseconds` maps a stage (queue, rasa, nlu, actions,
    knowledge, total) to its time; `experiment` is the arm of an experiment, None outside one; `sentiment` is how the
    message sounded, in [-1, 1].
    """

    turn: str
    at: float
    partner: str | None
    channel: str
    language: Language
    outcome: Outcome
    failed_attempts: int
    milliseconds: dict[str, float]
    route: str = ""
    intent: str | None = None
    confidence: float | None = None
    citations: tuple[str, ...] = field(default=())
    model: str | None = None
    knowledge: str | None = None
    experiment: str | None = None
    sentiment: float | None = None


def record(connection: Connection, outcome: TurnOutcome) -> None:
    """Write the row, once a turn."""
    row = asdict(outcome)
    insert_if_absent(
        connection, outcomes, {**row, "outcome": outcome.outcome.value, "citations": list(outcome.citations)}
    )


def find(connection: Connection, key: str) -> TurnOutcome | None:
    """The outcome of the turn that the inbox message with this key had."""
    query = select(outcomes).select_from(outcomes.join(inbox, inbox.c.id == outcomes.c.turn)).where(inbox.c.key == key)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return TurnOutcome(**{**row, "outcome": Outcome(row["outcome"]), "citations": tuple(row["citations"])})
