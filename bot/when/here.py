"""When and where a text was written, and what clocks do there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from bot.when import zones
from bot.when.clocks import MINUTES_PER_DAY
from bot.when.reading import Kind, Reading, Unreadable

if TYPE_CHECKING:
    from bot.when.ask import Moment


@dataclass(frozen=True, slots=True)
class Here:
    """When and where a text was written."""

    now: datetime
    zone: tzinfo
    zone_name: str
    zone_given: bool = False

    @property
    def today(self) -> date:
        """The date in the zone of the reading."""
        return self.now.astimezone(self.zone).date()

    def at(self, day: date, minutes: int) -> datetime:
        """A wall time as an instant: skipped ones by the offset before the gap, doubled ones as the first."""
        day += timedelta(days=minutes // MINUTES_PER_DAY)
        minutes %= MINUTES_PER_DAY
        wall = datetime.combine(day, time(minutes // 60, minutes % 60), self.zone)
        return wall.astimezone(UTC).astimezone(self.zone)

    def after(self, start: datetime, length: timedelta) -> datetime:
        """So much later in elapsed time."""
        return (start.astimezone(UTC) + length).astimezone(self.zone)

    def is_doubled(self, day: date, minutes: int) -> bool:
        """Whether a wall time happens twice, or never."""
        day += timedelta(days=minutes // MINUTES_PER_DAY)
        minutes %= MINUTES_PER_DAY
        wall = datetime.combine(day, time(minutes // 60, minutes % 60), self.zone)
        return wall.utcoffset() != wall.replace(fold=1).utcoffset()

    def reading(
        self,
        start: datetime,
        end: datetime,
        *,
        start_given: bool = True,
        day_assumed: bool = False,
        end_rolled: bool = False,
    ) -> Reading:
        """A range as it is read here."""
        return Reading(
            start,
            end,
            zone=self.zone_name,
            zone_given=self.zone_given,
            day_assumed=day_assumed,
            end_rolled=end_rolled,
            start_given=start_given,
        )


def named_zone(name: str, here: Here) -> tzinfo | None:
    """The zone that a text names."""
    if name[0] == "=":
        return zones.zone_named(name[1:])
    lowered = name.lower()
    if "+" in lowered or "-" in lowered:
        return zones.written_offset(lowered)
    if "/" in lowered:
        return zones.iana(lowered)
    place = zones.place(lowered) if lowered in zones.ALONE else None
    return place or zones.abbreviated(lowered, here.now.astimezone(here.zone))


def placed(here: Here, moment: Moment | None) -> Here:
    """Where a moment is read: in its own zone if it names one."""
    if moment is None or moment.zone is None:
        return here
    zone = named_zone(moment.zone, here)
    if zone is None:
        return here
    return replace(here, zone=zone, zone_name=zones.name_of(zone, here.now), zone_given=True)


def precedes(first: datetime, last: datetime) -> bool:
    """Compared as instants: within one zone Python compares wall times, which run twice in autumn."""
    return first.astimezone(UTC) < last.astimezone(UTC)


def not_past(reading: Reading, here: Here) -> Reading:
    """A reading that is not over and does not end before it begins."""
    if reading.end <= here.now:
        raise Unreadable(Kind.PAST)
    if not precedes(reading.start, reading.end):
        raise Unreadable(Kind.INVERTED)
    return reading


class Changes(NamedTuple):
    """What a change of the clocks does to written times."""

    skipped: bool
    doubled: bool


def changes_at(here: Here, day: date, minutes: list[int]) -> Changes:
    """Whether a clock change makes a written time one that never is, or one that is twice."""
    odd = [m for m in minutes if here.is_doubled(day, m)]
    never = [m for m in odd if _wall_minutes(here.at(day, m)) != m % MINUTES_PER_DAY]
    return Changes(skipped=bool(never), doubled=len(odd) > len(never))


def _wall_minutes(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
