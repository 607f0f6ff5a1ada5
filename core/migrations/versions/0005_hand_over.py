"""What people ask each other for; and notices of the same kind about several of these."""

import sqlalchemy as sa
from alembic import op

from core.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("gpus", sa.JSON(), nullable=False),
        sa.Column("start_at", UtcDateTime(), nullable=False),
        sa.Column("end_at", UtcDateTime(), nullable=False),
        sa.Column("purpose", sa.String(length=200), server_default="", nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("taken_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("start_at < end_at", name=op.f("ck_hand_overs_order")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_hand_overs_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservations.id"], name=op.f("fk_hand_overs_reservation_id_reservations")
        ),
        sa.ForeignKeyConstraint(["asker_id"], ["members.id"], name=op.f("fk_hand_overs_asker_id_members")),
        sa.ForeignKeyConstraint(["taken_id"], ["reservations.id"], name=op.f("fk_hand_overs_taken_id_reservations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    op.create_index("ix_hand_overs_reservation_id", "hand_overs", ["reservation_id"], unique=False)
    with op.batch_alter_table("notices") as batch:
        batch.add_column(sa.Column("about", sa.Integer(), server_default="0", nullable=False))
        batch.drop_constraint(op.f("uq_notices_reservation_id_version_kind_recipient_id"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_notices_reservation_id_version_kind_recipient_id_about"),
            ["reservation_id", "version", "kind", "recipient_id", "about"],
        )
