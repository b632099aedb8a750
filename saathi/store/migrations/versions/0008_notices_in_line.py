"""answers that the gateway has ready, and notices, which stand in line behind earlier messages"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("prepared", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("inbox", "prepared")
