"""Notices that belong to no reservation, such as the summary of a week; and whether a lab wants that."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("summary", sa.Boolean(), server_default=sa.true(), nullable=False))
    with op.batch_alter_table("notices") as batch:
        batch.alter_column("reservation_id", existing_type=sa.Integer(), nullable=True)
    op.create_index(
        "uq_notices_of_lab",
        "notices",
        ["recipient_id", "kind", "due_at"],
        unique=True,
        sqlite_where=sa.text("reservation_id IS NULL"),
        postgresql_where=sa.text("reservation_id IS NULL"),
    )
