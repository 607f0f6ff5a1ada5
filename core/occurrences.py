"""When a series comes: its dates, and the same hours on each of them. Pure: it asks nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, tzinfo
from itertools import islice
from typing import Any

from dateutil.rrule import DAILY, MO, WEEKLY, rrule

from core import errors
from core.facts import Hours, Recurrence, Repeats
from core.timerange import TimeRange

MOST = 100  # occurrences of one series


def of(repeats: Repeats) -> tuple[TimeRange, ...]:
    """The times of a series. The same clock all through, whatever the clocks of the zone do.

    A start or an end that the clocks skip is moved on by what they skip; of one that comes twice it is the first.
    Raises TooManyOccurrences beyond MOST, and NoOccurrence where there is none.
    """
    found = list(islice(_dates(repeats), MOST + 1))
    if len(found) > MOST:
        raise errors.TooManyOccurrences(MOST, found[MOST - 1])
    times = tuple(found_on for day in found if (found_on := on(repeats.hours, day)))
    if not times:
        raise errors.NoOccurrence
    return times


def to_come(repeats: Repeats, now: datetime) -> list[TimeRange]:
    """The occurrences without what is over; what has begun begins now. Raises what `of` raises."""
    times = [TimeRange(max(time.start, now), time.end) for time in of(repeats) if time.end > now]
    if not times:
        raise errors.NoOccurrence
    return times


def on(hours: Hours, day: date) -> TimeRange | None:
    """These hours of that day; None where the clocks leave nothing of them."""
    start = datetime.combine(day, hours.start, hours.zone).astimezone(UTC)
    last_day = date.fromordinal(day.toordinal() + hours.end_days)
    end = datetime.combine(last_day, hours.end, hours.zone).astimezone(UTC)
    return TimeRange(start, end) if start < end else None


def hours_of(time: TimeRange, zone: tzinfo) -> Hours:
    """From when to when it goes on the clocks of a zone."""
    start, end = time.start.astimezone(zone), time.end.astimezone(zone)
    return Hours(start.time(), end.time(), (end.date() - start.date()).days, zone)


def on_weekdays(recurrence: Recurrence, weekdays: Collection[int]) -> Recurrence:
    """As often, but on these days."""
    interval = recurrence.interval if recurrence.unit == "week" else 1
    days = tuple(sorted(set(weekdays)))
    return Recurrence("day", 1) if interval == 1 and len(days) == 7 else Recurrence("week", interval, days)


def _dates(repeats: Repeats) -> Iterator[date]:
    rule = rrule(
        DAILY if repeats.recurrence.unit == "day" else WEEKLY,
        interval=repeats.recurrence.interval,
        byweekday=repeats.recurrence.weekdays or None,
        wkst=MO,
        dtstart=datetime.combine(repeats.first, repeats.hours.start),
        until=datetime.combine(repeats.last, time.max),
    )
    return (each.date() for each in rule)


def written(recurrence: Recurrence) -> dict[str, Any]:
    """As JSON; `read` is the way back."""
    return {"unit": recurrence.unit, "interval": recurrence.interval, "weekdays": list(recurrence.weekdays)}


def read(rule: dict[str, Any]) -> Recurrence:
    return Recurrence(rule["unit"], rule["interval"], tuple(rule["weekdays"]))
