"""The tables of the project's own CRM and ledger. Times are seconds since the epoch, UTC; amounts are paise.

Each row that is somebody's carries its partner, so that a read can be held to the partner by its first condition.
"""

from sqlalchemy import JSON, BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from saathi.store.tables import metadata

customers = Table(
    "customers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("partner", String(64), nullable=False),
    Column("name", String(120), nullable=False),
    Column("phone", String(20), nullable=True),
    Column("ending", String(4), nullable=True),  # of the phone number
    Column("region", String(32), nullable=False),
    Column("age", Integer, nullable=True),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index("ix_customers_partner_ending", "partner", "ending"),
)

# How each part of a name sounds, whatever script and spelling it is asked for in.
customer_names = Table(
    "customer_names",
    metadata,
    Column("partner", String(64), primary_key=True),
    Column("sound", String(32), primary_key=True),
    Column("customer", String(32), ForeignKey("customers.id"), primary_key=True, index=True),
)

leads = Table(
    "leads",
    metadata,
    Column("reference", String(32), primary_key=True),
    Column("partner", String(64), nullable=False),
    Column("customer", String(32), ForeignKey("customers.id"), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("product", String(64), nullable=True),
    Column("source", String(32), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("stage_since", Float, nullable=False),
    Column("reason", String(48), nullable=True),
    Column("amount", BigInteger, nullable=True),
    Column("score", Float, nullable=True),  # 0 to 100; what it is made of stands in lead_scores
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    # All that leads are chosen and ordered by: a list is made within an index, and only its page is looked up.
    Index("ix_leads_partner_stage", "partner", "stage", "kind", "stage_since", "created_at", "score", "reference"),
    Index("ix_leads_partner_stage_since", "partner", "stage_since", "reference"),
)

lead_stages = Table(
    "lead_stages",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),  # orders changes of the same moment
    Column("id", String(64), nullable=False, unique=True),  # of the write that made it
    Column("lead", String(32), ForeignKey("leads.reference"), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("reason", String(48), nullable=True),
    Column("by", String(16), nullable=False),  # partner, provider, network, customer
    Column("at", Float, nullable=False),
    Index("ix_lead_stages_lead_at", "lead", "at"),
)

lead_events = Table(
    "lead_events",
    metadata,
    Column("id", String(64), primary_key=True),  # the sender's name of the event
    Column("lead", String(32), ForeignKey("leads.reference"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("at", Float, nullable=False),
    Index("ix_lead_events_lead_at", "lead", "at"),
)

lead_documents = Table(
    "lead_documents",
    metadata,
    Column("lead", String(32), ForeignKey("leads.reference"), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("state", String(16), nullable=False),  # requested, received, verified, refused
    Column("reason", String(48), nullable=True),
    Column("at", Float, nullable=False),
)

lead_notes = Table(
    "lead_notes",
    metadata,
    Column("id", String(64), primary_key=True),  # of the write that made it
    Column("lead", String(32), ForeignKey("leads.reference"), nullable=False, index=True),
    Column("partner", String(64), nullable=True),  # who wrote it, and alone is told it
    Column("text", Text, nullable=False),
    Column("at", Float, nullable=False),
)

lead_scores = Table(
    "lead_scores",
    metadata,
    Column("lead", String(32), ForeignKey("leads.reference"), primary_key=True),
    Column("probability", Float, nullable=False),
    Column("base", Float, nullable=False),  # points of a lead of which nothing is known
    Column("contributions", JSON, nullable=False),  # [{"feature", "value", "points"}]; with the base they are the score
    Column("model", String(64), nullable=False),
    Column("at", Float, nullable=False),
)

reminders = Table(
    "reminders",
    metadata,
    Column("id", String(64), primary_key=True),  # of the message that asked for it
    Column("partner", String(64), nullable=False, index=True),
    Column("conversation", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("address", String(160), nullable=True),
    Column("lead", String(32), nullable=True),  # of whichever CRM
    Column("text", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("due_at", Float, nullable=False),
    Column("state", String(12), nullable=False),  # waiting, told, cancelled
    Column("created_at", Float, nullable=False),
    Index("ix_reminders_state_due_at", "state", "due_at"),
)

applications = Table(
    "applications",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("partner", String(64), nullable=False),
    Column("lead", String(32), ForeignKey("leads.reference"), nullable=False, index=True),
    Column("customer", String(32), ForeignKey("customers.id"), nullable=False, index=True),
    Column("product", String(64), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("reason", String(48), nullable=True),
    Column("amount", BigInteger, nullable=True),
    Column("submitted_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Column("expected_by", Float, nullable=True),
    Index("ix_applications_partner_customer", "partner", "customer"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),  # T-204 is 204
    Column("key", String(64), nullable=False, unique=True),  # of the write that made it
    Column("partner", String(64), nullable=False),
    Column("lead", String(32), ForeignKey("leads.reference"), nullable=True, index=True),
    Column("customer", String(32), ForeignKey("customers.id"), nullable=True, index=True),
    Column("topic", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(12), nullable=False),  # open, waiting, resolved, closed
    Column("resolution", Text, nullable=True),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index("ix_tickets_partner_updated_at", "partner", "updated_at"),
)

activities = Table(
    "activities",
    metadata,
    Column("id", String(64), primary_key=True),  # of the write that made it
    Column("partner", String(64), nullable=False, index=True),
    Column("conversation", String(32), nullable=True),
    Column("kind", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Float, nullable=False),
)

# What the network's CRM has told of leads and customers: each event once, and which of them is the newest.
crm_events = Table(
    "crm_events",
    metadata,
    Column("id", String(64), primary_key=True),  # the sender's
    Column("type", String(24), nullable=False),
    Column("lead", String(32), nullable=True),  # whose state it told
    Column("customer", String(32), nullable=True),  # whose partner it told
    Column("at", Float, nullable=False),
    Column("received_at", Float, nullable=False),
    Index("ix_crm_events_lead_at", "lead", "at"),
    Index("ix_crm_events_customer_at", "customer", "at"),
)

# Conversations that came to an end, each to be written down in the CRM as one activity.
closings = Table(
    "closings",
    metadata,
    Column("id", String(64), primary_key=True),  # of the message or the call that ended it
    Column("partner", String(64), nullable=False),
    Column("conversation", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("facts", JSON, nullable=False),  # what is told of it
    Column("closed_at", Float, nullable=False),
    Column("state", String(8), nullable=False),  # queued, sent
    Column("attempts", Integer, nullable=False),
    Column("not_before", Float, nullable=False),
    Column("fault", String(200), nullable=True),  # of the last attempt
    Index("ix_closings_conversation_closed_at", "conversation", "closed_at"),
    Index("ix_closings_state_not_before", "state", "not_before"),
)

payouts = Table(
    "payouts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("partner", String(64), nullable=False),
    Column("month", String(7), nullable=False),  # 2026-10
    Column("state", String(12), nullable=False),  # scheduled, processing, paid, failed, held
    Column("due_on", String(10), nullable=False),  # 2026-11-07
    Column("paid_on", String(10), nullable=True),
    Column("reason", String(48), nullable=True),
    Index("ix_payouts_partner_month", "partner", "month"),
)

payout_lines = Table(
    "payout_lines",
    metadata,
    Column("payout", String(32), ForeignKey("payouts.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("base", BigInteger, nullable=True),
    Column("rate", Integer, nullable=True),  # basis points
    Column("lead", String(32), nullable=True),  # of whichever CRM
    Column("reason", String(48), nullable=True),
)
