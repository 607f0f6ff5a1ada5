"""A request may be about no reservation: a GPU is retired."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("requests") as batch:
        batch.alter_column("reservation_id", existing_type=sa.Integer(), nullable=True)
