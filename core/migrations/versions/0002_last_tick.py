"""When a sender last looked after each lab's notices."""

import sqlalchemy as sa
from alembic import op

from core.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("ticked_at", UtcDateTime(), nullable=True))
