"""Which half of the day is meant: 3 may be 3:00 or 15:00, and the other side of the range often tells."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.when.ask import Moment
from bot.when.clocks import MINUTES_PER_DAY, NOON, Clock, Day, Daypart
from bot.when.reading import Kind, Unreadable

#: Before this a bare hour, or `half seven`, may be of either half of the day.
SMALL = 8 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """Both clock times in minutes after the midnight of the start's date."""

    start: int
    end: int
    rolled: bool = False


def faces_of(moment: Moment) -> list[Clock]:
    """The clock times a lone hour may mean: one, or both halves of the day if it is bare and small."""
    moment = coming_midnight(moment)
    assert moment.clock is not None
    face = moment.clock
    if moment.part:
        return [in_part(face, moment.part, of_said_day=moment.day is not None)]
    if face.bare and face.minutes < SMALL:
        return [face.other_half(), face.literal()]
    return [face.literal()]


def in_part(face: Clock, part: Daypart, *, of_said_day: bool) -> Clock:
    """A clock time with the part of the day beside it; no range where they contradict each other."""
    try:
        return face.in_part(part, of_said_day=of_said_day)
    except ValueError:
        raise Unreadable(Kind.NO_RANGE) from None


def coming_midnight(start: Moment) -> Moment:
    """`midnight today` is the midnight that ends it."""
    if start.clock and start.clock.midnight_word and start.day == Day(offset=0):
        return replace(start, clock=Clock(MINUTES_PER_DAY))
    return start


def hours_of(start: Moment, end: Moment) -> list[Hours]:
    """The hours two clock times may mean, in minutes after the start date's midnight."""
    assert start.clock is not None
    assert end.clock is not None
    first, last = start.clock, end.clock
    if first == last and start.part == end.part and not (first.open and end.part):
        raise Unreadable(Kind.INVERTED)
    of_said_day = start.day is not None
    if first.bare and not start.part and end.part and not end.part_after:
        return _before_part(first, in_part(last, end.part, of_said_day=False).minutes)
    if start.part or end.part:
        return [_hours_in_parts(start, end, of_said_day=of_said_day)]
    if first.daypart and last.open:
        return [_ordered(first.minutes, _nearer(first.minutes, last))]
    if last.daypart and first.open:
        return [_start_near(first, last.minutes)]
    if first.bare and (last.bare or (first.minutes < SMALL and last.minutes in (0, MINUTES_PER_DAY))):
        return _bare_hours(first, last)
    return _literal_hours(first, last)


def _hours_in_parts(start: Moment, end: Moment, *, of_said_day: bool) -> Hours:
    assert start.clock is not None
    assert end.clock is not None
    first, last = start.clock, end.clock
    # A part of the day after the whole range is said of both: 7 to 9 in the evening.
    said_last = start.part is None and end.part is not None and end.part_after
    if said_last and end.part and not first.daypart and 0 < first.minutes < 13 * 60:
        end_minutes = in_part(last, end.part, of_said_day=False).minutes
        return _start_near(first, end_minutes)
    if start.part:
        first = in_part(first, start.part, of_said_day=of_said_day)
    if end.part and not (start.part and end.part is start.part and not last.open):
        last = in_part(last, end.part, of_said_day=False)
        return _ordered(first.minutes, last.minutes)
    if last.daypart is None and last.open:
        return _ordered(first.minutes, _nearer(first.minutes, last))
    return _ordered(first.minutes, last.minutes)


def _before_part(first: Clock, end: int) -> list[Hours]:
    """`2時から午後5時` is the afternoon; `8時から夜10時` may be a long day, or an evening."""
    literal, near = _ordered(first.minutes, end), _start_near(first, end)
    if near == literal or first.minutes < SMALL:
        return [near]
    return [near, literal]


def _nearer(start: int, end: Clock) -> int:
    """Of the two times an open end may mean, the one sooner after the start."""
    halves = [end.minutes % NOON, end.minutes % NOON + NOON]
    return min(halves, key=lambda half: (half - start - 1) % MINUTES_PER_DAY)


def _start_near(first: Clock, end: int) -> Hours:
    """Of the two times an open start may mean, the one nearer before the end."""
    halves = [first.minutes % NOON, first.minutes % NOON + NOON]
    start = min(halves, key=lambda half: (end - half - 1) % MINUTES_PER_DAY)
    return _ordered(start, end)


def _ordered(start: int, end: int) -> Hours:
    """Hours with the end after the start, on the next day if need be."""
    if end == start:
        raise Unreadable(Kind.INVERTED)
    if end > start:
        return Hours(start, end, rolled=end > MINUTES_PER_DAY and start < MINUTES_PER_DAY)
    days = (start - end) // MINUTES_PER_DAY + 1
    return Hours(start, end + days * MINUTES_PER_DAY, rolled=True)


def _bare_hours(first: Clock, last: Clock) -> list[Hours]:
    if not last.bare:  # 5-24
        return [_ordered(first.minutes + NOON, last.minutes), _ordered(first.minutes, last.minutes)]
    if first.minutes < SMALL and last.minutes < SMALL:
        day = _ordered(first.minutes + NOON, last.minutes + NOON)
        if last.minutes < first.minutes:  # 7-3: a working day, or a night
            return [_ordered(first.minutes, last.minutes + NOON), day]
        return [day, _ordered(first.minutes, last.minutes)]
    if last.minutes < first.minutes:
        return [_ordered(first.minutes, last.minutes + NOON)]
    return [_ordered(first.minutes, last.minutes)]


def _literal_hours(first: Clock, last: Clock) -> list[Hours]:
    literal = _ordered(first.minutes, last.minutes)
    if not literal.rolled or literal.end == MINUTES_PER_DAY or not last.open:
        return [literal]
    crossed = last.minutes % NOON + NOON
    if first.minutes // 60 == 12 and first.loose and last.open and last.loose and crossed - first.minutes <= 6 * 60:
        return [_ordered(first.minutes, crossed)]  # 12:30-1:30
    if last.bare and (first.open or first.minutes == NOON) and crossed > first.minutes:
        return [_ordered(first.minutes, crossed)]  # 11:30-1
    if first.minutes == NOON and not first.open and last.open and last.loose:
        return [_ordered(first.minutes, crossed)]  # noon to 1:30
    mixed = last.bare and NOON < first.minutes <= 15 * 60 and crossed > first.minutes
    unmarked = first.open and last.open and not first.bare and not last.bare and first.minutes < 13 * 60 and first.loose
    if mixed or (unmarked and crossed > first.minutes and last.loose):
        return [_ordered(first.minutes, crossed), literal]  # 13-5, 9:30-5:30: who means the night?
    return [literal]
