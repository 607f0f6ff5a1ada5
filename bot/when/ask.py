"""What a text asks for, as it was said: moments and asks. Nothing here knows the date: `resolve.py` does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.when.clocks import Clock, Day, Daypart, Length

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.when.kinds import Token


@dataclass(frozen=True, slots=True)
class Moment:
    """One side of a range, as it was said."""

    day: Day | None = None
    clock: Clock | None = None
    part: Daypart | None = None
    zone: str | None = None
    instant: str | None = None
    delay: timedelta | None = None
    now: bool = False
    part_after: bool = False
    day_after: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What one text asks for. An end or a length without a start begins now."""

    start: Moment | None = None
    end: Moment | None = None
    length: Length | None = None
    #: "" for whole days; "weekend", "week"; "its end" for a day that may be meant as a whole, or as the last.
    whole: str | None = None
    #: The range was written with a word (`10pm to 6am`), not with a dash.
    worded: bool = False
    #: The day and hours say "each day", or the whole stretch: `3-5 Dec 10:00-12:00`.
    each_day: bool = False


def with_other(ask: Ask, moment: Moment) -> Ask:
    """The ask with another start; with another end if it begins now."""
    if ask.start is None:
        assert ask.end is not None
        return replace(ask, end=replace(moment, day=moment.day or ask.end.day))
    return replace(ask, start=replace(moment, day=moment.day or ask.start.day))


def own_day(ask: Ask) -> Day | None:
    """The day that an ask names."""
    for moment in (ask.start, ask.end):
        if moment and (moment.day or moment.instant):
            return moment.day or Day()
    return None


def on_day(ask: Ask, token: Token) -> Ask:
    """The same hours on another day."""
    value = token.value
    assert isinstance(value, Moment)
    if ask.start is None and ask.end is not None:
        return replace(ask, end=replace(ask.end, day=value.day))
    start = replace(ask.start or Moment(), day=value.day, day_after=False)
    end = replace(ask.end, day=None) if ask.end and ask.end.day_after else ask.end
    return replace(ask, start=replace(start, part=start.part or value.part), end=end)


def moved_by(ask: Ask, moment: Moment) -> Ask | None:
    """The ask with a day, zone or part of the day that it does not name itself; None where it has no place for it."""
    sides = [side for side in (ask.start, ask.end) if side]
    if ask.start is None or (moment.zone and any(side.zone for side in sides)):
        return None
    if moment.zone:
        return in_zone(ask, moment.zone)
    if moment.day:
        return None if own_day(ask) else replace(ask, start=replace(ask.start, day=moment.day))
    if ask.end is None or any(side.part or side.clock is None for side in sides):
        return None
    return replace(ask, end=replace(ask.end, part=moment.part, part_after=True))


def sharing_day(asks: list[Ask]) -> list[Ask]:
    """`tomorrow 10-12 or 14-16`: a day said once counts for what follows."""
    shared: list[Ask] = []
    day = next((found for ask in asks if (found := own_day(ask))), None)
    for ask in asks:
        own = own_day(ask)
        day = own or day
        shared.append(ask if own or ask.start is None else replace(ask, start=replace(ask.start, day=day)))
    return shared


def in_zone(ask: Ask, zone: str | None) -> Ask:
    """The ask, read in a zone where it names none."""
    start = replace(ask.start, zone=ask.start.zone or zone) if ask.start else None
    end = replace(ask.end, zone=ask.end.zone or zone) if ask.end else None
    return replace(ask, start=start, end=end)
