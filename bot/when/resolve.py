"""From what was asked for to instants, one reading for each thing it may mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.when import zones
from bot.when.ask import Ask, Moment
from bot.when.clocks import MINUTES_PER_DAY, Clock, Day, Length
from bot.when.halves import SMALL, Hours, coming_midnight, faces_of, hours_of
from bot.when.here import Here, changes_at, not_past, placed, precedes
from bot.when.reading import Kind, Reading, Unreadable
from bot.when.spans import DAY, between_dates, between_days, candidates_of, check_weekday, days_from, first_day, whole

if TYPE_CHECKING:
    from collections.abc import Callable

#: A length beyond this is no booking but a slip of the pen.
LONGEST = timedelta(days=400)


def readings(ask: Ask, here: Here) -> list[Reading]:
    """What an ask may mean, one reading if it is clear; raises Unreadable if it can mean nothing."""
    if ask.each_day:
        return _each_day(ask, here)
    if ask.whole is not None:
        return _whole_days(ask, here)
    if ask.start is None:
        return _from_now(ask, here)
    if ask.length and ask.end is None:
        return _from_start(ask.start, ask.length.time, here)
    assert ask.end is not None
    if ask.length is None:
        return _between(ask.start, ask.end, ask, here)
    return _of_length(ask.start, ask.end, ask, ask.length, here)


def _whole_days(ask: Ask, here: Here) -> list[Reading]:
    if ask.whole == "its end" and ask.start:  # 明日いっぱい: all of it, or from now until its end?
        return [whole(ask, here), *_ends_from_now(ask.start, here)]
    return [whole(ask, here)]


def _of_length(start: Moment, end: Moment, ask: Ask, said: Length, here: Here) -> list[Reading]:
    """A length said beside both ends confirms one reading, or contradicts them all."""
    length = said.time
    try:
        found = _between(start, end, ask, here)
    except Unreadable:
        if not said.whole_days or end.clock:
            raise
        return _from_start(start, length, here)  # `金曜から3日`, said on the 10th, is no 3rd
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
        reading = here.reading(first, here.after(first, length), start_given=not start.now)
        return [not_past(reading, here)]
    if start.instant:
        first, here = _instant(start.instant, here)
        return [not_past(here.reading(first, here.after(first, length)), here)]
    if start.clock is None:
        return [days_from(start, length, here)]
    faces = faces_of(start)
    return _still_possible([partial(_first_open, start.day, here, face.minutes, None, length) for face in faces])


# --- from now ---


def _from_now(ask: Ask, here: Here) -> list[Reading]:
    if ask.end is None:
        assert ask.length is not None
        length = checked(ask.length.time)
        start = here.now.astimezone(here.zone)
        return [here.reading(start, here.after(start, length), start_given=False)]
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
        return [not_past(here.reading(now, last, start_given=False), here)]
    if end.clock is None:
        assert end.day is not None
        if end.part:
            raise Unreadable(Kind.TOO_VAGUE)
        last = here.at(next(end.day.candidates(here.today)), MINUTES_PER_DAY)
        return [not_past(here.reading(now, last, start_given=False), here)]
    found: list[Reading] = []
    faces = _end_faces(end, here)
    for face in faces:
        try:
            day = first_day(end.day, here, face.minutes)
        except Unreadable:
            if face is faces[-1] and not found:
                raise
            continue
        last = here.at(day, face.minutes)
        reading = here.reading(now, last, start_given=False, day_assumed=end.day is None)
        found.append(
            replace(
                reading,
                end_rolled=end.day is None and last.date() > here.today,
                **changes_at(here, day, [face.minutes])._asdict(),
            )
        )
    return found


def _end_faces(end: Moment, here: Here) -> list[Clock]:
    """An end may be in either half of the day if its hour is bare and not ahead today on a 24 h clock."""
    assert end.clock is not None
    face = end.clock
    if end.day is not None and end.day.from_start:
        return [face.literal()]  # 翌2時まで
    if end.part is None and end.day is None and face.open and face.loose and not face.bare and not face.daypart:
        return [_coming(face, here)]
    if end.part or not face.bare or (end.day is not None and face.minutes >= SMALL):
        return _midnight_last(faces_of(end), end)
    if face.minutes < SMALL or here.at(here.today, face.minutes) <= here.now:
        return [face.other_half(), face.literal()]
    return [face.literal()]


def _coming(face: Clock, here: Here) -> Clock:
    """`till 5:30`, said in the morning, is 17:30: whichever of the two comes first."""
    now = here.now.astimezone(here.zone)
    passed = now.hour * 60 + now.minute
    halves = (face, face.other_half())
    return min(halves, key=lambda half: (half.minutes - passed - 1) % MINUTES_PER_DAY)


def _midnight_last(faces: list[Clock], end: Moment) -> list[Clock]:
    """`until tomorrow midnight`: the midnight that ends the day."""
    assert end.clock is not None
    if end.day is not None and len(faces) == 1 and faces[0].minutes == 0 and end.clock.midnight_word:
        return [Clock(MINUTES_PER_DAY)]
    return faces


# --- two clock times ---


def _between(start: Moment, end: Moment, ask: Ask, here: Here) -> list[Reading]:
    if start.now or start.delay is not None:
        return _from_delay(start, end, here)
    if start.instant or end.instant:
        return [_instants(start, end, here)]
    start = coming_midnight(start)
    if start.zone is None and end.zone is not None:
        start = replace(start, zone=end.zone)
    if end.zone is None:
        end = replace(end, zone=start.zone)
    start_here, end_here = placed(here, start), placed(here, end)
    start, end = _day_of_end(start, end, ask)
    if start.clock is None or end.clock is None:
        return [between_dates(start, end, start_here)]
    if end.day is not None:
        return between_days(start, end, start_here, end_here)
    if end_here.zone != start_here.zone:
        return [_two_zones(start, end, start_here, end_here)]
    choices = hours_of(start, end)
    return _still_possible([partial(_first_open, start.day, start_here, each.start, each, None) for each in choices])


def _still_possible(choices: list[Callable[[], Reading]]) -> list[Reading]:
    """The readings that are not over. One of two may be (`today 3-5`, at noon); what is left is asked, not taken."""
    found, over = [], None
    for choice in choices:
        try:
            found.append(choice())
        except Unreadable as refusal:
            over = refusal
    if over is None:
        return found
    raise Unreadable(Kind.AMBIGUOUS, readings=tuple(found)) if found else over


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
    if start.clock == end.clock:
        return not start.clock.bare  # 2pm to 2pm tomorrow
    choices = hours_of(start, end)
    return len(choices) == 1 and choices[0].end > MINUTES_PER_DAY


def _from_delay(start: Moment, end: Moment, here: Here) -> list[Reading]:
    ends = _ends_from_now(end, here)
    if start.now:
        return ends
    first = here.after(here.now.astimezone(here.zone), start.delay or timedelta())
    if any(not precedes(first, each.end) for each in ends):
        raise Unreadable(Kind.INVERTED)
    return [replace(each, start=first, start_given=True) for each in ends]


def _first_open(day: Day | None, here: Here, start: int, hours: Hours | None, length: timedelta | None) -> Reading:
    """The range on the first day on which it is not over."""
    for candidate in candidates_of(day, here.today):
        check_weekday(day, candidate)
        first = here.at(candidate, start)
        last = here.after(first, length) if length else here.at(candidate, hours.end if hours else start)
        if last > here.now:
            reading = here.reading(first, last, day_assumed=day is None, end_rolled=bool(hours and hours.rolled))
            if not precedes(first, last):
                raise Unreadable(Kind.INVERTED)
            ends = [] if hours is None else [hours.end]
            return replace(reading, **changes_at(here, candidate, [start, *ends])._asdict())
    raise Unreadable(Kind.PAST)


def _each_day(ask: Ask, here: Here) -> list[Reading]:
    """`3-5 Dec 10:00-12:00`: the hours of the first day, or through to the last."""
    assert ask.start is not None
    assert ask.end is not None
    one = replace(ask, end=replace(ask.end, day=None, day_after=False), each_day=False)
    through = replace(ask, each_day=False)
    first, whole_stretch = readings(one, here)[0], readings(through, here)[0]
    if (first.start, first.end) == (whole_stretch.start, whole_stretch.end):
        return [first]  # de vendredi à samedi de 23h à 5h
    return [first, whole_stretch]


# --- instants ---


def _instants(start: Moment, end: Moment, here: Here) -> Reading:
    first, first_here = _instant_of(start, None, placed(here, start))
    last, _ = _instant_of(end, first, placed(here, end) if end.zone else first_here)
    if not precedes(first, last):
        raise Unreadable(Kind.INVERTED)
    return not_past(first_here.reading(first, last.astimezone(first_here.zone)), here)


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
    for day in candidates_of(start.day, here.today):
        first, last = here.at(day, start.clock.minutes), end_here.at(day, end.clock.minutes)
        if not precedes(first, last):
            last = end_here.at(day + DAY, end.clock.minutes)
        if last > here.now:
            return here.reading(first, last.astimezone(here.zone), day_assumed=start.day is None)
    raise Unreadable(Kind.PAST)


def start_of(moment: Moment, here: Here) -> datetime | None:
    """The start that was said without an end, where it is clear."""
    here = placed(here, moment)
    if moment.now or moment.delay is not None:
        return here.after(here.now.astimezone(here.zone), moment.delay or timedelta())
    if moment.instant:
        return _instant(moment.instant, here)[0]
    if moment.clock is None:
        return None
    faces = faces_of(moment)
    if len(faces) > 1:
        return None
    day = first_day(moment.day, here, faces[0].minutes)
    check_weekday(moment.day, day)
    return here.at(day, faces[0].minutes)
