"""Days, clock times and parts of the day as they were said, before it is known which date they mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUTES_PER_DAY = 24 * 60
NOON = 12 * 60


class Daypart(StrEnum):
    """A part of the day: it says which of the two 8 o'clocks is meant."""

    AM = "am"
    PM = "pm"
    DAWN = "dawn"
    MORNING = "morning"
    MIDDAY = "midday"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


#: From when to when a part of the day is meant that is named alone.
HOURS_OF = {
    Daypart.AM: (6, 12),
    Daypart.PM: (12, 18),
    Daypart.DAWN: (0, 6),
    Daypart.MORNING: (6, 12),
    Daypart.MIDDAY: (11, 14),
    Daypart.NOON: (11, 14),
    Daypart.AFTERNOON: (12, 18),
    Daypart.EVENING: (18, 24),
    Daypart.NIGHT: (18, 24),
}
# The bare hours that a part of the day moves to the second half of the day.
_SECOND_HALF = {
    Daypart.PM: range(1, 12),
    Daypart.MIDDAY: range(1, 6),
    Daypart.NOON: range(1, 6),
    Daypart.AFTERNOON: range(1, 12),
    Daypart.EVENING: range(3, 12),
    Daypart.NIGHT: range(5, 12),
}
# Where 12 is midnight: its own day's first minute, or its last.
_TWELVE = {
    Daypart.AM: 0,
    Daypart.DAWN: 0,
    Daypart.EVENING: MINUTES_PER_DAY,
    Daypart.NIGHT: MINUTES_PER_DAY,
}
_FIRST_HALF_ONLY = (Daypart.AM, Daypart.DAWN, Daypart.MORNING)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, in minutes since midnight; up to 30:00 where a language counts past 24.

    `bare`: an hour without minutes, leading zero or meridiem, so that 3 may mean 15:00.
    `open`: either half of the day is possible still, as in the 1:30 of `1:30-3pm`.
    """

    minutes: int
    bare: bool = False
    open: bool = False
    daypart: Daypart | None = None
    #: Written without a leading zero.
    loose: bool = False
    #: Said as a word: midnight may begin a day or end it.
    midnight_word: bool = False

    def other_half(self) -> Clock:
        """The same face of the clock, twelve hours on or back."""
        return Clock((self.minutes + NOON) % MINUTES_PER_DAY)

    def literal(self) -> Clock:
        """The same time, as a 24 h clock says it."""
        return Clock(self.minutes)

    def in_part(self, part: Daypart, *, of_said_day: bool = False) -> Clock:
        """The time with the part of the day said beside it; raises ValueError where they contradict.

        `of_said_day`: the night belongs to a day that was named, so its small hours are the next date's.
        """
        hour = self.minutes // 60
        if hour == 0 and part in (Daypart.PM, Daypart.AFTERNOON, Daypart.MIDDAY, Daypart.NOON):
            return Clock(self.minutes + NOON, daypart=part)  # 午後0:30
        if hour > 12 or hour == 0 or self.daypart is not None:
            return self._checked_literal(part, of_said_day=of_said_day)
        if hour == 12 and part in _TWELVE:
            minutes = _TWELVE[part] + self.minutes - NOON
        elif hour in _SECOND_HALF.get(part, ()):
            minutes = self.minutes + NOON
        else:
            minutes = self.minutes
        if part is Daypart.NIGHT and of_said_day and minutes < 5 * 60:
            minutes += MINUTES_PER_DAY
        return Clock(minutes, daypart=part)

    def _checked_literal(self, part: Daypart, *, of_said_day: bool) -> Clock:
        if part in _FIRST_HALF_ONLY and self.minutes >= 13 * 60:
            raise ValueError(part)
        past_midnight = part is Daypart.NIGHT and of_said_day and self.minutes < 5 * 60
        return Clock(self.minutes + (MINUTES_PER_DAY if past_midnight else 0), daypart=part)


def clock(
    hour: int,
    minute: int = 0,
    *,
    written: str = "",
    exact: bool = False,
    marked: bool = False,
    latest: int = 24,
) -> Clock:
    """A clock time from its numbers; raises ValueError for 13:75 and 25:00.

    `written`: the hour's digits, to see a leading zero. `exact`: minutes were written. `marked`: said in a
    way that is always a 24 h clock.
    """
    if not 0 <= minute < 60 or not 0 <= hour * 60 + minute <= latest * 60:
        raise ValueError((hour, minute))
    return Clock(
        hour * 60 + minute,
        bare=1 <= hour <= 12 and minute == 0 and not exact and not written.startswith("0") and not marked,
        open=1 <= hour <= 12 and not marked,
        loose=not written.startswith("0") and not marked,
    )


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time; whole days count dates where they start at one."""

    time: timedelta
    whole_days: bool = False
    #: Said as full days, so that `two full days from friday` counts none before it.
    full: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """How often something repeats, as one word says it: `every`, `daily`, `mondays`, `隔週`."""

    #: "day", "week" or "month"; None where other words say it.
    unit: str | None = None
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    part: Daypart | None = None


WORKDAYS = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it was said; `candidates` are the dates it may mean, the likeliest first."""

    offset: int | None = None
    weekday: int | None = None
    week: int | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    part: Daypart | None = None
    #: Years from this one, with `month`.
    years: int | None = None
    #: Months from this one, with `day` or `month_end`.
    months: int | None = None
    #: The last day of its month.
    month_end: bool = False
    #: So many weeks after the day otherwise said: monday week.
    weeks_after: int = 0
    #: `offset` counts from the start's date: 翌日.
    from_start: bool = False

    def candidates(self, today: date) -> Iterator[date]:
        """The dates this may mean, seen from a day; a later one counts only if all is over on the earlier."""
        if self.weeks_after:
            plain = replace(self, weeks_after=0)
            yield from (day + timedelta(weeks=self.weeks_after) for day in plain.candidates(today))
        elif self.month_end:
            yield from self._month_ends(today)
        elif self.day is not None:
            yield from self._dates(today, self.day)
        elif self.weekday is not None and self.offset is None:
            yield from self._weekdays(today, self.weekday)
        else:
            yield today + timedelta(days=self.offset or 0)

    def _weekdays(self, today: date, weekday: int) -> Iterator[date]:
        monday = today - timedelta(days=today.weekday())
        if self.week is not None:
            yield monday + timedelta(days=weekday, weeks=self.week)
            return
        first = today + timedelta(days=(weekday - today.weekday()) % 7)
        yield first
        yield first + timedelta(days=7)

    def _month_ends(self, today: date) -> Iterator[date]:
        if self.month is not None and self.year is not None:
            yield _last_of_month(self.year, self.month)
        elif self.month is not None:
            years = (today.year, today.year + 1)
            yield next(d for year in years if (d := _last_of_month(year, self.month)) >= today)
        else:
            yield month_end(today, self.months or 0)

    def _dates(self, today: date, day: int) -> Iterator[date]:
        if self.months is not None:
            year, month = divmod(today.year * 12 + today.month - 1 + self.months, 12)
            yield date(year, month + 1, day)
        elif self.month is None:
            yield from self._days_of_months(today, day)
        elif self.year is not None or self.years is not None:
            yield date(self.year or today.year + (self.years or 0), self.month, day)
        else:
            # A leap day may be up to eight years away (1896, 1904).
            years = range(today.year, today.year + 17)
            found = [d for year in years if (d := _date_or_none(year, self.month, day)) and d >= today]
            yield from found[:2]

    @staticmethod
    def _days_of_months(today: date, day: int) -> Iterator[date]:
        months = [divmod(today.year * 12 + today.month - 1 + ahead, 12) for ahead in range(13)]
        found = (_date_or_none(year, month + 1, day) for year, month in months)
        yield from [d for d in found if d and d >= today][:2]


def _last_of_month(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def month_end(today: date, months: int = 0) -> date:
    """The last day of the month so many months from a day's."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return _last_of_month(year, month + 1)


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_day(month: int, day: int, year: int | None = None) -> Day:
    """A date from its numbers; raises ValueError for February 30."""
    if year is not None and year < 100:
        year += 2000
    if year is not None and not 1990 <= year <= 2200:
        raise ValueError(year)
    date(2028 if year is None else year, month, day)  # 2028 is a leap year
    return Day(year=year, month=month, day=day)
