"""What would serve a wish: GPUs that are free and allowed at that time, and what would pass instead. Questions only."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from core import availability, errors, facts, inventory, limits, policy, reservations, rulebook, usage
from core.actors import Actor
from core.facts import Alternative
from core.inventory import Wanted
from core.policy import Limits
from core.timerange import TimeRange
from core.work import Work

_STARTS_TRIED = 500  # how many ends of bookings "the next free start" looks at
_MINUTE, _QUARTER = timedelta(minutes=1), timedelta(minutes=15)


@dataclass(frozen=True)
class Choice:
    """The GPUs that would serve a wish, the time they would be held, and who comes next on them; None when nobody."""

    gpus: tuple[facts.Gpu, ...]
    time: TimeRange
    next: facts.Holding | None


def find(
    work: Work,
    organization_id: int,
    member_id: int | None,
    wanted: Wanted,
    wish: TimeRange,
    *,
    moving: facts.Reservation | None = None,
) -> Choice:
    """The GPUs that would serve a member's wish within the limits, and the time as the lab rounds it; None: an admin's.

    What the reservation that is `moving` holds does not count. Raises GpuTaken, InThePast or an AgainstRule, the first
    and the last with what would pass. The answer binds nobody unless the GPUs are locked first: see `core.placement`.
    """

    def instead(look: Work, refusal: errors.GpuTaken | errors.AgainstRule) -> tuple[Alternative, ...]:
        if isinstance(refusal, errors.GpuTaken):
            return alternatives(look, organization_id, member_id, wanted, refusal)
        if member_id is None:
            return ()
        return tuple(dict.fromkeys(_instead(look, organization_id, member_id, wanted, refusal, moving)))

    try:
        return serve(work, organization_id, member_id, wanted, wish, moving)
    except (errors.GpuTaken, errors.AgainstRule) as refusal:
        if isinstance(refusal, errors.AgainstRule) and member_id is not None and moving is None:
            refusal.waits = to_wait_for(work, organization_id, member_id, wanted, wish)
        if isinstance(refusal, errors.GpuTaken):
            meant = inventory.candidates(work, organization_id, wanted)
            refusal.shortest = limits.of(work, organization_id, member_id, meant, wish).shortest
        work.find_alternatives(refusal, instead)
        raise


def serve(
    work: Work,
    organization_id: int,
    member_id: int | None,
    wanted: Wanted,
    wish: TimeRange,
    moving: facts.Reservation | None = None,
) -> Choice:
    """The same as `find`, without what would pass instead.

    Rounding refuses nobody: where the rounded time does not pass, the time itself may.
    """
    candidates = inventory.candidates(work, organization_id, wanted)
    is_same_time = moving is not None and wish == moving.range
    time = wish if is_same_time else limits.rounded(work, organization_id, member_id, candidates, wish)
    try:
        allowed = limits.allowed(work, organization_id, member_id, wanted, candidates, time, moving=moving)
        return _choose(work, organization_id, wanted, time, allowed, moving=moving)
    except (errors.GpuTaken, errors.AgainstRule):
        if time == wish:
            raise
    allowed = limits.allowed(work, organization_id, member_id, wanted, candidates, wish, moving=moving)
    return _choose(work, organization_id, wanted, wish, allowed, moving=moving)


def _choose(
    work: Work,
    organization_id: int,
    wanted: Wanted,
    wish: TimeRange,
    candidates: Sequence[facts.Gpu],
    *,
    moving: facts.Reservation | None = None,
) -> Choice:
    """Those of the candidates that would serve a wish; GpuTaken, without alternatives, names everybody in the way."""
    besides = moving.id if moving else 0
    ahead = availability.next_on_each(work, organization_id, candidates, wish.start, besides)
    taken = {first.gpu.id for first in ahead if first.range.start < wish.end}
    chosen = inventory.pick(wanted, candidates, lambda gpu: gpu.id not in taken)
    if chosen is None:
        held = _besides(availability.holdings(work, organization_id, candidates, wish), moving)
        free = tuple(wish.subtract(clash.range for clash in held)) if len(candidates) == 1 else ()
        count = None if wanted.names else wanted.count
        raise errors.GpuTaken(wish, held, alternatives=(), free=free, moving=moving, count=count, wanted=wanted)
    return Choice(chosen, wish, availability.soonest(first for first in ahead if first.gpu in chosen))


def to_wait_for(
    work: Work, organization_id: int, member_id: int, wanted: Wanted, wish: TimeRange
) -> facts.ToWaitFor | None:
    """The wish, where it may be served one day: None where no waiting gets round the limits."""
    ahead = TimeRange(max(wish.start, work.now), max(wish.start, work.now) + wish.length)
    candidates = inventory.candidates(work, organization_id, wanted)
    try:
        limits.last_start(work, organization_id, member_id, wanted, candidates, ahead)
    except errors.AgainstRule:
        return None
    return facts.ToWaitFor(wanted, ahead, candidates if wanted.names else ())


def what_if(work: Work, actor: Actor, wanted: Wanted, wish: TimeRange) -> tuple[facts.Gpu, ...] | errors.GpuTaken:
    """What a wish would lead to now, without booking: the GPUs, or the refusal with what would pass.

    Raises InThePast or an AgainstRule, for a wish that could not be booked at any time.
    """
    try:
        return find(work, actor.organization_id, actor.member_id, wanted, wish).gpus
    except errors.GpuTaken as taken:
        return taken


def to_wait_for_beside(
    work: Work, held: facts.Reservation, gpus: Collection[facts.Gpu], rest: TimeRange
) -> tuple[facts.ToWaitFor, ...]:
    """What its holder could wait for, for a time that a reservation cannot have: these GPUs, or any of their model."""
    spread, count = len({gpu.node for gpu in gpus}) > 1, len(gpus)
    meant = [Wanted.of(gpus)]
    for model in {gpu.model for gpu in gpus}:
        alike = [gpu for gpu in inventory.gpus(work, held.organization_id) if inventory.is_model(gpu, model)]
        if set(gpus) < set(alike):
            meant.append(Wanted(count=count, model=model, spread=spread))
    found = (to_wait_for(work, held.organization_id, held.holder.id, wanted, rest) for wanted in meant)
    return tuple(each for each in found if each is not None)


def to_wait_for_change(
    work: Work, held: facts.Reservation, wanted: Wanted, taken: errors.GpuTaken
) -> tuple[facts.ToWaitFor, ...]:
    """The same, for what is missing of a change to GPUs that are named."""
    if not wanted.names or held.maintenance:
        return ()
    gpus = inventory.candidates(work, held.organization_id, wanted)
    missing = taken.wish.subtract([held.range]) if set(gpus) == set(held.gpus) else [taken.wish]
    if len(missing) != 1 or missing[0].start < work.now:
        return ()
    return to_wait_for_beside(work, held, gpus, missing[0])


def first_free(
    work: Work,
    organization_id: int,
    member_id: int,
    wanted: Wanted,
    length: timedelta,
    earliest: datetime,
    latest: datetime,
    *,
    besides: int = 0,
    passed: Mapping[int, Sequence[TimeRange]] | None = None,
) -> Alternative | None:
    """The soonest time of that length, starting between these instants, that the limits let a member have.

    What the reservation `besides` holds does not count, and what was `passed`, by GPU, is not found again.
    """
    meant = inventory.candidates(work, organization_id, wanted)
    window = TimeRange(earliest, latest + length)
    calendar = _Calendar(
        held for held in availability.holdings(work, organization_id, meant, window) if held.reservation_id != besides
    )
    refused = passed or {}
    ends = {part.end for parts in refused.values() for part in parts}
    moving = reservations.of_id(work, organization_id, besides) if besides else None
    turns = limits.turns(work, organization_id, member_id, TimeRange(earliest, earliest + length), latest)
    for start in sorted({earliest, *calendar.ends(meant), *ends, *turns})[:_STARTS_TRIED]:
        if not earliest <= start <= latest:
            continue
        time = TimeRange(start, start + length)
        left = [gpu for gpu in meant if not any(part.overlaps(time) for part in refused.get(gpu.id, ()))]
        if wanted.names and len(left) < len(meant):
            continue
        if calendar.serve(left, wanted, time) is None:
            continue
        try:
            let = limits.allowed(work, organization_id, member_id, wanted, left, time, moving=moving)
        except errors.Invalid:
            continue
        chosen = calendar.serve(let, wanted, time)
        if chosen is not None:
            return Alternative(Alternative.Kind.LATER, chosen, time)
    return None


def alternatives(
    work: Work, organization_id: int, member_id: int | None, wanted: Wanted, taken: errors.GpuTaken
) -> tuple[Alternative, ...]:
    """What would pass instead of a refused wish, best first: the same time elsewhere, later, shorter."""
    meant = inventory.candidates(work, organization_id, wanted)
    held_to = limits.of(work, organization_id, member_id, meant, taken.wish)
    wish, until = taken.wish, work.now + (held_to.ahead or availability.FAR)
    everything = inventory.gpus(work, organization_id)
    window = TimeRange(wish.start, max(until, wish.start) + wish.length)
    calendar = _Calendar(_besides(availability.holdings(work, organization_id, everything, window), taken.moving))
    found = [
        *_elsewhere(calendar, everything, meant, wanted, wish),
        *_later(calendar, meant, wanted, wish, until),
        *_shorter(calendar, meant, wanted, wish, held_to.shortest),
    ]
    return tuple(each for each in found if _is_allowed(work, organization_id, member_id, each, taken.moving))


def _elsewhere(
    calendar: _Calendar,
    everything: Sequence[facts.Gpu],
    meant: Sequence[facts.Gpu],
    wanted: Wanted,
    wish: TimeRange,
) -> Iterator[Alternative]:
    """Other GPUs at the same time: up to two offers, of the same models first."""
    models_meant = {gpu.model for gpu in meant}
    others = [gpu for gpu in everything if gpu not in meant]
    count = len(meant) if wanted.names else wanted.count
    for _ in range(2):
        for pool in ([gpu for gpu in others if gpu.model in models_meant], others):
            chosen = calendar.serve(pool, Wanted(count=count), wish)
            if chosen:
                yield Alternative(Alternative.Kind.ELSEWHERE, chosen, wish)
                others = [gpu for gpu in others if gpu not in chosen]
                break


def _later(
    calendar: _Calendar, meant: Sequence[facts.Gpu], wanted: Wanted, wish: TimeRange, until: datetime
) -> Iterator[Alternative]:
    for start in calendar.ends(meant)[:_STARTS_TRIED]:
        if not wish.start < start <= until:
            continue
        moved = TimeRange(start, start + wish.length)
        chosen = calendar.serve(meant, wanted, moved)
        if chosen:
            yield Alternative(Alternative.Kind.LATER, chosen, moved)
            return


def _shorter(
    calendar: _Calendar, meant: Sequence[facts.Gpu], wanted: Wanted, wish: TimeRange, shortest: timedelta
) -> Iterator[Alternative]:
    if wanted.names:
        parts = wish.subtract(held for gpu in meant for held in calendar.of(gpu))
    else:
        parts = [part for gpu in meant for part in wish.subtract(calendar.of(gpu))]
    for part in sorted(parts, key=lambda part: (-part.length, part.start)):
        chosen = calendar.serve(meant, wanted, part) if part.length >= shortest else None
        if chosen and part != wish:
            yield Alternative(Alternative.Kind.SHORTER, chosen, part)
            return


def _is_allowed(
    work: Work, organization_id: int, member_id: int | None, offer: Alternative, moving: facts.Reservation | None
) -> bool:
    wanted = Wanted.of(offer.gpus)
    try:
        limits.allowed(work, organization_id, member_id, wanted, offer.gpus, offer.range, moving=moving)
    except errors.Invalid:
        return False
    return True


def _instead(
    work: Work,
    organization_id: int,
    member_id: int,
    wanted: Wanted,
    refusal: errors.AgainstRule,
    moving: facts.Reservation | None,
    more: int = 3,
) -> Iterator[Alternative]:
    """What would pass instead of what is against a rule; what meets that one may be against another, `more` times."""
    zone = rulebook.of(work, organization_id, member_id).zone
    held_to = limits.of(work, organization_id, member_id, (), refusal.wish)
    for kind, less, wish in _proposals(work, wanted, refusal, held_to, zone):
        try:
            found = serve(work, organization_id, member_id, less, wish, moving)
            yield Alternative(kind, found.gpus, found.time)
        except errors.GpuTaken as taken:
            yield from alternatives(work, organization_id, member_id, less, taken)
        except errors.AgainstRule as other:
            if more:
                yield from _instead(work, organization_id, member_id, less, other, moving, more - 1)
        except errors.Invalid:
            continue


def _proposals(
    work: Work, wanted: Wanted, refusal: errors.AgainstRule, held_to: Limits, zone: tzinfo
) -> Iterator[tuple[Alternative.Kind, Wanted, TimeRange]]:
    """What meets the rule that is broken, nearest to the wish first."""
    wish, count = refusal.wish, len(wanted.names) or wanted.count
    kinds = Alternative.Kind
    match refusal:
        case errors.TooShort():
            yield kinds.LONGER, wanted, TimeRange(wish.start, wish.start + refusal.limit)
        case errors.TooLong():
            yield kinds.SHORTER, wanted, TimeRange(wish.start, wish.start + refusal.limit)
        case errors.TooFarAhead():
            start = policy.rounded_down(work.now + refusal.limit, held_to.rounding or _QUARTER, zone)
            yield kinds.SOONER, wanted, TimeRange(start, start + wish.length)
        case errors.TooManyAtOnce():
            left = refusal.limit - refusal.held
            if 0 < left < count:
                yield kinds.FEWER, replace(wanted, names=wanted.names[:left], count=left), wish
        case errors.TooManyHours():
            yield from _as_long_as(wanted, wish, wish.start, (refusal.limit - refusal.held) / count, held_to)
        case errors.TooManyHoursAWeek():
            begin = max(refusal.week.start, wish.start)
            yield from _as_long_as(wanted, wish, begin, (refusal.limit - refusal.held) / count, held_to)
            start = usage.same_clock(wish.start, zone, timedelta(days=7))
            yield kinds.LATER, wanted, TimeRange(start, start + wish.length)


def _as_long_as(
    wanted: Wanted, wish: TimeRange, begin: datetime, left: timedelta, held_to: Limits
) -> Iterator[tuple[Alternative.Kind, Wanted, TimeRange]]:
    """What is left of some hours, counted from `begin`, to the minute."""
    end = begin + left // _MINUTE * _MINUTE
    if end - wish.start >= held_to.shortest:
        yield Alternative.Kind.SHORTER, wanted, TimeRange(wish.start, end)


def _besides(held: Iterable[facts.Holding], moving: facts.Reservation | None) -> tuple[facts.Holding, ...]:
    return tuple(holding for holding in held if moving is None or holding.reservation_id != moving.id)


class _Calendar:
    """The holdings of many GPUs, asked many times over."""

    def __init__(self, held: Iterable[facts.Holding]) -> None:
        self._ranges: dict[int, list[TimeRange]] = {}
        for holding in held:
            self._ranges.setdefault(holding.gpu.id, []).append(holding.range)

    def of(self, gpu: facts.Gpu) -> list[TimeRange]:
        return self._ranges.get(gpu.id, [])

    def is_free(self, gpu: facts.Gpu, wish: TimeRange) -> bool:
        ranges = self.of(gpu)
        before_end = bisect_left(ranges, wish.end, key=lambda held: held.start)
        return before_end == 0 or ranges[before_end - 1].end <= wish.start

    def serve(self, gpus: Sequence[facts.Gpu], wanted: Wanted, wish: TimeRange) -> tuple[facts.Gpu, ...] | None:
        return inventory.pick(wanted, gpus, lambda gpu: self.is_free(gpu, wish))

    def ends(self, gpus: Iterable[facts.Gpu]) -> list[datetime]:
        return sorted({held.end for gpu in gpus for held in self.of(gpu)})
