"""Still busy: whoever holds a GPU now finds that the last holder's work is on it still, and has them asked.

Nothing that is booked changes by it. Both functions run inside `Database.begin`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from core import audit, errors, facts, members, models, notices, placement, recipients, reservations
from core.actors import Actor
from core.facts import Action, BusyAnswer, BusyCall, State, Subject
from core.kinds import Kind
from core.work import Work

ASK_AGAIN_AFTER = timedelta(minutes=5)
STAYS_NEWS = timedelta(hours=2)


def call(work: Work, actor: Actor, reservation_ids: Collection[int]) -> tuple[BusyCall, ...]:
    """Have those asked who held these GPUs last before the actor's running reservations.

    Asked again within a few minutes, nobody is asked twice. Raises NotYours, NotStarted, AlreadyOver, and NobodyBefore.
    """
    placement.lock_reservations(work, reservation_ids)
    return tuple(call for number in sorted(reservation_ids) for call in _call_all(work, actor, number))


def _call_all(work: Work, actor: Actor, reservation_id: int) -> Iterator[BusyCall]:
    held = reservations.fact(work, _locked(work, actor.organization_id, reservation_id))
    if held.holder.id != actor.member_id:
        raise errors.NotYours(held.holder)
    if held.state is State.UPCOMING:
        raise errors.NotStarted(held)
    if held.state is not State.RUNNING:
        raise errors.AlreadyOver(held)
    last = reservations.last_holders(work, held)
    if not last:
        raise errors.NobodyBefore(held)
    for number, gpus in last.items():
        yield _call(work, actor, held, number, gpus)


def answer(work: Work, actor: Actor, call_id: int, said: BusyAnswer) -> BusyCall:
    """What the last holder says, which reaches who holds it now; what was said last counts, and STOPPED stays.

    Raises UnknownBusyCall, and NotYours for anybody else.
    """
    row = work.session.get(models.BusyCall, call_id)
    if row is None or row.organization_id != actor.organization_id:
        raise errors.UnknownBusyCall(call_id)
    held = reservations.fact(work, _locked(work, actor.organization_id, row.reservation_id))
    work.session.refresh(row)
    found = _fact(work, row)
    if found.asked.id != actor.member_id:
        raise errors.NotYours(found.asked)
    if found.answer in {said, BusyAnswer.STOPPED}:
        return replace(found, again=True)
    row.answer = said
    work.session.flush()
    answered = _fact(work, row)
    kind = Kind.STOPPED if said is BusyAnswer.STOPPED else Kind.BUSY_LONGER
    stays = work.now + STAYS_NEWS
    whom = recipients.to_member(held.holder.id)
    notices.tell(work, held, kind, whom, _told(answered), about=row.id, useful_until=stays)
    _record(work, actor, Action.ANSWERED, found, answered)
    return answered


def _locked(work: Work, organization_id: int, reservation_id: int) -> models.Reservation:
    row = reservations.load(work, organization_id, reservation_id)
    work.session.refresh(row, with_for_update=True)
    return row


def _call(
    work: Work, actor: Actor, held: facts.Reservation, last_reservation_id: int, gpus: list[facts.Gpu]
) -> BusyCall:
    recent = work.session.scalar(
        select(models.BusyCall)
        .where(models.BusyCall.reservation_id == held.id, models.BusyCall.last_id == last_reservation_id)
        .where(models.BusyCall.called_at > work.now - ASK_AGAIN_AFTER)
        .limit(1)
    )
    if recent is not None:
        return replace(_fact(work, recent), again=True)
    row = models.BusyCall(
        organization_id=held.organization_id,
        reservation_id=held.id,
        last_id=last_reservation_id,
        gpus=[gpu.id for gpu in gpus],
        called_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    called = _fact(work, row)
    until = min(work.now + STAYS_NEWS, held.range.end)
    whom = recipients.to_member(called.asked.id)
    notices.tell(work, held, Kind.STILL_BUSY, whom, _told(called), about=row.id, useful_until=until)
    _record(work, actor, Action.ASKED, None, called)
    return called


def _fact(work: Work, row: models.BusyCall) -> BusyCall:
    held = reservations.of_id(work, row.organization_id, row.reservation_id)
    last = reservations.load(work, row.organization_id, row.last_id)
    return BusyCall(
        id=row.id,
        reservation_id=row.reservation_id,
        caller=held.holder,
        asked=members.fact(last.member),
        gpus=tuple(slot.gpu for slot in held.slots if slot.gpu.id in row.gpus),
        answer=BusyAnswer(row.answer) if row.answer else None,
    )


def _told(called: BusyCall) -> audit.Snapshot:
    """What a notice about it needs, as JSON."""
    return {
        "call": called.id,
        "caller": called.caller.name,
        "asked": called.asked.name,
        "gpus": [gpu.name for gpu in called.gpus],
        "answer": called.answer,
    }


def _record(work: Work, actor: Actor, action: Action, before: BusyCall | None, after: BusyCall) -> None:
    concerns = after.asked.id if action is Action.ASKED else after.caller.id
    was = _told(before) if before else None
    audit.record(work, actor, action, Subject.BUSY_CALL, after.id, before=was, after=_told(after), concerns=concerns)
