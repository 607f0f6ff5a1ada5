"""Waiting for what is taken: to ask for it, to take or pass on what is offered, and to wait no longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from core import (
    audit,
    displays,
    errors,
    facts,
    inventory,
    limits,
    members,
    models,
    notices,
    offers,
    outbox,
    placement,
    policy,
    requests,
    reservations,
    search,
    waitlist,
    wishes,
)
from core.actors import Actor
from core.facts import Action, Receipt, Waiting, Wish, WishState
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Work

MOST_WISHES = 5  # of one person


def ask(
    work: Work,
    actor: Actor,
    wanted: Wanted,
    length: timedelta,
    *,
    after: datetime | None = None,
    before: datetime | None = None,
    purpose: str = "",
    takes: bool = False,
    holds: bool = True,
    request_key: str | None = None,
) -> Waiting:
    """Wait for so much time on such GPUs, starting at `after` or later and over by `before`.

    What is free from the earliest start on is reserved at once, and nobody waits. Else, with `holds`, the next free
    time is reserved meanwhile, to be moved forward. With `takes`, what comes free is taken without asking.

    Raises NoTimeToWait, AlreadyWaiting, TooManyWishes, an AgainstRule, and what `inventory.candidates` raises.
    """
    actor.must_be_member()
    purpose = " ".join(purpose.split())
    policy.check_purpose(purpose)
    candidates = inventory.candidates(work, actor.organization_id, wanted)
    waitlist.lock(work, actor.organization_id)
    if known := _known(work, actor, request_key):
        return known
    starts = _starts(work, actor, wanted, candidates, length, after, before)
    _must_be_new(work, actor, wanted, candidates, length, starts.start)
    soonest = search.first_free(work, actor.organization_id, actor.member_id, wanted, length, starts.start, starts.end)
    if soonest is not None and soonest.range.start < starts.start + wishes.WORTH_MOVING:
        return Waiting(None, _reserve(work, actor, soonest, purpose, request_key))
    wish = _written(work, actor, wanted, candidates, length, starts)
    wish.purpose, wish.takes, wish.key = purpose, takes, request_key
    work.session.add(wish)
    work.session.flush()
    receipt = _reserve(work, actor, soonest, purpose, None) if soonest is not None and holds else None
    if receipt is not None:
        wish.reservation_id = receipt.reservation.id
        wish.latest_at = receipt.reservation.range.start - wishes.WORTH_MOVING
        work.session.flush()
    wishes.record(work, actor, Action.WISHED, wish, None)
    return Waiting(wishes.fact(work, wish), receipt, ahead=_ahead(work, wish))


def take(work: Work, actor: Actor, offer_id: int, *, request_key: str | None = None) -> Receipt:
    """Take what one is offered. What one had meanwhile is moved to it. OfferOver when it is no longer on offer."""
    actor.must_be_member()
    waitlist.lock(work, actor.organization_id)
    if answered := requests.done(work, actor, request_key):
        return answered
    wish = offers.of(work, actor, offer_id)
    row = reservations.load(work, actor.organization_id, offer_id)
    before = reservations.fact(work, row)
    gpus = tuple(slot.gpu for slot in before.slots)
    time = TimeRange(max(before.range.start, work.now), before.range.start + timedelta(seconds=wish.seconds))
    if wish.reservation_id is None:
        wishes.check_limits(work, wish, gpus, time, moving=before)
        held = offers.firm(work, actor, wish, row, before, time)
    else:
        offers.end(work, actor, wish, Action.TAKEN, passed=False)
        was = reservations.of_id(work, actor.organization_id, wish.reservation_id)
        wishes.check_limits(work, wish, gpus, time, moving=was)
        held = offers.move(work, actor, wish, gpus, time)
    requests.remember(work, held, request_key)
    waitlist.pass_on(work, actor.organization_id)
    return requests.receipt(work, held)


def decline(work: Work, actor: Actor, offer_id: int) -> Wish:
    """Pass on what one is offered: it goes to the next, and one goes on waiting. OfferOver as in `take`."""
    waitlist.lock(work, actor.organization_id)
    wish = offers.of(work, actor, offer_id)
    offered = offers.end(work, actor, wish, Action.PASSED)
    waitlist.pass_on(work, actor.organization_id)
    waitlist.look_elsewhere(work, wish, offered)
    return wishes.fact(work, wish)


def withdraw(work: Work, actor: Actor, wish_id: int) -> Wish:
    """Wait no longer. What one has meanwhile stays one's own. A wish that is over stays as it is."""
    waitlist.lock(work, actor.organization_id)
    wish = wishes.mine(work, actor, wish_id)
    if wish.outcome is None:
        if wish.offer_id is not None:
            offers.end(work, actor, wish, Action.PASSED)
        before = wishes.snapshot(wish)
        wishes.close(work, wish, WishState.WITHDRAWN)
        wishes.record(work, actor, Action.WITHDRAWN, wish, before)
        waitlist.pass_on(work, actor.organization_id)
    return wishes.fact(work, wish)


def let_take(work: Work, actor: Actor, wish_id: int, *, takes: bool) -> Wish:
    """Say whether what comes free is to be taken without asking. A wish that is over stays as it is."""
    waitlist.lock(work, actor.organization_id)
    wish = wishes.mine(work, actor, wish_id)
    if wish.outcome is None and wish.takes != takes:
        before = wishes.snapshot(wish)
        wish.takes = takes
        work.session.flush()
        wishes.record(work, actor, Action.CHANGED, wish, before)
    return wishes.fact(work, wish)


def of_member(work: Work, organization_id: int, member_id: int) -> tuple[Wish, ...]:
    """What a member waits for, as it was asked for."""
    rows = work.session.scalars(
        select(models.Wish)
        .where(models.Wish.organization_id == organization_id, models.Wish.member_id == member_id, wishes.IS_OPEN)
        .order_by(models.Wish.id)
    )
    found = (wishes.fact(work, row) for row in rows)
    return tuple(wish for wish in found if wish.state is WishState.WAITING)


def given_up(work: Work, notice: outbox.OwedByLab) -> tuple[Wish, ...]:
    """The wishes of which a notice tells that they ran out."""
    return tuple(wishes.fact(work, work.session.get_one(models.Wish, number)) for number in notice.data["wishes"])


def _known(work: Work, actor: Actor, request_key: str | None) -> Waiting | None:
    """What this very request led to before."""
    if answered := requests.done(work, actor, request_key):
        return Waiting(None, answered, again=True)
    if request_key is None:
        return None
    wish = work.session.scalar(
        select(models.Wish).where(models.Wish.organization_id == actor.organization_id, models.Wish.key == request_key)
    )
    if wish is None:
        return None
    found = wishes.fact(work, wish)
    receipt = requests.receipt(work, found.held) if found.held else None
    return Waiting(found, receipt, _ahead(work, wish), again=True)


@dataclass(frozen=True)
class _Starts:
    start: datetime
    end: datetime  # the last possible; may be the first as well


def _starts(
    work: Work,
    actor: Actor,
    wanted: Wanted,
    candidates: tuple[facts.Gpu, ...],
    length: timedelta,
    after: datetime | None,
    before: datetime | None,
) -> _Starts:
    """Between which instants it may start; refuses what could be booked at no time."""
    first = max(after or work.now, work.now)
    if length <= timedelta(0):
        raise errors.NoTime
    wish = TimeRange(first, first + length)
    last = limits.last_start(work, actor.organization_id, actor.member_id, wanted, candidates, wish)
    if before is not None:
        last = min(last, before - length)
    if last < first:
        window = TimeRange(first, before) if before and before > first else None
        raise errors.NoTimeToWait(length, window)
    return _Starts(first, last)


def _must_be_new(
    work: Work,
    actor: Actor,
    wanted: Wanted,
    candidates: tuple[facts.Gpu, ...],
    length: timedelta,
    earliest: datetime,
) -> None:
    found = of_member(work, actor.organization_id, actor.member_id)
    named = {gpu.id for gpu in candidates} if wanted.names else set()
    for wish in found:
        same_gpus = {gpu.id for gpu in wish.gpus} == named and wish.model == wanted.model
        same_count = wanted.names or wish.count == wanted.count
        same_time = wish.length == length and abs(max(wish.earliest_at, work.now) - earliest) < length
        if same_gpus and same_count and same_time:
            raise errors.AlreadyWaiting(wish)
    if len(found) >= MOST_WISHES:
        raise errors.TooManyWishes(MOST_WISHES)
    work.session.execute(
        update(models.Wish)
        .where(models.Wish.member_id == actor.member_id, wishes.IS_OPEN, models.Wish.latest_at < work.now)
        .where(models.Wish.offer_id.is_(None))
        .values(outcome=WishState.LAPSED, closed_at=work.now)
    )


def _written(
    work: Work, actor: Actor, wanted: Wanted, candidates: tuple[facts.Gpu, ...], length: timedelta, starts: _Starts
) -> models.Wish:
    return models.Wish(
        organization_id=actor.organization_id,
        member_id=actor.member_id,
        asked_at=work.now,
        gpus=[gpu.id for gpu in candidates] if wanted.names else [],
        gpu_count=len(candidates) if wanted.names else wanted.count,
        model=wanted.model,
        spread=wanted.spread or bool(wanted.names),
        seconds=int(length.total_seconds()),
        earliest_at=starts.start,
        latest_at=starts.end,
        passed=[],
    )


def _reserve(work: Work, actor: Actor, found: facts.Alternative, purpose: str, key: str | None) -> Receipt:
    holder = members.fact(work.session.get_one(models.Member, actor.member_id))
    held = placement.add(work, actor.organization_id, holder, purpose, found.gpus, found.range)
    notices.plan(work, held, announce=displays.announces(work, actor.organization_id))
    requests.remember(work, held, key)
    audit.record_reservation(work, actor, Action.RESERVED, held)
    return requests.receipt(work, held)


def _ahead(work: Work, wish: models.Wish) -> int:
    """How many wishes of others were there before."""
    return (
        work.session.scalar(
            select(func.count(models.Wish.id)).where(
                models.Wish.organization_id == wish.organization_id,
                wishes.IS_OPEN,
                models.Wish.id < wish.id,
                models.Wish.member_id != wish.member_id,
                models.Wish.latest_at >= work.now,
            )
        )
        or 0
    )
