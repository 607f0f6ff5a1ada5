"""What reading gives: a Reading of one range, a Series of many, or Unreadable with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime, time, timedelta, tzinfo


class Kind(StrEnum):
    """Why a text could not be read as one range."""

    NO_RANGE = "no_range"
    INVERTED = "inverted"
    AMBIGUOUS = "ambiguous"
    PAST = "past"
    TOO_VAGUE = "too_vague"


@dataclass(frozen=True, slots=True)
class Reading:
    """A range as it was understood, with what an echo should mention."""

    start: datetime
    end: datetime
    #: What was not time: the purpose, in its own spelling.
    rest: str = ""
    #: The zone it was read in, by name or abbreviation, and whether the text named it.
    zone: str = "UTC"
    zone_given: bool = False
    #: No day was written.
    day_assumed: bool = False
    #: The end is on a later day than the start because it would otherwise come before it.
    end_rolled: bool = False
    #: False where the start is now, as in `for 3h`.
    start_given: bool = True
    #: A written clock time does not exist on that day; it was moved on by the hour that clocks skip.
    skipped: bool = False
    #: A written clock time happens twice on that day; the first was taken.
    doubled: bool = False
    #: The text asks rather than orders: answer, do not book.
    question: bool = False

    @property
    def length(self) -> timedelta:
        """How long it takes. (`end - start` would count wall time: both are in one zone.)"""
        return self.end.astimezone(UTC) - self.start.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Series:
    """Times that come again, as plain values; wall times of `tz`, so that 9:00 stays 9:00 across DST.

    `every monday and thursday 9-12 until Dec 20`, read on Wednesday, 10 June 2026:

        Series(unit="week", interval=1, weekdays=(0, 3), first=date(2026, 6, 11), last=date(2026, 12, 20),
               start=time(9), end=time(12), end_days=0, tz=ZoneInfo("America/New_York"), ...)

    Their dates, with python-dateutil:

        rrule(DAILY if series.unit == "day" else WEEKLY, interval=series.interval,
              byweekday=series.weekdays or None, wkst=MO,
              dtstart=datetime.combine(series.first, series.start), until=..., count=...)

    Each occurrence ends at `end`, `end_days` days after the date it starts on.
    """

    #: "day" or "week".
    unit: str
    #: Every so many units.
    interval: int
    #: For weeks: which days, 0 is Monday; never empty. Empty for days.
    weekdays: tuple[int, ...]
    #: The date of the first occurrence, the first that is not over yet.
    first: date
    #: The last date it may start on; None if no end was said.
    last: date | None
    start: time
    end: time
    #: 0 if it ends on the date it starts on, 1 for `22:00-02:00` and for all day.
    end_days: int
    tz: tzinfo
    #: The zone by name or abbreviation, and whether the text named it.
    zone: str = "UTC"
    zone_given: bool = False
    #: What was not time: the purpose, in its own spelling.
    rest: str = ""
    #: The text asks rather than orders.
    question: bool = False


class Unreadable(ValueError):  # noqa: N818 - a person reads "unreadable: too vague", not "unreadable error"
    """The text is no bookable range; `kind` says why, the rest what would work."""

    def __init__(
        self,
        kind: Kind,
        *,
        readings: tuple[Reading, ...] = (),
        start: datetime | None = None,
        starts: tuple[datetime, ...] = (),
        day: date | None = None,
        length: timedelta | None = None,
        rest: str = "",
        question: bool = False,
        repeats: bool = False,
        series: tuple[Series, ...] = (),
    ) -> None:
        """Name the reason; everything else is what was understood all the same."""
        super().__init__(kind.value)
        self.kind = kind
        #: For `ambiguous`: what it may mean, each bookable as it is. For `too_vague`: the part of the day named.
        self.readings = readings
        #: For `too_vague`: the start that was said, or at least its day, or the length.
        self.start = start
        self.day = day
        self.length = length
        #: For `ambiguous`: the starts that were said, where no end was (`2pm or 3pm`).
        self.starts = starts
        self.rest = rest
        self.question = question
        #: The text asks for a series (`every monday`), which is not one range.
        self.repeats = repeats
        #: For `ambiguous`, raised by `read_series`: which series it may be.
        self.series = series
