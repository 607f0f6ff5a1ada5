"""What core answers with: frozen facts that outlive the transaction, free of ORM and of wording.

Use as `facts.Reservation`; the table rows of the same names live in `core.models` and never leave core.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.timerange import TimeRange


class Role(StrEnum):
    USER = "user"
    ADMIN = "admin"


class Standing(StrEnum):
    """What somebody is to the lab; only members may book."""

    MEMBER = "member"
    GUEST = "guest"  # restricted to some channels
    STRANGER = "stranger"  # belongs to a connected workspace
    BOT = "bot"
    DEACTIVATED = "deactivated"


class State(StrEnum):
    UPCOMING = "upcoming"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Organization:
    """One lab, and its own settings."""

    id: int
    slack_id: str
    name: str
    zone: str  # IANA name
    language: str
    channel: str | None  # where the lab is told
    announce: bool  # whether bookings are told there, too


@dataclass(frozen=True)
class Member:
    id: int
    slack_id: str
    name: str
    zone: str
    language: str
    role: Role
    standing: Standing
    checked_at: datetime | None  # when Slack was last asked about them


@dataclass(frozen=True)
class Gpu:
    id: int
    node: str
    label: str
    model: str
    memory_gb: int
    name: str  # the label where it is unique in the lab, else the full name

    @property
    def full_name(self) -> str:
        return f"{self.node}/{self.label}"


@dataclass(frozen=True)
class Slot:
    """One GPU held for one range."""

    gpu: Gpu
    range: TimeRange


@dataclass(frozen=True)
class Reservation:
    id: int
    version: int
    holder: Member
    purpose: str
    slots: tuple[Slot, ...]  # by GPU; those of a cancelled reservation tell what it would have held
    range: TimeRange  # the hull of its slots
    state: State  # at the instant of the question

    @property
    def gpus(self) -> tuple[Gpu, ...]:
        return tuple(slot.gpu for slot in self.slots)

    def held_at(self, instant: datetime) -> tuple[Gpu, ...]:
        """The GPUs whose slot has not ended at `instant`; some may have been released earlier than others."""
        return tuple(slot.gpu for slot in self.slots if slot.range.end > instant)


@dataclass(frozen=True)
class Holding:
    """Somebody's slot on a GPU, as seen by somebody else."""

    gpu: Gpu
    range: TimeRange
    holder: Member
    reservation_id: int
    purpose: str


@dataclass(frozen=True)
class Alternative:
    """A wish that would have passed."""

    class Kind(StrEnum):
        ELSEWHERE = "elsewhere"  # same time, other GPUs
        LATER = "later"  # same GPUs and length, next free start
        SHORTER = "shorter"  # same GPUs, the longest free part inside the wish

    kind: Kind
    gpus: tuple[Gpu, ...]
    range: TimeRange


@dataclass(frozen=True)
class Room:
    """How far a reservation can be extended before it meets the next one on a GPU that it holds."""

    next: Holding | None = None
    most: timedelta | None = None  # None: nobody is in the way


@dataclass(frozen=True)
class Receipt:
    """What a change led to."""

    reservation: Reservation
    room: Room
    again: bool = False  # the same request came before; nothing was done twice
    clipped: bool = False  # the wish had begun already, so it starts now
    freed: tuple[Gpu, ...] = ()  # GPUs that were given back by this change
    before: Reservation | None = None  # what it was


@dataclass(frozen=True)
class Occupancy:
    """One GPU's story from now on."""

    gpu: Gpu
    now: Holding | None
    upcoming: tuple[Holding, ...]  # soonest first

    @property
    def free_until(self) -> datetime | None:
        """When the next holding starts, for a GPU that is free now; None when nothing is booked."""
        return self.upcoming[0].range.start if self.upcoming else None
