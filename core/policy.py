"""Limits as data: what each rule may say, how one word goes before another, and what a single booking has to meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

from core import errors
from core.facts import Origin, Rule
from core.timerange import TimeRange

PURPOSE = 200  # characters
MOST_OFFER_MINUTES = 24 * 60  # for which what has come free is held for who waits
BACK = timedelta(minutes=30)  # how long ago a run that is booked afterwards may have begun
LAB = Origin()

Value = timedelta | int | None  # None: no limit
Rules = Mapping[Rule, Value]  # what somebody has said; of what is left out, nothing


@dataclass(frozen=True)
class Limits:
    """What holds for one booking; None: no limit. Each field is the `Rule` of that name."""

    shortest: timedelta = timedelta(minutes=5)
    longest: timedelta | None = timedelta(days=7)
    rounding: timedelta | None = None
    ahead: timedelta | None = timedelta(days=60)
    open: timedelta | None = None
    week: timedelta | None = None
    at_once: int | None = None
    usual: timedelta = timedelta(hours=2)
    origins: Mapping[Rule, Origin] = field(default_factory=dict)  # of what is not the lab's own word

    def origin(self, rule: Rule) -> Origin:
        return self.origins.get(rule, LAB)

    def but(self, rules: Rules, origin: Origin = LAB) -> Limits:
        """The same where `rules` say nothing."""
        if not rules:
            return self
        return replace(self, **dict(rules), origins={**self.origins, **dict.fromkeys(rules, origin)})  # type: ignore[arg-type]

    def stricter(self, other: Limits) -> Limits:
        """What meets both."""
        found = {rule: other for rule in Rule if _is_stricter(rule, getattr(other, rule), getattr(self, rule))}
        limits = self
        for rule in found:
            limits = limits.but({rule: getattr(other, rule)}, other.origin(rule))
        return limits


DEFAULT = Limits()
UNBOUND = Limits(longest=None, ahead=None)  # an admin who sees to somebody else's booking


def stricter(rule: Rule, one: Value, other: Value) -> Value:
    return other if _is_stricter(rule, other, one) else one


def written(rules: Rules) -> dict[str, int | None]:
    """As JSON: lengths in minutes."""
    return {
        rule.value: value // timedelta(minutes=1) if isinstance(value, timedelta) else value
        for rule, value in rules.items()
    }


def read(written: Mapping[str, int | None]) -> dict[Rule, Value]:
    """What `written` wrote. A rule that this code does not know is left out."""
    known = {Rule(name): value for name, value in written.items() if name in set(Rule)}
    return {
        rule: value if value is None or rule is Rule.AT_ONCE else timedelta(minutes=value)
        for rule, value in known.items()
    }


def check_range(limits: Limits, wish: TimeRange, now: datetime) -> None:
    """Raise the first rule that `wish` alone breaks: InThePast, TooShort, TooLong or TooFarAhead."""
    check_not_over(wish, now)
    if wish.length < limits.shortest:
        raise errors.TooShort(wish.length, limits.shortest, wish=wish, origin=limits.origin(Rule.SHORTEST))
    if limits.longest is not None and wish.length > limits.longest:
        raise errors.TooLong(wish.length, limits.longest, wish=wish, origin=limits.origin(Rule.LONGEST))
    if limits.ahead is not None and wish.start > now + limits.ahead:
        raise errors.TooFarAhead(wish.start, limits.ahead, wish=wish, origin=limits.origin(Rule.AHEAD))


def check_not_over(wish: TimeRange, now: datetime) -> None:
    if wish.end <= now:
        raise errors.InThePast(wish)


def check_running_since(start: datetime, now: datetime) -> None:
    """Raise TooFarBack or NotBegun where work that began at `start` cannot be booked afterwards."""
    if start > now:
        raise errors.NotBegun(start)
    if now - start >= BACK + timedelta(minutes=1):  # what people say, they say to the minute
        raise errors.TooFarBack(start, BACK)


def check_purpose(purpose: str) -> None:
    if len(purpose) > PURPOSE:
        raise errors.PurposeTooLong(len(purpose), PURPOSE)


def rounded(limits: Limits, wish: TimeRange, zone: tzinfo, now: datetime) -> TimeRange:
    """The wish with its start moved back and its end on to the lab's rounding.

    What has begun keeps its start, and nothing is moved back to before now.
    """
    if limits.rounding is None:
        return wish
    start, end = rounded_down(wish.start, limits.rounding, zone), rounded_up(wish.end, limits.rounding, zone)
    return TimeRange(min(max(start, now), wish.start), end)


def rounded_down(instant: datetime, step: timedelta, zone: tzinfo) -> datetime:
    """On to the last multiple of `step` on the zone's clock; zones are not all whole hours apart."""
    return instant - _past_step(instant, step, zone)


def rounded_up(instant: datetime, step: timedelta, zone: tzinfo) -> datetime:
    past = _past_step(instant, step, zone)
    return instant + (step - past) if past else instant


def _past_step(instant: datetime, step: timedelta, zone: tzinfo) -> timedelta:
    local = instant.astimezone(zone).replace(tzinfo=None)
    return (local - local.replace(hour=0, minute=0, second=0, microsecond=0)) % step


def _is_stricter(rule: Rule, one: Value, other: Value) -> bool:
    """Whether `one` forbids more than `other`."""
    if one is None or other is None:
        return one is not None and other is None
    larger_is_stricter = rule in {Rule.SHORTEST, Rule.ROUNDING}
    return one > other if larger_is_stricter else one < other  # type: ignore[operator]
