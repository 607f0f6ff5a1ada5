"""Limits as data, and one small check per rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core import errors
from core.timerange import TimeRange


@dataclass(frozen=True)
class Limits:
    shortest: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(days=7)
    ahead: timedelta = timedelta(days=60)  # how far from now a reservation may start
    back: timedelta = timedelta(minutes=30)  # how long ago a run that is booked afterwards may have begun
    purpose: int = 200  # characters


DEFAULT = Limits()


def check_range(limits: Limits, wish: TimeRange, now: datetime) -> None:
    """Raise the first rule that `wish` breaks: InThePast, TooShort, TooLong or TooFarAhead."""
    for rule in (_not_over, _long_enough, _short_enough, _near_enough):
        rule(limits, wish, now)


def check_running_since(limits: Limits, start: datetime, now: datetime) -> None:
    """Raise TooFarBack or NotBegun where work that began at `start` cannot be booked afterwards."""
    if start > now:
        raise errors.NotBegun(start)
    if now - start >= limits.back + timedelta(minutes=1):  # what people say, they say to the minute
        raise errors.TooFarBack(start, limits.back)


def check_purpose(limits: Limits, purpose: str) -> None:
    if len(purpose) > limits.purpose:
        raise errors.PurposeTooLong(len(purpose), limits.purpose)


def _not_over(_limits: Limits, wish: TimeRange, now: datetime) -> None:
    if wish.end <= now:
        raise errors.InThePast(wish)


def _long_enough(limits: Limits, wish: TimeRange, _now: datetime) -> None:
    if wish.length < limits.shortest:
        raise errors.TooShort(wish.length, limits.shortest)


def _short_enough(limits: Limits, wish: TimeRange, _now: datetime) -> None:
    if wish.length > limits.longest:
        raise errors.TooLong(wish.length, limits.longest)


def _near_enough(limits: Limits, wish: TimeRange, now: datetime) -> None:
    if wish.start > now + limits.ahead:
        raise errors.TooFarAhead(wish.start, limits.ahead)
