"""From the words of a series and its hours to a Series: its first and last dates, and its times of day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.when.clocks import Day, month_end
from bot.when.here import Here, placed
from bot.when.reading import Kind, Reading, Series, Unreadable
from bot.when.resolve import readings

if TYPE_CHECKING:
    from bot.when.ask import Ask
    from bot.when.recurrence import Recurrence

#: A series that comes more seldom is a slip of the pen.
_MOST_SELDOM = 60


def series_of(ask: Ask, recurrence: Recurrence, here: Here) -> list[Series]:
    """The series an ask for hours and a recurrence make, one for each thing the hours may mean; raises Unreadable."""
    if not _has_hours(ask):
        raise Unreadable(Kind.TOO_VAGUE, repeats=True)
    here = placed(here, ask.start if ask.start and ask.start.zone else ask.end)
    ask, recurrence = _with_span(ask, recurrence)
    base = _base(ask, recurrence, here)
    while recurrence.weekdays and base.weekday() not in recurrence.weekdays:
        base += timedelta(days=1)
    return [_series(hours, recurrence, base, here, ask) for hours in _hours(ask, base)]


def _has_hours(ask: Ask) -> bool:
    """Whether an ask says when each occurrence begins: not in `every day until 18:00`."""
    return ask.whole is not None or (ask.start is not None and ask.start.clock is not None)


def _with_span(ask: Ask, recurrence: Recurrence) -> tuple[Ask, Recurrence]:
    """`Dec 3-5 10-12 each day`: the span says the first date and the last."""
    if not ask.each_day:
        return ask, recurrence
    assert ask.end is not None
    until = recurrence.until or ask.end.day
    return replace(ask, end=replace(ask.end, day=None, day_after=False), each_day=False), replace(
        recurrence, until=until
    )


def _base(ask: Ask, recurrence: Recurrence, here: Here) -> date:
    """The date from which on the series may begin."""
    day = _own_day(ask)
    if day is not None:
        return next(day.candidates(here.today))
    window = recurrence.window
    if window is None:
        return here.today
    last = next(window.candidates(here.today))
    return max(here.today, last.replace(day=1) if window.month_end else last - timedelta(days=6))


def _own_day(ask: Ask) -> Day | None:
    day = ask.start.day if ask.start else None
    if day is None and ask.end is not None and ask.end.day_after:
        day = ask.end.day
    return day


def _hours(ask: Ask, base: date) -> list[Reading]:
    """The hours on the first date, in a zone whose clocks never change."""
    day = Day(year=base.year, month=base.month, day=base.day)
    start = replace(ask.start, day=day, zone=None, day_after=False) if ask.start else None
    end = ask.end and replace(ask.end, zone=None, day=None if ask.end.day_after else ask.end.day, day_after=False)
    midnight = datetime.combine(base, time(), UTC)
    return readings(replace(ask, start=start, end=end), Here(midnight, UTC, "UTC"))


def _series(hours: Reading, recurrence: Recurrence, base: date, here: Here, ask: Ask) -> Series:
    unit, weekdays = _unit(recurrence, base, day_said=_own_day(ask) is not None)
    shift = (hours.start.date() - base).days  # 25:00 begins on the next date
    weekdays = tuple(sorted((day + shift) % 7 for day in weekdays))
    end_days = (hours.end.date() - hours.start.date()).days
    first = base + timedelta(days=shift)
    while (weekdays and first.weekday() not in weekdays) or _is_over(first, hours, end_days, here):
        first += timedelta(days=1)
    last = _last(recurrence, weekdays, first, here)
    if last is not None and last < first:
        raise Unreadable(Kind.INVERTED if recurrence.window is None else Kind.PAST, repeats=True)
    return Series(
        unit=unit,
        interval=recurrence.interval,
        weekdays=weekdays,
        first=first,
        last=last,
        start=hours.start.time(),
        end=hours.end.time(),
        end_days=end_days,
        tz=here.zone,
        zone=here.zone_name,
        zone_given=here.zone_given,
    )


def _unit(recurrence: Recurrence, base: date, *, day_said: bool) -> tuple[str, tuple[int, ...]]:
    if recurrence.unit == "month" or recurrence.unclear or recurrence.interval > _MOST_SELDOM:
        raise Unreadable(Kind.NO_RANGE, repeats=True)
    if recurrence.weekdays:
        return "week", tuple(sorted(recurrence.weekdays))
    if recurrence.unit == "week":
        if not day_said:
            raise Unreadable(Kind.TOO_VAGUE, repeats=True)  # weekly, but on which day?
        return "week", (base.weekday(),)
    return "day", ()


def _is_over(day: date, hours: Reading, end_days: int, here: Here) -> bool:
    minutes = hours.end.hour * 60 + hours.end.minute
    return here.at(day + timedelta(days=end_days), minutes) <= here.now


def _last(recurrence: Recurrence, weekdays: tuple[int, ...], first: date, here: Here) -> date | None:
    """The last date it may start on."""
    ends = [_said_last(recurrence, first, here)]
    if recurrence.times is not None:
        ends.append(_date_of(recurrence.times, recurrence, weekdays, first))
    return min((end for end in ends if end is not None), default=None)


def _said_last(recurrence: Recurrence, first: date, here: Here) -> date | None:
    until = recurrence.until or recurrence.window
    if until is not None:
        from_today = until.offset is not None or until.week is not None or until.months is not None
        return next(until.candidates(here.today if from_today else first))
    if recurrence.length is not None:
        return first + recurrence.length.time - timedelta(days=1)
    if recurrence.months:
        return _months_on(first, recurrence.months) - timedelta(days=1)
    return None


def _date_of(time: int, recurrence: Recurrence, weekdays: tuple[int, ...], first: date) -> date:
    """The date of the first time, the second, ...; the day before the first for no time at all."""
    if time < 1 or not weekdays:
        return first + timedelta(days=(time - 1) * recurrence.interval)
    weeks, place = divmod(weekdays.index(first.weekday()) + time - 1, len(weekdays))
    return first + timedelta(weeks=weeks * recurrence.interval, days=weekdays[place] - first.weekday())


def _months_on(day: date, months: int) -> date:
    """The same day some months on, or the last of that month."""
    last = month_end(day, months)
    return last.replace(day=min(day.day, last.day))


def first_of(series: Series) -> Reading:
    """The first occurrence of a series as a range."""
    here = Here(datetime.combine(series.first, series.start, series.tz).astimezone(UTC), series.tz, series.zone)
    start = here.at(series.first, series.start.hour * 60 + series.start.minute)
    end = here.at(series.first + timedelta(days=series.end_days), series.end.hour * 60 + series.end.minute)
    return Reading(
        start,
        end,
        rest=series.rest,
        zone=series.zone,
        zone_given=series.zone_given,
        end_rolled=series.end_days == 1,
        question=series.question,
    )
