"""channels with addresses: who writes from where, what is sent there, codes, PINs, calls, surveys"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("address", sa.String(length=160), nullable=True))
    op.add_column("outbox", sa.Column("address", sa.String(length=160), nullable=True))
    for name in ("attempts", "sent_parts"):
        op.add_column("outbox", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("lease_until", sa.Float(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("fault", sa.String(length=200), nullable=True))
    op.create_index("ix_outbox_state_address", "outbox", ["state", "channel", "address"])
    _create_addresses()
    _create_proofs()
    op.create_table(
        "calls",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("caller", sa.String(length=160), nullable=True),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name=op.f("fk_calls_conversation")),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_calls")),
    )
    op.create_table(
        "surveys",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.Float(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(length=100), nullable=True),
        sa.Column("answered_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name=op.f("fk_surveys_conversation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
    )
    op.create_index(op.f("ix_surveys_conversation"), "surveys", ["conversation"])


def _create_addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=160), nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("heard_at", sa.Float(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name=op.f("fk_addresses_conversation")),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_addresses")),
    )
    op.create_index(op.f("ix_addresses_conversation"), "addresses", ["conversation"])
    op.create_table(
        "sent_parts",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("vendor_id", sa.String(length=128), nullable=False),
        sa.Column("reply", sa.String(length=32), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["reply"], ["outbox.id"], name=op.f("fk_sent_parts_reply")),
        sa.PrimaryKeyConstraint("channel", "vendor_id", name=op.f("pk_sent_parts")),
    )
    op.create_index(op.f("ix_sent_parts_reply"), "sent_parts", ["reply"])


def _create_proofs() -> None:
    op.create_table(
        "link_codes",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("address", sa.String(length=160), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.Column("used_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_link_codes")),
    )
    op.create_table(
        "failed_tries",
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("locked_until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("person", "purpose", name=op.f("pk_failed_tries")),
    )
    op.create_table(
        "pins",
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["partner"], ["people.partner"], name=op.f("fk_pins_partner")),
        sa.PrimaryKeyConstraint("partner", name=op.f("pk_pins")),
    )


def downgrade() -> None:
    for table in ("surveys", "calls", "pins", "failed_tries", "link_codes", "sent_parts", "addresses"):
        op.drop_table(table)
    op.drop_index("ix_outbox_state_address", "outbox")
    for name in ("fault", "lease_until", "sent_parts", "attempts", "address"):
        op.drop_column("outbox", name)
    op.drop_column("inbox", "address")
