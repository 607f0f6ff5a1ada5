"""Refusals: facts with a family and data, never a sentence. One place in each surface words them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core import facts
    from core.timerange import TimeRange


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a malfunction
    """Something that was asked for and is not done; nothing has changed."""


class NotFound(Refusal):
    """What was named is not there."""


class Forbidden(Refusal):
    """The actor may not do this."""


class Conflict(Refusal):
    """Somebody else's booking, or a newer state, stands in the way."""


class Invalid(Refusal):
    """A rule of the lab is not met, whoever asks."""


@dataclass(eq=False)
class UnknownGpu(NotFound):
    name: str
    known: tuple[facts.Gpu, ...]


@dataclass(eq=False)
class UnknownNode(NotFound):
    node_id: int


@dataclass(eq=False)
class UnclearGpu(NotFound):
    """A bare label that several nodes have."""

    name: str
    matches: tuple[facts.Gpu, ...]


@dataclass(eq=False)
class UnknownReservation(NotFound):
    reservation_id: int


@dataclass(eq=False)
class NoGpus(NotFound):
    """The lab has no GPU at all, or none of the model asked for."""

    model: str | None
    known: tuple[facts.Gpu, ...]


@dataclass(eq=False)
class UnknownMember(NotFound):
    name: str


@dataclass(eq=False)
class UnknownPeriod(NotFound):
    period_id: int


@dataclass(eq=False)
class NotYours(Forbidden):
    holder: facts.Member


@dataclass(eq=False)
class MayNotBook(Forbidden):
    standing: facts.Standing


@dataclass(eq=False)
class AdminsOnly(Forbidden):
    """Only an admin of the lab may do that."""

    admins: tuple[facts.Member, ...]


@dataclass(eq=False)
class GpuTaken(Conflict):
    wish: TimeRange
    clashes: tuple[facts.Holding, ...]  # every one of them, by GPU and start
    alternatives: tuple[facts.Alternative, ...]  # best first
    free: tuple[TimeRange, ...] = ()  # what is free inside the wish, when one GPU was asked for
    moving: facts.Reservation | None = None  # the one that was to be changed
    count: int | None = None  # how many of these GPUs would do; None: all of them were named
    wanted: facts.Wanted | None = None  # which GPUs were wished for
    shortest: timedelta = timedelta(0)  # who wished may hold nothing for less
    waits: tuple[facts.ToWaitFor, ...] = ()  # for what is missing of a change of one's own, the same GPUs first


@dataclass(eq=False)
class AlreadyYours(Conflict):
    """The person holds this very time already."""

    reservation: facts.Reservation


@dataclass(eq=False)
class Stale(Conflict):
    """The reservation has changed since the person saw it."""

    reservation: facts.Reservation


@dataclass(eq=False)
class NoRoom(Conflict):
    """An extension that runs into the next booking."""

    reservation: facts.Reservation
    next: facts.Holding
    most: timedelta  # what would still fit; zero when nothing does
    mine: facts.Reservation | None = None  # the next booking, where the same person holds it
    beyond: timedelta = timedelta(0)  # how much later than that one's end it would end
    waits: tuple[facts.ToWaitFor, ...] = ()  # for what does not fit, the same GPUs first


@dataclass(eq=False)
class UnknownHandOver(NotFound):
    number: int


@dataclass(eq=False)
class SomeTaken(Conflict):
    """Not every occurrence of a series can be had."""

    free: tuple[TimeRange, ...]
    refused: tuple[facts.Skipped, ...]


@dataclass(eq=False)
class TooManyOccurrences(Invalid):
    limit: int
    last: date  # on which the last of so many would start


@dataclass(eq=False)
class NoOccurrence(Invalid):
    """A series that never happens, or is over."""


@dataclass(eq=False)
class UnknownSeries(NotFound):
    number: int


@dataclass(eq=False)
class UnknownBusyCall(NotFound):
    number: int


@dataclass(eq=False)
class NobodyBefore(NotFound):
    """Nobody else held these GPUs lately."""

    reservation: facts.Reservation


@dataclass(eq=False)
class AlreadyAnswered(Conflict):
    """What was asked for was given, or refused; or nobody answered in time."""

    hand_over: facts.HandOver


@dataclass(eq=False)
class NoLongerHeld(Conflict):
    """What was asked for is not all theirs any more."""

    holder: facts.Member


@dataclass(eq=False)
class OutOfService(Conflict):
    """Nobody holds it for their work, so nobody can hand it over."""


@dataclass(eq=False)
class CannotTake(Conflict):
    """Whoever asked may not hold it."""

    taker: facts.Member
    why: Refusal


@dataclass(eq=False)
class TooManyGpus(Invalid):
    wanted: int
    most: int  # on one node, unless the wish may spread
    in_all: int


@dataclass(eq=False)
class NoneWanted(Invalid):
    """Zero GPUs, or fewer."""

    wanted: int


@dataclass(eq=False, kw_only=True)
class AgainstRule(Invalid):
    """One of the lab's limits is not met. What would pass instead is found by whoever refuses a booking."""

    wish: TimeRange
    origin: facts.Origin
    alternatives: tuple[facts.Alternative, ...] = ()  # best first
    extending: tuple[facts.Reservation, facts.Room] | None = None  # what was to be extended, and how far it can be
    waits: facts.ToWaitFor | None = None  # where it may be let one day, without being any smaller


@dataclass(eq=False)
class TooShort(AgainstRule):
    length: timedelta
    limit: timedelta


@dataclass(eq=False)
class TooLong(AgainstRule):
    length: timedelta
    limit: timedelta


@dataclass(eq=False)
class TooFarAhead(AgainstRule):
    start: datetime
    limit: timedelta


@dataclass(eq=False)
class TooManyAtOnce(AgainstRule):
    """GPUs of one person at the same time."""

    held: int
    wanted: int
    limit: int


@dataclass(eq=False)
class TooManyHours(AgainstRule):
    """GPU hours of one person, still to come."""

    held: timedelta
    wanted: timedelta
    limit: timedelta


@dataclass(eq=False)
class TooManyHoursAWeek(AgainstRule):
    """GPU hours of one person in one week."""

    week: TimeRange
    held: timedelta
    wanted: timedelta  # in that week
    limit: timedelta


@dataclass(eq=False)
class TooFarBack(Invalid):
    """Work that runs already, and began too long ago to be booked afterwards."""

    start: datetime
    limit: timedelta


@dataclass(eq=False)
class NotBegun(Invalid):
    """Said to run already, with a start that is still to come."""

    start: datetime


@dataclass(eq=False)
class BadLimits(Invalid):
    """Limits that would let nobody book, or mean nothing there: for each the least and the most that it may be."""

    bounds: dict[facts.Rule, tuple[timedelta | int, timedelta | int]]


class NoTime(Invalid):
    """An extension by nothing, or less."""


@dataclass(eq=False)
class BadMemory(Invalid):
    given: int


@dataclass(eq=False)
class BadOfferTime(Invalid):
    """What has come free is held for so many minutes at most, and for one at least."""

    most: int


@dataclass(eq=False)
class NameTaken(Conflict):
    """Something else is called so already."""

    name: str


@dataclass(eq=False)
class LastAdmin(Invalid):
    """A lab without an admin could not be set right by anybody."""

    admin: facts.Member


class NotAsSeen(Conflict):
    """What was agreed to would lead to something else by now."""


class NoReason(Invalid):
    """Who changes somebody else's reservation says why."""


class NoName(Invalid):
    """What needs a name was given none."""


@dataclass(eq=False)
class InThePast(Invalid):
    range: TimeRange


@dataclass(eq=False)
class PurposeTooLong(Invalid):
    length: int
    limit: int


@dataclass(eq=False)
class AlreadyOver(Invalid):
    """Ended or cancelled reservations are frozen."""

    reservation: facts.Reservation


@dataclass(eq=False)
class AlreadyStarted(Invalid):
    """A running reservation can be ended, not cancelled or moved: used time stays on record."""

    reservation: facts.Reservation


@dataclass(eq=False)
class NotStarted(Invalid):
    """A reservation that has not begun can be cancelled, not ended."""

    reservation: facts.Reservation


@dataclass(eq=False)
class NotHeld(Invalid):
    """GPUs named for release that the reservation does not hold now."""

    reservation: facts.Reservation
    gpu: facts.Gpu


@dataclass(eq=False)
class OnlyOffered(Conflict):
    """What somebody is only offered can be taken or passed, and nothing else."""

    reservation: facts.Reservation


@dataclass(eq=False)
class OfferOver(Conflict):
    """What was offered is no longer: it was answered, or its time went by, or it has become something else."""

    offer: facts.Reservation


@dataclass(eq=False)
class UnknownWish(NotFound):
    wish_id: int


@dataclass(eq=False)
class AlreadyWaiting(Conflict):
    """The same person waits for the same already."""

    wish: facts.Wish


@dataclass(eq=False)
class TooManyWishes(Invalid):
    limit: int


@dataclass(eq=False)
class NoTimeToWait(Invalid):
    """Between the earliest start and the latest end there is not as much time as is asked for."""

    length: timedelta
    window: TimeRange | None  # None: it is over


class Unwritable(Refusal):
    """The database takes no writing: its disk is full, or its file is read-only. Nothing was written."""


class Busy(Refusal):
    """The database gave no turn in time. Nothing was written; asking again may work."""
