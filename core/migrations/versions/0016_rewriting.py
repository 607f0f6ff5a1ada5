"""Changes rewrite the message that told of a reservation: each notice remembers where it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("slack_channel", sa.String(32), nullable=True))
    op.add_column("notices", sa.Column("slack_thread", sa.String(32), nullable=True))
    op.create_index(
        "ix_notices_told",
        "notices",
        ["slack_ts"],
        sqlite_where=sa.text("slack_ts IS NOT NULL"),
        postgresql_where=sa.text("slack_ts IS NOT NULL"),
    )
