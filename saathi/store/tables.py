"""The tables. Times are seconds since the epoch, UTC."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# The pseudonym is random, so that deleting this row cuts what remains of a person loose from them.
people = Table(
    "people",
    metadata,
    Column("partner", String(64), primary_key=True),
    Column("pseudonym", String(32), nullable=False, unique=True),
    Column("language", String(8), nullable=True),  # of the replies, where the person has fixed one
    Column("created_at", Float, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("partner", String(64), ForeignKey("people.partner"), nullable=True, index=True),
    # The partner's one chat conversation carries the partner here; one-off and call conversations carry null.
    Column("chat_of", String(64), nullable=True, unique=True),
    Column("mode", String(16), nullable=False, server_default="assistant"),
    Column("last_seq", Integer, nullable=False, server_default="0"),
    Column("lease_owner", String(32), nullable=True),
    Column("lease_until", Float, nullable=False, server_default="0"),
    Column("created_at", Float, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),  # order of arrival
    Column("id", String(32), nullable=False, unique=True),
    Column("key", String(255), nullable=False, unique=True),
    Column("conversation", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("address", String(160), nullable=True),  # of the sender, on channels where a person has one
    Column("text", Text, nullable=False),
    Column("payload", Text, nullable=True),
    Column("language", String(8), nullable=False),
    Column("state", String(8), nullable=False),  # pending, done
    # The replies of a message that takes no turn, while it waits; a notice has them and no text.
    Column("prepared", JSON(none_as_null=True), nullable=True),
    Column("received_at", Float, nullable=False),
    Index("ix_inbox_state_conversation", "state", "conversation", "number"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("message", String(32), nullable=True),  # the inbox row that it answers
    Column("part", Integer, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("address", String(160), nullable=True),  # where it goes, on channels that are sent to
    Column("author", String(16), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(8), nullable=False),  # queued, sending, sent, failed, unknown
    Column("not_before", Float, nullable=False),
    Column("expires_at", Float, nullable=True),
    Column("created_at", Float, nullable=False),
    Column("sent_at", Float, nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("sent_parts", Integer, nullable=False, server_default="0"),  # of the vendor's messages that it becomes
    Column("lease_until", Float, nullable=False, server_default="0"),  # while it is being sent
    Column("fault", String(200), nullable=True),  # of the last attempt
    UniqueConstraint("conversation", "seq"),
    UniqueConstraint("message", "part"),
    Index("ix_outbox_state_address", "state", "channel", "address"),
)

# What a vendor calls the messages that a row of the outbox became; `status` is what it says of their delivery.
sent_parts = Table(
    "sent_parts",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("vendor_id", String(128), primary_key=True),
    Column("reply", String(32), ForeignKey("outbox.id"), nullable=False, index=True),
    Column("part", Integer, nullable=False),
    Column("status", String(16), nullable=True),
    Column("at", Float, nullable=False),
)

# Where people write from: an address belongs to the partner of its conversation, to nobody while that has none.
addresses = Table(
    "addresses",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("address", String(160), primary_key=True),
    Column("conversation", String(32), ForeignKey("conversations.id"), nullable=False, index=True),
    Column("heard_at", Float, nullable=False),  # when the person last wrote from there
    Column("created_at", Float, nullable=False),
)

# One-time codes, hashed: of a partner, to be sent from an address, or of an address, to be typed in the app.
link_codes = Table(
    "link_codes",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("partner", String(64), nullable=True),
    Column("channel", String(16), nullable=True),
    Column("address", String(160), nullable=True),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("used_at", Float, nullable=True),
)

# Wrong codes and PINs in a row, by who tried them and what for.
failed_tries = Table(
    "failed_tries",
    metadata,
    Column("person", String(200), primary_key=True),
    Column("purpose", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", Float, nullable=False),
    Column("locked_until", Float, nullable=False),
)

pins = Table(
    "pins",
    metadata,
    Column("partner", String(64), ForeignKey("people.partner"), primary_key=True),
    Column("hash", String(200), nullable=False),
    Column("set_at", Float, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("sid", String(64), primary_key=True),
    Column("conversation", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("caller", String(160), nullable=True),  # a hint, never proof
    Column("state", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("ended_at", Float, nullable=True),
)

surveys = Table(
    "surveys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation", String(32), ForeignKey("conversations.id"), nullable=False, index=True),
    Column("asked_at", Float, nullable=False),
    Column("score", Integer, nullable=True),  # 1 to 5
    Column("comment", String(100), nullable=True),
    Column("answered_at", Float, nullable=True),
)

choices = Table(
    "choices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation", String(32), ForeignKey("conversations.id"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("conversation", String(32), ForeignKey("conversations.id"), primary_key=True),
    Column("message", String(32), primary_key=True),
    Column("cause", String(32), nullable=False),
    Column("solution", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
)

# What was looked up without failing. It counts no attempt; the person who takes over reads of it.
look_ups = Table(
    "look_ups",
    metadata,
    Column("conversation", String(32), ForeignKey("conversations.id"), primary_key=True),
    Column("message", String(32), primary_key=True),
    Column("solution", String(200), primary_key=True),
    Column("is_open", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("message", String(32), primary_key=True),  # the inbox row that caused it
    Column("conversation", String(32), ForeignKey("conversations.id"), nullable=False, index=True),
    Column("packet", JSON, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("turn", String(32), primary_key=True),
    Column("at", Float, nullable=False, index=True),
    Column("partner", String(32), nullable=True),  # a pseudonym
    Column("channel", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("intent", String(64), nullable=True),
    Column("confidence", Float, nullable=True),
    Column("route", String(128), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("citations", JSON, nullable=False),
    Column("failed_attempts", Integer, nullable=False),
    Column("sentiment", Float, nullable=True),  # from -1 to 1; null where nothing was typed or understood
    Column("milliseconds", JSON, nullable=False),
    Column("model", String(64), nullable=True),
    Column("knowledge", String(64), nullable=True),
    Column("experiment", String(64), nullable=True),
)

feedback = Table(
    "feedback",
    metadata,
    Column("reply", String(32), ForeignKey("outbox.id"), primary_key=True),
    Column("value", String(8), nullable=False),
    Column("reason", String(200), nullable=True),
    Column("at", Float, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("conversation", String(32), ForeignKey("conversations.id"), nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("data", JSON, nullable=False),
    Column("at", Float, nullable=False),
)

# The state of the articles that was announced last: what differs from it is the next change.
announced_articles = Table(
    "announced_articles",
    metadata,
    Column("slug", String(128), primary_key=True),
    Column("title", Text, nullable=False),
    Column("digest", String(64), nullable=False),
)

knowledge_changes = Table(
    "knowledge_changes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("event", String(32), nullable=False),  # article.added, article.changed, article.removed
    Column("slug", String(128), nullable=False),
    Column("title", Text, nullable=False),
    Column("version", String(64), nullable=False),
    Column("at", Float, nullable=False),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", String(128), nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("change", String(32), ForeignKey("knowledge_changes.id"), nullable=False),
    Column("subscriber", String(32), ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", String(8), nullable=False),  # queued, sent, failed
    Column("attempts", Integer, nullable=False),
    Column("not_before", Float, nullable=False),
    Column("fault", String(200), nullable=True),  # of the last attempt
    Column("created_at", Float, nullable=False),
    Column("sent_at", Float, nullable=True),
    Index("ix_deliveries_state_not_before", "state", "not_before"),
)
