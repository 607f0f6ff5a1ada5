"""The time that each of a series would have at other hours, or on other weekdays. Pure: it books nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby, zip_longest

from core import errors, facts, occurrences
from core.facts import Hours
from core.timerange import TimeRange


@dataclass(frozen=True)
class Move:
    """One of those that remain, and the time it would have; or one more, which is to be like that one."""

    like: facts.Reservation
    wish: TimeRange
    is_new: bool = False


def to_hours(held: Iterable[facts.Reservation], hours: Hours | None) -> list[Move]:
    """Each at these hours of its own day; None: where it is."""
    found = []
    for each in held:
        wish = occurrences.on(hours, _day(each, hours.zone)) if hours else None
        found.append(Move(each, wish or each.range))
    return _in_turn(found)


def to_weekdays(
    held: Sequence[facts.Reservation],
    weekdays: Collection[int],
    hours: Hours | None,
    zone: tzinfo,
    last: date,
    now: datetime,
) -> tuple[list[Move], list[facts.Reservation]]:
    """Each on one of these days, with those that are more, up to the `last`; and those that come no more.

    Days are those of the zone. Raises NoOccurrence, and TooManyOccurrences.
    """
    following = min(held, key=lambda each: each.range)
    by_date: dict[date, list[facts.Reservation]] = {}
    for each in held:
        by_date.setdefault(_day(each, zone), []).append(each)

    def at(day: date, like: facts.Reservation) -> TimeRange | None:
        return occurrences.on(hours or occurrences.hours_of(like.range, zone), day)

    def is_ahead(day: date) -> bool:
        time = at(day, following)
        return time is not None and time.start > now

    moves, gone = [], []
    for was, day in pairs([_day(each, zone) for each in held], weekdays, last, is_ahead):
        there = by_date[was].pop() if was else None
        like = there or following
        wish = at(day, like) if day else None
        if wish is not None:
            moves.append(Move(like, wish, is_new=there is None))
        elif there is not None:
            gone.append(there)
    if not moves:
        raise errors.NoOccurrence
    if len(moves) > occurrences.MOST:
        wishes = sorted(move.wish for move in moves)
        raise errors.TooManyOccurrences(occurrences.MOST, wishes[occurrences.MOST - 1].start.astimezone(zone).date())
    return _in_turn(moves), gone


def pairs(
    dates: Iterable[date], weekdays: Iterable[int], last: date, is_ahead: Callable[[date], bool]
) -> list[tuple[date | None, date | None]]:
    """On which date each of these comes, if it comes on other weekdays of its week; None for what is new, or no more.

    What comes on such a day already stays there, the others move in their order. Nothing is new after the `last` date,
    though what was there may move beyond it; nor where it is not still ahead.
    """
    found: list[tuple[date | None, date | None]] = []
    wanted_days = sorted(set(weekdays))
    for monday, several in groupby(sorted(dates), key=_monday):
        there = list(several)
        ahead = [day for number in wanted_days if is_ahead(day := monday + timedelta(days=number))]
        wanted = [day for day in ahead if day <= last or day in there]
        wanted += [day for day in ahead if day not in wanted][: max(len(there) - len(wanted), 0)]
        found += [(day, day) for day in there if day in wanted]
        found += zip_longest([day for day in there if day not in wanted], [day for day in wanted if day not in there])
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day(held: facts.Reservation, zone: tzinfo) -> date:
    return held.range.start.astimezone(zone).date()


def _in_turn(moves: Sequence[Move]) -> list[Move]:
    """In such an order that none meets the old time of the next; what is more comes last."""
    there = [move for move in moves if not move.is_new]
    later = any(move.wish.start > move.like.range.start for move in there)
    there.sort(key=lambda move: move.like.range, reverse=later)
    return [*there, *(move for move in moves if move.is_new)]
