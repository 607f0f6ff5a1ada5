"""From what was asked for to instants: which date, which half of the day, which side of a clock change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from bot.when import zones
from bot.when.clocks import MINUTES_PER_DAY, NOON, Clock, Day, Daypart
from bot.when.grammar import Ask, Moment
from bot.when.reading import Kind, Reading, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = timedelta(days=1)
#: A length beyond this is no booking but a slip of the pen.
LONGEST = timedelta(days=400)


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


@dataclass(frozen=True, slots=True)
class Hours:
    """Both clock times in minutes after the midnight of the start's date."""

    start: int
    end: int
    rolled: bool = False


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


def readings(ask: Ask, here: Here) -> list[Reading]:
    """What an ask may mean, one reading if it is clear; raises Unreadable if it can mean nothing."""
    if ask.each_day:
        return _each_day(ask, here)
    if ask.whole is not None:
        return [_whole(ask, here)]
    if ask.start is None:
        return _from_now(ask, here)
    if ask.length and ask.end is None:
        return _from_start(ask.start, ask.length.time, here)
    assert ask.end is not None
    found = _between(ask.start, ask.end, ask, here)
    return found if ask.length is None else _of_length(found, ask.length.time, here)


def _of_length(found: list[Reading], length: timedelta, here: Here) -> list[Reading]:
    """A length said beside both ends confirms one reading, or contradicts them all."""
    fitting = [reading for reading in found if reading.length == length]
    return fitting or [
        *found[:1],
        *(replace(reading, end=here.after(reading.start, length)) for reading in found[:1]),
    ]


# --- a length ---


def checked(length: timedelta) -> timedelta:
    """A length that can be booked."""
    if length <= timedelta():
        raise Unreadable(Kind.INVERTED, length=length)
    if length > LONGEST:
        raise Unreadable(Kind.NO_RANGE, length=length)
    return length


def _from_start(start: Moment, length: timedelta, here: Here) -> list[Reading]:
    checked(length)
    here = placed(here, start)
    if start.now or start.delay is not None:
        first = here.after(here.now.astimezone(here.zone), start.delay or timedelta())
        reading = _reading(here, first, here.after(first, length), start_given=not start.now)
        return [_checked_past(reading, here)]
    if start.instant:
        first, here = _instant(start.instant, here)
        return [_checked_past(_reading(here, first, here.after(first, length)), here)]
    if start.clock is None:
        return [_whole_days(start, length, here)]
    faces = _faces(start)
    return [_first_open(start.day, here, face.minutes, None, length) for face in faces]


def _whole_days(start: Moment, length: timedelta, here: Here) -> Reading:
    assert start.day is not None
    for day in start.day.candidates(here.today):
        last = here.at(day + length, 0)
        if last > here.now:
            return _reading(here, here.at(day, 0), last)
    raise Unreadable(Kind.PAST)


def _faces(moment: Moment) -> list[Clock]:
    """The clock times a lone hour may mean: one, or both halves of the day if it is bare and small."""
    moment = _coming_midnight(moment)
    assert moment.clock is not None
    face = moment.clock
    if moment.part:
        return [_in_part(face, moment.part, of_said_day=moment.day is not None)]
    if face.bare and face.minutes <= 7 * 60:
        return [face.other_half(), face.literal()]
    return [face.literal()]


def _in_part(face: Clock, part: Daypart, *, of_said_day: bool) -> Clock:
    try:
        return face.in_part(part, of_said_day=of_said_day)
    except ValueError:
        raise Unreadable(Kind.NO_RANGE) from None


# --- from now ---


def _from_now(ask: Ask, here: Here) -> list[Reading]:
    if ask.end is None:
        assert ask.length is not None
        length = checked(ask.length.time)
        start = here.now.astimezone(here.zone)
        return [_reading(here, start, here.after(start, length), start_given=False)]
    ends = _ends_from_now(ask.end, here)
    if ask.length:
        length = checked(ask.length.time)
        return [replace(each, start=here.after(each.end, -length), start_given=True) for each in ends]
    return ends


def _ends_from_now(end: Moment, here: Here) -> list[Reading]:
    here = placed(here, end)
    now = here.now.astimezone(here.zone)
    if end.instant:
        last, here = _instant(end.instant, here)
        return [_checked_past(_reading(here, now, last, start_given=False), here)]
    if end.clock is None:
        assert end.day is not None
        if end.part:
            raise Unreadable(Kind.TOO_VAGUE)
        last = here.at(next(end.day.candidates(here.today)), MINUTES_PER_DAY)
        return [_checked_past(_reading(here, now, last, start_given=False), here)]
    found: list[Reading] = []
    faces = _end_faces(end, here)
    for face in faces:
        try:
            day = _first_day(end.day, here, face.minutes)
        except Unreadable:
            if face is faces[-1] and not found:
                raise
            continue
        last = here.at(day, face.minutes)
        reading = _reading(here, now, last, start_given=False, day_assumed=end.day is None)
        found.append(
            replace(
                reading,
                end_rolled=end.day is None and last.date() > here.today,
                **_changes(here, day, face)._asdict(),
            )
        )
    return found


def _end_faces(end: Moment, here: Here) -> list[Clock]:
    """An end may be in either half of the day if its hour is bare and not ahead today on a 24 h clock."""
    assert end.clock is not None
    face = end.clock
    if end.day is not None and end.day.from_start:
        return [face.literal()]  # 翌2時まで
    if end.part or not face.bare or (end.day is not None and face.minutes > 7 * 60):
        return _midnight_last(_faces(end), end)
    if face.minutes <= 7 * 60 or here.at(here.today, face.minutes) <= here.now:
        return [face.other_half(), face.literal()]
    return [face.literal()]


def _midnight_last(faces: list[Clock], end: Moment) -> list[Clock]:
    """`until tomorrow midnight`: the midnight that ends the day."""
    assert end.clock is not None
    if end.day is not None and len(faces) == 1 and faces[0].minutes == 0 and end.clock.midnight_word:
        return [Clock(MINUTES_PER_DAY)]
    return faces


def _first_day(day: Day | None, here: Here, minutes: int) -> date:
    for candidate in _candidates(day, here.today):
        if here.at(candidate, minutes) > here.now:
            return candidate
    raise Unreadable(Kind.PAST)


def _candidates(day: Day | None, today: date) -> Iterator[date]:
    if day is None:
        yield today
        yield today + DAY
    else:
        yield from day.candidates(today)


# --- two clock times ---


def _between(start: Moment, end: Moment, ask: Ask, here: Here) -> list[Reading]:
    if start.now or start.delay is not None:
        return _from_delay(start, end, here)
    if start.instant or end.instant:
        return [_instants(start, end, here)]
    start = _coming_midnight(start)
    if start.zone is None and end.zone is not None:
        start = replace(start, zone=end.zone)
    if end.zone is None:
        end = replace(end, zone=start.zone)
    start_here, end_here = placed(here, start), placed(here, end)
    start, end = _day_of_end(start, end, ask)
    if start.clock is None or end.clock is None:
        return [_dates(start, end, start_here)]
    if end.day is not None:
        return _two_days(start, end, start_here, end_here)
    if end_here.zone != start_here.zone:
        return [_two_zones(start, end, start_here, end_here)]
    choices = _hours(start, end)
    return [_first_open(start.day, start_here, each.start, each, None) for each in choices]


def _coming_midnight(start: Moment) -> Moment:
    """`midnight today` is the midnight that ends it."""
    if start.clock and start.clock.midnight_word and start.day == Day(offset=0):
        return replace(start, clock=Clock(MINUTES_PER_DAY))
    return start


def _day_of_end(start: Moment, end: Moment, ask: Ask) -> tuple[Moment, Moment]:
    """A day after the range is the range's: `10-12 tomorrow`; but `10pm to 6am tomorrow` ends tomorrow."""
    if start.day is not None or end.day is None or not end.day_after:
        return start, end
    if ask.worded and end.day.offset == 1 and end.day.day is None and _crosses_midnight(start, end):
        return start, end
    return replace(start, day=end.day), replace(end, day=None)


def _crosses_midnight(start: Moment, end: Moment) -> bool:
    if start.clock is None or end.clock is None:
        return False
    choices = _hours(start, end)
    return len(choices) == 1 and choices[0].end > MINUTES_PER_DAY


def _from_delay(start: Moment, end: Moment, here: Here) -> list[Reading]:
    ends = _ends_from_now(end, here)
    if start.now:
        return ends
    first = here.after(here.now.astimezone(here.zone), start.delay or timedelta())
    if any(not _precedes(first, each.end) for each in ends):
        raise Unreadable(Kind.INVERTED)
    return [replace(each, start=first, start_given=True) for each in ends]


def _hours(start: Moment, end: Moment) -> list[Hours]:
    """The hours two clock times may mean, in minutes after the start date's midnight."""
    assert start.clock is not None
    assert end.clock is not None
    first, last = start.clock, end.clock
    if first == last and start.part == end.part and not (first.open and end.part):
        raise Unreadable(Kind.INVERTED)
    of_said_day = start.day is not None
    if start.part or end.part:
        return [_hours_in_parts(start, end, of_said_day=of_said_day)]
    if first.daypart and last.open:
        return [_ordered(first.minutes, _nearer(first.minutes, last))]
    if last.daypart and first.open:
        return [_start_near(first, last.minutes)]
    if first.bare and last.bare:
        return _bare_hours(first, last)
    return _literal_hours(first, last)


def _hours_in_parts(start: Moment, end: Moment, *, of_said_day: bool) -> Hours:
    assert start.clock is not None
    assert end.clock is not None
    first, last = start.clock, end.clock
    # A part of the day after the whole range is said of both: 7 to 9 in the evening.
    said_last = start.part is None and end.part is not None and end.part_after
    if said_last and end.part and not first.daypart and 0 < first.minutes < 13 * 60:
        end_minutes = _in_part(last, end.part, of_said_day=False).minutes
        return _start_near(first, end_minutes)
    if start.part:
        first = _in_part(first, start.part, of_said_day=of_said_day)
    if end.part and not (start.part and end.part is start.part and not last.open):
        last = _in_part(last, end.part, of_said_day=False)
        return _ordered(first.minutes, last.minutes)
    if last.daypart is None and last.open:
        return _ordered(first.minutes, _nearer(first.minutes, last))
    return _ordered(first.minutes, last.minutes)


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
    small = 7 * 60
    if first.minutes <= small and last.minutes <= small:
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
    if last.bare and (first.open or first.minutes == NOON) and crossed > first.minutes:
        return [_ordered(first.minutes, crossed)]  # 11:30-1
    if first.minutes == NOON and not first.open and last.open and last.loose:
        return [_ordered(first.minutes, crossed)]  # noon to 1:30
    mixed = last.bare and NOON < first.minutes <= 15 * 60 and crossed > first.minutes
    unmarked = first.open and last.open and not first.bare and not last.bare and first.minutes < 13 * 60 and first.loose
    if mixed or (unmarked and crossed > first.minutes and last.loose):
        return [_ordered(first.minutes, crossed), literal]  # 13-5, 9:30-5:30: who means the night?
    return [literal]


def _first_open(day: Day | None, here: Here, start: int, hours: Hours | None, length: timedelta | None) -> Reading:
    """The range on the first day on which it is not over."""
    for candidate in _candidates(day, here.today):
        _check_weekday(day, candidate)
        first = here.at(candidate, start)
        last = here.after(first, length) if length else here.at(candidate, hours.end if hours else start)
        if last > here.now:
            reading = _reading(here, first, last, day_assumed=day is None, end_rolled=bool(hours and hours.rolled))
            if not _precedes(first, last):
                raise Unreadable(Kind.INVERTED)
            ends = [] if hours is None else [hours.end]
            return replace(reading, **_changes_at(here, candidate, [start, *ends])._asdict())
    raise Unreadable(Kind.PAST)


class Mismatch(Exception):  # noqa: N818 - internal, always caught
    """A date and a weekday were said that are not the same day."""


def _check_weekday(day: Day | None, candidate: date) -> None:
    if day is None or day.weekday is None or (day.day is None and day.offset is None):
        return
    if candidate.weekday() != day.weekday:
        raise Mismatch


# --- dates ---


def _dates(start: Moment, end: Moment, here: Here) -> Reading:
    """A range of dates includes the last; a date beside a clock time begins or ends with its day."""
    if start.part or end.part or (start.day is None and start.clock is None):
        raise Unreadable(Kind.TOO_VAGUE)
    if end.day is None or (start.day is None and start.clock is None):
        raise Unreadable(Kind.TOO_VAGUE)
    start_minutes = start.clock.minutes if start.clock else 0
    end_minutes = end.clock.minutes if end.clock else MINUTES_PER_DAY
    return _over_days(start, end, (start_minutes, end_minutes), here, here)


def _two_days(start: Moment, end: Moment, here: Here, end_here: Here) -> list[Reading]:
    assert start.clock is not None
    assert end.clock is not None
    first = _faces(start)
    last = _faces(end)
    if len(first) == 2 and len(last) == 2:
        pairs = list(zip(first, last, strict=True))
    elif start.clock.open and end.clock.open and not (start.clock.bare and end.clock.bare):
        pairs = [(a, b) for a in first for b in last]
    else:  # 18:00 to 6:00: one 24 h clock makes the other one
        pairs = [(first[-1], last[-1])]
    return [_over_days(start, end, (a.minutes, b.minutes), here, end_here) for a, b in pairs]


def _over_days(start: Moment, end: Moment, hours: tuple[int, int], here: Here, end_here: Here) -> Reading:
    assert end.day is not None
    start_minutes, end_minutes = hours
    error: Unreadable | None = None
    for candidate in [here.today] if start.day is None else start.day.candidates(here.today):
        _check_weekday(start.day, candidate)
        last_day = _end_day(end.day, start.day, candidate, here.today, end_minutes - start_minutes)
        _check_weekday(end.day, last_day)
        first, last = here.at(candidate, start_minutes), end_here.at(last_day, end_minutes)
        if not _precedes(first, last):
            error = Unreadable(Kind.INVERTED)
        elif last > here.now:
            changes = _changes_at(here, candidate, [start_minutes])
            ends = _changes_at(end_here, last_day, [end_minutes])
            reading = _reading(here, first, last.astimezone(here.zone), day_assumed=start.day is None)
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


def _whole(ask: Ask, here: Here) -> Reading:
    """All day, all week, all weekend."""
    moment = ask.start or Moment()
    day = moment.day or Day(offset=0)
    first_offset, days = {"weekend": (5, 2), "week": (0, 7)}.get(ask.whole or "", (None, 1))
    here = placed(here, moment)
    for candidate in day.candidates(here.today):
        _check_weekday(day, candidate)
        first = candidate
        if first_offset is not None:
            first = candidate - timedelta(days=candidate.weekday()) + timedelta(days=first_offset)
        last = here.at(first + timedelta(days=days), 0)
        if last > here.now:
            return _reading(here, here.at(first, 0), last, day_assumed=moment.day is None)
    raise Unreadable(Kind.PAST)


def _each_day(ask: Ask, here: Here) -> list[Reading]:
    """`3-5 Dec 10:00-12:00`: the hours of the first day, or through to the last."""
    assert ask.start is not None
    assert ask.end is not None
    one = replace(ask, end=replace(ask.end, day=None, day_after=False), each_day=False)
    through = replace(ask, each_day=False)
    return [*readings(one, here)[:1], *readings(through, here)[:1]]


# --- instants ---


def _instants(start: Moment, end: Moment, here: Here) -> Reading:
    first, first_here = _instant_of(start, None, placed(here, start))
    last, _ = _instant_of(end, first, placed(here, end) if end.zone else first_here)
    if not _precedes(first, last):
        raise Unreadable(Kind.INVERTED)
    return _checked_past(_reading(first_here, first, last.astimezone(first_here.zone)), here)


def _instant_of(moment: Moment, first: datetime | None, here: Here) -> tuple[datetime, Here]:
    if moment.instant:
        return _instant(moment.instant, here)
    day = moment.day.candidates(here.today) if moment.day else iter([first.date() if first else here.today])
    minutes = moment.clock.minutes if moment.clock else MINUTES_PER_DAY
    return here.at(next(day), minutes), here


def _instant(text: str, here: Here) -> tuple[datetime, Here]:
    try:
        value = datetime.fromisoformat(text.upper())
    except ValueError:
        raise Unreadable(Kind.NO_RANGE) from None
    if value.tzinfo is None:
        return here.at(value.date(), value.hour * 60 + value.minute), here
    zone = value.tzinfo
    offset = value.utcoffset()
    if offset == here.now.astimezone(here.zone).utcoffset() and value.astimezone(here.zone).utcoffset() == offset:
        return value.astimezone(here.zone), replace(here, zone_given=True)
    return value, replace(here, zone=zone, zone_name=zones.name_of(zone, here.now), zone_given=True)


def _two_zones(start: Moment, end: Moment, here: Here, end_here: Here) -> Reading:
    assert start.clock is not None
    assert end.clock is not None
    for day in _candidates(start.day, here.today):
        first, last = here.at(day, start.clock.minutes), end_here.at(day, end.clock.minutes)
        if not _precedes(first, last):
            last = end_here.at(day + DAY, end.clock.minutes)
        if last > here.now:
            return _reading(here, first, last.astimezone(here.zone), day_assumed=start.day is None)
    raise Unreadable(Kind.PAST)


# --- readings ---


def _reading(
    here: Here,
    start: datetime,
    end: datetime,
    *,
    start_given: bool = True,
    day_assumed: bool = False,
    end_rolled: bool = False,
) -> Reading:
    return Reading(
        start,
        end,
        zone=here.zone_name,
        zone_given=here.zone_given,
        day_assumed=day_assumed,
        end_rolled=end_rolled,
        start_given=start_given,
    )


def _precedes(first: datetime, last: datetime) -> bool:
    """Compared as instants: within one zone Python compares wall times, which run twice in autumn."""
    return first.astimezone(UTC) < last.astimezone(UTC)


def _checked_past(reading: Reading, here: Here) -> Reading:
    if reading.end <= here.now:
        raise Unreadable(Kind.PAST)
    if not _precedes(reading.start, reading.end):
        raise Unreadable(Kind.INVERTED)
    return reading


class Changes(NamedTuple):
    """What a change of the clocks does to written times."""

    skipped: bool
    doubled: bool


def _changes(here: Here, day: date, face: Clock) -> Changes:
    return _changes_at(here, day, [face.minutes])


def _changes_at(here: Here, day: date, minutes: list[int]) -> Changes:
    """Whether a clock change makes a written time one that never is, or one that is twice."""
    odd = [m for m in minutes if here.is_doubled(day, m)]
    never = [m for m in odd if _wall_minutes(here.at(day, m)) != m % MINUTES_PER_DAY]
    return Changes(skipped=bool(never), doubled=len(odd) > len(never))


def _wall_minutes(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def start_of(moment: Moment, here: Here) -> datetime | None:
    """The start that was said without an end, where it is clear."""
    here = placed(here, moment)
    if moment.now or moment.delay is not None:
        return here.after(here.now.astimezone(here.zone), moment.delay or timedelta())
    if moment.instant:
        return _instant(moment.instant, here)[0]
    if moment.clock is None:
        return None
    faces = _faces(moment)
    if len(faces) > 1:
        return None
    day = _first_day(moment.day, here, faces[0].minutes)
    _check_weekday(moment.day, day)
    return here.at(day, faces[0].minutes)
