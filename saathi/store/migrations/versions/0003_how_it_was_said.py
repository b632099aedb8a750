"""how a message was said, and what was looked up for it"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "look_ups",
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("message", sa.String(length=32), nullable=False),
        sa.Column("solution", sa.String(length=200), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name=op.f("fk_look_ups_conversation")),
        sa.PrimaryKeyConstraint("conversation", "message", "solution", name=op.f("pk_look_ups")),
    )
    op.add_column("outcomes", sa.Column("sentiment", sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column("outcomes", "sentiment")
    op.drop_table("look_ups")
