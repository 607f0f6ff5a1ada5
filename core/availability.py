"""Questions only: who holds what, what is free, what clashes, and what would have passed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from core import errors, facts, inventory, members, models, policy
from core.actors import Actor
from core.facts import Alternative, State
from core.inventory import Wanted
from core.policy import Limits
from core.timerange import TimeRange
from core.work import Work

_STARTS_TRIED = 500  # how many ends of bookings "the next free start" looks at
_NEIGHBOURS = 8  # how many upcoming bookings of a GPU a status shows


@dataclass(frozen=True)
class Choice:
    """The GPUs that would serve a wish, and who comes next on them; None when nobody."""

    gpus: tuple[facts.Gpu, ...]
    next: facts.Holding | None


def holdings(
    work: Work, organization_id: int, gpus: Iterable[facts.Gpu], window: TimeRange
) -> tuple[facts.Holding, ...]:
    """Every live slot of these GPUs that overlaps `window`, by GPU and start."""
    ahead = _look(work, _ENDING_AFTER, organization_id, gpus, window.start)
    return tuple(held for held in ahead if held.range.start < window.end)


def occupancy(work: Work, organization_id: int) -> tuple[facts.Occupancy, ...]:
    """The story of each GPU in service from now on."""
    known = inventory.gpus(work, organization_id)
    ahead = TimeRange(work.now, work.now + timedelta(days=3650))
    stories: dict[int, list[facts.Holding]] = {gpu.id: [] for gpu in known}
    for holding in holdings(work, organization_id, known, ahead):
        stories[holding.gpu.id].append(holding)
    return tuple(_story(gpu, stories[gpu.id], work.now) for gpu in known)


def timelines(work: Work, organization_id: int, window: TimeRange) -> tuple[facts.Timeline, ...]:
    """What is booked on each GPU in service within `window`."""
    known = inventory.gpus(work, organization_id)
    held: dict[int, list[facts.Holding]] = {gpu.id: [] for gpu in known}
    for holding in holdings(work, organization_id, known, window):
        part = holding.range.clip(window)
        if part:
            held[holding.gpu.id].append(replace(holding, range=part))
    return tuple(facts.Timeline(gpu, window, tuple(held[gpu.id])) for gpu in known)


def free_during(work: Work, organization_id: int, wanted: Wanted, wish: TimeRange) -> tuple[facts.Gpu, ...]:
    """Every GPU that a wish can mean and that nobody holds at any instant of it."""
    candidates = inventory.candidates(work, organization_id, wanted)
    taken = {holding.gpu.id for holding in holdings(work, organization_id, candidates, wish)}
    return tuple(gpu for gpu in candidates if gpu.id not in taken)


def reservation(work: Work, organization_id: int, reservation_id: int) -> facts.Reservation:
    """One reservation as it is; UnknownReservation when there is none of that number in this lab."""
    return fact(work, load(work, organization_id, reservation_id))


def held_by(work: Work, organization_id: int, member_id: int) -> tuple[facts.Reservation, ...]:
    """A member's reservations that are running or to come, soonest first."""
    ids = (
        select(models.Slot.reservation_id)
        .join(models.Reservation)
        # By way of the GPUs, whose index skips what is over: a person's own history may be long.
        .where(models.Slot.gpu_id.in_([gpu.id for gpu in inventory.gpus(work, organization_id)]))
        .where(models.Slot.live, models.Slot.end_at > work.now, models.Reservation.member_id == member_id)
        .where(models.Reservation.organization_id == organization_id)
        .distinct()
    )
    rows = work.session.scalars(select(models.Reservation).where(models.Reservation.id.in_(ids)))
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
    """A reservation as it is at `work.now`."""
    by_id = {gpu.id: gpu for gpu in inventory.gpus(work, row.organization_id)}
    slots = tuple(
        facts.Slot(by_id.get(slot.gpu_id) or _retired(slot.gpu), TimeRange(slot.start_at, slot.end_at))
        for slot in row.slots
        if slot.live or row.cancelled_at is not None
    )
    hull = TimeRange.hull(slot.range for slot in slots)
    return facts.Reservation(
        id=row.id,
        organization_id=row.organization_id,
        version=row.version,
        holder=members.fact(row.member),
        purpose=row.purpose,
        slots=slots,
        range=hull,
        state=State.CANCELLED if row.cancelled_at is not None else state(hull, work.now),
    )


def state(time: TimeRange, now: datetime) -> State:
    """Of a reservation that was not cancelled."""
    if now < time.start:
        return State.UPCOMING
    return State.RUNNING if now < time.end else State.OVER


def room(work: Work, organization_id: int, held: facts.Reservation, limits: Limits = policy.DEFAULT) -> facts.Room:
    """How far a reservation can be extended, and who comes next."""
    next_one = following(work, organization_id, held.gpus, held.range.end, besides=held.id)
    return room_before(next_one, held.range, limits)


def room_before(next_one: facts.Holding | None, time: TimeRange, limits: Limits = policy.DEFAULT) -> facts.Room:
    """The same, where it is known who comes next."""
    allowed = max(time.start + limits.longest - time.end, timedelta(0))
    if next_one is None:
        return facts.Room(None, allowed)
    return facts.Room(next_one, min(next_one.range.start - time.end, allowed))


def gpus(work: Work, organization_id: int) -> tuple[facts.Gpu, ...]:
    """Every GPU in service."""
    return inventory.gpus(work, organization_id)


def changeable(work: Work, actor: Actor, reservation_id: int, version: int) -> facts.Reservation:
    """A reservation that the actor is about to change; refused as the change itself would be."""
    held = reservation(work, actor.organization_id, reservation_id)
    if held.holder.id != actor.member_id:
        raise errors.NotYours(held.holder)
    if held.state in {State.OVER, State.CANCELLED}:
        raise errors.AlreadyOver(held)
    if held.version != version:
        raise errors.Stale(held)
    return held


def choose(
    work: Work,
    organization_id: int,
    wanted: Wanted,
    wish: TimeRange,
    *,
    moving: facts.Reservation | None = None,
) -> Choice:
    """The GPUs that would serve a wish; GpuTaken, without alternatives, names everybody in the way.

    What the reservation that is `moving` holds does not count. The answer binds nobody unless the GPUs are locked
    first: see `core.placement`.
    """
    candidates = inventory.candidates(work, organization_id, wanted)
    besides = moving.id if moving else 0
    ahead = _look(work, _FIRST_ENDING_AFTER, organization_id, candidates, wish.start, besides)
    taken = {first.gpu.id for first in ahead if first.range.start < wish.end}
    chosen = inventory.pick(wanted, candidates, lambda gpu: gpu.id not in taken)
    if chosen is None:
        held = _besides(holdings(work, organization_id, candidates, wish), moving)
        free = free_parts(held, wish) if len(candidates) == 1 else ()
        raise errors.GpuTaken(wish, held, alternatives=(), free=free, moving=moving)
    return Choice(chosen, _soonest(first for first in ahead if first.gpu in chosen))


def what_if(
    work: Work, organization_id: int, wanted: Wanted, wish: TimeRange, limits: Limits = policy.DEFAULT
) -> tuple[facts.Gpu, ...] | errors.GpuTaken:
    """What a wish would lead to now, without booking: the GPUs, or the refusal with what would pass.

    Raises what `policy.check_range` raises, for a wish that could not be booked at any time.
    """
    policy.check_range(limits, wish, work.now)
    try:
        return choose(work, organization_id, wanted, wish).gpus
    except errors.GpuTaken as taken:
        taken.alternatives = alternatives(work, organization_id, wanted, taken, limits)
        return taken


def alternatives(
    work: Work, organization_id: int, wanted: Wanted, taken: errors.GpuTaken, limits: Limits
) -> tuple[Alternative, ...]:
    """What would pass instead of a refused wish, best first: the same time elsewhere, later, shorter."""
    wish, until = taken.wish, work.now + limits.ahead
    everything = inventory.gpus(work, organization_id)
    meant = inventory.candidates(work, organization_id, wanted)
    window = TimeRange(wish.start, max(until, wish.start) + wish.length)
    calendar = _Calendar(_besides(holdings(work, organization_id, everything, window), taken.moving))
    found = [
        *_elsewhere(calendar, everything, meant, wanted, wish),
        *_later(calendar, meant, wanted, wish, until),
        *_shorter(calendar, meant, wanted, wish, limits.shortest),
    ]
    return tuple(found)


def free_parts(clashes: Iterable[facts.Holding], wish: TimeRange) -> tuple[TimeRange, ...]:
    """What these clashes leave of the wish."""
    return tuple(wish.subtract(clash.range for clash in clashes))


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


_LIVE_SLOTS = (
    select(
        models.Slot.gpu_id,
        models.Slot.start_at,
        models.Slot.end_at,
        models.Slot.reservation_id,
        models.Reservation.purpose,
        *models.Member.__table__.c,
    )
    .join(models.Reservation, models.Slot.reservation_id == models.Reservation.id)
    .join(models.Member, models.Reservation.member_id == models.Member.id)
    .where(models.Slot.live, models.Reservation.organization_id == bindparam("lab"))
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
        .order_by(order)
        .limit(1)
        .scalar_subquery()
    )
    return _LIVE_SLOTS.join(models.Gpu, models.Slot.gpu_id == models.Gpu.id).where(
        models.Gpu.id.in_(bindparam("gpus", expanding=True)), models.Slot.id == first
    )


_slot = aliased(models.Slot)
_FIRST_ENDING_AFTER = _first_of_each_gpu(_slot, _slot.end_at > bindparam("instant"), _slot.end_at)
_FIRST_STARTING_FROM = _first_of_each_gpu(_slot, _slot.start_at >= bindparam("instant"), _slot.start_at)


def _look(
    work: Work,
    statement: Select[*tuple[Any, ...]],
    organization_id: int,
    gpus: Iterable[facts.Gpu],
    instant: datetime,
    besides: int = 0,
) -> list[facts.Holding]:
    by_id = {gpu.id: gpu for gpu in gpus}
    asked = {"lab": organization_id, "gpus": list(by_id), "instant": instant, "besides": besides}
    holders: dict[int, facts.Member] = {}
    found = []
    for row in work.connection.execute(statement, asked):
        if row.id not in holders:
            holders[row.id] = members.fact(row)
        time = TimeRange(row.start_at, row.end_at)
        found.append(facts.Holding(by_id[row.gpu_id], time, holders[row.id], row.reservation_id, row.purpose))
    return found


def _soonest(held: Iterable[facts.Holding]) -> facts.Holding | None:
    return min(held, key=lambda holding: (holding.range.start, holding.gpu.id), default=None)


def _story(gpu: facts.Gpu, held: list[facts.Holding], now: datetime) -> facts.Occupancy:
    current = held[0] if held and now in held[0].range else None
    return facts.Occupancy(gpu, current, tuple(held[1:] if current else held)[:_NEIGHBOURS])


def _retired(row: models.Gpu) -> facts.Gpu:
    """A GPU out of service still names the slots it had."""
    return facts.Gpu(row.id, row.node.hostname, row.label, row.model, row.memory_gb, f"{row.node.hostname}/{row.label}")
