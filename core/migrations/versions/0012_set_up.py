"""How far a lab is set up."""

import sqlalchemy as sa
from alembic import op

from core.db import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("tested_at", UtcDateTime(), nullable=True))
    op.add_column("organizations", sa.Column("set_up_at", UtcDateTime(), nullable=True))
