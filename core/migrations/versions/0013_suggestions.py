"""Labs may want gentle hints."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("suggests", sa.Boolean(), server_default=sa.false(), nullable=False))
