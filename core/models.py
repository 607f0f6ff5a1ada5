"""The tables. Columns, constraints and tiny invariants; rules live in the use cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base
from core.facts import Role, Standing
from core.timerange import TimeRange


class Organization(Base):
    """One lab: everything belongs to one, and nothing crosses."""

    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    slack_id: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str | None] = mapped_column(String(32))
    announce: Mapped[bool] = mapped_column(server_default=true())
    summary: Mapped[bool] = mapped_column(server_default=true())  # whether a summary of the week is posted
    before_start: Mapped[int | None] = mapped_column(server_default="10")  # minutes; None: no reminder then
    before_end: Mapped[int | None] = mapped_column(server_default="15")
    quiet_from: Mapped[str | None] = mapped_column(String(5))  # HH:MM, each person's own clock
    quiet_until: Mapped[str | None] = mapped_column(String(5))
    suggests: Mapped[bool] = mapped_column(server_default=false())  # whether people are given gentle hints
    offer_minutes: Mapped[int] = mapped_column(server_default="10")  # for which what has come free is held
    ticked_at: Mapped[datetime | None]  # when a sender last looked after its notices
    free_at: Mapped[datetime | None]  # nobody in it is sent to before: Slack wants to hear less
    tested_at: Mapped[datetime | None]  # when its channel last took a test message
    set_up_at: Mapped[datetime | None]  # when an admin put the list of what to set up away


class Member(Base):
    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("organization_id", "slack_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    slack_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16))
    role: Mapped[str] = mapped_column(String(16), server_default=Role.USER)
    standing: Mapped[str] = mapped_column(String(16), server_default=Standing.MEMBER)
    checked_at: Mapped[datetime | None]
    own_zone: Mapped[str | None] = mapped_column(String(64))  # chosen here; None: as Slack says
    own_language: Mapped[str | None] = mapped_column(String(16))
    before_start: Mapped[bool] = mapped_column(server_default=true())  # whether to be reminded then
    before_end: Mapped[bool] = mapped_column(server_default=true())
    quiet_from: Mapped[str | None] = mapped_column(String(5))  # HH:MM, as of a lab; None: as the lab says
    quiet_until: Mapped[str | None] = mapped_column(String(5))
    welcomed_at: Mapped[datetime | None]


class Node(Base):
    __tablename__ = "nodes"
    __table_args__ = (UniqueConstraint("organization_id", "hostname"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    hostname: Mapped[str] = mapped_column(String(200))
    cpu: Mapped[str] = mapped_column(String(200), server_default="")
    ram_gb: Mapped[int | None]


class Gpu(Base):
    __tablename__ = "gpus"
    __table_args__ = (UniqueConstraint("node_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("nodes.id"))
    label: Mapped[str] = mapped_column(String(32))
    model: Mapped[str] = mapped_column(String(100))
    memory_gb: Mapped[int]
    notes: Mapped[str] = mapped_column(String(1000), server_default="")
    retired_at: Mapped[datetime | None]

    node: Mapped[Node] = relationship()


class Limits(Base):
    """What is said of a lab's bookings, of those of a GPU or a member, or for a while. See core.rulebook."""

    __tablename__ = "limits"
    __table_args__ = (UniqueConstraint("organization_id", "scope", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    scope: Mapped[str] = mapped_column(String(16))  # core.facts.Subject
    subject_id: Mapped[int]
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)  # by core.facts.Rule; lengths in minutes, null is no limit


class Period(Base):
    """A while in which other limits hold."""

    __tablename__ = "periods"
    __table_args__ = (CheckConstraint("start_at < end_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(100))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]


class Reservation(Base):
    """A member holds GPUs for a purpose. Its time lives in its slots; its range is their hull."""

    __tablename__ = "reservations"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(200), server_default="")
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    maintenance: Mapped[bool] = mapped_column(server_default=false())  # out of service; who ordered it holds it

    member: Mapped[Member] = relationship()
    slots: Mapped[list[Slot]] = relationship(order_by="Slot.gpu_id", back_populates="reservation")


class Request(Base):
    """A request that was carried out, so that the same one, delivered again, is answered and not done again."""

    __tablename__ = "requests"
    __table_args__ = (UniqueConstraint("organization_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    key: Mapped[str] = mapped_column(String(200))
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservations.id"))  # None: it was about none
    made_at: Mapped[datetime]


class HandOver(Base):
    """Somebody asks a holder for a reservation, or a part of it. Who changes one has locked its reservation."""

    __tablename__ = "hand_overs"
    __table_args__ = (CheckConstraint("start_at < end_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservations.id"), index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    gpus: Mapped[list[int]] = mapped_column(JSON)  # their numbers
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    purpose: Mapped[str] = mapped_column(String(200), server_default="")
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))  # core.facts.HandOverState, as it was last written
    taken_id: Mapped[int | None] = mapped_column(ForeignKey("reservations.id"))


class Series(Base):
    """Reservations that were booked in one go, at times that come again."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)  # core.facts.Recurrence
    created_at: Mapped[datetime]


class Occurrence(Base):
    """A reservation that belongs to a series."""

    __tablename__ = "occurrences"

    id: Mapped[int] = mapped_column(primary_key=True)
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservations.id"), unique=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)


class BusyCall(Base):
    """The last holder of some GPUs is asked whether their work is on them still. See core.busy."""

    __tablename__ = "busy_calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservations.id"), index=True)  # of who holds it now
    last_id: Mapped[int] = mapped_column(ForeignKey("reservations.id"))  # of who held it before
    gpus: Mapped[list[int]] = mapped_column(JSON)  # their numbers
    called_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(16))  # core.facts.BusyAnswer


class Slot(Base):
    """One GPU, held by one reservation, for [start_at, end_at). Only `core.placement` writes here.

    Overlaps of live slots are refused by the database: see `core.db.write_guard`.
    """

    __tablename__ = "slots"
    __table_args__ = (
        CheckConstraint("start_at < end_at", name="order"),
        UniqueConstraint("reservation_id", "gpu_id"),
        # The guard looks for the last start before an end; clashes are looked for from the first end after a start.
        Index(
            "ix_slots_start",
            "gpu_id",
            "start_at",
            sqlite_where=text("live = 1"),
            postgresql_where=text("live"),
        ),
        Index("ix_slots_end", "gpu_id", "end_at", sqlite_where=text("live = 1"), postgresql_where=text("live")),
        Index(
            "ix_slots_offered",
            "offered_until",
            sqlite_where=text("live = 1 AND offered_until IS NOT NULL"),
            postgresql_where=text("live AND offered_until IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservations.id"))
    gpu_id: Mapped[int] = mapped_column(ForeignKey("gpus.id"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    live: Mapped[bool] = mapped_column(server_default=true())  # false: cancelled, it never happened
    offered_until: Mapped[datetime | None]  # only on offer: held as any other until then, and no longer

    reservation: Mapped[Reservation] = relationship(back_populates="slots")
    gpu: Mapped[Gpu] = relationship()

    @property
    def range(self) -> TimeRange:
        return TimeRange(self.start_at, self.end_at)


class Wish(Base):
    """Somebody waits for GPUs to come free. Those who asked earlier have smaller numbers, and go first."""

    __tablename__ = "wishes"
    __table_args__ = (
        UniqueConstraint("organization_id", "key"),
        Index(
            "ix_wishes_open",
            "organization_id",
            "id",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index("ix_wishes_held", "reservation_id"),
        Index("ix_wishes_offer", "offer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    asked_at: Mapped[datetime]
    key: Mapped[str | None] = mapped_column(String(200))  # the request by which it was asked
    gpus: Mapped[list[int]] = mapped_column(JSON)  # those named, by number; empty: any that match
    gpu_count: Mapped[int]
    model: Mapped[str | None] = mapped_column(String(100))
    spread: Mapped[bool]
    seconds: Mapped[int]
    earliest_at: Mapped[datetime]  # it may start from then
    latest_at: Mapped[datetime]  # and not after
    purpose: Mapped[str] = mapped_column(String(200), server_default="")
    takes: Mapped[bool]  # without asking
    passed: Mapped[list[list[Any]]] = mapped_column(JSON)  # what was offered and not taken: GPU, start, end
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservations.id"))  # held meanwhile
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("reservations.id"))  # what it is offered now
    outcome: Mapped[str | None] = mapped_column(String(16))  # None: waiting; see core.facts.WishState
    closed_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()


class Recipient(Base):
    """The lab's channel, a member, a display: to whom Slack is written, one thing at a time."""

    __tablename__ = "recipients"
    __table_args__ = (UniqueConstraint("organization_id", "whom"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    whom: Mapped[str] = mapped_column(String(32))  # see core.recipients
    free_at: Mapped[datetime]  # nobody sends to them before: somebody is sending, has just sent, or has to wait


class Notice(Base):
    """A message owed: of a version of a reservation, or of the lab as such. Sent, once, by who claims its recipient."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("reservation_id", "version", "kind", "recipient_id", "about"),
        Index(
            "uq_notices_of_lab",
            "recipient_id",
            "kind",
            "due_at",
            unique=True,
            sqlite_where=text("reservation_id IS NULL"),
            postgresql_where=text("reservation_id IS NULL"),
        ),
        Index(
            "ix_notices_owed",
            "due_at",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index(
            "ix_notices_told",
            "slack_ts",
            sqlite_where=text("slack_ts IS NOT NULL"),
            postgresql_where=text("slack_ts IS NOT NULL"),
        ),
        Index(
            "ix_notices_posted",
            "recipient_id",
            "settled_at",
            sqlite_where=text("slack_channel IS NOT NULL"),
            postgresql_where=text("slack_channel IS NOT NULL"),
        ),
        Index(
            "ix_notices_failed",
            "settled_at",
            sqlite_where=text("outcome = 'failed'"),
            postgresql_where=text("outcome = 'failed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"))
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservations.id"))
    version: Mapped[int]  # 0 for what belongs to no reservation
    kind: Mapped[str] = mapped_column(String(32))
    about: Mapped[int] = mapped_column(server_default="0")  # tells several of a kind apart: the hand-over it is about
    data: Mapped[dict[str, Any]] = mapped_column(JSON, server_default=text("'{}'"))
    due_at: Mapped[datetime]
    useful_until: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default="0")
    outcome: Mapped[str | None] = mapped_column(String(16))  # None: still owed; see core.notices.Outcome
    settled_at: Mapped[datetime | None]
    slack_ts: Mapped[str | None] = mapped_column(String(32))  # of the message that tells it
    slack_channel: Mapped[str | None] = mapped_column(String(32))  # where that stands, if it is the lab's
    slack_thread: Mapped[str | None] = mapped_column(String(32))  # the message above it
    failure: Mapped[str | None] = mapped_column(String(500))

    recipient: Mapped[Recipient] = relationship()


class Display(Base):
    """What Slack goes on showing until we change it: the lab's board, or somebody's Home while they look at it."""

    __tablename__ = "displays"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"), unique=True)
    channel: Mapped[str | None] = mapped_column(String(32))  # where a board stands
    slack_ts: Mapped[str | None] = mapped_column(String(32))  # its message; None: still to be posted
    watched_until: Mapped[datetime | None]  # None: always
    shown: Mapped[str] = mapped_column(String(64), server_default="")  # names the state that it shows
    failure: Mapped[str | None] = mapped_column(String(500))

    recipient: Mapped[Recipient] = relationship()


class AuditEntry(Base):
    """One change. Only ever added to: see `core.db.write_audit_guard`."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_member", "member_id", "id"),
        Index("ix_audit_subject", "subject", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # None: nobody the lab knows by name
    surface: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # whom it concerns
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    why: Mapped[str] = mapped_column(String(500), server_default="")
