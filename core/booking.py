"""The use cases: reserve, change, extend, release, cancel.

Each runs inside `Database.begin`, takes who acts, and goes the same way: rights, policy, placement, notices, audit.
None commits, none talks; each returns a `facts.Receipt` or raises a refusal from `core.errors`, with nothing written.

`request_key` names a request that may be delivered more than once; the second time it is answered and not done again.
An admin may change anybody's, and says `why`: the holder is told, and no limit of the lab is in the way.
`version` is the version of the reservation that the person saw; another one raises Stale. None means "as it is now".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, select

from core import (
    asked_for,
    audit,
    availability,
    displays,
    errors,
    facts,
    inventory,
    leads,
    limits,
    members,
    models,
    notices,
    placement,
    policy,
    requests,
    reservations,
    rulebook,
    search,
    waitlist,
)
from core.actors import Actor
from core.facts import Action, Receipt, State
from core.inventory import Wanted
from core.kinds import Kind
from core.timerange import TimeRange
from core.work import Work


def reserve(
    work: Work,
    actor: Actor,
    wanted: Wanted,
    wish: TimeRange,
    *,
    purpose: str = "",
    running: bool = False,
    request_key: str | None = None,
) -> Receipt:
    """Hold GPUs for the actor. A wish that has begun is clipped to now, and the receipt says so.

    With `running`, the actor says that the work began at the wish's start, and all of it is held: TooFarBack, NotBegun.
    Raises GpuTaken with everybody in the way and what would pass, AlreadyYours when that is the actor, an AgainstRule
    with what would pass, InThePast, PurposeTooLong, MayNotBook, and what `inventory.candidates` raises.
    """
    actor.must_be_member()
    purpose = " ".join(purpose.split())
    candidates = inventory.candidates(work, actor.organization_id, wanted)
    clipped = wish if running else _clip(wish, work.now)
    count = len(candidates) if wanted.names else wanted.count
    is_locked = waitlist.lock_for(work, actor.organization_id, candidates, clipped, count)
    asked = {"lab": actor.organization_id, "member": actor.member_id, "key": request_key, "now": work.now}
    rows = work.connection.execute(_KNOWN, asked).all()
    known = rows[0]
    rulebook.keep(work, actor.organization_id, actor.member_id, rows)
    if known.reservation_id is not None:
        return requests.again(work, actor, known.reservation_id)
    if running:
        policy.check_running_since(wish.start, work.now)
    policy.check_purpose(purpose)
    if known.has_overdue:
        waitlist.lock(work, actor.organization_id)
    elif not is_locked:
        _refuse_or_lock(work, actor, wanted, clipped, candidates)
    choice = _choose(work, actor, wanted, clipped)
    held = placement.add(work, actor.organization_id, members.fact(known), purpose, choice.gpus, choice.time)
    leads.remember(work, held.organization_id, known)
    notices.plan(work, held, announce=known.announce)
    requests.remember(work, held, request_key)
    audit.record_reservation(work, actor, Action.RESERVED, held)
    room = availability.room_before(work, choice.next, held)
    return Receipt(held, room, clipped=clipped != wish, rounded=choice.time != clipped)


def change(
    work: Work,
    actor: Actor,
    reservation_id: int,
    *,
    version: int | None,
    wanted: Wanted,
    wish: TimeRange,
    purpose: str,
    request_key: str | None = None,
    why: str = "",
) -> Receipt:
    """Give a reservation other GPUs, another time, another purpose; what clashes is refused as in `reserve`.

    Once it runs its start and its GPUs stay (AlreadyStarted); its end may still move.
    """
    actor.must_be_member()
    purpose = " ".join(purpose.split())
    row, before, answered = _take_up(work, actor, reservation_id, version, request_key, why)
    if answered:
        return answered
    policy.check_purpose(purpose)
    asked = _new_time(before, wish, work.now)
    choice = _choose(work, actor, wanted, asked, moving=before, why=why)
    gpus, time = choice.gpus, choice.time
    if before.state is State.RUNNING and set(gpus) != set(before.gpus):
        raise errors.AlreadyStarted(before)
    if before.state is State.RUNNING:
        placement.stretch(work, row, time.end)
    else:
        placement.place(work, row, gpus, time)
    moved = (before.gpus, before.range) != (tuple(gpus), time)
    row.purpose = purpose
    receipt = _changed(work, actor, Action.CHANGED, row, before, request_key, Kind.CHANGED if moved else None, why)
    return replace(receipt, rounded=time != asked)


def extend(
    work: Work,
    actor: Actor,
    reservation_id: int,
    *,
    version: int | None,
    by: timedelta,
    request_key: str | None = None,
    why: str = "",
) -> Receipt:
    """Let it end later. Raises NoRoom, which names the next booking and tells how much would fit, or an AgainstRule,
    which tells it as well; NoTime when `by` is none.
    """
    actor.must_be_member()
    row, before, answered = _take_up(work, actor, reservation_id, version, request_key, why)
    if answered:
        return answered
    if by <= timedelta(0):
        raise errors.NoTime
    room = availability.room(work, actor.organization_id, before)
    longer = TimeRange(before.range.start, before.range.end + by)
    if room.next is not None and room.next.range.start < longer.end:
        raise _no_room(work, actor, before, room.next, room.most, longer)
    if not _is_unbound(actor, before, why):
        _check_extension(work, before, longer, room)
    rounded = limits.rounded(work, actor.organization_id, before.holder.id, before.gpus, longer)
    time = rounded if rounded.end - before.range.end <= room.most else longer
    placement.stretch(work, row, time.end)
    receipt = _changed(work, actor, Action.EXTENDED, row, before, request_key, Kind.CHANGED, why)
    return replace(receipt, rounded=time != longer)


def _no_room(
    work: Work,
    actor: Actor,
    before: facts.Reservation,
    following: facts.Holding,
    most: timedelta,
    longer: TimeRange,
) -> errors.NoRoom:
    if following.holder.id != before.holder.id or not following.can_be_asked_for:
        rest = TimeRange(following.range.start, longer.end)
        is_mine = before.holder.id == actor.member_id and not before.maintenance
        return errors.NoRoom(
            before, following, most, waits=search.to_wait_for_beside(work, before, before.gpus, rest) if is_mine else ()
        )
    mine = reservations.of_id(work, before.organization_id, following.reservation_id)
    beyond = min(longer.end - mine.range.end, availability.room(work, before.organization_id, mine).most)
    return errors.NoRoom(before, following, most, mine, max(beyond, timedelta(0)))


def _check_extension(work: Work, before: facts.Reservation, longer: TimeRange, room: facts.Room) -> None:
    wanted = Wanted.of(before.gpus)
    try:
        limits.allowed(work, before.organization_id, before.holder.id, wanted, before.gpus, longer, moving=before)
    except errors.AgainstRule as refusal:
        refusal.extending = before, room
        if not isinstance(refusal, errors.TooLong):  # which it would be together with what comes right after it
            rest = TimeRange(before.range.end + room.most, longer.end)
            refusal.waits = search.to_wait_for(work, before.organization_id, before.holder.id, wanted, rest)
        raise


def release(
    work: Work,
    actor: Actor,
    reservation_id: int,
    *,
    version: int | None,
    names: Collection[str] = (),
    request_key: str | None = None,
    why: str = "",
) -> Receipt:
    """End it now, or give back only the GPUs in `names`; used time stays on record.

    Ended in the very instant it began, it never happened. Raises NotStarted before its start, and NotHeld for a GPU
    it does not hold.
    """
    row, before, answered = _take_up(work, actor, reservation_id, version, request_key, why)
    if answered:
        return answered
    if before.state is State.UPCOMING:
        raise errors.NotStarted(before)
    freed = _named(work, before, names)
    if before.range.start == work.now:
        return _undo(work, actor, row, before, freed, request_key, why)
    placement.cut(work, row, {gpu.id for gpu in freed})
    row.version += 1
    held = reservations.fact(work, row)
    if freed == before.gpus:
        notices.owe_end(work, held, _overruled(actor, held))
    else:
        data = {"gpus": [gpu.id for gpu in freed], **_overruled(actor, held)}
        notices.replan(work, held, Kind.FREED, data, announce=True)
    asked_for.settle(work, actor, held)
    requests.remember(work, held, request_key)
    _tell_holder(work, actor, Action.RELEASED, before, held, why)
    audit.record_reservation(work, actor, Action.RELEASED, held, before=before, why=why)
    waitlist.changed(work, held)
    return replace(requests.receipt(work, held), before=before, freed=freed)


def shorten(
    work: Work,
    actor: Actor,
    reservation_id: int,
    *,
    version: int | None,
    names: Collection[str],
    end: datetime,
    why: str = "",
) -> Receipt:
    """Let only the GPUs in `names` of a running reservation end earlier, at `end`.

    A reservation holds all its GPUs for the same time: these become one of their own, which the receipt tells.
    Raises NotStarted, NotHeld, and InThePast.
    """
    row, before, _ = _take_up(work, actor, reservation_id, version, None, why)
    if before.state is State.UPCOMING:
        raise errors.NotStarted(before)
    if end <= work.now:
        raise errors.InThePast(TimeRange(work.now, end))
    meant = _named(work, before, names)
    as_it_was = replace(before, slots=tuple(slot for slot in before.slots if slot.gpu in meant))
    give_back = placement.drop if before.range.start == work.now else placement.cut
    give_back(work, row, {gpu.id for gpu in meant})
    row.version += 1
    work.session.flush()
    rest = reservations.fact(work, row)
    notices.replan(work, rest, Kind.CHANGED, announce=False)  # of what ends earlier, its end is told
    audit.record_reservation(work, actor, Action.CHANGED, rest, before=before, why=why)
    held = placement.add(work, row.organization_id, before.holder, before.purpose, meant, TimeRange(work.now, end))
    notices.go_on(work, held)
    _tell_holder(work, actor, Action.CHANGED, as_it_was, held, why, part_of=[rest.id])
    audit.record_reservation(work, actor, Action.SPLIT, held, why=why)
    waitlist.changed(work, rest)
    return replace(requests.receipt(work, held), before=as_it_was)


def cancel(
    work: Work,
    actor: Actor,
    reservation_id: int,
    *,
    version: int | None,
    names: Collection[str] = (),
    request_key: str | None = None,
    why: str = "",
) -> Receipt:
    """Undo it before its start, or only the GPUs in `names`, as if it had never been. AlreadyStarted once it runs."""
    row, before, answered = _take_up(work, actor, reservation_id, version, request_key, why)
    if answered:
        return answered
    if before.state is State.RUNNING:
        raise errors.AlreadyStarted(before)
    return _undo(work, actor, row, before, _named(work, before, names), request_key, why)


def _refuse_or_lock(
    work: Work, actor: Actor, wanted: Wanted, wish: TimeRange, candidates: Collection[facts.Gpu]
) -> None:
    """Somebody holds it: whoever can see that is refused without having waited. Unless it has come free since."""
    look = work.connection.begin_nested()
    _choose(work, actor, wanted, wish)
    look.rollback()  # what the look has locked comes after GPUs
    limits.count_anew(work)
    placement.lock(work, actor.organization_id, candidates)


# For a new reservation, all in one look: its holder, what the lab wants and what it says of their bookings, what this
# very request led to before, and whether offers that nobody took are still in the way.
_KNOWN = rulebook.SAID.add_columns(
    *models.Member.__table__.c,
    displays.ANNOUNCES,
    *leads.COLUMNS,
    models.Request.reservation_id,
    waitlist.SOME_OVERDUE.label("has_overdue"),
).outerjoin(
    models.Request,
    and_(models.Request.organization_id == models.Organization.id, models.Request.key == bindparam("key")),
)


def _take_up(
    work: Work,
    actor: Actor,
    reservation_id: int,
    version: int | None,
    request_key: str | None,
    why: str,
) -> tuple[models.Reservation, facts.Reservation, Receipt | None]:
    """The actor's reservation, an admin's anybody's, as it was before. All GPUs of the lab are locked, since others may
    get what it gives back.

    The third is the answer, where this very request was carried out before; nothing more is to be done then. What is
    over is frozen (AlreadyOver); what has changed since it was seen is to be seen again first (Stale).
    """
    row = reservations.load(work, actor.organization_id, reservation_id)
    waitlist.lock(work, actor.organization_id)
    work.session.refresh(row, with_for_update=True)
    before = reservations.fact(work, row)
    if row.member_id != actor.member_id and not actor.is_admin:
        raise errors.NotYours(before.holder)
    answered = requests.done(work, actor, request_key)
    if before.state is State.OFFERED:
        raise errors.OnlyOffered(before)
    if answered is None and before.state in {State.OVER, State.CANCELLED}:
        raise errors.AlreadyOver(before)
    if answered is None and version not in {None, row.version}:
        raise errors.Stale(before)
    if answered is None and row.member_id != actor.member_id and not why.strip():
        raise errors.NoReason
    return row, before, answered


def _is_unbound(actor: Actor, moving: facts.Reservation | None, why: str) -> bool:
    """Whether no limit is in the way: of maintenance, and of an admin who says why."""
    return moving is not None and (moving.maintenance or (actor.is_admin and bool(why.strip())))


def _choose(
    work: Work,
    actor: Actor,
    wanted: Wanted,
    wish: TimeRange,
    moving: facts.Reservation | None = None,
    why: str = "",
) -> search.Choice:
    unbound = _is_unbound(actor, moving, why)
    member_id = None if unbound else actor.member_id
    try:
        return search.find(work, actor.organization_id, member_id, wanted, wish, moving=moving)
    except errors.GpuTaken as taken:
        if not unbound and (mine := _mine_among(work, actor, wanted, taken)):
            raise errors.AlreadyYours(mine) from taken
        if wish.start < work.now and moving is None:
            work.find_alternatives(taken, lambda look, _taken: _from_now_on(look, actor, wanted, wish))
        if moving is not None and moving.holder.id == actor.member_id:
            taken.waits = search.to_wait_for_change(work, moving, wanted, taken)
        raise


def _from_now_on(work: Work, actor: Actor, wanted: Wanted, wish: TimeRange) -> tuple[facts.Alternative, ...]:
    """What would pass instead of what has begun: perhaps just that what is left of it is free."""
    ahead = _clip(wish, work.now)
    try:
        answer = search.what_if(work, actor, wanted, ahead)
    except errors.AgainstRule as refusal:
        return refusal.alternatives
    if isinstance(answer, errors.GpuTaken):
        return answer.alternatives
    return (facts.Alternative(facts.Alternative.Kind.SHORTER, answer, ahead),)


def _mine_among(work: Work, actor: Actor, wanted: Wanted, taken: errors.GpuTaken) -> facts.Reservation | None:
    """The actor's own reservation, when it covers all that was wished for and nobody else is in the way."""
    if any(clash.holder.id != actor.member_id for clash in taken.clashes):
        return None
    meant = inventory.candidates(work, actor.organization_id, wanted)
    for number in {clash.reservation_id for clash in taken.clashes}:
        mine = reservations.of_id(work, actor.organization_id, number)
        held = set(meant) & set(mine.gpus)
        if len(held) >= (len(meant) if wanted.names else wanted.count) and mine.range.clip(taken.wish) == taken.wish:
            return mine
    return None


def _clip(wish: TimeRange, now: datetime) -> TimeRange:
    return TimeRange(now, wish.end) if now in wish else wish


def _new_time(before: facts.Reservation, wish: TimeRange, now: datetime) -> TimeRange:
    """The time it will have: a running one keeps its start, an upcoming one is clipped to now."""
    if before.state is not State.RUNNING:
        return _clip(wish, now)
    if wish.end <= now:
        raise errors.InThePast(wish)
    if wish.start > now:
        raise errors.AlreadyStarted(before)
    return TimeRange(before.range.start, wish.end)


def _named(work: Work, held: facts.Reservation, names: Collection[str]) -> tuple[facts.Gpu, ...]:
    """Those of its GPUs that are called so, or all of them; NotHeld for any other."""
    named = {inventory.named(work, held.organization_id, name) for name in names}
    for gpu in named - set(held.gpus):
        raise errors.NotHeld(held, gpu)
    return tuple(gpu for gpu in held.gpus if not named or gpu in named)


def _undo(
    work: Work,
    actor: Actor,
    row: models.Reservation,
    before: facts.Reservation,
    freed: tuple[facts.Gpu, ...],
    request_key: str | None,
    why: str,
) -> Receipt:
    placement.drop(work, row, {gpu.id for gpu in freed})
    if freed == before.gpus:
        row.cancelled_at = work.now
    news = Kind.CANCELLED if freed == before.gpus else Kind.CHANGED
    return replace(_changed(work, actor, Action.CANCELLED, row, before, request_key, news, why), freed=freed)


def _changed(
    work: Work,
    actor: Actor,
    action: Action,
    row: models.Reservation,
    before: facts.Reservation,
    request_key: str | None,
    news: Kind | None,
    why: str,
) -> Receipt:
    row.version += 1
    work.session.flush()
    held = reservations.fact(work, row)
    told = select(displays.ANNOUNCES).where(models.Organization.id == row.organization_id)
    announce = work.session.scalars(told).one()
    notices.replan(work, held, news, _overruled(actor, held), announce=announce)
    asked_for.settle(work, actor, held)
    requests.remember(work, held, request_key)
    _tell_holder(work, actor, action, before, held, why)
    audit.record_reservation(work, actor, action, held, before=before, why=why)
    waitlist.changed(work, held)
    return replace(requests.receipt(work, held), before=before)


def _overruled(actor: Actor, held: facts.Reservation) -> dict[str, Any]:
    """What notices of a change say of who made it, when that was not the holder."""
    return {} if held.holder.id == actor.member_id else {"overruled": True}


def _tell_holder(
    work: Work,
    actor: Actor,
    action: Action,
    before: facts.Reservation,
    held: facts.Reservation,
    why: str,
    *,
    part_of: Collection[int] = (),
) -> None:
    """Somebody else has changed it: its holder reads who, and why."""
    if held.holder.id == actor.member_id:
        return
    by = members.of_id(work, actor.organization_id, actor.member_id)
    notices.tell_holder(work, held, before, action, by, why, part_of=part_of)
