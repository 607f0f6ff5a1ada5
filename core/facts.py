"""What core answers with: frozen facts that outlive the transaction, free of ORM and of wording.

Use as `facts.Reservation`; the table rows of the same names live in `core.models` and never leave core.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any

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
    OFFERED = "offered"  # held for somebody who waits, until they say whether they take it


class WishState(StrEnum):
    WAITING = "waiting"
    SERVED = "served"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # its time went by


class Surface(StrEnum):
    """From where somebody acts."""

    SLACK = "slack"
    CONSOLE = "console"  # commands on the machine itself
    BOT = "bot"  # nobody: what the bot does in somebody's name, as it was told to


class Subject(StrEnum):
    """What an entry of the audit is about."""

    RESERVATION = "reservation"
    HAND_OVER = "hand_over"
    BUSY_CALL = "busy_call"
    GPU = "gpu"
    NODE = "node"
    LAB = "lab"
    MEMBER = "member"
    PERIOD = "period"
    WISH = "wish"


class Action(StrEnum):
    """What was done."""

    RESERVED = "reserved"
    CHANGED = "changed"
    EXTENDED = "extended"
    RELEASED = "released"
    CANCELLED = "cancelled"
    OFFERED = "offered"  # to somebody who waits
    TAKEN = "taken"  # what was offered
    PASSED = "passed"  # not taken
    LAPSED = "lapsed"  # not answered in time
    MOVED = "moved"  # forward, to what came free
    WISHED = "wished"
    WITHDRAWN = "withdrawn"
    ADDED = "added"
    REMOVED = "removed"
    RETIRED = "retired"
    TAKEN_DOWN = "taken_down"  # GPUs out of service for a while
    CHOSEN = "chosen"  # a person's own settings
    BOARD_PUT = "board_put"
    BOARD_TAKEN = "board_taken"
    LIMITED = "limited"  # the limits of a lab, a GPU or a member were set
    ASKED = "asked"  # somebody else, for what they hold
    DECLINED = "declined"
    HANDED_OVER = "handed_over"
    SPLIT = "split"  # off another reservation, which holds the rest
    ANSWERED = "answered"


class Rule(StrEnum):
    """What a lab may limit. Lengths of time, but for AT_ONCE, which is a number."""

    SHORTEST = "shortest"
    LONGEST = "longest"
    ROUNDING = "rounding"  # starts and ends fall on multiples of it, on the lab's clock
    AHEAD = "ahead"  # how far from now a booking may start
    OPEN = "open"  # GPU hours still to come that one person may hold
    WEEK = "week"  # GPU hours of one person in one week, Monday first in their zone
    AT_ONCE = "at_once"  # GPUs that one person may hold at the same time
    USUAL = "usual"  # the length that a form begins with


class BusyAnswer(StrEnum):
    """What the last holder says of a GPU that is still busy."""

    STOPPED = "stopped"
    LONGER = "longer"  # a quarter of an hour more


class HandOverState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"
    LAPSED = "lapsed"  # nobody answered in time
    WITHDRAWN = "withdrawn"  # by who asked
    GONE = "gone"  # the holder does not hold all of it any more


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
    summary: bool = True  # whether the week is summed up there on Mondays
    before_start: int | None = 10  # minutes; None: nobody is reminded then
    before_end: int | None = 15
    quiet_from: str | None = None  # HH:MM on each person's own clock; None: no quiet hours
    quiet_until: str | None = None
    suggests: bool = False  # whether people are given gentle hints
    offer_minutes: int = 10  # for which what has come free is held for who waits, until they say


@dataclass(frozen=True)
class Choices:
    """What somebody chose for themselves; None: as Slack says, or for quiet hours as the lab says."""

    zone: str | None = None  # IANA name
    language: str | None = None
    before_start: bool = True  # whether to be reminded then, in direct messages
    before_end: bool = True
    quiet_from: str | None = None  # HH:MM on their own clock; both the same: no quiet hours
    quiet_until: str | None = None


NO_CHOICES = Choices()


@dataclass(frozen=True)
class Member:
    id: int
    slack_id: str
    name: str
    zone: str  # their own choice, or what Slack says
    language: str
    role: Role
    standing: Standing
    checked_at: datetime | None  # when Slack was last asked about them
    choices: Choices = NO_CHOICES
    is_welcomed: bool = True


@dataclass(frozen=True)
class Node:
    id: int
    hostname: str
    cpu: str
    ram_gb: int | None


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
class Period:
    """A while in which other limits hold, such as the weeks before a deadline."""

    id: int
    name: str
    range: TimeRange


@dataclass(frozen=True)
class Origin:
    """Whose word a limit is: the lab's own where all is empty."""

    gpu: Gpu | None = None
    period: Period | None = None
    personal: bool = False  # said of this one person


@dataclass(frozen=True)
class Wanted:
    """Which GPUs a wish is for: these by name, or any `count` of a model.

    Those that are not named come from one node unless `spread`.
    """

    names: tuple[str, ...] = ()
    count: int = 1
    model: str | None = None
    spread: bool = False

    @classmethod
    def of(cls, gpus: Iterable[Gpu]) -> Wanted:
        """These very GPUs."""
        return cls(names=tuple(gpu.full_name for gpu in gpus))


@dataclass(frozen=True)
class ToWaitFor:
    """What somebody could wait for, who cannot have it now: such GPUs for so long, from then on."""

    wanted: Wanted
    range: TimeRange
    gpus: tuple[Gpu, ...] = ()  # those that are named


@dataclass(frozen=True)
class Slot:
    """One GPU held for one range."""

    gpu: Gpu
    range: TimeRange


@dataclass(frozen=True)
class Reservation:
    id: int
    organization_id: int
    version: int
    holder: Member
    purpose: str
    slots: tuple[Slot, ...]  # by GPU, those given back early among them; of a cancelled one, what it would have held
    range: TimeRange  # the hull of its slots
    state: State  # at the instant of the question
    maintenance: bool = False  # its GPUs are out of service; an admin holds it
    offered_until: datetime | None = None  # of what is, or was, only on offer

    @property
    def gpus(self) -> tuple[Gpu, ...]:
        """What it holds to its end, without what was given back earlier."""
        return tuple(slot.gpu for slot in self.slots if slot.range.end == self.range.end)


@dataclass(frozen=True)
class Holding:
    """Somebody's slot on a GPU, as seen by somebody else."""

    gpu: Gpu
    range: TimeRange
    holder: Member
    reservation_id: int
    purpose: str
    maintenance: bool = False  # out of service
    offered_until: datetime | None = None  # only on offer, to who waits

    @property
    def can_be_asked_for(self) -> bool:
        """Whether somebody has it to give."""
        return not self.maintenance and self.offered_until is None


@dataclass(frozen=True)
class Wish:
    """Somebody waits for GPUs to come free."""

    id: int
    organization_id: int
    member: Member
    asked_at: datetime
    gpus: tuple[Gpu, ...]  # those named; else any `count` of `model`
    count: int
    model: str | None
    length: timedelta
    earliest_at: datetime  # it may start from then
    latest_at: datetime  # and not after
    purpose: str
    takes: bool  # what comes free is taken for them, without asking
    offer_lasts: timedelta  # how long they have to say, where they are asked, outside of their quiet hours
    state: WishState
    held: Reservation | None  # what they have meanwhile, which is moved forward
    offer: Reservation | None  # what is held for them now
    offered: TimeRange | None  # the time they would have, of which they may hold a part already


@dataclass(frozen=True)
class Waiting:
    """What asking to wait led to: a wish, or at once a reservation, when there was room."""

    wish: Wish | None
    receipt: Receipt | None
    ahead: int = 0  # how many others asked before
    again: bool = False


@dataclass(frozen=True)
class Alternative:
    """A wish that would have passed."""

    class Kind(StrEnum):
        ELSEWHERE = "elsewhere"  # same time, other GPUs
        LATER = "later"  # same GPUs and length, next free start
        SHORTER = "shorter"  # same GPUs, the longest free part inside the wish
        LONGER = "longer"  # where the wish was shorter than the lab allows
        SOONER = "sooner"  # where the wish was further ahead than the lab allows
        FEWER = "fewer"  # same time, as many GPUs as the lab allows

    kind: Kind
    gpus: tuple[Gpu, ...]
    range: TimeRange


@dataclass(frozen=True)
class Room:
    """How far a reservation can be extended before it meets the next one on a GPU that it holds, or the lab's limit."""

    next: Holding | None  # who comes next, however much later
    most: timedelta


@dataclass(frozen=True)
class FairUse:
    """GPU time in one person's week, beside the others'."""

    week: TimeRange
    mine: timedelta
    all: timedelta  # of the lab
    median: timedelta  # of those who have any
    limit: timedelta | None  # a week, where the lab sets one
    usual: timedelta | None = None  # how long they really use what they book, where the lab wants that hinted at


@dataclass(frozen=True)
class Receipt:
    """What a change led to."""

    reservation: Reservation
    room: Room
    again: bool = False  # the same request came before; nothing was done twice
    clipped: bool = False  # the wish had begun already, so it starts now
    rounded: bool = False  # the lab rounds, and moved its start or its end
    freed: tuple[Gpu, ...] = ()  # GPUs that were given back by this change
    before: Reservation | None = None  # what it was


@dataclass(frozen=True)
class HandOver:
    """What somebody asks a holder for."""

    id: int
    asker: Member
    holder: Member
    reservation_id: int  # the holder's, when it was asked for
    gpus: tuple[Gpu, ...]
    range: TimeRange
    purpose: str
    state: HandOverState  # at the instant of the question
    expires_at: datetime
    taken: Reservation | None = None  # what the asker has got
    kept: tuple[Reservation, ...] = ()  # what the holder has left, where that was just decided
    again: bool = False  # it was so before; nothing was done twice


@dataclass(frozen=True)
class BusyCall:
    """Who holds it now finds the last holder's work on it still."""

    id: int
    reservation_id: int  # of who holds it now
    caller: Member
    asked: Member  # the last holder
    gpus: tuple[Gpu, ...]
    answer: BusyAnswer | None
    again: bool = False  # it was so before; nobody was told twice


@dataclass(frozen=True)
class Displaced:
    """What became of a reservation on a GPU that went out of service."""

    class Kind(StrEnum):
        MOVED = "moved"  # to other GPUs, or later
        SHORTENED = "shortened"  # it ends before
        GIVEN_BACK = "given_back"  # there was nowhere to go

    before: Reservation
    after: Reservation
    kind: Kind


@dataclass(frozen=True)
class Maintenance:
    """GPUs out of service, and what that led to."""

    reservation: Reservation | None  # None: for good
    displaced: tuple[Displaced, ...]
    mark: str  # the same as long as it would lead to the same
    again: bool = False


@dataclass(frozen=True)
class Recurrence:
    """How often: every day, every two weeks on Monday and Thursday."""

    unit: str  # "day" or "week"
    interval: int  # every so many units
    weekdays: tuple[int, ...] = ()  # of weeks: 0 is Monday; empty for days


@dataclass(frozen=True)
class Hours:
    """From when to when, on the clocks of a zone, so that 9:00 stays 9:00."""

    start: time
    end: time
    end_days: int  # how many days after its start it ends
    zone: tzinfo


@dataclass(frozen=True)
class Repeats:
    """Times that come again."""

    recurrence: Recurrence
    first: date  # from which on an occurrence may start
    last: date  # the last on which one may
    hours: Hours


@dataclass(frozen=True)
class Series:
    """Reservations that were booked in one go."""

    id: int
    recurrence: Recurrence
    remaining: tuple[Reservation, ...]  # that have not begun, soonest first


@dataclass(frozen=True)
class Skipped:
    """An occurrence that cannot be had."""

    range: TimeRange
    why: Exception  # a refusal of core.errors
    waits: ToWaitFor | None = None  # where it may come free one day


@dataclass(frozen=True)
class SeriesReceipt:
    """What booking, changing or cancelling a series led to."""

    series: Series
    occurrences: tuple[Reservation, ...]  # that were booked, changed, or cancelled, in order
    skipped: tuple[Skipped, ...]
    again: bool = False  # the same request came before; nothing was done twice
    dropped: tuple[Reservation, ...] = ()  # that came on days on which it comes no more


@dataclass(frozen=True)
class Occupancy:
    """One GPU's story from now on."""

    gpu: Gpu
    now: Holding | None
    upcoming: tuple[Holding, ...]  # soonest first
    free_from: datetime | None = None  # when nobody holds it next, for a GPU that is held now

    @property
    def free_until(self) -> datetime | None:
        """When the next holding starts, for a GPU that is free now; None when nothing is booked."""
        return self.upcoming[0].range.start if self.upcoming else None


@dataclass(frozen=True)
class AuditEntry:
    """One change, as it was made."""

    id: int  # rises with time
    at: datetime
    by: str | None  # the name of who did it; None where nobody the lab knows did
    surface: Surface
    action: Action
    subject: Subject
    subject_id: int
    concerns: str | None  # the name of the member it is about
    before: dict[str, Any] | None  # None: it was new
    after: dict[str, Any] | None  # None: it is gone
    why: str
    is_own: bool = False  # by whom it is about: two people may have one name


@dataclass(frozen=True)
class Timeline:
    """What is booked on one GPU within a window, each range cut to it."""

    gpu: Gpu
    window: TimeRange
    held: tuple[Holding, ...]  # by start

    @property
    def free(self) -> tuple[TimeRange, ...]:
        return tuple(self.window.subtract(holding.range for holding in self.held))


@dataclass(frozen=True)
class Schedule:
    """Who holds what for a while, on the GPUs in service."""

    range: TimeRange
    rows: tuple[Timeline, ...]
    node: str | None = None  # of this one alone

    def of_node(self, name: str) -> Schedule:
        """The part of it that is one node's."""
        return Schedule(self.range, tuple(row for row in self.rows if row.gpu.node == name), name)

    @property
    def capacity(self) -> timedelta:
        """All there is to hold."""
        return self.range.length * len(self.rows)

    @property
    def held(self) -> timedelta:
        """How much of it is held."""
        return sum(self.held_by().values(), timedelta(0))

    def held_by(self) -> dict[Member, timedelta]:
        """How much each person holds, the most first."""
        found: dict[Member, timedelta] = {}
        for each in (holding for row in self.rows for holding in row.held):
            found[each.holder] = found.get(each.holder, timedelta(0)) + each.range.length
        return dict(sorted(found.items(), key=lambda entry: (-entry[1], entry[0].id)))


@dataclass(frozen=True)
class Busy:
    """Some hours of a day in which the most was held."""

    range: TimeRange
    gpus: int  # held at a time, on the average


@dataclass(frozen=True)
class Summary:
    """How a while was used. What was cancelled never happened, and counts nowhere."""

    schedule: Schedule
    used: timedelta  # held, up to now
    released: timedelta  # booked, and given back before its end
    busiest: tuple[Busy, ...]  # the longest first; none where nothing was held

    @property
    def booked(self) -> timedelta:
        """Used, to come, or given back."""
        return self.schedule.held + self.released
