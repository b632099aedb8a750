"""the project's own CRM and ledger: customers, leads and their stories, applications, tickets, payouts"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_customers()
    _create_leads()
    _create_stories()
    _create_work()
    _create_ledger()


def _create_customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("ending", sa.String(length=4), nullable=True),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_index("ix_customers_partner_ending", "customers", ["partner", "ending"])
    op.create_table(
        "customer_names",
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("sound", sa.String(length=32), nullable=False),
        sa.Column("customer", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], name=op.f("fk_customer_names_customer")),
        sa.PrimaryKeyConstraint("partner", "sound", "customer", name=op.f("pk_customer_names")),
    )
    op.create_index(op.f("ix_customer_names_customer"), "customer_names", ["customer"])


def _create_leads() -> None:
    op.create_table(
        "leads",
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("customer", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("product", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("stage_since", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(length=48), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], name=op.f("fk_leads_customer")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_leads")),
    )
    op.create_index(op.f("ix_leads_customer"), "leads", ["customer"])
    order = ["kind", "stage_since", "created_at", "score", "reference"]
    op.create_index("ix_leads_partner_stage", "leads", ["partner", "stage", *order])
    op.create_index("ix_leads_partner_stage_since", "leads", ["partner", "stage_since", "reference"])


def _create_stories() -> None:
    op.create_table(
        "lead_documents",
        sa.Column("lead", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=48), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["lead"], ["leads.reference"], name=op.f("fk_lead_documents_lead")),
        sa.PrimaryKeyConstraint("lead", "kind", name=op.f("pk_lead_documents")),
    )
    op.create_table(
        "lead_events",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("lead", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["lead"], ["leads.reference"], name=op.f("fk_lead_events_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_events")),
    )
    op.create_index("ix_lead_events_lead_at", "lead_events", ["lead", "at"])
    op.create_table(
        "lead_notes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("lead", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["lead"], ["leads.reference"], name=op.f("fk_lead_notes_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_notes")),
    )
    op.create_index(op.f("ix_lead_notes_lead"), "lead_notes", ["lead"])
    op.create_table(
        "lead_scores",
        sa.Column("lead", sa.String(length=32), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("base", sa.Float(), nullable=False),
        sa.Column("contributions", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["lead"], ["leads.reference"], name=op.f("fk_lead_scores_lead")),
        sa.PrimaryKeyConstraint("lead", name=op.f("pk_lead_scores")),
    )
    op.create_table(
        "lead_stages",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("lead", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=48), nullable=True),
        sa.Column("by", sa.String(length=16), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["lead"], ["leads.reference"], name=op.f("fk_lead_stages_lead")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_lead_stages")),
        sa.UniqueConstraint("id", name=op.f("uq_lead_stages_id")),
    )
    op.create_index("ix_lead_stages_lead_at", "lead_stages", ["lead", "at"])


def _create_work() -> None:
    op.create_table(
        "activities",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
    )
    op.create_index(op.f("ix_activities_partner"), "activities", ["partner"])
    op.create_table(
        "applications",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("lead", sa.String(length=32), nullable=False),
        sa.Column("customer", sa.String(length=32), nullable=False),
        sa.Column("product", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=48), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("submitted_at", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.Column("expected_by", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], name=op.f("fk_applications_customer")),
        sa.ForeignKeyConstraint(["lead"], ["leads.reference"], name=op.f("fk_applications_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
    )
    op.create_index(op.f("ix_applications_lead"), "applications", ["lead"])
    op.create_index(op.f("ix_applications_customer"), "applications", ["customer"])
    op.create_index("ix_applications_partner_customer", "applications", ["partner", "customer"])
    op.create_table(
        "reminders",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=160), nullable=True),
        sa.Column("lead", sa.String(length=32), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name=op.f("fk_reminders_conversation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
    )
    op.create_index(op.f("ix_reminders_partner"), "reminders", ["partner"])
    op.create_index("ix_reminders_state_due_at", "reminders", ["state", "due_at"])
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("lead", sa.String(length=32), nullable=True),
        sa.Column("customer", sa.String(length=32), nullable=True),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], name=op.f("fk_tickets_customer")),
        sa.ForeignKeyConstraint(["lead"], ["leads.reference"], name=op.f("fk_tickets_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("key", name=op.f("uq_tickets_key")),
    )
    op.create_index(op.f("ix_tickets_lead"), "tickets", ["lead"])
    op.create_index(op.f("ix_tickets_customer"), "tickets", ["customer"])
    op.create_index("ix_tickets_partner_updated_at", "tickets", ["partner", "updated_at"])


def _create_ledger() -> None:
    op.create_table(
        "payouts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=False),
        sa.Column("paid_on", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=48), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
    )
    op.create_index("ix_payouts_partner_month", "payouts", ["partner", "month"])
    op.create_table(
        "payout_lines",
        sa.Column("payout", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=True),
        sa.Column("rate", sa.Integer(), nullable=True),
        sa.Column("lead", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=48), nullable=True),
        sa.ForeignKeyConstraint(["payout"], ["payouts.id"], name=op.f("fk_payout_lines_payout")),
        sa.PrimaryKeyConstraint("payout", "number", name=op.f("pk_payout_lines")),
    )


def downgrade() -> None:
    for table in (
        "payout_lines",
        "payouts",
        "tickets",
        "reminders",
        "applications",
        "activities",
        "lead_stages",
        "lead_scores",
        "lead_notes",
        "lead_events",
        "lead_documents",
        "leads",
        "customer_names",
        "customers",
    ):
        op.drop_table(table)
