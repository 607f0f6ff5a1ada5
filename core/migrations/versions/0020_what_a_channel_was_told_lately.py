"""What a channel was told lately is found without a look at what other labs booked."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_notices_posted",
        "notices",
        ["recipient_id", "settled_at"],
        sqlite_where=sa.text("slack_channel IS NOT NULL"),
        postgresql_where=sa.text("slack_channel IS NOT NULL"),
    )
