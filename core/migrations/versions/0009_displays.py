"""What Slack goes on showing until we change it, and what people have chosen for themselves."""

import sqlalchemy as sa
from alembic import op

from core.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "displays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("slack_ts", sa.String(length=32), nullable=True),
        sa.Column("watched_until", UtcDateTime(), nullable=True),
        sa.Column("shown", sa.String(length=64), server_default="", nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipients.id"], name=op.f("fk_displays_recipient_id_recipients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_displays")),
        sa.UniqueConstraint("recipient_id", name=op.f("uq_displays_recipient_id")),
    )
    op.add_column("members", sa.Column("own_zone", sa.String(length=64), nullable=True))
    op.add_column("members", sa.Column("own_language", sa.String(length=16), nullable=True))
    op.add_column("members", sa.Column("before_start", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("members", sa.Column("before_end", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("members", sa.Column("welcomed_at", UtcDateTime(), nullable=True))
