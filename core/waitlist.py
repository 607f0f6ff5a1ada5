"""Who waits, and what comes free for them: in order of asking, to the first whose wish fits.

What comes free is taken for those who said so, and offered to the others: held for them for a while, by slots like any
other's. An offer that nobody took in time is freed by whoever looks next, under the lock; no clock has to strike.

Every use case that may give something back calls `lock` before it looks and `pass_on` when it is done, in the same
transaction. Both go over all GPUs of the lab, since a wish may need several; rows are locked in one order, GPUs first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from core import (
    asked_for,
    audit,
    availability,
    displays,
    errors,
    facts,
    inventory,
    limits,
    members,
    models,
    notices,
    organizations,
    placement,
    policy,
    recipients,
    requests,
)
from core.actors import Actor, Operator
from core.facts import Action, Receipt, Standing, State, Subject, Surface, Waiting, Wish, WishState
from core.inventory import Wanted
from core.notices import Kind
from core.room import Board, Found, Freed, Shape
from core.timerange import TimeRange
from core.work import Work

NEWS_LASTS = timedelta(hours=6)
WORTH_MOVING = timedelta(minutes=15)  # by less, nobody is asked or moved
MOST_WISHES = 5  # of one person
AT_ONCE = 200  # wishes that are read in one go
FARTHEST = timedelta(days=365)  # that somebody waits where the lab does not say how far ahead one may book


def lock(work: Work, organization_id: int) -> None:
    """Wait until nobody else is booking in this lab, and pass on what was offered and not taken in time.

    Who waits in vain, and has nothing meanwhile, is off the list and told so.
    """
    placement.lock(work, inventory.gpus(work, organization_id))
    overdue = work.session.scalars(
        select(models.Wish).where(models.Wish.organization_id == organization_id, _is_open, _is_overdue(work.now))
    ).all()
    passed = [(wish, _end_offer(work, _bot(organization_id), wish, Action.LAPSED)) for wish in overdue]
    if passed:
        pass_on(work, organization_id)
    for wish, offered in passed:
        _look_elsewhere(work, wish, offered)
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
    return work.connection.execute(_LOCK_THESE_OR_ALL, asked).first() is not None


def has_overdue(work: Work, organization_id: int) -> bool:
    """Whether an offer was not taken in time and is still held, or a wish ran out: then somebody should `lock`."""
    return bool(
        work.session.scalar(
            select(models.Wish.id)
            .where(models.Wish.organization_id == organization_id, _is_open)
            .where(or_(_is_overdue(work.now), _is_in_vain(work.now)))
            .limit(1)
        )
    )


def look_again(work: Work, organization_id: int) -> None:
    """Serve those who were passed over for a reason that may be gone: a limit was relaxed, a week or a period ended."""
    waits = select(models.Wish.id).where(models.Wish.organization_id == organization_id, _is_open)
    if work.session.scalar(waits.where(models.Wish.offer_id.is_(None), models.Wish.latest_at >= work.now).limit(1)):
        lock(work, organization_id)
        ever = TimeRange(work.now, work.now + 2 * FARTHEST)
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
    wish = work.session.scalar(select(models.Wish).where(models.Wish.offer_id == offer_id, _is_open))
    if wish is not None:
        _end_offer(work, by, wish, Action.CANCELLED, passed=False)


def appeared(work: Work, organization_id: int) -> None:
    """GPUs are new, or back in service: they are for those first who wait."""
    lock(work, organization_id)
    pass_on(work, organization_id)


def changed(work: Work, held: facts.Reservation) -> None:
    """A reservation was changed by a person. Where it is what somebody has while they wait, their wish follows it.

    Then pass on what was given back.
    """
    wish = work.session.scalar(select(models.Wish).where(models.Wish.reservation_id == held.id, _is_open))
    if wish is not None:
        if wish.offer_id is not None:
            _end_offer(work, _bot(held.organization_id), wish, Action.LAPSED, passed=False)
        # What they gave back themselves is not what they wait for.
        wish.passed = [*wish.passed, *([gpu_id, *part.written()] for gpu_id, part in work.freed)]
        _follow(work, wish, held)
    pass_on(work, held.organization_id)


# --- what people do ---


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
    lock(work, actor.organization_id)
    if known := _known(work, actor, request_key):
        return known
    starts = _starts(work, actor, candidates, length, after, before)
    _must_be_new(work, actor, wanted, candidates, length)
    soonest = availability.first_free(
        work, actor.organization_id, actor.member_id, wanted, length, starts.start, starts.end
    )
    if soonest is not None and soonest.range.start < starts.start + WORTH_MOVING:
        return Waiting(None, _reserve(work, actor, soonest, purpose, request_key))
    wish = models.Wish(
        organization_id=actor.organization_id,
        member_id=actor.member_id,
        asked_at=work.now,
        key=request_key,
        gpus=[gpu.id for gpu in candidates] if wanted.names else [],
        gpu_count=len(candidates) if wanted.names else wanted.count,
        model=wanted.model,
        spread=wanted.spread or bool(wanted.names),
        seconds=int(length.total_seconds()),
        earliest_at=starts.start,
        latest_at=starts.end,
        purpose=purpose,
        takes=takes,
        passed=[],
    )
    work.session.add(wish)
    work.session.flush()
    receipt = _reserve(work, actor, soonest, purpose, None) if soonest is not None and holds else None
    if receipt is not None:
        wish.reservation_id = receipt.reservation.id
        wish.latest_at = receipt.reservation.range.start - WORTH_MOVING
        work.session.flush()
    _record(work, actor, Action.WISHED, wish, None)
    return Waiting(fact(work, wish), receipt, ahead=_ahead(work, wish))


def take(work: Work, actor: Actor, offer_id: int, *, request_key: str | None = None) -> Receipt:
    """Take what one is offered. What one had meanwhile is moved to it. OfferOver when it is no longer on offer."""
    actor.must_be_member()
    lock(work, actor.organization_id)
    if answered := requests.done(work, actor, request_key):
        return answered
    wish = _offered(work, actor, offer_id)
    row = availability.load(work, actor.organization_id, offer_id)
    before = availability.fact(work, row)
    gpus = tuple(slot.gpu for slot in before.slots)
    time = TimeRange(max(before.range.start, work.now), before.range.start + timedelta(seconds=wish.seconds))
    if wish.reservation_id is None:
        _check_limits(work, wish, gpus, time, moving=before)
        held = _firm(work, actor, wish, row, before, time)
    else:
        _end_offer(work, actor, wish, Action.TAKEN, passed=False)
        was = availability.reservation(work, actor.organization_id, wish.reservation_id)
        _check_limits(work, wish, gpus, time, moving=was)
        held = _move(work, actor, wish, gpus, time)
    requests.remember(work, held, request_key)
    pass_on(work, actor.organization_id)
    return requests.receipt(work, held)


def decline(work: Work, actor: Actor, offer_id: int) -> Wish:
    """Pass on what one is offered: it goes to the next, and one goes on waiting. OfferOver as in `take`."""
    lock(work, actor.organization_id)
    wish = _offered(work, actor, offer_id)
    offered = _end_offer(work, actor, wish, Action.PASSED)
    pass_on(work, actor.organization_id)
    _look_elsewhere(work, wish, offered)
    return fact(work, wish)


def withdraw(work: Work, actor: Actor, wish_id: int) -> Wish:
    """Wait no longer. What one has meanwhile stays one's own. A wish that is over stays as it is."""
    lock(work, actor.organization_id)
    wish = _mine(work, actor, wish_id)
    if wish.outcome is None:
        if wish.offer_id is not None:
            _end_offer(work, actor, wish, Action.PASSED)
        before = _snapshot(wish)
        _close(work, wish, WishState.WITHDRAWN)
        _record(work, actor, Action.WITHDRAWN, wish, before)
        pass_on(work, actor.organization_id)
    return fact(work, wish)


def let_take(work: Work, actor: Actor, wish_id: int, *, takes: bool) -> Wish:
    """Say whether what comes free is to be taken without asking. A wish that is over stays as it is."""
    lock(work, actor.organization_id)
    wish = _mine(work, actor, wish_id)
    if wish.outcome is None and wish.takes != takes:
        before = _snapshot(wish)
        wish.takes = takes
        work.session.flush()
        _record(work, actor, Action.CHANGED, wish, before)
    return fact(work, wish)


def waiting(work: Work, organization_id: int, member_id: int) -> tuple[Wish, ...]:
    """What a member waits for, as it was asked for."""
    rows = work.session.scalars(
        select(models.Wish)
        .where(models.Wish.organization_id == organization_id, models.Wish.member_id == member_id, _is_open)
        .order_by(models.Wish.id)
    )
    found = (fact(work, row) for row in rows)
    return tuple(wish for wish in found if wish.state is WishState.WAITING)


def given_up(work: Work, notice: notices.OwedByLab) -> tuple[Wish, ...]:
    """The wishes of which a notice tells that they ran out."""
    return tuple(fact(work, work.session.get_one(models.Wish, number)) for number in notice.data["wishes"])


def fact(work: Work, row: models.Wish) -> Wish:
    """A wish as it is at `work.now`."""
    by_id = {gpu.id: gpu for gpu in inventory.gpus(work, row.organization_id)}
    offer = availability.reservation(work, row.organization_id, row.offer_id) if row.offer_id else None
    if offer is not None and offer.state is not State.OFFERED:
        offer = None
    length = timedelta(seconds=row.seconds)
    state = WishState(row.outcome) if row.outcome else WishState.WAITING
    if state is WishState.WAITING and row.latest_at < work.now and offer is None:
        state = WishState.LAPSED
    return Wish(
        id=row.id,
        organization_id=row.organization_id,
        member=members.fact(row.member),
        asked_at=row.asked_at,
        gpus=tuple(by_id[number] for number in row.gpus if number in by_id),
        count=row.gpu_count,
        model=row.model,
        length=length,
        earliest_at=row.earliest_at,
        latest_at=row.latest_at,
        purpose=row.purpose,
        takes=row.takes,
        offer_lasts=timedelta(minutes=organizations.of_id(work, row.organization_id).offer_minutes),
        state=state,
        held=availability.reservation(work, row.organization_id, row.reservation_id) if row.reservation_id else None,
        offer=offer,
        offered=TimeRange(offer.range.start, offer.range.start + length) if offer else None,
    )


# --- asking ---


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
    found = fact(work, wish)
    receipt = requests.receipt(work, found.held) if found.held else None
    return Waiting(found, receipt, _ahead(work, wish), again=True)


@dataclass(frozen=True)
class _Starts:
    start: datetime
    end: datetime  # the last possible; may be the first as well


def _starts(
    work: Work,
    actor: Actor,
    candidates: tuple[facts.Gpu, ...],
    length: timedelta,
    after: datetime | None,
    before: datetime | None,
) -> _Starts:
    """Between which instants it may start; refuses what could be booked at no time."""
    first = max(after or work.now, work.now)
    said = limits.of(work, actor.organization_id, actor.member_id, candidates)
    if length <= timedelta(0):
        raise errors.NoTime
    policy.check_range(said, TimeRange(first, first + length), work.now)
    last = work.now + (said.ahead or FARTHEST)
    if before is not None:
        last = min(last, before - length)
    if last < first:
        window = TimeRange(first, before) if before and before > first else None
        raise errors.NoTimeToWait(length, window)
    return _Starts(first, last)


def _must_be_new(
    work: Work, actor: Actor, wanted: Wanted, candidates: tuple[facts.Gpu, ...], length: timedelta
) -> None:
    found = waiting(work, actor.organization_id, actor.member_id)
    named = {gpu.id for gpu in candidates} if wanted.names else set()
    for wish in found:
        same_gpus = {gpu.id for gpu in wish.gpus} == named and wish.model == wanted.model
        if same_gpus and wish.length == length and (wanted.names or wish.count == wanted.count):
            raise errors.AlreadyWaiting(wish)
    if len(found) >= MOST_WISHES:
        raise errors.TooManyWishes(MOST_WISHES)
    work.session.execute(
        update(models.Wish)
        .where(models.Wish.member_id == actor.member_id, _is_open, models.Wish.latest_at < work.now)
        .where(models.Wish.offer_id.is_(None))
        .values(outcome=WishState.LAPSED, closed_at=work.now)
    )


def _reserve(work: Work, actor: Actor, found: facts.Alternative, purpose: str, key: str | None) -> Receipt:
    holder = members.fact(work.session.get_one(models.Member, actor.member_id))
    held = placement.add(work, actor.organization_id, holder, purpose, found.gpus, found.range)
    notices.plan(work, held, announce=_announces(work, actor.organization_id))
    requests.remember(work, held, key)
    audit.record_reservation(work, actor, Action.RESERVED, held)
    return requests.receipt(work, held)


def _ahead(work: Work, wish: models.Wish) -> int:
    return (
        work.session.scalar(
            select(func.count(models.Wish.id)).where(
                models.Wish.organization_id == wish.organization_id,
                _is_open,
                models.Wish.id < wish.id,
                models.Wish.latest_at >= work.now,
            )
        )
        or 0
    )


# --- who is next ---


def _pass_on(work: Work, organization_id: int, board: Board, freed: Freed) -> None:
    for row in _waiting(work, organization_id, *board.widest(freed)):
        found = board.fit(_shape(row), freed)
        if found is None:
            continue
        wish = work.session.get_one(models.Wish, row.id)
        if _may_have(work, wish, found):
            _give(work, wish, found)
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
        passed=_read_passed(row.passed),
        besides=row.reservation_id or 0,
    )


def _look_elsewhere(work: Work, row: models.Wish, offered: TimeRange) -> None:
    """While somebody had an offer, other room may have come free that nobody wanted, not much later than that."""
    work.session.refresh(row)
    if row.outcome is not None or row.offer_id is not None or row.latest_at < work.now:
        return
    if row.member.standing != Standing.MEMBER or offered.end <= max(row.earliest_at, work.now):
        return
    wanted = Wanted(tuple(f"#{number}" for number in row.gpus), row.gpu_count, row.model, spread=row.spread)
    found = availability.first_free(
        work,
        row.organization_id,
        row.member_id,
        wanted,
        timedelta(seconds=row.seconds),
        max(row.earliest_at, work.now),
        min(row.latest_at, offered.end),
        besides=row.reservation_id or 0,
        passed=_read_passed(row.passed),
    )
    if found is not None:
        _give(work, row, Found(found.gpus, found.range))


def _may_have(work: Work, wish: models.Wish, found: Found) -> bool:
    """Whether the lab's limits let them; else they are passed over, and wait on."""
    moving = _held(work, wish)
    try:
        _check_limits(work, wish, found.gpus, found.range, moving=moving)
    except errors.Invalid:
        return False
    return True


def _check_limits(
    work: Work,
    wish: models.Wish,
    gpus: tuple[facts.Gpu, ...],
    time: TimeRange,
    *,
    moving: facts.Reservation | None,
) -> None:
    wanted = Wanted(names=tuple(f"#{gpu.id}" for gpu in gpus))
    limits.allowed(work, wish.organization_id, wish.member_id, wanted, gpus, time, moving=moving)


# --- giving ---


def _give(work: Work, wish: models.Wish, found: Found) -> None:
    by = _bot(wish.organization_id)
    if not wish.takes or _is_elsewhere_then(work, wish, found.range):
        _offer(work, by, wish, found)
    elif wish.reservation_id is not None:
        was = availability.reservation(work, wish.organization_id, wish.reservation_id)
        held = _move(work, by, wish, found.gpus, found.range)
        _tell(work, wish, held, Kind.MOVED, {"was": was.range.written()})
    else:
        holder = members.fact(wish.member)
        held = placement.add(work, wish.organization_id, holder, wish.purpose, found.gpus, found.range)
        notices.plan(work, held, announce=_announces(work, wish.organization_id))
        audit.record_reservation(work, by, Action.TAKEN, held)
        _tell(work, wish, held, Kind.TAKEN, {})
        wish.reservation_id = held.id
        _close(work, wish, WishState.SERVED)
    limits.count_anew(work)


def _is_elsewhere_then(work: Work, wish: models.Wish, time: TimeRange) -> bool:
    """Whether they hold something else at that time by now: then they are asked first."""
    mine = availability.held_by(work, wish.organization_id, wish.member_id)
    return any(held.id != wish.reservation_id and held.range.overlaps(time) for held in mine)


def _offer(work: Work, by: Operator, wish: models.Wish, found: Found) -> None:
    """Hold it for them. What they have meanwhile may reach into it: of that, only the rest has to be held."""
    was = _held(work, wish)
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
    stays = until + NEWS_LASTS
    notices.tell(work, offer, Kind.OFFER_OVER, whom, data, about=wish.id, due_at=until, useful_until=stays)
    audit.record_reservation(work, by, Action.OFFERED, offer)


def _until(work: Work, wish: models.Wish, time: TimeRange, was: facts.Reservation | None) -> datetime:
    """How long they may think about it, from the end of their quiet hours; neither until it is half over, nor until
    what they have begins.
    """
    lab = organizations.of_id(work, wish.organization_id)
    quiet_until = notices.quiet_until(lab, members.fact(wish.member), work.now)
    until = min((quiet_until or work.now) + timedelta(minutes=lab.offer_minutes), time.start + time.length / 2)
    return min(until, was.range.start) if was else until


def _tell(work: Work, wish: models.Wish, held: facts.Reservation, kind: Kind, data: dict[str, Any]) -> None:
    until = min(work.now + NEWS_LASTS, held.range.end)
    notices.tell(work, held, kind, recipients.to_member(wish.member_id), data, about=wish.id, useful_until=until)


def _firm(
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
    _close(work, wish, WishState.SERVED)
    held = availability.fact(work, row)
    notices.take_back(work, row.id, Kind.OFFERED, Kind.OFFER_OVER, about=wish.id)
    notices.plan(work, held, announce=_announces(work, row.organization_id))
    audit.record_reservation(work, actor, Action.TAKEN, held, before=before)
    return held


def _move(
    work: Work, by: Actor | Operator, wish: models.Wish, gpus: tuple[facts.Gpu, ...], time: TimeRange
) -> facts.Reservation:
    """What they have meanwhile is moved forward; from there it may be moved on."""
    assert wish.reservation_id is not None
    row = availability.load(work, wish.organization_id, wish.reservation_id)
    work.session.refresh(row, with_for_update=True)
    before = availability.fact(work, row)
    placement.place(work, row, gpus, time)
    row.version += 1
    work.session.flush()
    held = availability.fact(work, row)
    notices.replan(work, held, Kind.CHANGED, announce=_announces(work, wish.organization_id))
    asked_for.settle(work, by, held)
    audit.record_reservation(work, by, Action.MOVED, held, before=before)
    _follow(work, wish, held)
    return held


def _end_offer(
    work: Work, by: Actor | Operator, wish: models.Wish, action: Action, *, passed: bool = True
) -> TimeRange:
    """It is offered no longer; the time that it was. What was `passed` is not offered to the same wish again."""
    assert wish.offer_id is not None
    row = availability.load(work, wish.organization_id, wish.offer_id)
    before = replace(availability.fact(work, row), state=State.OFFERED)  # overdue as it may be, nobody has said so
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
    audit.record_reservation(work, by, action, availability.fact(work, row), before=before)
    return time


def _give_up(work: Work, organization_id: int) -> None:
    in_vain: dict[int, list[int]] = {}
    for wish in work.session.scalars(
        select(models.Wish)
        .where(models.Wish.organization_id == organization_id, _is_open, _is_in_vain(work.now))
        .order_by(models.Wish.id)
    ).all():
        _close(work, wish, WishState.LAPSED)
        in_vain.setdefault(wish.member_id, []).append(wish.id)
    for member_id, wishes in in_vain.items():
        whom, until, data = recipients.to_member(member_id), work.now + NEWS_LASTS, {"wishes": wishes}
        notices.owe_by_lab(work, organization_id, Kind.IN_VAIN, whom, work.now, useful_until=until, data=data)


def _follow(work: Work, wish: models.Wish, held: facts.Reservation) -> None:
    """What they have meanwhile has changed: they wait for the same, earlier, unless it began or was given back."""
    if held.state is not State.UPCOMING or held.range.start < wish.earliest_at + WORTH_MOVING:
        _close(work, wish, WishState.WITHDRAWN if held.state is State.CANCELLED else WishState.SERVED)
        return
    gpus = held.gpus
    wish.seconds = int(held.range.length.total_seconds())
    wish.latest_at = held.range.start - WORTH_MOVING
    if wish.gpus:
        wish.gpus = [gpu.id for gpu in gpus]
    elif wish.model and not all(inventory.is_model(gpu, wish.model) for gpu in gpus):
        wish.model = None
    wish.gpu_count = len(gpus)
    wish.spread = wish.spread or len({gpu.node for gpu in gpus}) > 1
    work.session.flush()


# --- the rest ---


_is_open = models.Wish.outcome.is_(None)
_first_to_lapse = (
    select(models.Slot.offered_until)
    .where(models.Slot.live, models.Slot.offered_until.is_not(None))
    .order_by(models.Slot.offered_until)
    .limit(1)
    .scalar_subquery()
)
SOME_OVERDUE = _first_to_lapse <= bindparam("now")
"""Whether there is an offer, not taken in time, that is still held. For queries that bind `now`.

To ask whether any is earlier than that would, once the server has prepared for every `now`, read all slots there are.
"""

_LOCK_THESE_OR_ALL = (
    select(models.Gpu.id)
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


def _bot(organization_id: int) -> Operator:
    return Operator(organization_id, Surface.BOT)


def _mine(work: Work, actor: Actor, wish_id: int) -> models.Wish:
    wish = work.session.get(models.Wish, wish_id)
    if wish is None or wish.organization_id != actor.organization_id:
        raise errors.UnknownWish(wish_id)
    if wish.member_id != actor.member_id:
        raise errors.NotYours(members.fact(wish.member))
    work.session.refresh(wish)
    return wish


def _offered(work: Work, actor: Actor, offer_id: int) -> models.Wish:
    """The wish that is offered this; the lab is locked, so what is overdue is none any more."""
    offer = availability.reservation(work, actor.organization_id, offer_id)
    if offer.holder.id != actor.member_id:
        raise errors.NotYours(offer.holder)
    wish = work.session.scalar(select(models.Wish).where(models.Wish.offer_id == offer_id, _is_open))
    if wish is None:
        raise errors.OfferOver(offer)
    return wish


def _held(work: Work, wish: models.Wish) -> facts.Reservation | None:
    if wish.reservation_id is None:
        return None
    return availability.reservation(work, wish.organization_id, wish.reservation_id)


def _close(work: Work, wish: models.Wish, state: WishState) -> None:
    wish.outcome, wish.closed_at = state, work.now
    work.session.flush()


def _announces(work: Work, organization_id: int) -> bool:
    told = select(displays.ANNOUNCES).where(models.Organization.id == organization_id)
    return work.session.scalars(told).one()


def _read_passed(passed: list[list[Any]]) -> dict[int, list[TimeRange]]:
    found: dict[int, list[TimeRange]] = {}
    for gpu_id, *written in passed:
        found.setdefault(gpu_id, []).append(TimeRange.read(written))
    return found


def _snapshot(wish: models.Wish) -> audit.Snapshot:
    return {
        "gpus": wish.gpus,
        "count": wish.gpu_count,
        "model": wish.model,
        "seconds": wish.seconds,
        "starts": [wish.earliest_at.isoformat(), wish.latest_at.isoformat()],
        "takes": wish.takes,
        "state": wish.outcome or WishState.WAITING,
    }


def _record(work: Work, by: Actor, action: Action, wish: models.Wish, before: audit.Snapshot | None) -> None:
    audit.record(work, by, action, Subject.WISH, wish.id, before=before, after=_snapshot(wish), concerns=wish.member_id)
