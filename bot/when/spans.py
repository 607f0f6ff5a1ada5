"""Ranges over several days, and days by themselves: which dates they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.when.ask import Ask, Moment
from bot.when.clocks import MINUTES_PER_DAY, Clock, Day
from bot.when.halves import faces_of
from bot.when.here import Here, changes_at, placed, precedes
from bot.when.reading import Kind, Reading, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = timedelta(days=1)


def first_day(day: Day | None, here: Here, minutes: int) -> date:
    """The first day it may mean on which a clock time is still ahead."""
    for candidate in candidates_of(day, here.today):
        if here.at(candidate, minutes) > here.now:
            return candidate
    raise Unreadable(Kind.PAST)


def candidates_of(day: Day | None, today: date) -> Iterator[date]:
    """The dates a day may mean; today or tomorrow where none was said."""
    if day is None:
        yield today
        yield today + DAY
    else:
        yield from day.candidates(today)


class Mismatch(Exception):  # noqa: N818 - internal, always caught
    """A date and a weekday were said that are not the same day."""


def check_weekday(day: Day | None, candidate: date) -> None:
    """Raise Mismatch if a date and the weekday said beside it are two days."""
    if day is None or day.weekday is None or (day.day is None and day.offset is None):
        return
    if candidate.weekday() != day.weekday:
        raise Mismatch


def days_from(start: Moment, length: timedelta, here: Here) -> Reading:
    """Whole days from a date on."""
    assert start.day is not None
    for day in start.day.candidates(here.today):
        last = here.at(day + length, 0)
        if last > here.now:
            return here.reading(here.at(day, 0), last)
    raise Unreadable(Kind.PAST)


def between_dates(start: Moment, end: Moment, here: Here) -> Reading:
    """A range of dates includes the last; a date beside a clock time begins or ends with its day."""
    if start.part or end.part or (start.day is None and start.clock is None):
        raise Unreadable(Kind.TOO_VAGUE)
    if end.day is None or (start.day is None and start.clock is None):
        raise Unreadable(Kind.TOO_VAGUE)
    start_minutes = start.clock.minutes if start.clock else 0
    end_minutes = end.clock.minutes if end.clock else MINUTES_PER_DAY
    return _over_days(start, end, (start_minutes, end_minutes), here, here)


def between_days(start: Moment, end: Moment, here: Here, end_here: Here) -> list[Reading]:
    """From a clock time of one day to a clock time of another."""
    assert start.clock is not None
    assert end.clock is not None
    first = faces_of(start)
    last = faces_of(end)
    if len(first) == 2 and len(last) == 2:
        pairs = list(zip(first, last, strict=True))
    elif start.clock.open and end.clock.open and not (start.clock.bare and end.clock.bare):
        pairs = [(a, b) for a in first for b in last]
    else:  # 18:00 to 6:00: one 24 h clock makes the other one
        pairs = [(first[-1], last[-1])]
    if end.clock.midnight_word and end.day != start.day:  # till sunday midnight: before it, or after?
        pairs = [(first[-1], Clock(minutes)) for minutes in (MINUTES_PER_DAY, 0)]
    return [_over_days(start, end, (a.minutes, b.minutes), here, end_here) for a, b in pairs]


def _over_days(start: Moment, end: Moment, hours: tuple[int, int], here: Here, end_here: Here) -> Reading:
    assert end.day is not None
    start_minutes, end_minutes = hours
    error: Unreadable | None = None
    for candidate in [here.today] if start.day is None else start.day.candidates(here.today):
        check_weekday(start.day, candidate)
        last_day = _end_day(end.day, start.day, candidate, here.today, end_minutes - start_minutes)
        check_weekday(end.day, last_day)
        first, last = here.at(candidate, start_minutes), end_here.at(last_day, end_minutes)
        if not precedes(first, last):
            error = Unreadable(Kind.INVERTED)
        elif last > here.now:
            changes = changes_at(here, candidate, [start_minutes])
            ends = changes_at(end_here, last_day, [end_minutes])
            reading = here.reading(first, last.astimezone(here.zone), day_assumed=start.day is None)
            return replace(
                reading,
                skipped=changes.skipped or ends.skipped,
                doubled=changes.doubled or ends.doubled,
            )
        else:
            error = error or Unreadable(Kind.PAST)
            continue
        break
    raise error or Unreadable(Kind.PAST)


def _end_day(end: Day, start: Day | None, first: date, today: date, gain: int) -> date:
    """The date of an end, seen from the date of its start."""
    if end.from_start:
        return first + timedelta(days=end.offset or 0)
    if end.day is not None and end.month is not None and end.year is None:
        return _month_day_after(end.month, end.day, first)
    if end.day is not None and end.month is None:
        return _day_after(end.day, first)
    if end.weekday is not None and end.day is None and end.offset is None and end.week is None:
        ahead = (end.weekday - first.weekday()) % 7
        same = start is not None and start.weekday == end.weekday
        return first + timedelta(days=ahead or (0 if same or gain > 0 else 7))
    return next(end.candidates(today))


def _month_day_after(month: int, day: int, first: date) -> date:
    same_year = _date(first.year, month, day)
    if same_year and (same_year >= first or month == first.month):
        return same_year
    next_year = _date(first.year + 1, month, day)
    if next_year and (next_year - first).days <= 180:
        return next_year
    if same_year is None:
        raise Unreadable(Kind.NO_RANGE)
    return same_year


def _day_after(day: int, first: date) -> date:
    same = _date(first.year, first.month, day)
    if same and same >= first:
        return same
    following = _date(first.year + first.month // 12, first.month % 12 + 1, day)
    if following and (following - first).days <= 14:
        return following
    if same is None:
        raise Unreadable(Kind.NO_RANGE)
    return same


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def whole(ask: Ask, here: Here) -> Reading:
    """All day, all week, all weekend."""
    moment = ask.start or Moment()
    day = moment.day or Day(offset=0)
    first_offset, days = {"weekend": (5, 2), "week": (0, 7)}.get(ask.whole or "", (None, 1))
    here = placed(here, moment)
    for candidate in day.candidates(here.today):
        check_weekday(day, candidate)
        first = candidate
        if first_offset is not None:
            first = candidate - timedelta(days=candidate.weekday()) + timedelta(days=first_offset)
        last = here.at(first + timedelta(days=days), 0)
        if last > here.now:
            return here.reading(here.at(first, 0), last, day_assumed=moment.day is None)
    raise Unreadable(Kind.PAST)
