"""GPUs can be out of service for a while: a reservation of nobody's work, behind the same guard."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reservations", sa.Column("maintenance", sa.Boolean(), server_default=sa.false(), nullable=False))
