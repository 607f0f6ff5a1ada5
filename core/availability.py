"""Questions only: who holds what, what is free, what clashes, and what would have passed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload, selectinload

from core import errors, facts, inventory, limits, members, models, policy, usage
from core.actors import Actor
from core.db import UtcDateTime, at_most
from core.facts import Alternative, State
from core.inventory import Wanted
from core.policy import Limits
from core.timerange import TimeRange
from core.work import Work

_STARTS_TRIED = 500  # how many ends of bookings "the next free start" looks at
_EXTENDABLE = timedelta(days=3650)  # where neither a limit nor a booking is in the way
_MINUTE, _QUARTER = timedelta(minutes=1), timedelta(minutes=15)
_LATELY = timedelta(days=1)  # who held a GPU longer ago than that is hardly still on it
_NEIGHBOURS = 8  # how many upcoming bookings of a GPU a status shows


@dataclass(frozen=True)
class Choice:
    """The GPUs that would serve a wish, the time they would be held, and who comes next on them; None when nobody."""

    gpus: tuple[facts.Gpu, ...]
    time: TimeRange
    next: facts.Holding | None


def holdings(
    work: Work, organization_id: int, gpus: Iterable[facts.Gpu], window: TimeRange
) -> tuple[facts.Holding, ...]:
    """Every live slot of these GPUs that overlaps `window`, by GPU and start."""
    ahead = _look(work, _ENDING_AFTER, organization_id, gpus, window.start)
    return tuple(held for held in ahead if held.range.start < window.end)


@dataclass(frozen=True)
class Outlook:
    """All that is held from `now` on, looked up once, to be told as now, as a day or as a week."""

    now: datetime
    held: Mapping[facts.Gpu, tuple[facts.Holding, ...]]  # of each GPU in service, by start

    def occupancy(self) -> tuple[facts.Occupancy, ...]:
        """The story of each GPU."""
        return tuple(_story(gpu, held, self.now) for gpu, held in self.held.items())

    def timelines(self, window: TimeRange) -> tuple[facts.Timeline, ...]:
        """What is booked on each GPU within `window`."""
        return tuple(facts.Timeline(gpu, window, tuple(_parts(held, window))) for gpu, held in self.held.items())

    def following(self, held: facts.Reservation) -> facts.Holding | None:
        """Who comes next on one of its GPUs; None when nobody."""
        ahead = (each for gpu in held.gpus for each in self.held.get(gpu, ()) if each.range.start >= held.range.end)
        return _soonest(each for each in ahead if each.reservation_id != held.id)


def outlook(work: Work, organization_id: int, ahead: timedelta = _EXTENDABLE) -> Outlook:
    """All that is held from now on, on the GPUs in service; or what begins within some time ahead."""
    return Outlook(work.now, _by_gpu(work, organization_id, TimeRange(work.now, work.now + ahead)))


def occupancy(work: Work, organization_id: int) -> tuple[facts.Occupancy, ...]:
    """The story of each GPU in service from now on."""
    return outlook(work, organization_id).occupancy()


def timelines(work: Work, organization_id: int, window: TimeRange) -> tuple[facts.Timeline, ...]:
    """What is booked on each GPU in service within `window`, past or to come."""
    by_gpu = _by_gpu(work, organization_id, window)
    return tuple(facts.Timeline(gpu, window, tuple(_parts(held, window))) for gpu, held in by_gpu.items())


def _by_gpu(work: Work, organization_id: int, window: TimeRange) -> dict[facts.Gpu, tuple[facts.Holding, ...]]:
    known = inventory.gpus(work, organization_id)
    held: dict[int, list[facts.Holding]] = {gpu.id: [] for gpu in known}
    for holding in holdings(work, organization_id, known, window):
        held[holding.gpu.id].append(holding)
    return {gpu: tuple(held[gpu.id]) for gpu in known}


def _parts(held: Iterable[facts.Holding], window: TimeRange) -> Iterator[facts.Holding]:
    """Of each holding, by start, what lies inside."""
    for each in held:
        time = each.range
        if time.start >= window.end:
            return
        if window.start <= time.start and time.end <= window.end:
            yield each
        elif window.start < time.end:
            yield replace(each, range=TimeRange(max(time.start, window.start), min(time.end, window.end)))


def free_during(work: Work, organization_id: int, wanted: Wanted, wish: TimeRange) -> tuple[facts.Gpu, ...]:
    """Every GPU that a wish can mean and that nobody holds at any instant of it."""
    candidates = inventory.candidates(work, organization_id, wanted)
    taken = {holding.gpu.id for holding in holdings(work, organization_id, candidates, wish)}
    return tuple(gpu for gpu in candidates if gpu.id not in taken)


def schedule(work: Work, organization_id: int, window: TimeRange) -> facts.Schedule:
    """Who holds what in `window`, past or to come, on all GPUs in service."""
    return facts.Schedule(window, timelines(work, organization_id, window))


def reservation(work: Work, organization_id: int, reservation_id: int) -> facts.Reservation:
    """One reservation as it is; UnknownReservation when there is none of that number in this lab."""
    return fact(work, load(work, organization_id, reservation_id))


def reservations(work: Work, organization_id: int, ids: Collection[int]) -> dict[int, facts.Reservation]:
    """Some of the lab's reservations as they are, by number, looked up together."""
    if not ids:
        return {}
    rows = work.session.scalars(
        select(models.Reservation)
        .where(models.Reservation.id.in_(ids), models.Reservation.organization_id == organization_id)
        .options(joinedload(models.Reservation.slots), joinedload(models.Reservation.member))
    )
    return {row.id: fact(work, row) for row in rows.unique()}


def held_by(work: Work, organization_id: int, member_id: int) -> tuple[facts.Reservation, ...]:
    """A member's reservations that are running or to come, soonest first."""
    return _ahead(work, organization_id, models.Reservation.member_id == member_id)


def ahead(work: Work, organization_id: int) -> tuple[facts.Reservation, ...]:
    """Everybody's reservations that are running or to come, soonest first."""
    return _ahead(work, organization_id)


def left_behind(work: Work, organization_id: int) -> tuple[facts.Reservation, ...]:
    """Those of them whose holders' accounts are deactivated."""
    gone = select(models.Member.id).where(models.Member.standing == facts.Standing.DEACTIVATED)
    return _ahead(work, organization_id, models.Reservation.member_id.in_(gone))


def _ahead(work: Work, organization_id: int, *conditions: ColumnElement[bool]) -> tuple[facts.Reservation, ...]:
    ids = (
        select(models.Slot.reservation_id)
        .join(models.Reservation)
        # By way of the GPUs, whose index skips what is over: a person's own history may be long.
        # Those out of service are among them, so that nothing is held unseen.
        .where(models.Slot.gpu_id.in_(usage.ALL_GPUS))
        .where(models.Slot.live, models.Slot.end_at > work.now, *conditions)
        .where(models.Slot.offered_until.is_(None))
        .where(models.Reservation.organization_id == organization_id)
        .distinct()
    )
    rows = work.session.scalars(
        select(models.Reservation)
        .where(models.Reservation.id.in_(ids))
        .options(selectinload(models.Reservation.slots), joinedload(models.Reservation.member)),
        {"lab": organization_id},
    )
    return tuple(sorted((fact(work, row) for row in rows), key=lambda held: (held.range, held.id)))


def following(
    work: Work, organization_id: int, gpus: Iterable[facts.Gpu], instant: datetime, besides: int
) -> facts.Holding | None:
    """Who comes next on one of these GPUs at or after `instant`, reservation `besides` left out; None when nobody."""
    return _soonest(_look(work, _FIRST_STARTING_FROM, organization_id, gpus, instant, besides))


def load(work: Work, organization_id: int, reservation_id: int) -> models.Reservation:
    """The row itself, for core's own use."""
    row = work.session.get(models.Reservation, reservation_id)
    if row is None or row.organization_id != organization_id:
        raise errors.UnknownReservation(reservation_id)
    return row


def fact(work: Work, row: models.Reservation) -> facts.Reservation:
    """A reservation as it is at `work.now`.

    A row and its slots are two looks, unless it is locked: cancelled between them, it is its slots that tell.
    """
    by_id = inventory.by_id(work, row.organization_id)
    is_cancelled = row.cancelled_at is not None or not any(slot.live for slot in row.slots)
    slots = tuple(
        facts.Slot(by_id.get(slot.gpu_id) or _retired(slot.gpu), TimeRange(slot.start_at, slot.end_at))
        for slot in row.slots
        if slot.live or is_cancelled
    )
    hull = TimeRange.hull(slot.range for slot in slots)
    offered_until = next((slot.offered_until for slot in row.slots if slot.offered_until), None)
    return facts.Reservation(
        id=row.id,
        organization_id=row.organization_id,
        version=row.version,
        holder=members.fact(row.member),
        purpose=row.purpose,
        slots=slots,
        range=hull,
        state=State.CANCELLED if is_cancelled else state(hull, work.now, offered_until),
        maintenance=row.maintenance,
        offered_until=offered_until,
    )


def state(time: TimeRange, now: datetime, offered_until: datetime | None = None) -> State:
    """Of a reservation that was not cancelled. An offer that nobody took in time is as good as cancelled."""
    if offered_until is not None:
        return State.OFFERED if now < offered_until else State.CANCELLED
    if now < time.start:
        return State.UPCOMING
    return State.RUNNING if now < time.end else State.OVER


def last_holders(work: Work, held: facts.Reservation) -> dict[int, list[facts.Gpu]]:
    """Whose reservation was last before this one, within a day, and on which of its GPUs; the holder's own left out."""
    by_id = {gpu.id: gpu for gpu in held.gpus}
    rows = work.session.execute(
        select(models.Slot.gpu_id, models.Slot.reservation_id, models.Reservation.member_id)
        .join(models.Reservation)
        .where(models.Slot.gpu_id.in_(by_id), models.Slot.live, models.Reservation.maintenance.is_(False))
        .where(models.Slot.end_at <= held.range.start, models.Slot.end_at > held.range.start - _LATELY)
        .order_by(models.Slot.end_at)
    )
    last = {row.gpu_id: row for row in rows}  # of each GPU, whose time ended latest
    found: dict[int, list[facts.Gpu]] = {}
    for gpu_id in sorted(last):
        if last[gpu_id].member_id != held.holder.id:
            found.setdefault(last[gpu_id].reservation_id, []).append(by_id[gpu_id])
    return found


def room(work: Work, organization_id: int, held: facts.Reservation) -> facts.Room:
    """How far a reservation can be extended, and who comes next."""
    next_one = following(work, organization_id, held.gpus, held.range.end, besides=held.id)
    return room_before(work, next_one, held)


def rooms(work: Work, organization_id: int, held: Iterable[facts.Reservation]) -> dict[int, facts.Room]:
    """The same of several, by number, looked up together."""
    by_id = {each.id: each for each in held}
    if not by_id:
        return {}
    next_ones: dict[int, list[facts.Holding]] = {}
    asked = {"lab": organization_id, "ids": list(by_id), "now": work.now}
    gpus = {slot.gpu.id: slot.gpu for each in by_id.values() for slot in each.slots}
    for row, following in _holdings(work, _NEXT_OF_EACH, gpus, asked):
        if following.gpu in by_id[row.before].gpus:  # not what is given back, or offered for less time than the others
            next_ones.setdefault(row.before, []).append(following)
    return {id_: room_before(work, _soonest(next_ones.get(id_, ())), each) for id_, each in by_id.items()}


def room_before(work: Work, next_one: facts.Holding | None, held: facts.Reservation) -> facts.Room:
    """The same, where it is known who comes next."""
    until = next_one.range.start - held.range.end if next_one else _EXTENDABLE
    return facts.Room(next_one, limits.longest_extension(work, held, until))


def with_room(
    work: Work, held: Iterable[facts.Reservation], outlook: Outlook | None = None
) -> list[tuple[facts.Reservation, facts.Room | None]]:
    """Each of them, and how far those that are running can be extended; by an outlook, where there is one already."""

    def next_after(running: facts.Reservation) -> facts.Holding | None:
        if outlook is not None:
            return outlook.following(running)
        return following(work, running.organization_id, running.gpus, running.range.end, besides=running.id)

    return [(each, room_before(work, next_after(each), each) if each.state is State.RUNNING else None) for each in held]


def gpus(work: Work, organization_id: int) -> tuple[facts.Gpu, ...]:
    """Every GPU in service."""
    return inventory.gpus(work, organization_id)


def changeable(work: Work, actor: Actor, reservation_id: int, version: int) -> facts.Reservation:
    """A reservation that the actor is about to change; refused as the change itself would be."""
    held = reservation(work, actor.organization_id, reservation_id)
    if held.holder.id != actor.member_id and not actor.is_admin:
        raise errors.NotYours(held.holder)
    if held.state in {State.OVER, State.CANCELLED}:
        raise errors.AlreadyOver(held)
    if held.version != version:
        raise errors.Stale(held)
    return held


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

    def search(look: Work, refusal: errors.GpuTaken | errors.AgainstRule) -> tuple[Alternative, ...]:
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
        work.find_alternatives(refusal, search)
        raise


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


def choose(
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
    ahead = _look(work, _FIRST_ENDING_AFTER, organization_id, candidates, wish.start, besides)
    taken = {first.gpu.id for first in ahead if first.range.start < wish.end}
    chosen = inventory.pick(wanted, candidates, lambda gpu: gpu.id not in taken)
    if chosen is None:
        held = _besides(holdings(work, organization_id, candidates, wish), moving)
        free = free_parts(held, wish) if len(candidates) == 1 else ()
        count = None if wanted.names else wanted.count
        raise errors.GpuTaken(wish, held, alternatives=(), free=free, moving=moving, count=count, wanted=wanted)
    return Choice(chosen, wish, _soonest(first for first in ahead if first.gpu in chosen))


def what_if(work: Work, actor: Actor, wanted: Wanted, wish: TimeRange) -> tuple[facts.Gpu, ...] | errors.GpuTaken:
    """What a wish would lead to now, without booking: the GPUs, or the refusal with what would pass.

    Raises InThePast or an AgainstRule, for a wish that could not be booked at any time.
    """
    try:
        return find(work, actor.organization_id, actor.member_id, wanted, wish).gpus
    except errors.GpuTaken as taken:
        return taken


def alternatives(
    work: Work, organization_id: int, member_id: int | None, wanted: Wanted, taken: errors.GpuTaken
) -> tuple[Alternative, ...]:
    """What would pass instead of a refused wish, best first: the same time elsewhere, later, shorter."""
    meant = inventory.candidates(work, organization_id, wanted)
    held_to = limits.of(work, organization_id, member_id, meant, taken.wish)
    wish, until = taken.wish, work.now + (held_to.ahead or _EXTENDABLE)
    everything = inventory.gpus(work, organization_id)
    window = TimeRange(wish.start, max(until, wish.start) + wish.length)
    calendar = _Calendar(_besides(holdings(work, organization_id, everything, window), taken.moving))
    found = [
        *_elsewhere(calendar, everything, meant, wanted, wish),
        *_later(calendar, meant, wanted, wish, until),
        *_shorter(calendar, meant, wanted, wish, held_to.shortest),
    ]
    return tuple(each for each in found if _is_allowed(work, organization_id, member_id, each, taken.moving))


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
        held for held in holdings(work, organization_id, meant, window) if held.reservation_id != besides
    )
    refused = passed or {}
    ends = {part.end for parts in refused.values() for part in parts}
    moving = reservation(work, organization_id, besides) if besides else None
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


def free_parts(clashes: Iterable[facts.Holding], wish: TimeRange) -> tuple[TimeRange, ...]:
    """What these clashes leave of the wish."""
    return tuple(wish.subtract(clash.range for clash in clashes))


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
        return choose(work, organization_id, wanted, time, allowed, moving=moving)
    except (errors.GpuTaken, errors.AgainstRule):
        if time == wish:
            raise
    allowed = limits.allowed(work, organization_id, member_id, wanted, candidates, wish, moving=moving)
    return choose(work, organization_id, wanted, wish, allowed, moving=moving)


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
    zone = limits.book(work, organization_id, member_id).zone
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


def _is_not_over(slot: type[models.Slot]) -> ColumnElement[bool]:
    """An offer that nobody took in time holds nothing, although nobody may have freed it yet."""
    return or_(slot.offered_until.is_(None), slot.offered_until > bindparam("now"))


_LIVE_SLOTS = (
    select(
        models.Slot.gpu_id,
        models.Slot.start_at,
        models.Slot.end_at,
        models.Slot.reservation_id,
        models.Slot.offered_until,
        models.Reservation.purpose,
        models.Reservation.maintenance,
        *models.Member.__table__.c,
    )
    .join(models.Reservation, models.Slot.reservation_id == models.Reservation.id)
    .join(models.Member, models.Reservation.member_id == models.Member.id)
    .where(models.Slot.live, models.Reservation.organization_id == bindparam("lab"), _is_not_over(models.Slot))
)

# Slots of a GPU do not overlap: by end they come in the order of their starts, and the index on their ends alone
# bounds the search, whatever the history. A start in SQL, in the order or as the window's end, would tempt SQLite to
# the other index, and through all that ever was.
_ENDING_AFTER = _LIVE_SLOTS.where(
    models.Slot.gpu_id.in_(bindparam("gpus", expanding=True)), models.Slot.end_at > bindparam("instant")
).order_by(models.Slot.gpu_id, models.Slot.end_at)


def _first_of_each_gpu(
    slot: type[models.Slot], is_ahead: ColumnElement[bool], order: InstrumentedAttribute[datetime]
) -> Select[*tuple[Any, ...]]:
    """One look into an index for each GPU, however much is held ahead."""
    first = (
        select(slot.id)
        .where(slot.gpu_id == models.Gpu.id, slot.live, is_ahead, slot.reservation_id != bindparam("besides"))
        .where(_is_not_over(slot))
        .order_by(order)
        .limit(at_most(1))
        .scalar_subquery()
    )
    return _LIVE_SLOTS.join(models.Gpu, models.Slot.gpu_id == models.Gpu.id).where(
        models.Gpu.id.in_(bindparam("gpus", expanding=True)), models.Slot.id == first
    )


_slot = aliased(models.Slot)
_FIRST_ENDING_AFTER = _first_of_each_gpu(_slot, _slot.end_at > bindparam("instant"), _slot.end_at)
_FIRST_STARTING_FROM = _first_of_each_gpu(_slot, _slot.start_at >= bindparam("instant"), _slot.start_at)

_mine, _any_of_mine = aliased(models.Slot), aliased(models.Slot)
_my_end = (
    select(func.max(_any_of_mine.end_at))
    .where(_any_of_mine.reservation_id == _mine.reservation_id)
    .correlate(_mine)
    .scalar_subquery()
)
_first_after_mine = (
    select(_slot.id)
    .where(_slot.gpu_id == _mine.gpu_id, _slot.live, _slot.start_at >= _my_end)
    .where(_slot.reservation_id != _mine.reservation_id, _is_not_over(_slot))
    .order_by(_slot.start_at)
    .limit(at_most(1))
    .scalar_subquery()
)
_NEXT_OF_EACH = (
    _LIVE_SLOTS.join(_mine, models.Slot.id == _first_after_mine)
    .where(_mine.reservation_id.in_(bindparam("ids", expanding=True)))
    .add_columns(_mine.reservation_id.label("before"))
)

_gpu = aliased(models.Gpu)
_next_start = (
    select(_slot.start_at)
    .where(_slot.gpu_id == _gpu.id, _slot.live, _slot.end_at > bindparam("start"), _is_not_over(_slot))
    .order_by(_slot.end_at)
    .limit(at_most(1))
    .scalar_subquery()
)
_wish_end = bindparam("end", type_=UtcDateTime)
FREE_COUNT = (
    select(func.count())
    .where(_gpu.id.in_(bindparam("gpus", expanding=True)), func.coalesce(_next_start, _wish_end) >= _wish_end)
    .scalar_subquery()
)
"""How many of some `gpus` nobody holds at any instant from `start` to `end`. For queries that bind these, and `now`."""


def _look(
    work: Work,
    statement: Select[*tuple[Any, ...]],
    organization_id: int,
    gpus: Iterable[facts.Gpu],
    instant: datetime,
    besides: int = 0,
) -> list[facts.Holding]:
    by_id = {gpu.id: gpu for gpu in gpus}
    asked = {"lab": organization_id, "gpus": list(by_id), "instant": instant, "besides": besides, "now": work.now}
    return [holding for _, holding in _holdings(work, statement, by_id, asked)]


def _holdings(
    work: Work, statement: Select[*tuple[Any, ...]], gpus: Mapping[int, facts.Gpu], asked: dict[str, object]
) -> Iterator[tuple[Row[*tuple[Any, ...]], facts.Holding]]:
    """What a statement made of _LIVE_SLOTS finds, each with its row."""
    holders: dict[int, facts.Member] = {}
    for row in work.connection.execute(statement, asked):
        if row.id not in holders:
            holders[row.id] = members.fact(row)
        time = TimeRange(row.start_at, row.end_at)
        yield (
            row,
            facts.Holding(
                gpus[row.gpu_id],
                time,
                holders[row.id],
                row.reservation_id,
                row.purpose,
                row.maintenance,
                row.offered_until,
            ),
        )


def _soonest(held: Iterable[facts.Holding]) -> facts.Holding | None:
    return min(held, key=lambda holding: (holding.range.start, holding.gpu.id), default=None)


def _story(gpu: facts.Gpu, held: Sequence[facts.Holding], now: datetime) -> facts.Occupancy:
    if not held or now not in held[0].range:
        return facts.Occupancy(gpu, None, tuple(held[:_NEIGHBOURS]))
    return facts.Occupancy(gpu, held[0], tuple(held[1 : _NEIGHBOURS + 1]), _first_gap(held))


def _first_gap(held: Sequence[facts.Holding]) -> datetime:
    """Where the first of these ends, or the last that follows right upon it."""
    end = held[0].range.end
    for each in held[1:]:
        if each.range.start > end:
            break
        end = each.range.end
    return end


def _retired(row: models.Gpu) -> facts.Gpu:
    """A GPU out of service still names the slots it had."""
    return facts.Gpu(row.id, row.node.hostname, row.label, row.model, row.memory_gb, f"{row.node.hostname}/{row.label}")
