"""Series: times that come again, booked, changed and cancelled in one go; each occurrence is a reservation.

All run inside `Database.begin`. Each occurrence goes the way of any booking; the channel is told once of them all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core import (
    asked_for,
    audit,
    displays,
    errors,
    facts,
    inventory,
    limits,
    members,
    models,
    moves,
    notices,
    occurrences,
    placement,
    policy,
    recipients,
    requests,
    reservations,
    search,
    waitlist,
)
from core.actors import Actor
from core.facts import Action, Hours, Recurrence, Repeats, Series, SeriesReceipt, Skipped, State
from core.inventory import Wanted
from core.kinds import Kind
from core.moves import Move
from core.timerange import TimeRange
from core.work import Work


def look(
    work: Work, actor: Actor, wanted: Wanted, repeats: Repeats
) -> tuple[tuple[TimeRange, ...], tuple[Skipped, ...]]:
    """Which occurrences could be booked now, each by itself, and which not. Raises what `occurrences.of` raises."""
    free, refused = [], []
    for wish in occurrences.to_come(repeats, work.now):
        try:
            search.serve(work, actor.organization_id, actor.member_id, wanted, wish)
            free.append(wish)
        except errors.Refusal as why:
            refused.append(_skipped(work, actor, wanted, wish, why))
    return tuple(free), tuple(refused)


def book(
    work: Work,
    actor: Actor,
    wanted: Wanted,
    repeats: Repeats,
    *,
    purpose: str = "",
    skip: bool = False,
    request_key: str | None = None,
) -> SeriesReceipt:
    """Hold GPUs at every occurrence; with `skip` at those that can be had, if any.

    Raises SomeTaken with every occurrence that cannot, MayNotBook, PurposeTooLong, and what `occurrences.of`
    and `inventory.candidates` raise.
    """
    actor.must_be_member()
    purpose = " ".join(purpose.split())
    policy.check_purpose(purpose)
    inventory.candidates(work, actor.organization_id, wanted)
    waitlist.lock(work, actor.organization_id)
    if answered := requests.done(work, actor, request_key):
        return _again(work, actor, answered.reservation)
    holder = members.fact(work.session.get_one(models.Member, actor.member_id))
    booked: list[facts.Reservation] = []
    refused: list[Skipped] = []
    for wish in occurrences.to_come(repeats, work.now):
        try:
            choice = search.serve(work, actor.organization_id, actor.member_id, wanted, wish)
        except errors.Refusal as why:
            refused.append(_skipped(work, actor, wanted, wish, why))
            continue
        held = placement.add(work, actor.organization_id, holder, purpose, choice.gpus, choice.time)
        notices.plan(work, held, announce=False)
        audit.record_reservation(work, actor, Action.RESERVED, held)
        limits.count_anew(work)
        booked.append(held)
    if not booked or (refused and not skip):
        raise errors.SomeTaken(tuple(held.range for held in booked), tuple(refused))
    number = _write(work, actor, repeats, booked)
    requests.remember(work, booked[0], request_key)
    _tell(work, number, repeats.recurrence, booked, Kind.SERIES_BOOKED)
    return SeriesReceipt(Series(number, repeats.recurrence, tuple(booked)), tuple(booked), tuple(refused))


def change(
    work: Work,
    actor: Actor,
    series_id: int,
    *,
    hours: Hours | None = None,
    weekdays: Collection[int] | None = None,
    wanted: Wanted | None = None,
    purpose: str | None = None,
    skip: bool = False,
    request_key: str | None = None,
    why: str = "",
) -> SeriesReceipt:
    """Give all that remain other hours, other weekdays, other GPUs, another purpose; None leaves it as it is.

    On other weekdays (0 is Monday) each comes in the week in which it came, up to the last date of the series: on more
    days more are booked, and on fewer the rest are cancelled. With `skip`, what cannot be had so stays as it was. Where
    nothing remains, the receipt is empty. An admin may change anybody's, and says `why`: the holder is told once of
    them all, and no limit of the lab is in the way.
    Raises SomeTaken with every occurrence that cannot, PurposeTooLong, UnknownSeries, NotYours, NoReason, MayNotBook,
    NoOccurrence and TooManyOccurrences, and what `inventory.candidates` raises.
    """
    actor.must_be_member()
    row = _taken_up(work, actor, series_id, why)
    bound = actor.member_id if row.member_id == actor.member_id else None
    if purpose is not None:
        purpose = " ".join(purpose.split())
        policy.check_purpose(purpose)
    if wanted is not None:
        inventory.candidates(work, actor.organization_id, wanted)
    waitlist.lock(work, actor.organization_id)
    if answered := requests.done(work, actor, request_key):
        again = _again(work, actor, answered.reservation)
        return replace(again, occurrences=tuple(held for held in again.occurrences if held.state is State.UPCOMING))
    rows = {each.id: each for each in _remaining_rows(work, row)}
    held = [reservations.fact(work, each) for each in rows.values()]
    planned, gone = moves.to_hours(held, hours), list[facts.Reservation]()
    if weekdays is not None:
        planned, gone = _on_weekdays(work, row, held, hours, weekdays)
    dropped = [_cancel(work, actor, rows[each.id], why) for each in gone]
    tried = []
    for move in planned:
        moving = None if move.is_new else rows[move.like.id]
        tried.append(_try(work, actor, bound, row, moving, move, wanted, purpose, why))
    changed = _in_order(each.held for each in tried if each.refused is None)
    refused = tuple(sorted((each.refused for each in tried if each.refused), key=lambda each: each.range))
    if refused and not (skip and changed):
        raise errors.SomeTaken(tuple(held.range for held in changed), refused)
    if changed:
        requests.remember(work, changed[0], request_key)
    _tell_of_change(work, actor, row, tried, dropped, why, other_days=weekdays is not None)
    for each in (*dropped, *changed):
        waitlist.changed(work, each)
    remaining = tuple(_in_order(each.held for each in tried))
    series = Series(series_id, occurrences.read(row.rule), remaining)
    return SeriesReceipt(series, tuple(changed), refused, dropped=tuple(dropped))


def cancel(work: Work, actor: Actor, series_id: int, *, why: str = "") -> SeriesReceipt:
    """Cancel all that remain: what has not begun. Where nothing remains, nothing is done, and the receipt is empty.

    An admin may cancel anybody's, as in `change`. Raises UnknownSeries, NotYours and NoReason.
    """
    row = _taken_up(work, actor, series_id, why)
    recurrence = occurrences.read(row.rule)
    waitlist.lock(work, actor.organization_id)
    rows = _remaining_rows(work, row)
    first = reservations.fact(work, rows[0]) if rows else None
    cancelled = [_cancel(work, actor, held, why) for held in rows]
    if first is not None:
        _tell_holder(work, actor, Action.CANCELLED, first, cancelled, recurrence, why)
    for held in cancelled:
        waitlist.changed(work, held)
    if cancelled and not notices.take_back(work, cancelled[0].id, Kind.SERIES_BOOKED, about=series_id):
        by = _overruling(work, actor, row)
        _tell(work, series_id, recurrence, cancelled, Kind.SERIES_CANCELLED, by=by)
    return SeriesReceipt(Series(series_id, recurrence, ()), tuple(cancelled), ())


def held_by(work: Work, organization_id: int, held: Iterable[facts.Reservation]) -> tuple[Series, ...]:
    """The series that these reservations belong to, each with those of them that have not begun, soonest first."""
    by_id = {each.id: each for each in held if each.state is State.UPCOMING}
    rows = work.session.execute(
        select(models.Series, models.Occurrence.reservation_id)
        .join(models.Occurrence, models.Occurrence.series_id == models.Series.id)
        .where(models.Series.organization_id == organization_id, models.Occurrence.reservation_id.in_(by_id))
    ).all()
    found: dict[int, tuple[Recurrence, list[facts.Reservation]]] = {}
    for row, number in rows:
        found.setdefault(row.id, (occurrences.read(row.rule), []))[1].append(by_id[number])
    return tuple(
        Series(number, recurrence, tuple(sorted(remaining, key=lambda each: each.range)))
        for number, (recurrence, remaining) in found.items()
    )


def remaining(work: Work, actor: Actor, series_id: int) -> Series:
    """One of the actor's own, with what has not begun, soonest first. Raises UnknownSeries and NotYours."""
    return _with_what_remains(work, _mine(work, actor, series_id))


def _with_what_remains(work: Work, row: models.Series) -> Series:
    held = (reservations.fact(work, each) for each in _rows(work, row))
    upcoming = (each for each in held if each.state is State.UPCOMING)
    return Series(row.id, occurrences.read(row.rule), tuple(sorted(upcoming, key=lambda each: each.range)))


def of(work: Work, organization_id: int, reservation_id: int) -> Series | None:
    """The series that a reservation belongs to, with what of it has not begun, soonest first; None: to none."""
    row = work.session.scalar(
        select(models.Series)
        .join(models.Occurrence, models.Occurrence.series_id == models.Series.id)
        .where(models.Series.organization_id == organization_id, models.Occurrence.reservation_id == reservation_id)
    )
    return _with_what_remains(work, row) if row else None


def _skipped(work: Work, actor: Actor, wanted: Wanted, wish: TimeRange, why: errors.Refusal) -> Skipped:
    may_pass = isinstance(why, (errors.GpuTaken, errors.AgainstRule))
    waits = search.to_wait_for(work, actor.organization_id, actor.member_id, wanted, wish) if may_pass else None
    return Skipped(wish, why, waits)


def _again(work: Work, actor: Actor, first: facts.Reservation) -> SeriesReceipt:
    """What the same request has led to, as it is now."""
    row = work.session.scalars(
        select(models.Series).join(models.Occurrence).where(models.Occurrence.reservation_id == first.id)
    ).one()
    numbers = work.session.scalars(
        select(models.Occurrence.reservation_id).where(models.Occurrence.series_id == row.id)
    ).all()
    held = reservations.of_ids(work, actor.organization_id, numbers).values()
    booked = tuple(sorted(held, key=lambda each: each.range))
    return SeriesReceipt(Series(row.id, occurrences.read(row.rule), booked), booked, (), again=True)


def _found(work: Work, organization_id: int, series_id: int) -> models.Series:
    row = work.session.get(models.Series, series_id)
    if row is None or row.organization_id != organization_id:
        raise errors.UnknownSeries(series_id)
    return row


def _taken_up(work: Work, actor: Actor, series_id: int, why: str) -> models.Series:
    """The actor's own; or anybody's, for an admin who says why."""
    if not actor.is_admin:
        return _mine(work, actor, series_id)
    row = _found(work, actor.organization_id, series_id)
    if row.member_id != actor.member_id and not why.strip():
        raise errors.NoReason
    return row


def _overruling(work: Work, actor: Actor, row: models.Series) -> str:
    """The name of the admin who changes somebody else's series; else nothing."""
    if row.member_id == actor.member_id:
        return ""
    return members.of_id(work, actor.organization_id, actor.member_id).name


def _tell_holder(
    work: Work,
    actor: Actor,
    action: Action,
    before: facts.Reservation,
    held: Sequence[facts.Reservation],
    recurrence: Recurrence,
    why: str,
) -> None:
    """Somebody else has changed these: their holder reads who, and why, once for all of them."""
    if before.holder.id != actor.member_id:
        by = members.of_id(work, actor.organization_id, actor.member_id)
        in_order = sorted(held, key=lambda each: each.range)
        notices.tell_holder(work, held[0], before, action, by, why, series=_news(recurrence, in_order))


def _mine(work: Work, actor: Actor, series_id: int) -> models.Series:
    row = _found(work, actor.organization_id, series_id)
    if row.member_id != actor.member_id:
        raise errors.NotYours(members.fact(work.session.get_one(models.Member, row.member_id)))
    return row


def _write(work: Work, actor: Actor, repeats: Repeats, booked: list[facts.Reservation]) -> int:
    row = models.Series(
        organization_id=actor.organization_id,
        member_id=actor.member_id,
        rule={**occurrences.written(repeats.recurrence), "last": repeats.last.isoformat()},
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.session.add_all(models.Occurrence(reservation_id=held.id, series_id=row.id) for held in booked)
    work.session.flush()
    return row.id


def _remaining_rows(work: Work, row: models.Series) -> list[models.Reservation]:
    """Those that have not begun, locked; always in the order of their numbers."""
    return [each for each in _rows(work, row, locked=True) if reservations.fact(work, each).state is State.UPCOMING]


def _rows(work: Work, row: models.Series, *, locked: bool = False) -> Sequence[models.Reservation]:
    rows = (
        select(models.Reservation)
        .join(models.Occurrence, models.Occurrence.reservation_id == models.Reservation.id)
        .where(models.Occurrence.series_id == row.id, models.Reservation.cancelled_at.is_(None))
        .order_by(models.Reservation.id)
    )
    return work.session.scalars(rows.with_for_update(of=models.Reservation) if locked else rows).all()


def _tell_of_change(
    work: Work,
    actor: Actor,
    row: models.Series,
    tried: Sequence[_Tried],
    dropped: Sequence[facts.Reservation],
    why: str,
    *,
    other_days: bool,
) -> None:
    """The channel, of what has another time or other GPUs; and the holder, of all that somebody else has changed.

    Where it comes on other days, the channel is told the whole anew.
    """
    recurrence = occurrences.read(row.rule)
    remaining = _in_order(each.held for each in tried)
    moved = _in_order(each.held for each in tried if each.has_moved)
    if other_days and (moved or dropped):
        moved = remaining
    first_booked = min((each.id for each in (*remaining, *dropped)), default=0)
    news = _news(recurrence, remaining) if moved else {}
    if moved and not notices.correct(work, first_booked, Kind.SERIES_BOOKED, news, about=row.id):
        partly = len(moved) < len(remaining)
        _tell(work, row.id, recurrence, moved, Kind.SERIES_CHANGED, partly=partly, by=_overruling(work, actor, row))
    touched = [
        each for each in tried if each.held and (each.before is None or each.held.version != each.before.version)
    ]
    theirs = _in_order(each.held for each in touched)
    if theirs:
        before = next((each.before for each in touched if each.before), theirs[0])
        _tell_holder(work, actor, Action.CHANGED, before, theirs, recurrence, why)
    if dropped:
        _tell_holder(work, actor, Action.CANCELLED, dropped[0], dropped, recurrence, why)


def _on_weekdays(
    work: Work, series: models.Series, held: Sequence[facts.Reservation], hours: Hours | None, weekdays: Collection[int]
) -> tuple[list[Move], list[facts.Reservation]]:
    """Each on one of these days, as its holder counts them, and those that come no more. So the series says by now."""
    if not held:
        return [], []
    work.session.refresh(series)
    following = min(held, key=lambda each: each.range)
    zone = hours.zone if hours else ZoneInfo(following.holder.zone)
    said = series.rule.get("last")
    last = date.fromisoformat(said) if said else max(each.range.start for each in held).astimezone(zone).date()
    found = moves.to_weekdays(held, weekdays, hours, zone, last, work.now)
    recurrence = occurrences.on_weekdays(occurrences.read(series.rule), weekdays)
    series.rule = {**occurrences.written(recurrence), "last": last.isoformat()}
    return found


def _in_order(held: Iterable[facts.Reservation | None]) -> list[facts.Reservation]:
    return sorted((each for each in held if each is not None), key=lambda each: each.range)


@dataclass(frozen=True)
class _Tried:
    before: facts.Reservation | None  # None: it is one more
    held: facts.Reservation | None  # as it is now; None: it cannot be had
    refused: Skipped | None = None

    @property
    def has_moved(self) -> bool:
        if self.held is None or self.before is None:
            return self.held is not None
        return (self.held.gpus, self.held.range) != (self.before.gpus, self.before.range)


def _try(
    work: Work,
    actor: Actor,
    bound: int | None,
    series: models.Series,
    row: models.Reservation | None,
    move: Move,
    wanted: Wanted | None,
    purpose: str | None,
    why: str,
) -> _Tried:
    """Whose limits are in the way, `bound` says; None: nobody's. Without a row it is one more."""
    named, before = wanted or Wanted.of(move.like.gpus), None if row is None else move.like
    try:
        choice = search.serve(work, actor.organization_id, bound, named, move.wish, before)
    except errors.Refusal as refusal:
        waits: tuple[facts.ToWaitFor, ...] = ()
        if isinstance(refusal, errors.GpuTaken) and bound is not None:
            waits = search.to_wait_for_change(work, move.like, named, refusal)
        return _Tried(before, before, Skipped(move.wish, refusal, next(iter(waits), None)))
    called = move.like.purpose if purpose is None else purpose
    if row is None:
        return _Tried(None, _add(work, actor, series, move.like.holder, choice, called, why))
    return _Tried(before, _change(work, actor, row, move.like, choice, called, why))


def _add(
    work: Work,
    actor: Actor,
    series: models.Series,
    holder: facts.Member,
    choice: search.Choice,
    purpose: str,
    why: str,
) -> facts.Reservation:
    held = placement.add(work, actor.organization_id, holder, purpose, choice.gpus, choice.time)
    work.session.add(models.Occurrence(reservation_id=held.id, series_id=series.id))
    work.session.flush()
    notices.plan(work, held, announce=False)
    audit.record_reservation(work, actor, Action.RESERVED, held, why=why)
    limits.count_anew(work)
    return held


def _change(
    work: Work,
    actor: Actor,
    row: models.Reservation,
    before: facts.Reservation,
    choice: search.Choice,
    purpose: str,
    why: str,
) -> facts.Reservation:
    moved = (set(choice.gpus), choice.time) != (set(before.gpus), before.range)
    if not moved and purpose == before.purpose:
        return before
    if moved:
        placement.place(work, row, choice.gpus, choice.time)
    row.purpose = purpose
    row.version += 1
    work.session.flush()
    held = reservations.fact(work, row)
    notices.replan(work, held, Kind.CHANGED if moved else None, announce=False)
    asked_for.settle(work, actor, held)
    audit.record_reservation(work, actor, Action.CHANGED, held, before=before, why=why)
    limits.count_anew(work)
    return held


def _cancel(work: Work, actor: Actor, row: models.Reservation, why: str) -> facts.Reservation:
    before = reservations.fact(work, row)
    placement.drop(work, row, {gpu.id for gpu in before.gpus})
    row.cancelled_at = work.now
    row.version += 1
    work.session.flush()
    held = reservations.fact(work, row)
    notices.replan(work, held, Kind.CANCELLED, announce=False)
    asked_for.settle(work, actor, held)
    audit.record_reservation(work, actor, Action.CANCELLED, held, before=before, why=why)
    return held


def _tell(
    work: Work,
    series_id: int,
    recurrence: Recurrence,
    held: Sequence[facts.Reservation],
    kind: Kind,
    *,
    partly: bool = False,
    by: str = "",
) -> None:
    """The channel, in one message, if the lab wants that; what became of it is told where it was told. It is its
    holder's doing, or that of the admin of whom `by` is the name.
    """
    first = held[0]
    is_announced = displays.announces(work, first.organization_id)
    if kind is Kind.SERIES_BOOKED and not is_announced:
        return
    stays = work.now + notices.CHANGE_STAYS_NEWS
    data = {
        **_news(recurrence, held),
        **({} if is_announced else {"quiet": True}),
        **({"partly": True} if partly else {}),
        **({"by": by} if by else {}),
    }
    notices.tell(work, first, kind, recipients.CHANNEL, data, about=series_id, useful_until=stays)


def _news(recurrence: Recurrence, held: Sequence[facts.Reservation]) -> dict[str, Any]:
    """What a notice about these tells, as JSON."""
    first, last = held[0], held[-1]
    gpus = dict.fromkeys(gpu.name for each in held for gpu in each.gpus)
    return {
        "count": len(held),
        "gpus": list(gpus),
        "first": first.range.written(),
        "last": last.range.start.isoformat(),
        "hours": last.range.written(),  # what has begun is shorter than the others
        "rule": occurrences.written(recurrence),
    }
