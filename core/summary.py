"""How a week was used: for whoever asks, beside their own share of it; and on Monday mornings for the lab."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import groupby
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core import availability, facts, limits, models, notices, organizations, rulebook, usage
from core.facts import Action, Busy, Subject
from core.kinds import Kind
from core.recipients import CHANNEL
from core.timerange import TimeRange, utc
from core.work import Work

TOLD_AT = time(9, 0)  # on Mondays, where the lab is
USEFUL = timedelta(hours=12)
_HOUR = timedelta(hours=1)
_NEARLY = 0.9  # of the most: as busy as that
_BOOKED_BEFORE = timedelta(days=60)  # how long ago somebody may have given back what would last until now


def look(work: Work, organization_id: int, window: TimeRange, zone: tzinfo) -> facts.Summary:
    """How `window` was used, or is booked; its busiest hours as days are cut in `zone`."""
    schedule = availability.schedule(work, organization_id, window)
    return facts.Summary(
        schedule,
        used=_used(schedule, work.now),
        released=_released(work, organization_id, window),
        busiest=tuple(_busiest(schedule, zone)),
    )


def fair_use(work: Work, organization_id: int, member_id: int) -> facts.FairUse:
    """A member's GPU time in their week that it is now, beside everybody's."""
    said = rulebook.of(work, organization_id, member_id)
    week = usage.week_of(work.now, said.zone)
    held = usage.by_member(work, organization_id, week)
    middle = timedelta(seconds=median(each.total_seconds() for each in held.values())) if held else timedelta(0)
    limit = limits.of(work, organization_id, member_id).week
    lab = organizations.of_id(work, organization_id)
    usual = usage.usual_length(work, member_id) if lab.suggests else None
    return facts.FairUse(
        week, held.get(member_id, timedelta(0)), sum(held.values(), timedelta(0)), middle, limit, usual
    )


def plan_summary(work: Work, lab: facts.Organization) -> None:
    """Owe the summary of this week, for next Monday, unless it is owed; or take it back, where the lab wants none.

    Say it again whenever, from any process: it comes once.
    """
    due_at = _next_monday(work.now, ZoneInfo(lab.zone)) if lab.summary else None
    owed = notices.owed_by_lab(work, lab.id, Kind.SUMMARY)
    for other in owed - {due_at}:
        notices.take_back_by_lab(work, lab.id, Kind.SUMMARY, other)
    if due_at is not None and due_at not in owed:
        notices.owe_by_lab(work, lab.id, Kind.SUMMARY, CHANNEL, due_at, useful_until=due_at + USEFUL)


def week_told(due_at: datetime, zone: tzinfo) -> TimeRange:
    """The week that a summary is about: the one before its Monday."""
    return usage.week_of(usage.week_of(due_at, zone).start - _HOUR, zone)


def _next_monday(now: datetime, zone: tzinfo) -> datetime:
    week = usage.week_of(now, zone)
    mondays = (datetime.combine(instant.astimezone(zone), TOLD_AT, zone) for instant in (week.start, week.end))
    return next(utc(monday) for monday in mondays if monday > now)


def _used(schedule: facts.Schedule, now: datetime) -> timedelta:
    if now <= schedule.range.start:
        return timedelta(0)
    return usage.gpu_time(
        (holding.range for row in schedule.rows for holding in row.held), TimeRange(schedule.range.start, now)
    )


def _released(work: Work, organization_id: int, window: TimeRange) -> timedelta:
    """What was booked within it and given back before its end, as the audit has it."""
    entries = work.session.execute(
        select(models.AuditEntry.before, models.AuditEntry.after)
        .where(models.AuditEntry.organization_id == organization_id)
        .where(models.AuditEntry.subject == Subject.RESERVATION, models.AuditEntry.action == Action.RELEASED)
        .where(models.AuditEntry.at > window.start - _BOOKED_BEFORE, models.AuditEntry.at < window.end)
    )
    given_back = (
        TimeRange(kept, before.end)
        for was, is_now in entries
        for gpu, before in _slots(was)
        if (kept := dict(_slots(is_now))[gpu].end) < before.end
    )
    return usage.gpu_time(given_back, window)


def _slots(snapshot: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, TimeRange]]:
    for gpu, written in snapshot["slots"].items():
        yield gpu, TimeRange.read(written)


def _busiest(schedule: facts.Schedule, zone: tzinfo) -> list[Busy]:
    """Stretches of whole hours of one day in which nearly the most was held: the longest two."""
    start = schedule.range.start
    held = [0.0] * -(-schedule.range.length // _HOUR)  # GPUs, on the average of each hour
    for holding in (each for row in schedule.rows for each in row.held):
        first, last = (holding.range.start - start) // _HOUR, -((start - holding.range.end) // _HOUR)
        for hour in range(first, last):
            part = holding.range.clip(TimeRange(start + hour * _HOUR, start + (hour + 1) * _HOUR))
            held[hour] += part.length / _HOUR if part else 0
    busy = [hour for hour, gpus in enumerate(held) if gpus and gpus >= _NEARLY * max(held)]
    found = [_stretch(run, held, start) for run in _runs(busy, start, zone)]
    return sorted(found, key=lambda each: (-each.range.length, each.range.start))[:2]


def _runs(hours: Sequence[int], start: datetime, zone: tzinfo) -> Iterator[list[int]]:
    """Hours that follow each other on one day."""

    def run(numbered: tuple[int, int]) -> tuple[int, date]:
        place, hour = numbered
        return hour - place, (start + hour * _HOUR).astimezone(zone).date()

    for _, together in groupby(enumerate(hours), key=run):
        yield [hour for _, hour in together]


def _stretch(hours: Sequence[int], held: Sequence[float], start: datetime) -> Busy:
    time = TimeRange(start + hours[0] * _HOUR, start + (hours[-1] + 1) * _HOUR)
    return Busy(time, round(sum(held[hour] for hour in hours) / len(hours)))
