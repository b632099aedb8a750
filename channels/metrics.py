"""What `/metrics` counts: the same as the outcome rows, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from saathi.outcomes import TurnOutcome

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 15)


class Metrics:
    """The counters of one gateway, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._messages = Counter(
            "saathi_messages", "Authentic messages", ["channel", "repeated"], registry=self.registry
        )
        self._refused = Counter(
            "saathi_messages_refused", "Messages that were not stored", ["channel", "reason"], registry=self.registry
        )
        self._turns = Counter(
            "saathi_turns",
            "Turns by how they ended",
            ["channel", "language", "intent", "outcome", "experiment"],
            registry=self.registry,
        )
        self._sendings = Counter(
            "saathi_sendings", "Messages handed to a vendor, by what became of them", ["channel", "end"],
            registry=self.registry,
        )  # fmt: skip
        self._citations = Counter("saathi_citations", "Citations given", ["channel"], registry=self.registry)
        self._attempts = Histogram(
            "saathi_failed_attempts",
            "Open attempts after a turn",
            ["channel"],
            buckets=(0, 1, 2),
            registry=self.registry,
        )
        self._stages = Histogram(
            "saathi_stage_seconds", "Time of a stage of the turn", ["stage"], buckets=_BUCKETS, registry=self.registry
        )
        self._versions = Gauge(
            "saathi_version_last_used", "When a version last answered", ["kind", "version"], registry=self.registry
        )
        self.expired_articles = Gauge(
            "saathi_articles_expired", "Articles whose facts hold no more: not given as current", registry=self.registry
        )
        self.expiring_articles = Gauge(
            "saathi_articles_expiring", "Articles whose facts end within 60 days", registry=self.registry
        )
        self.sockets = Gauge("saathi_sockets", "Open chat sockets", registry=self.registry)

    def count_message(self, channel: str, *, is_new: bool) -> None:
        """Count an authentic message."""
        self._messages.labels(channel, "no" if is_new else "yes").inc()

    def count_refusal(self, channel: str, reason: str) -> None:
        """Count a message that was refused."""
        self._refused.labels(channel, reason).inc()

    def count_sending(self, channel: str, end: str) -> None:
        """Count a message that was sent, postponed, failed, or whose fate is unknown."""
        self._sendings.labels(channel, end).inc()

    def count_turn(self, outcome: TurnOutcome) -> None:
        """Count a turn by its outcome row."""
        intent, experiment = outcome.intent or "none", outcome.experiment or "none"
        self._turns.labels(outcome.channel, outcome.language, intent, outcome.outcome.value, experiment).inc()
        self._citations.labels(outcome.channel).inc(len(outcome.citations))
        self._attempts.labels(outcome.channel).observe(outcome.failed_attempts)
        for stage, milliseconds in outcome.milliseconds.items():
            self._stages.labels(stage).observe(milliseconds / 1000)
        for kind, version in (("model", outcome.model), ("knowledge", outcome.knowledge)):
            if version:
                self._versions.labels(kind, version).set(outcome.at)

    def write(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)
