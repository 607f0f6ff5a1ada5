"""What came free goes to somebody who waits: taken for those who said so, and offered to the others.

What is offered is held by slots like any other's, until they answer or its time is over.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core import (
    asked_for,
    audit,
    displays,
    errors,
    facts,
    limits,
    members,
    models,
    notices,
    organizations,
    placement,
    recipients,
    reservations,
    telling,
    wishes,
)
from core.actors import Actor, Operator
from core.facts import Action, State, WishState
from core.kinds import Kind
from core.room import Found
from core.timerange import TimeRange
from core.work import Work


def give(work: Work, wish: models.Wish, found: Found) -> None:
    """Let somebody have what was found for them: take or move it for them where they said so, else offer it."""
    by = wishes.bot(wish.organization_id)
    if not wish.takes or _is_elsewhere_then(work, wish, found.range):
        _offer(work, by, wish, found)
    elif wish.reservation_id is not None:
        was = reservations.of_id(work, wish.organization_id, wish.reservation_id)
        held = move(work, by, wish, found.gpus, found.range)
        _tell(work, wish, held, Kind.MOVED, {"was": was.range.written()})
    else:
        holder = members.fact(wish.member)
        held = placement.add(work, wish.organization_id, holder, wish.purpose, found.gpus, found.range)
        notices.plan(work, held, announce=displays.announces(work, wish.organization_id))
        audit.record_reservation(work, by, Action.TAKEN, held)
        _tell(work, wish, held, Kind.TAKEN, {})
        wish.reservation_id = held.id
        wishes.close(work, wish, WishState.SERVED)
    limits.count_anew(work)


def firm(
    work: Work,
    actor: Actor,
    wish: models.Wish,
    row: models.Reservation,
    before: facts.Reservation,
    time: TimeRange,
) -> facts.Reservation:
    """What was offered becomes a reservation like any other."""
    placement.place(work, row, tuple(slot.gpu for slot in before.slots), time)
    row.version += 1
    wish.offer_id, wish.reservation_id = None, row.id
    wishes.close(work, wish, WishState.SERVED)
    held = reservations.fact(work, row)
    notices.take_back(work, row.id, Kind.OFFERED, Kind.OFFER_OVER, about=wish.id)
    notices.plan(work, held, announce=displays.announces(work, row.organization_id))
    audit.record_reservation(work, actor, Action.TAKEN, held, before=before)
    return held


def move(
    work: Work, by: Actor | Operator, wish: models.Wish, gpus: tuple[facts.Gpu, ...], time: TimeRange
) -> facts.Reservation:
    """What they have meanwhile is moved forward; from there it may be moved on."""
    assert wish.reservation_id is not None
    row = reservations.load(work, wish.organization_id, wish.reservation_id)
    work.session.refresh(row, with_for_update=True)
    before = reservations.fact(work, row)
    placement.place(work, row, gpus, time)
    row.version += 1
    work.session.flush()
    held = reservations.fact(work, row)
    notices.replan(work, held, Kind.CHANGED, announce=displays.announces(work, wish.organization_id))
    asked_for.settle(work, by, held)
    audit.record_reservation(work, by, Action.MOVED, held, before=before)
    wishes.follow(work, wish, held)
    return held


def end(work: Work, by: Actor | Operator, wish: models.Wish, action: Action, *, passed: bool = True) -> TimeRange:
    """It is offered no longer; the time that it was. What was `passed` is not offered to the same wish again."""
    assert wish.offer_id is not None
    row = reservations.load(work, wish.organization_id, wish.offer_id)
    before = replace(reservations.fact(work, row), state=State.OFFERED)  # overdue as it may be, nobody has said so
    placement.drop(work, row, {slot.gpu.id for slot in before.slots})
    row.cancelled_at = work.now
    row.version += 1
    time = TimeRange(before.range.start, before.range.start + timedelta(seconds=wish.seconds))
    if passed:
        kept = [part for part in wish.passed if datetime.fromisoformat(part[2]) > work.now]
        wish.passed = [*kept, *([slot.gpu.id, *time.written()] for slot in before.slots)]
    wish.offer_id = None
    work.session.flush()
    limits.count_anew(work)
    answered = () if action is Action.LAPSED and passed else (Kind.OFFER_OVER,)
    notices.take_back(work, row.id, Kind.OFFERED, *answered, about=wish.id)
    audit.record_reservation(work, by, action, reservations.fact(work, row), before=before)
    return time


def of(work: Work, actor: Actor, offer_id: int) -> models.Wish:
    """The wish that is offered this; the lab is locked, so what is overdue is none any more."""
    offer = reservations.of_id(work, actor.organization_id, offer_id)
    if offer.holder.id != actor.member_id:
        raise errors.NotYours(offer.holder)
    wish = work.session.scalar(select(models.Wish).where(models.Wish.offer_id == offer_id, wishes.IS_OPEN))
    if wish is None:
        raise errors.OfferOver(offer)
    return wish


def _offer(work: Work, by: Operator, wish: models.Wish, found: Found) -> None:
    """Hold it for them. What they have meanwhile may reach into it: of that, only the rest has to be held."""
    was = wishes.held(work, wish)
    held = {slot.gpu.id: [slot.range] for slot in was.slots} if was else {}
    times = {gpu: found.range.subtract(held.get(gpu.id, []))[0] for gpu in found.gpus}
    until = _until(work, wish, found.range, was)
    offer = placement.offer(work, wish.organization_id, members.fact(wish.member), wish.purpose, times, until)
    wish.offer_id = offer.id
    work.session.flush()
    data = {
        "wish": wish.id,
        "gpus": [gpu.name for gpu in found.gpus],
        "range": found.range.written(),
        "until": until.isoformat(),
        "was": was.range.written() if was else None,
    }
    whom = recipients.to_member(wish.member_id)
    notices.tell(work, offer, Kind.OFFERED, whom, data, about=wish.id, useful_until=until)
    stays = until + wishes.NEWS_LASTS
    notices.tell(work, offer, Kind.OFFER_OVER, whom, data, about=wish.id, due_at=until, useful_until=stays)
    audit.record_reservation(work, by, Action.OFFERED, offer)


def _until(work: Work, wish: models.Wish, time: TimeRange, was: facts.Reservation | None) -> datetime:
    """How long they may think about it, from the end of their quiet hours; neither until it is half over, nor until
    what they have begins.
    """
    lab = organizations.of_id(work, wish.organization_id)
    quiet_until = telling.quiet_until(lab, members.fact(wish.member), work.now)
    until = min((quiet_until or work.now) + timedelta(minutes=lab.offer_minutes), time.start + time.length / 2)
    return min(until, was.range.start) if was else until


def _tell(work: Work, wish: models.Wish, held: facts.Reservation, kind: Kind, data: dict[str, Any]) -> None:
    until = min(work.now + wishes.NEWS_LASTS, held.range.end)
    notices.tell(work, held, kind, recipients.to_member(wish.member_id), data, about=wish.id, useful_until=until)


def _is_elsewhere_then(work: Work, wish: models.Wish, time: TimeRange) -> bool:
    """Whether they hold something else at that time by now: then they are asked first."""
    mine = reservations.held_by(work, wish.organization_id, wish.member_id)
    return any(held.id != wish.reservation_id and held.range.overlaps(time) for held in mine)
