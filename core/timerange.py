"""A half-open stretch of time, the one shape in which core speaks of when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo


def utc(instant: datetime) -> datetime:
    """The same instant in UTC. A naive datetime names no instant and is refused with ValueError."""
    if instant.tzinfo is UTC:
        return instant
    if instant.tzinfo is None:
        raise ValueError(f"naive datetime {instant!r}: say in which zone")
    return instant.astimezone(UTC)


@dataclass(frozen=True, order=True)
class TimeRange:
    """[start, end): `start` belongs to it, `end` does not, so that back-to-back ranges do not overlap.

    Takes aware datetimes of any zone and keeps them in UTC; ValueError when naive or when `end` is not after `start`.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc(self.start))
        object.__setattr__(self, "end", utc(self.end))
        if self.end <= self.start:
            raise ValueError(f"{self.end} is not after {self.start}")

    @classmethod
    def of_days(cls, first: date, count: int, zone: tzinfo) -> TimeRange:
        """So many whole days from that one on, from midnight to midnight in that zone."""
        midnights = (datetime.combine(day, time(), zone) for day in (first, first + timedelta(days=count)))
        return cls(*midnights)

    @classmethod
    def read(cls, written: Iterable[str]) -> TimeRange:
        """What `written` wrote."""
        return cls(*map(datetime.fromisoformat, written))

    def written(self) -> list[str]:
        """As JSON: its start and its end in ISO 8601."""
        return [self.start.isoformat(), self.end.isoformat()]

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def overlaps(self, other: TimeRange) -> bool:
        return self.start < other.end and other.start < self.end

    def clip(self, other: TimeRange) -> TimeRange | None:
        """The part of this range that lies inside `other`, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return TimeRange(start, end) if start < end else None

    def subtract(self, taken: Iterable[TimeRange]) -> list[TimeRange]:
        """What is left of this range without `taken` (in any order, overlapping or not), earliest first."""
        left: list[TimeRange] = []
        start = self.start
        for other in sorted(taken):
            if other.start >= self.end:
                break
            if start < other.start:
                left.append(TimeRange(start, other.start))
            start = max(start, other.end)
        if start < self.end:
            left.append(TimeRange(start, self.end))
        return left

    @classmethod
    def hull(cls, ranges: Iterable[TimeRange]) -> TimeRange:
        """The shortest range that covers them all; ValueError when there are none."""
        listed = list(ranges)
        return cls(min(each.start for each in listed), max(each.end for each in listed))
