"""What the limits that a lab sets come to for one booking: whether it is allowed, and for how much longer.

What is said is counted with all else that the member holds; see core.rulebook for which word goes before another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from core import errors, facts, inventory, models, policy, rulebook, usage
from core.facts import Rule
from core.inventory import Wanted
from core.policy import Limits
from core.rulebook import Budget, Rulebook
from core.timerange import TimeRange
from core.usage import Held
from core.work import Work

_MINUTE = timedelta(minutes=1)
FARTHEST = timedelta(days=365)  # that somebody waits where the lab does not say how far ahead one may book


def of(
    work: Work,
    organization_id: int,
    member_id: int | None,
    gpus: Collection[facts.Gpu] = (),
    time: TimeRange | None = None,
) -> Limits:
    """What holds for a member's booking of these GPUs at that time; without a time, for one that began now."""
    if member_id is None:
        return policy.UNBOUND
    at = time or TimeRange(work.now, work.now + timedelta(minutes=1))
    return rulebook.of(work, organization_id, member_id).of(gpus, at)


def allowed(
    work: Work,
    organization_id: int,
    member_id: int | None,
    wanted: Wanted,
    candidates: Sequence[facts.Gpu],
    wish: TimeRange,
    *,
    moving: facts.Reservation | None = None,
) -> tuple[facts.Gpu, ...]:
    """Those of the candidates that the limits let this member hold for this wish.

    None stands for an admin who sees to somebody else's booking, and whom no limit binds.
    Raises the first rule in the way when there are not enough of them: InThePast, or an AgainstRule. What the
    reservation that is `moving` holds does not count, and making it smaller breaks no rule but the shortest length.
    """
    if member_id is None:
        policy.check_not_over(wish, work.now)
        return tuple(candidates)
    said = rulebook.of(work, organization_id, member_id)
    count = len(candidates) if wanted.names else wanted.count
    if moving is not None and _is_smaller(moving, wish, count):
        _check_smaller(said, moving, wish, work)
        return tuple(candidates)
    found: list[facts.Gpu] = []
    refusal: errors.Invalid | None = None
    for group in said.groups(wanted, candidates):
        try:
            _check(work, organization_id, member_id, said, group, count, wish, moving)
            found += group
        except errors.Invalid as broken:
            refusal = refusal or broken
    if refusal is not None and (not found or inventory.pick(wanted, found, lambda _gpu: True) is None):
        raise refusal
    return tuple(found)


def last_start(
    work: Work, organization_id: int, member_id: int, wanted: Wanted, candidates: Sequence[facts.Gpu], wish: TimeRange
) -> datetime:
    """Until when such a booking may start for somebody who waits for it; what is too far ahead only has to come near.

    Raises the rule that no waiting gets round: who holds nothing may not have it either, on any choice of these GPUs.
    """
    said = rulebook.of(work, organization_id, member_id)
    count = len(candidates) if wanted.names else wanted.count
    groups = said.groups(wanted, candidates)
    reach, farthest = _reach(said, groups, wish)
    if wish.start > work.now + FARTHEST + reach:
        origin = said.of(farthest, wish).origin(Rule.AHEAD)
        raise errors.TooFarAhead(wish.start, reach, wish=wish, origin=origin)
    last = (wish.start if wish.start > work.now + reach else work.now) + reach
    refusal: errors.Invalid | None = None
    for start in [wish.start, *said.turns(wish, last)]:
        time, found = TimeRange(start, start + wish.length), list[facts.Gpu]()
        for group in groups:
            try:
                _check_ever(work, said, group, count, time)
                found += group
            except errors.AgainstRule as broken:
                refusal = refusal or broken
        if found and inventory.pick(wanted, found, lambda _gpu: True) is not None:
            return last
    assert refusal is not None
    raise refusal


def opens_at(
    work: Work, organization_id: int, member_id: int, wanted: Wanted, candidates: Sequence[facts.Gpu], wish: TimeRange
) -> datetime:
    """From when on such a booking is not too far ahead, on any choice of these GPUs."""
    said = rulebook.of(work, organization_id, member_id)
    reach, _ = _reach(said, said.groups(wanted, candidates), wish)
    return wish.start - reach


def reaches(work: Work, organization_id: int) -> set[timedelta]:
    """How far ahead one may book at most in the lab: for whoever and whatever there is such a limit, one of these."""
    return {policy.DEFAULT.ahead or FARTHEST, *rulebook.lengths_said(work, organization_id, Rule.AHEAD)}


def _reach(
    said: Rulebook, groups: Sequence[tuple[facts.Gpu, ...]], wish: TimeRange
) -> tuple[timedelta, tuple[facts.Gpu, ...]]:
    """How far ahead it may be booked at most, and on which of these."""
    found = ((said.of(group, wish).ahead or FARTHEST, group) for group in groups)
    return max(found, key=lambda each: each[0])


def turns(work: Work, organization_id: int, member_id: int, wish: TimeRange, last: datetime) -> set[datetime]:
    """When a booking like the wish, starting by `last`, may be let although it was not before: a week or a special
    period is over, or something else of the member's.
    """
    said = rulebook.of(work, organization_id, member_id)
    found = set(said.turns(wish, last))
    if said.speaks_of(Rule.AT_ONCE):
        held = _held(work, organization_id, member_id, said, wish, None)
        found |= {each.range.end for each in held if wish.start < each.range.end <= last}
    return found


def count_anew(work: Work) -> None:
    """Something was booked in this transaction; what comes next is counted with it."""
    for key in [key for key in work.memo if isinstance(key, tuple) and key[0] is _held]:
        del work.memo[key]


def longest_extension(work: Work, held: facts.Reservation, until: timedelta) -> timedelta:
    """How much longer the holder may keep it, at most `until`: to extend it by that, or by less, is allowed."""
    if held.maintenance or until <= timedelta(0):
        return max(until, timedelta(0))
    said, end = rulebook.of(work, held.organization_id, held.holder.id), held.range.end
    begin = {period.range.start - end for period, _ in said.periods}
    most = timedelta(0)
    # Up to where a special period begins, the same holds throughout: what is allowed for longer is allowed for less.
    for turn in [*sorted(each for each in begin if timedelta(0) < each < until), until]:
        longest = said.of(held.gpus, TimeRange(held.range.start, end + turn)).longest
        fits = turn if longest is None else min(turn, longest - held.range.length)
        if fits > most and not _may_extend(work, said, held, fits):
            return _last_allowed(work, said, held, most, fits)
        most = max(most, fits)
        if most < turn:
            break
    return most


def rounded(
    work: Work, organization_id: int, member_id: int | None, gpus: Collection[facts.Gpu], wish: TimeRange
) -> TimeRange:
    """The wish as the lab rounds it."""
    if member_id is None:
        return wish
    said = rulebook.of(work, organization_id, member_id)
    return policy.rounded(said.of(gpus, wish), wish, said.lab_zone, work.now)


def _check_ever(work: Work, said: Rulebook, gpus: Sequence[facts.Gpu], count: int, wish: TimeRange) -> None:
    """Raise the rule that such a booking breaks even where nothing else is held, and it is near enough."""
    limits = said.of(gpus, wish).but({Rule.AHEAD: None})
    policy.check_range(limits, wish, work.now)
    _check_counted(work, said, limits, said.budgets(gpus, wish), (), count, wish)


def _is_smaller(moving: facts.Reservation, wish: TimeRange, count: int) -> bool:
    return wish.clip(moving.range) == wish and count <= len(moving.gpus)


def _check_smaller(said: Rulebook, moving: facts.Reservation, wish: TimeRange, work: Work) -> None:
    policy.check_not_over(wish, work.now)
    shortest = said.of(moving.gpus, wish).shortest
    if wish != moving.range and wish.length < shortest:
        origin = said.of(moving.gpus, wish).origin(Rule.SHORTEST)
        raise errors.TooShort(wish.length, shortest, wish=wish, origin=origin)


def _check(
    work: Work,
    organization_id: int,
    member_id: int,
    said: Rulebook,
    gpus: Sequence[facts.Gpu],
    count: int,
    wish: TimeRange,
    moving: facts.Reservation | None,
    *,
    is_question: bool = False,
) -> None:
    limits = said.of(gpus, wish)
    if moving is not None and moving.range.clip(wish) == moving.range:
        limits = limits.but({Rule.SHORTEST: timedelta(0)})  # what was too short before is less so by now
    policy.check_range(limits, wish, work.now)
    budgets = said.budgets(gpus, wish)
    if limits.at_once is None and not budgets:
        return
    held = _held(work, organization_id, member_id, said, wish, moving, is_question=is_question)
    _check_counted(work, said, limits, budgets, held, count, wish)


def _may_extend(work: Work, said: Rulebook, held: facts.Reservation, by: timedelta) -> bool:
    longer, count = TimeRange(held.range.start, held.range.end + by), len(held.gpus)
    try:
        _check(work, held.organization_id, held.holder.id, said, held.gpus, count, longer, held, is_question=True)
    except errors.Invalid:
        return False
    return True


def _last_allowed(work: Work, said: Rulebook, held: facts.Reservation, least: timedelta, most: timedelta) -> timedelta:
    """Between an extension that is allowed and one that is not, to the minute."""
    minutes = range(1, (most - least) // _MINUTE + 1)
    more = bisect_left(minutes, True, key=lambda by: not _may_extend(work, said, held, least + by * _MINUTE))
    return least + more * _MINUTE


def _check_counted(
    work: Work,
    said: Rulebook,
    limits: Limits,
    budgets: Iterable[Budget],
    held: Collection[Held],
    count: int,
    wish: TimeRange,
) -> None:
    if limits.at_once is not None:
        before = usage.most_at_once((each.range for each in held), wish)
        if before + count > limits.at_once:
            origin = limits.origin(Rule.AT_ONCE)
            raise errors.TooManyAtOnce(before, count, limits.at_once, wish=wish, origin=origin)
    for budget in budgets:
        _check_budget(work, said, budget, held, count if budget.origin.gpu is None else 1, wish)


def _check_budget(
    work: Work, said: Rulebook, budget: Budget, held: Collection[Held], count: int, wish: TimeRange
) -> None:
    counted = [each.range for each in held if budget.counts(each.gpu_id)]
    if budget.rule is Rule.OPEN:
        ahead = TimeRange(work.now, max([wish.end, *(each.end for each in counted)]))
        before, more = usage.gpu_time(counted, ahead), usage.gpu_time([wish] * count, ahead)
        if before + more > budget.limit:
            raise errors.TooManyHours(before, more, budget.limit, wish=wish, origin=budget.origin)
        return
    for week in usage.weeks(wish, said.zone):
        before, more = usage.gpu_time(counted, week), usage.gpu_time([wish] * count, week)
        if before + more > budget.limit:
            raise errors.TooManyHoursAWeek(week, before, more, budget.limit, wish=wish, origin=budget.origin)


def _held(
    work: Work,
    organization_id: int,
    member_id: int,
    said: Rulebook,
    wish: TimeRange,
    moving: facts.Reservation | None,
    *,
    is_question: bool = False,
) -> tuple[Held, ...]:
    """What the member holds from the week of the wish on, what is moving left out. Nobody changes it meanwhile, unless
    it is only a question: what is asked while a notice is sent may not wait for a member.
    """
    since = usage.week_of(min(wish.start, work.now), said.zone).start
    waits = work.is_change and not is_question
    locked_key = (_held, member_id, since, True)
    key = locked_key if waits or locked_key in work.memo else (_held, member_id, since, False)
    if key not in work.memo:
        # Two bookings of one person on different GPUs do not wait for each other's GPUs. Questions lock nothing.
        if waits:
            locked = select(models.Member.id).where(models.Member.id == member_id)
            work.session.execute(locked.with_for_update(key_share=True))
        work.memo[key] = usage.held_since(work, organization_id, member_id, since)
    found: tuple[Held, ...] = work.memo[key]  # type: ignore[assignment]
    return tuple(each for each in found if moving is None or each.reservation_id != moving.id)
