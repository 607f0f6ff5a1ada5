"""When a lab reminds its people, and when it leaves them in peace."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("before_start", sa.Integer(), server_default="10", nullable=True))
    op.add_column("organizations", sa.Column("before_end", sa.Integer(), server_default="15", nullable=True))
    op.add_column("organizations", sa.Column("quiet_from", sa.String(length=5), nullable=True))
    op.add_column("organizations", sa.Column("quiet_until", sa.String(length=5), nullable=True))
