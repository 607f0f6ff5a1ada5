"""Who holds what and what is free, now and ahead: as it is told of GPUs, of days and weeks, of what can be extended.

Questions only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from core import facts, inventory, limits, members, models
from core.db import UtcDateTime, at_most
from core.facts import State
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Work

FAR = timedelta(days=3650)  # how far we look where neither a limit nor a booking ends it
_NEIGHBOURS = 8  # how many upcoming bookings of a GPU a status shows


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

    def schedule(self, window: TimeRange) -> facts.Schedule:
        """What is booked on each GPU within `window`."""
        return _schedule(self.held, window)

    def following(self, held: facts.Reservation) -> facts.Holding | None:
        """Who comes next on one of its GPUs; None when nobody."""
        ahead = (each for gpu in held.gpus for each in self.held.get(gpu, ()) if each.range.start >= held.range.end)
        return soonest(each for each in ahead if each.reservation_id != held.id)


def outlook(work: Work, organization_id: int, ahead: timedelta = FAR) -> Outlook:
    """All that is held from now on, on the GPUs in service; or what begins within some time ahead."""
    return Outlook(work.now, _by_gpu(work, organization_id, TimeRange(work.now, work.now + ahead)))


def occupancy(work: Work, organization_id: int) -> tuple[facts.Occupancy, ...]:
    """The story of each GPU in service from now on."""
    return outlook(work, organization_id).occupancy()


def schedule(work: Work, organization_id: int, window: TimeRange) -> facts.Schedule:
    """Who holds what in `window`, past or to come, on all GPUs in service."""
    return _schedule(_by_gpu(work, organization_id, window), window)


def _schedule(by_gpu: Mapping[facts.Gpu, Iterable[facts.Holding]], window: TimeRange) -> facts.Schedule:
    parts = (facts.Timeline(gpu, window, tuple(_parts(held, window))) for gpu, held in by_gpu.items())
    return facts.Schedule(window, tuple(parts))


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


def next_on_each(
    work: Work, organization_id: int, gpus: Iterable[facts.Gpu], instant: datetime, besides: int = 0
) -> list[facts.Holding]:
    """Of each of these GPUs the first slot that ends after `instant`, reservation `besides` left out."""
    return _look(work, _FIRST_ENDING_AFTER, organization_id, gpus, instant, besides)


def following(
    work: Work, organization_id: int, gpus: Iterable[facts.Gpu], instant: datetime, besides: int
) -> facts.Holding | None:
    """Who comes next on one of these GPUs at or after `instant`, reservation `besides` left out; None when nobody."""
    return soonest(_look(work, _FIRST_STARTING_FROM, organization_id, gpus, instant, besides))


def soonest(held: Iterable[facts.Holding]) -> facts.Holding | None:
    return min(held, key=lambda holding: (holding.range.start, holding.gpu.id), default=None)


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
    return {id_: room_before(work, soonest(next_ones.get(id_, ())), each) for id_, each in by_id.items()}


def room_before(work: Work, next_one: facts.Holding | None, held: facts.Reservation) -> facts.Room:
    """The same, where it is known who comes next."""
    until = next_one.range.start - held.range.end if next_one else FAR
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
