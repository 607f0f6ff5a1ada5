"""Whether the last holder's work is on a GPU still."""

import sqlalchemy as sa
from alembic import op

from core.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "busy_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("gpus", sa.JSON(), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_busy_calls_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservations.id"], name=op.f("fk_busy_calls_reservation_id_reservations")
        ),
        sa.ForeignKeyConstraint(["last_id"], ["reservations.id"], name=op.f("fk_busy_calls_last_id_reservations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_calls")),
    )
    op.create_index("ix_busy_calls_reservation_id", "busy_calls", ["reservation_id"], unique=False)
