"""People have quiet hours of their own, over the lab's."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("quiet_from", "quiet_until"):
        op.add_column("members", sa.Column(name, sa.String(5), nullable=True))
