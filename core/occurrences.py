"""When a series comes: its dates, and the same hours on each of them. Pure: it asks nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import groupby, islice, zip_longest
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


def on_weekdays(
    dates: Iterable[date], weekdays: Iterable[int], last: date, is_ahead: Callable[[date], bool]
) -> list[tuple[date | None, date | None]]:
    """On which date each of these comes, if it comes on other weekdays of its week; None for what is new, or no more.

    What comes on such a day already stays there, the others move in their order. Nothing is new after the `last` date,
    though what was there may move beyond it; nor where it is not still ahead.
    """
    found: list[tuple[date | None, date | None]] = []
    wanted_days = sorted(set(weekdays))
    for monday, several in groupby(sorted(dates), key=_monday):
        there = list(several)
        ahead = [day for number in wanted_days if is_ahead(day := monday + timedelta(days=number))]
        wanted = [day for day in ahead if day <= last or day in there]
        wanted += [day for day in ahead if day not in wanted][: max(len(there) - len(wanted), 0)]
        found += [(day, day) for day in there if day in wanted]
        found += zip_longest([day for day in there if day not in wanted], [day for day in wanted if day not in there])
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


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
