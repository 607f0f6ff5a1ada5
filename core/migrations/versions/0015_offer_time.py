"""Labs say for how long what has come free is held for who waits."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("offer_minutes", sa.Integer(), server_default="10", nullable=False))
