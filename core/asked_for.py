"""What is asked for of a reservation: the hand-overs that are open, and what becomes of them when it changes.

Whoever changes one has locked its reservation before. See `core.handover` for the use cases.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from core import audit, facts, inventory, members, models, notices, recipients, reservations
from core.actors import Actor, Operator
from core.audit import Snapshot
from core.facts import Action, HandOver, HandOverState, State, Subject
from core.kinds import Kind
from core.timerange import TimeRange
from core.work import Work

ANSWER_STAYS_NEWS = timedelta(days=1)


def settle(work: Work, by: Actor | Operator, held: facts.Reservation) -> None:
    """A reservation was changed: whoever has asked for what it does not hold any more hears so at once."""
    open_ones = (
        select(models.HandOver)
        .where(models.HandOver.reservation_id == held.id, models.HandOver.state == HandOverState.OPEN)
        .where(models.HandOver.expires_at > work.now)
        .order_by(models.HandOver.id)
    )
    for asked in work.session.scalars(open_ones).all():
        if is_held(held, fact(work, asked), len(asked.gpus), work.now):
            continue
        found = close(work, asked, HandOverState.GONE)
        notices.take_back(work, held.id, Kind.ASKED, about=found.id)
        tell_asker(work, held, Kind.GONE, found)
        record(work, by, Action.CHANGED, found, found.asker.id)


def fact(work: Work, row: models.HandOver) -> HandOver:
    held = reservations.load(work, row.organization_id, row.reservation_id)
    by_id = {gpu.id: gpu for gpu in inventory.gpus(work, row.organization_id)}
    state = HandOverState(row.state)
    return HandOver(
        id=row.id,
        asker=members.fact(work.session.get_one(models.Member, row.asker_id)),
        holder=members.fact(held.member),
        reservation_id=row.reservation_id,
        gpus=tuple(by_id[number] for number in row.gpus if number in by_id),
        range=TimeRange(row.start_at, row.end_at),
        purpose=row.purpose,
        state=HandOverState.LAPSED if state is HandOverState.OPEN and work.now >= row.expires_at else state,
        expires_at=row.expires_at,
        taken=reservations.of_id(work, row.organization_id, row.taken_id) if row.taken_id else None,
    )


def record(work: Work, by: Actor | Operator, action: Action, asked: HandOver, concerns: int) -> None:
    snapshot = {**told(asked), "state": asked.state}
    before = None if action is Action.ASKED else {**snapshot, "state": HandOverState.OPEN}
    audit.record(work, by, action, Subject.HAND_OVER, asked.id, before=before, after=snapshot, concerns=concerns)


def close(work: Work, asked: models.HandOver, state: HandOverState) -> HandOver:
    """It is decided, so that nobody is told any more that nothing was."""
    asked.state = state
    work.session.flush()
    notices.take_back(work, asked.reservation_id, Kind.LAPSED, about=asked.id)
    return fact(work, asked)


def tell_asker(work: Work, held: facts.Reservation, kind: Kind, found: HandOver) -> None:
    whom, stays = recipients.to_member(found.asker.id), work.now + ANSWER_STAYS_NEWS
    notices.tell(work, held, kind, whom, told(found), about=found.id, useful_until=stays)


def is_held(held: facts.Reservation, asked: HandOver, count: int, now: datetime) -> bool:
    """Whether it holds all `count` GPUs that are asked for, for all of the time that is still to come."""
    part = to_come(asked.range, now)
    is_live = held.state not in {State.OVER, State.CANCELLED}
    return is_live and held.range.clip(part) == part and len(set(asked.gpus) & set(held.gpus)) == count


def told(asked: HandOver) -> Snapshot:
    """What a notice about it needs, as JSON."""
    return {
        "hand_over": asked.id,
        "asker": asked.asker.name,
        "holder": asked.holder.name,
        "gpus": [gpu.name for gpu in asked.gpus],
        "range": asked.range.written(),
        "purpose": asked.purpose,
        "until": asked.expires_at.isoformat(),
    }


def to_come(time: TimeRange, now: datetime) -> TimeRange:
    return TimeRange(max(time.start, now), time.end)
