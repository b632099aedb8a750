"""notes are the partner's who wrote them, also after the lead has come to another"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lead_notes", sa.Column("partner", sa.String(length=64), nullable=True))
    op.execute(
        "UPDATE lead_notes SET partner = (SELECT leads.partner FROM leads WHERE leads.reference = lead_notes.lead)"
    )


def downgrade() -> None:
    op.drop_column("lead_notes", "partner")
