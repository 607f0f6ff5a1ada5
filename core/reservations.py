"""Reservations as they are: one of them, somebody's, everybody's; and who had the GPUs before. Questions only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from core import errors, facts, inventory, members, models, usage
from core.actors import Actor
from core.facts import State
from core.timerange import TimeRange
from core.work import Work

_LATELY = timedelta(days=1)  # who held a GPU longer ago than that is hardly still on it


def of_id(work: Work, organization_id: int, reservation_id: int) -> facts.Reservation:
    """One reservation as it is; UnknownReservation when there is none of that number in this lab."""
    return fact(work, load(work, organization_id, reservation_id))


def of_ids(work: Work, organization_id: int, ids: Collection[int]) -> dict[int, facts.Reservation]:
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


def changeable(work: Work, actor: Actor, reservation_id: int, version: int) -> facts.Reservation:
    """A reservation that the actor is about to change; refused as the change itself would be."""
    held = of_id(work, actor.organization_id, reservation_id)
    if held.holder.id != actor.member_id and not actor.is_admin:
        raise errors.NotYours(held.holder)
    if held.state in {State.OVER, State.CANCELLED}:
        raise errors.AlreadyOver(held)
    if held.version != version:
        raise errors.Stale(held)
    return held


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


def _retired(row: models.Gpu) -> facts.Gpu:
    """A GPU out of service still names the slots it had."""
    return facts.Gpu(row.id, row.node.hostname, row.label, row.model, row.memory_gb, f"{row.node.hostname}/{row.label}")
