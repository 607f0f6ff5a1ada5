"""Who waits for what, and slots that are only on offer."""

import sqlalchemy as sa
from alembic import op

from core.db import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("slots", sa.Column("offered_until", UtcDateTime(), nullable=True))
    op.create_index(
        "ix_slots_offered",
        "slots",
        ["offered_until"],
        unique=False,
        sqlite_where=sa.text("live = 1 AND offered_until IS NOT NULL"),
        postgresql_where=sa.text("live AND offered_until IS NOT NULL"),
    )
    op.create_table(
        "wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("gpus", sa.JSON(), nullable=False),
        sa.Column("gpu_count", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=100), nullable=True),
        sa.Column("spread", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("earliest_at", UtcDateTime(), nullable=False),
        sa.Column("latest_at", UtcDateTime(), nullable=False),
        sa.Column("purpose", sa.String(length=200), server_default="", nullable=False),
        sa.Column("takes", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.JSON(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=True),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_wishes_member_id_members")),
        sa.ForeignKeyConstraint(["offer_id"], ["reservations.id"], name=op.f("fk_wishes_offer_id_reservations")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_wishes_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservations.id"], name=op.f("fk_wishes_reservation_id_reservations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishes")),
        sa.UniqueConstraint("organization_id", "key", name=op.f("uq_wishes_organization_id_key")),
    )
    op.create_index("ix_wishes_held", "wishes", ["reservation_id"], unique=False)
    op.create_index("ix_wishes_offer", "wishes", ["offer_id"], unique=False)
    op.create_index(op.f("ix_wishes_member_id"), "wishes", ["member_id"], unique=False)
    op.create_index(
        "ix_wishes_open",
        "wishes",
        ["organization_id", "id"],
        unique=False,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
