"""Slack may want to hear nothing of a lab's senders for a while, whichever process it told so."""

import sqlalchemy as sa
from alembic import op

from core.db import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("free_at", UtcDateTime(), nullable=True))
