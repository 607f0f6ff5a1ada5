"""Who is next for what comes free: in order of asking, the first whose wish fits.

An offer that nobody took in time is freed by whoever looks next, under the lock; no clock has to strike.

Every use case that may give something back calls `lock` before it looks and `pass_on` when it is done, in the same
transaction. Both go over all GPUs of the lab, since a wish may need several; rows are locked in one order, GPUs first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from core import (
    availability,
    errors,
    facts,
    inventory,
    limits,
    models,
    notices,
    offers,
    placement,
    recipients,
    rulebook,
    search,
    wishes,
)
from core.actors import Actor
from core.db import at_most
from core.facts import Action, Standing, WishState
from core.inventory import Wanted
from core.kinds import Kind
from core.room import Board, Found, Freed, Shape
from core.timerange import TimeRange
from core.work import Work

AT_ONCE = 200  # wishes that are read in one go


def lock(work: Work, organization_id: int) -> None:
    """Wait until nobody else is booking in this lab, and pass on what was offered and not taken in time.

    Who waits in vain, and has nothing meanwhile, is off the list and told so.
    """
    placement.lock(work, organization_id, inventory.gpus(work, organization_id))
    overdue = work.session.scalars(
        select(models.Wish).where(models.Wish.organization_id == organization_id, wishes.IS_OPEN, _is_overdue(work.now))
    ).all()
    passed = [(wish, offers.end(work, wishes.bot(organization_id), wish, Action.LAPSED)) for wish in overdue]
    if passed:
        pass_on(work, organization_id)
    for wish, offered in passed:
        look_elsewhere(work, wish, offered)
    _give_up(work, organization_id)


def lock_for(work: Work, organization_id: int, gpus: Sequence[facts.Gpu], wish: TimeRange, count: int) -> bool:
    """Wait until nobody else is booking these GPUs; or any, where an offer is overdue and `lock` is to be called next.

    To lock some first and the others later could make two wait for each other. Where one can see without waiting that
    fewer than `count` of them are free all through the wish, nothing is locked, and the answer is False.
    """
    if work.has_one_writer:
        return True
    asked = {
        "lab": organization_id,
        "gpus": [gpu.id for gpu in gpus],
        "start": wish.start,
        "end": wish.end,
        "count": count,
        "now": work.now,
    }
    locked = work.connection.execute(_LOCK_THESE_OR_ALL, asked).all()
    placement.heed(work, organization_id, locked)
    return bool(locked)


def has_overdue(work: Work, organization_id: int) -> bool:
    """Whether an offer was not taken in time and is still held, or a wish ran out: then somebody should `lock`."""
    return bool(
        work.session.scalar(
            select(models.Wish.id)
            .where(models.Wish.organization_id == organization_id, wishes.IS_OPEN)
            .where(or_(_is_overdue(work.now), _is_in_vain(work.now)))
            .limit(at_most(1))
        )
    )


def has_opened(work: Work, organization_id: int, since: datetime) -> bool:
    """Whether something that is waited for was too far ahead to be booked then, and is no more: see `look_again`."""
    # What holds for one who waits takes a while to find out: only that is looked at which some limit has let go by now.
    return any(
        _has_opened(work, row, since)
        for reach in limits.reaches(work, organization_id)
        for row in work.session.scalars(
            _COME_NEAR, {"lab": organization_id, "after": since + reach, "until": work.now + reach}
        )
    )


_COME_NEAR = (
    select(models.Wish)
    .where(models.Wish.organization_id == bindparam("lab"), wishes.IS_OPEN)
    .where(models.Wish.offer_id.is_(None), models.Wish.reservation_id.is_(None))
    .where(models.Wish.earliest_at > bindparam("after"), models.Wish.earliest_at <= bindparam("until"))
)


def _has_opened(work: Work, row: models.Wish, since: datetime) -> bool:
    known = inventory.gpus(work, row.organization_id)
    named = [gpu for gpu in known if gpu.id in row.gpus]
    gpus = named if row.gpus else [gpu for gpu in known if row.model is None or inventory.is_model(gpu, row.model)]
    if not gpus:
        return False
    wish = TimeRange(row.earliest_at, row.earliest_at + timedelta(seconds=row.seconds))
    wanted = Wanted.of(named) if row.gpus else Wanted((), row.gpu_count, row.model, spread=row.spread)
    return since < limits.opens_at(work, row.organization_id, row.member_id, wanted, gpus, wish) <= work.now


def look_again(work: Work, organization_id: int) -> None:
    """Serve those who were passed over for a reason that may be gone: a limit was relaxed, a week or a period ended."""
    waits = select(models.Wish.id).where(models.Wish.organization_id == organization_id, wishes.IS_OPEN)
    if work.session.scalar(waits.where(models.Wish.offer_id.is_(None), models.Wish.latest_at >= work.now).limit(1)):
        lock(work, organization_id)
        ever = TimeRange(work.now, work.now + 2 * limits.FARTHEST)
        work.freed += [(gpu.id, ever) for gpu in inventory.gpus(work, organization_id)]
        pass_on(work, organization_id)


def pass_on(work: Work, organization_id: int) -> None:
    """Give what was given back in this change to those who wait. The lab is locked."""
    if (held_back, organization_id) in work.memo:
        return
    while work.freed:
        board = Board(work, organization_id)
        freed = board.still_free(work.freed)
        work.freed.clear()
        if freed:
            _pass_on(work, organization_id, board, freed)


@contextmanager
def held_back(work: Work, organization_id: int) -> Iterator[None]:
    """What is given back meanwhile is for something else; only what is left of it at the end is passed on."""
    work.memo[held_back, organization_id] = True
    yield
    del work.memo[held_back, organization_id]
    pass_on(work, organization_id)


def call_off(work: Work, by: Actor, offer_id: int) -> None:
    """What is offered is needed for something else. Who was offered it waits on."""
    wish = work.session.scalar(select(models.Wish).where(models.Wish.offer_id == offer_id, wishes.IS_OPEN))
    if wish is not None:
        offers.end(work, by, wish, Action.CANCELLED, passed=False)


def changed(work: Work, held: facts.Reservation) -> None:
    """A reservation was changed by a person. Where it is what somebody has while they wait, their wish follows it.

    Then pass on what was given back.
    """
    wish = work.session.scalar(select(models.Wish).where(models.Wish.reservation_id == held.id, wishes.IS_OPEN))
    if wish is not None:
        if wish.offer_id is not None:
            offers.end(work, wishes.bot(held.organization_id), wish, Action.LAPSED, passed=False)
        # What they gave back themselves is not what they wait for.
        wish.passed = [*wish.passed, *([gpu_id, *part.written()] for gpu_id, part in work.freed)]
        wishes.follow(work, wish, held)
    pass_on(work, held.organization_id)


def look_elsewhere(work: Work, row: models.Wish, offered: TimeRange) -> None:
    """While somebody had an offer, other room may have come free that nobody wanted, not much later than that."""
    work.session.refresh(row)
    if row.outcome is not None or row.offer_id is not None or row.latest_at < work.now:
        return
    if row.member.standing != Standing.MEMBER or offered.end <= max(row.earliest_at, work.now):
        return
    wanted = Wanted(tuple(f"#{number}" for number in row.gpus), row.gpu_count, row.model, spread=row.spread)
    found = search.first_free(
        work,
        row.organization_id,
        row.member_id,
        wanted,
        timedelta(seconds=row.seconds),
        max(row.earliest_at, work.now),
        min(row.latest_at, offered.end),
        besides=row.reservation_id or 0,
        passed=wishes.read_passed(row.passed),
    )
    if found is not None:
        offers.give(work, row, Found(found.gpus, found.range))


def _pass_on(work: Work, organization_id: int, board: Board, freed: Freed) -> None:
    for row in _waiting(work, organization_id, *board.widest(freed)):
        shape = _shape(row)
        fits = board.fits(shape, freed)
        if not fits:
            continue
        wish = work.session.get_one(models.Wish, row.id)
        moving = wishes.held(work, wish)
        found = _first_let(work, wish, fits, moving)
        if found is None and shape.count > 1 and not shape.gpus:
            fits = [each for time in fits for each in _of_others(work, wish, board, shape, freed, time.range, moving)]
            found = _first_let(work, wish, fits, moving)
        if found is not None:
            offers.give(work, wish, found)
            freed = board.left_of(freed)
            if not freed:
                return


_NEXT = (
    select(
        models.Wish.id,
        models.Wish.gpus,
        models.Wish.gpu_count,
        models.Wish.model,
        models.Wish.spread,
        models.Wish.seconds,
        models.Wish.earliest_at,
        models.Wish.latest_at,
        models.Wish.passed,
        models.Wish.reservation_id,
    )
    .join(models.Member, models.Wish.member_id == models.Member.id)
    .where(models.Wish.organization_id == bindparam("lab"), models.Wish.outcome.is_(None))
    .where(models.Wish.offer_id.is_(None), models.Member.standing == Standing.MEMBER)
    .where(models.Wish.latest_at >= bindparam("now"), models.Wish.earliest_at < bindparam("until"))
    # What somebody has meanwhile makes room for what they would be given.
    .where(or_(models.Wish.seconds <= bindparam("longest"), models.Wish.reservation_id.is_not(None)))
    .where(models.Wish.id > bindparam("after"))
    .order_by(models.Wish.id)
    .limit(AT_ONCE)
)


def _waiting(work: Work, organization_id: int, longest: timedelta, until: datetime) -> Iterator[Any]:
    """Whoever could be served by free time so long that ends then, in order of asking, a few at a time."""
    asked = {
        "lab": organization_id,
        "now": work.now,
        "until": until,
        "longest": min(int(longest.total_seconds()), 2**31 - 1),
        "after": 0,
    }
    while rows := work.connection.execute(_NEXT, asked).all():
        yield from rows
        asked["after"] = rows[-1].id


def _shape(row: Any) -> Shape:
    return Shape(
        gpus=tuple(row.gpus),
        count=row.gpu_count,
        model=row.model,
        spread=row.spread,
        length=timedelta(seconds=row.seconds),
        earliest=row.earliest_at,
        latest=row.latest_at,
        passed=wishes.read_passed(row.passed),
        besides=row.reservation_id or 0,
    )


def _first_let(work: Work, wish: models.Wish, fits: Sequence[Found], moving: facts.Reservation | None) -> Found | None:
    """What the lab's limits let them have; where that is nothing they are passed over, and wait on."""
    refused = set()
    for found in fits:
        alike = (rulebook.of(work, wish.organization_id, wish.member_id).alike(found.gpus), found.range)
        if alike in refused:
            continue
        try:
            wishes.check_limits(work, wish, found.gpus, found.range, moving=moving)
        except errors.Invalid:
            refused.add(alike)
        else:
            return found
    return None


def _of_others(
    work: Work,
    wish: models.Wish,
    board: Board,
    shape: Shape,
    freed: Freed,
    time: TimeRange,
    moving: facts.Reservation | None,
) -> list[Found]:
    """What fits then of those GPUs alone that the limits let them have, where some have limits of their own."""
    wanted, known = Wanted((), shape.count, shape.model, shape.spread), inventory.gpus(work, wish.organization_id)
    try:
        let = limits.allowed(work, wish.organization_id, wish.member_id, wanted, known, time, moving=moving)
    except errors.Invalid:
        return []
    if len(let) == len(known):
        return []
    fits = board.fits(replace(shape, among=frozenset(gpu.id for gpu in let)), freed)
    return [found for found in fits if found.range == time]


def _give_up(work: Work, organization_id: int) -> None:
    in_vain: dict[int, list[int]] = {}
    for wish in work.session.scalars(
        select(models.Wish)
        .where(models.Wish.organization_id == organization_id, wishes.IS_OPEN, _is_in_vain(work.now))
        .order_by(models.Wish.id)
    ).all():
        wishes.close(work, wish, WishState.LAPSED)
        in_vain.setdefault(wish.member_id, []).append(wish.id)
    for member_id, numbers in in_vain.items():
        whom, until, data = recipients.to_member(member_id), work.now + wishes.NEWS_LASTS, {"wishes": numbers}
        notices.owe_by_lab(work, organization_id, Kind.IN_VAIN, whom, work.now, useful_until=until, data=data)


_first_to_lapse = (
    select(models.Slot.offered_until)
    .where(models.Slot.live, models.Slot.offered_until.is_not(None))
    .order_by(models.Slot.offered_until)
    .limit(at_most(1))
    .scalar_subquery()
)


SOME_OVERDUE = _first_to_lapse <= bindparam("now")
"""Whether there is an offer, not taken in time, that is still held. For queries that bind `now`.

To ask whether any is earlier than that would, once the server has prepared for every `now`, read all slots there are.
"""


_LOCK_THESE_OR_ALL = (
    select(models.Gpu.id, models.Gpu.retired_at)
    .join(models.Node)
    .where(models.Node.organization_id == bindparam("lab"), bindparam("count") <= availability.FREE_COUNT)
    .where(or_(models.Gpu.id.in_(bindparam("gpus", expanding=True)), SOME_OVERDUE))
    .order_by(models.Gpu.id)
    .with_for_update(of=models.Gpu)
)


def _is_overdue(now: datetime) -> Any:
    offered = select(models.Slot.reservation_id).where(models.Slot.live, models.Slot.offered_until <= now)
    return models.Wish.offer_id.in_(offered)


def _is_in_vain(now: datetime) -> Any:
    return and_(models.Wish.latest_at < now, models.Wish.offer_id.is_(None), models.Wish.reservation_id.is_(None))
