"""Hand-overs: somebody asks a holder for a reservation, or a part of it, and the holder says yes or no.

All run inside `Database.begin`. Whoever changes a hand-over has locked its reservation before. Whether nobody
answered in time is seen by whoever looks, under that lock; no clock has to strike for it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from core import (
    asked_for,
    audit,
    errors,
    facts,
    limits,
    models,
    notices,
    organizations,
    placement,
    policy,
    recipients,
    reservations,
    telling,
    waitlist,
)
from core.actors import Actor
from core.facts import Action, HandOver, HandOverState, State
from core.inventory import Wanted
from core.kinds import Kind
from core.timerange import TimeRange
from core.work import Work

ANSWER_WITHIN = timedelta(hours=2)
ANSWER_WITHIN_FAR_AHEAD = timedelta(days=1)  # for what starts later than that


def ask(
    work: Work,
    actor: Actor,
    reservation_id: int,
    *,
    gpu_ids: Collection[int] = (),
    wish: TimeRange | None = None,
    purpose: str = "",
) -> HandOver:
    """Ask the holder for what of their reservation lies within `wish`, on these GPUs or on all.

    While one is open for any part of it, that is the answer, `again`. Raises AlreadyYours for one's own, OutOfService,
    NoLongerHeld when there is no such part, MayNotBook, PurposeTooLong, and an AgainstRule where the asker could not
    hold it.
    """
    actor.must_be_member()
    purpose = " ".join(purpose.split())
    policy.check_purpose(purpose)
    row = _locked(work, actor.organization_id, reservation_id)
    held = reservations.fact(work, row)
    if row.member_id == actor.member_id:
        raise errors.AlreadyYours(held)
    if held.state in {State.OVER, State.CANCELLED, State.OFFERED}:
        raise errors.NoLongerHeld(held.holder)
    if held.maintenance:
        raise errors.OutOfService
    gpus = tuple(gpu for gpu in held.gpus if not gpu_ids or gpu.id in gpu_ids)
    time = asked_for.to_come(held.range, work.now).clip(wish or held.range)
    if not gpus or time is None:
        raise errors.NoLongerHeld(held.holder)
    _check_limits(work, actor, gpus, time)
    if asked := _open_one(work, actor, row, gpus, time):
        return replace(asked, again=True)
    return _open(work, actor, held, gpus, time, purpose)


def answer(work: Work, actor: Actor, hand_over_id: int, *, yes: bool) -> HandOver:
    """The holder says yes, and the asker holds it from then on; or no. The same answer again changes nothing.

    The holder keeps the rest: the other GPUs, the time before and after; a reservation may become several. Time used
    stays on the holder's record. Raises NotYours for anybody else, AlreadyAnswered, NoLongerHeld, and CannotTake when
    the asker may not hold it.
    """
    asked, row = _take_up(work, actor, hand_over_id)
    before = reservations.fact(work, row)
    if row.member_id != actor.member_id:
        raise errors.NotYours(before.holder)
    found = asked_for.fact(work, asked)
    if found.state is (HandOverState.DONE if yes else HandOverState.DECLINED):
        return replace(found, again=True)
    if found.state is HandOverState.GONE:
        raise errors.NoLongerHeld(before.holder)
    if found.state is not HandOverState.OPEN:
        raise errors.AlreadyAnswered(found)
    return _hand_over(work, actor, asked, row, before) if yes else _decline(work, actor, asked, before)


def withdraw(work: Work, actor: Actor, hand_over_id: int) -> HandOver:
    """Who asked needs it no longer. What was decided before stays, and is returned as it is. NotYours for others."""
    asked, row = _take_up(work, actor, hand_over_id)
    found = asked_for.fact(work, asked)
    if found.asker.id != actor.member_id:
        raise errors.NotYours(found.asker)
    if found.state is not HandOverState.OPEN:
        return replace(found, again=True)
    found = asked_for.close(work, asked, HandOverState.WITHDRAWN)
    notices.take_back(work, row.id, Kind.ASKED, about=found.id)
    asked_for.record(work, actor, Action.WITHDRAWN, found, found.holder.id)
    return found


def _take_up(work: Work, actor: Actor, hand_over_id: int) -> tuple[models.HandOver, models.Reservation]:
    """It, and its reservation, locked."""
    asked = work.session.get(models.HandOver, hand_over_id)
    if asked is None or asked.organization_id != actor.organization_id:
        raise errors.UnknownHandOver(hand_over_id)
    row = _locked(work, actor.organization_id, asked.reservation_id)
    work.session.refresh(asked)
    return asked, row


def _locked(work: Work, organization_id: int, reservation_id: int) -> models.Reservation:
    row = reservations.load(work, organization_id, reservation_id)
    waitlist.lock(work, organization_id)
    work.session.refresh(row, with_for_update=True)
    return row


def _check_limits(work: Work, taker: Actor, gpus: tuple[facts.Gpu, ...], time: TimeRange) -> None:
    wanted = Wanted.of(gpus)
    limits.allowed(work, taker.organization_id, taker.member_id, wanted, gpus, time)


# --- asking ---


def _open(
    work: Work, actor: Actor, held: facts.Reservation, gpus: tuple[facts.Gpu, ...], time: TimeRange, purpose: str
) -> HandOver:
    asked = models.HandOver(
        organization_id=actor.organization_id,
        reservation_id=held.id,
        asker_id=actor.member_id,
        gpus=[gpu.id for gpu in gpus],
        start_at=time.start,
        end_at=time.end,
        purpose=purpose,
        asked_at=work.now,
        expires_at=min(_until(work, held, time), time.end),
        state=HandOverState.OPEN,
    )
    work.session.add(asked)
    work.session.flush()
    found, until = asked_for.fact(work, asked), asked.expires_at
    told = asked_for.told(found)
    notices.tell(work, held, Kind.ASKED, recipients.to_member(held.holder.id), told, about=found.id, useful_until=until)
    stays = until + asked_for.ANSWER_STAYS_NEWS
    notices.tell(
        work,
        held,
        Kind.LAPSED,
        recipients.to_member(found.asker.id),
        told,
        about=found.id,
        due_at=until,
        useful_until=stays,
    )
    asked_for.record(work, actor, Action.ASKED, found, held.holder.id)
    return found


def _until(work: Work, held: facts.Reservation, time: TimeRange) -> datetime:
    """When the holder has had time enough to answer, their quiet hours aside."""
    patience = ANSWER_WITHIN_FAR_AHEAD if time.start - work.now > ANSWER_WITHIN_FAR_AHEAD else ANSWER_WITHIN
    lab = organizations.of_id(work, held.organization_id)
    until = (telling.quiet_until(lab, held.holder, work.now) or work.now) + patience
    woken = telling.quiet_until(lab, held.holder, until)
    return woken + patience if woken else until


def _open_one(
    work: Work, actor: Actor, row: models.Reservation, gpus: tuple[facts.Gpu, ...], time: TimeRange
) -> HandOver | None:
    """What was asked already of any of it, and is not answered yet: a holder is asked by one person once."""
    rows = work.session.scalars(
        select(models.HandOver).where(
            models.HandOver.reservation_id == row.id,
            models.HandOver.asker_id == actor.member_id,
            models.HandOver.state == HandOverState.OPEN,
        )
    )
    for asked in (asked_for.fact(work, row) for row in rows):
        if asked.state is HandOverState.OPEN and asked.range.overlaps(time) and set(asked.gpus) & set(gpus):
            return asked
    return None


# --- answering ---


def _decline(work: Work, actor: Actor, asked: models.HandOver, held: facts.Reservation) -> HandOver:
    found = asked_for.close(work, asked, HandOverState.DECLINED)
    asked_for.tell_asker(work, held, Kind.DECLINED, found)
    asked_for.record(work, actor, Action.DECLINED, found, found.asker.id)
    return found


def _hand_over(
    work: Work,
    actor: Actor,
    asked: models.HandOver,
    row: models.Reservation,
    before: facts.Reservation,
) -> HandOver:
    found = asked_for.fact(work, asked)
    part = asked_for.to_come(found.range, work.now)
    if not asked_for.is_held(before, found, len(asked.gpus), work.now):
        raise errors.NoLongerHeld(before.holder)
    _check_taker(work, actor, found, part)

    kept = _keep(work, actor, row, before, found.gpus, part)
    taken = placement.add(work, actor.organization_id, found.asker, found.purpose, found.gpus, part)
    asked.taken_id = taken.id
    found = asked_for.close(work, asked, HandOverState.DONE)
    asked_for.settle(work, actor, reservations.fact(work, row))
    notices.hand_over(work, taken, giver=before.holder)
    audit.record_reservation(work, actor, Action.HANDED_OVER, taken)
    waitlist.changed(work, reservations.fact(work, row))
    return replace(found, kept=kept)


def _check_taker(work: Work, actor: Actor, asked: HandOver, part: TimeRange) -> None:
    """What lets somebody book lets them take over."""
    taker = Actor.of(actor.organization_id, asked.asker)
    try:
        taker.must_be_member()
        _check_limits(work, taker, asked.gpus, part)
    except errors.Refusal as why:
        raise errors.CannotTake(asked.asker, why) from why


def _keep(
    work: Work,
    actor: Actor,
    row: models.Reservation,
    before: facts.Reservation,
    given: tuple[facts.Gpu, ...],
    part: TimeRange,
) -> tuple[facts.Reservation, ...]:
    """Take the given part out of a reservation; what is left to come, which may be several now.

    A reservation holds all its GPUs for the same time: other pieces of it become reservations of their own.
    """
    others = tuple(gpu for gpu in before.gpus if gpu not in given)
    pieces = asked_for.to_come(before.range, work.now).subtract([part])
    began = before.range.start < work.now
    if others and began:
        placement.cut(work, row, {gpu.id for gpu in given})
    elif others:
        placement.place(work, row, others, before.range)
    elif began:
        placement.stretch(work, row, part.start)
        pieces = [piece for piece in pieces if piece.start >= part.end]
    elif pieces:
        placement.place(work, row, given, pieces.pop(0))
    else:
        placement.drop(work, row, {gpu.id for gpu in given})
        row.cancelled_at = work.now
    row.version += 1
    work.session.flush()
    held = reservations.fact(work, row)
    notices.replan(work, held, Kind.CHANGED, announce=False)  # the hand-over itself is told
    audit.record_reservation(work, actor, Action.HANDED_OVER, held, before=before)
    split = [_split_off(work, actor, before, given, piece) for piece in pieces]
    return tuple(each for each in (held, *split) if each.state in {State.UPCOMING, State.RUNNING})


def _split_off(
    work: Work, actor: Actor, before: facts.Reservation, gpus: tuple[facts.Gpu, ...], time: TimeRange
) -> facts.Reservation:
    held = placement.add(work, actor.organization_id, before.holder, before.purpose, gpus, time)
    notices.go_on(work, held)
    audit.record_reservation(work, actor, Action.SPLIT, held)
    return held
