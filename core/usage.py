"""How much of the GPUs one person holds: questions only, in GPU hours and weeks, Monday first in the person's zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from statistics import median

from sqlalchemy import bindparam, func, select

from core import models
from core.timerange import TimeRange
from core.work import Work


@dataclass(frozen=True)
class Held:
    """One slot of one person."""

    reservation_id: int
    gpu_id: int
    range: TimeRange


def week_of(instant: datetime, zone: tzinfo) -> TimeRange:
    """The week that an instant lies in. Around a change of the clocks it is an hour longer or shorter."""
    day = instant.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (monday, monday + timedelta(days=7)))
    return TimeRange(start, end)


def same_clock(instant: datetime, zone: tzinfo, later: timedelta) -> datetime:
    """The same time of day so many days later."""
    return (instant.astimezone(zone).replace(tzinfo=None) + later).replace(tzinfo=zone).astimezone(UTC)


def weeks(span: TimeRange, zone: tzinfo) -> Iterator[TimeRange]:
    """Every week that `span` touches, in order."""
    week = week_of(span.start, zone)
    while week.start < span.end:
        yield week
        week = week_of(week.end, zone)


_FEW, _ENOUGH = 20, 5  # bookings that are looked at, and of which one can speak of a habit
ALL_GPUS = select(models.Gpu.id).join(models.Node).where(models.Node.organization_id == bindparam("lab"))
"""Of a lab, those out of service among them."""

# By way of the GPUs, whose index skips what is over: a person's own history may be long. Those out of service count.
_HELD_BY = (
    select(models.Slot.reservation_id, models.Slot.gpu_id, models.Slot.start_at, models.Slot.end_at)
    .join(models.Reservation, models.Slot.reservation_id == models.Reservation.id)
    .where(models.Slot.gpu_id.in_(ALL_GPUS))
    .where(models.Slot.live, models.Slot.end_at > bindparam("since"))
    .where(models.Reservation.member_id == bindparam("member"), models.Reservation.maintenance.is_(False))
)


def held_since(work: Work, organization_id: int, member_id: int, since: datetime) -> tuple[Held, ...]:
    """Every live slot of a member that ends after `since`."""
    asked = {"lab": organization_id, "member": member_id, "since": since}
    return tuple(
        Held(row.reservation_id, row.gpu_id, TimeRange(row.start_at, row.end_at))
        for row in work.connection.execute(_HELD_BY, asked)
    )


_HELD_BY_ALL = (
    select(models.Reservation.member_id, models.Slot.start_at, models.Slot.end_at)
    .join(models.Reservation, models.Slot.reservation_id == models.Reservation.id)
    .where(models.Slot.gpu_id.in_(ALL_GPUS), models.Slot.live, models.Slot.end_at > bindparam("since"))
    .where(models.Slot.start_at < bindparam("until"), models.Reservation.maintenance.is_(False))
)


def by_member(work: Work, organization_id: int, week: TimeRange) -> dict[int, timedelta]:
    """The GPU time in that week of everybody who has any."""
    found: dict[int, timedelta] = {}
    asked = {"lab": organization_id, "since": week.start, "until": week.end}
    for row in work.connection.execute(_HELD_BY_ALL, asked):
        part = min(row.end_at, week.end) - max(row.start_at, week.start)
        if part > timedelta(0):
            found[row.member_id] = found.get(row.member_id, timedelta(0)) + part
    return found


_LATELY = (
    select(func.min(models.Slot.start_at).label("start_at"), func.max(models.Slot.end_at).label("end_at"))
    .join(models.Reservation, models.Slot.reservation_id == models.Reservation.id)
    .where(models.Reservation.member_id == bindparam("member"), models.Reservation.cancelled_at.is_(None))
    .where(models.Slot.live, models.Reservation.maintenance.is_(False))
    .group_by(models.Reservation.id)
    .order_by(models.Reservation.id.desc())
    .limit(_FEW)
)


def usual_length(work: Work, member_id: int) -> timedelta | None:
    """How long a member's last bookings were really used, in the middle; None where too few are over."""
    rows = work.connection.execute(_LATELY, {"member": member_id})
    lengths = [TimeRange(row.start_at, row.end_at).length for row in rows if row.end_at <= work.now]
    if len(lengths) < _ENOUGH:
        return None
    return timedelta(seconds=median(length.total_seconds() for length in lengths))


def gpu_time(ranges: Iterable[TimeRange], within: TimeRange) -> timedelta:
    """How much of these ranges lies within, added up."""
    parts = (each.clip(within) for each in ranges)
    return sum((part.length for part in parts if part), timedelta(0))


def most_at_once(ranges: Iterable[TimeRange], within: TimeRange) -> int:
    """How many of these ranges overlap at most, at any instant within."""
    parts = [part for each in ranges if (part := each.clip(within))]
    # An end comes before a start at the same instant: back to back is not at once.
    moments = sorted([(part.start, 1) for part in parts] + [(part.end, -1) for part in parts])
    held = most = 0
    for _, step in moments:
        held += step
        most = max(most, held)
    return most
