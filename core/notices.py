"""What is owed to whom and when, written with the change that causes it.

A notice belongs to one version of its reservation, or to the lab as such. It is owed until the outbox settles it
(core.outbox), or until another change makes it untrue.

What changes about what the channel was told is no message of its own: it rewrites the one that told it (core.posts).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, insert, select, update

from core import facts, leads, models, posts, recipients
from core.db import insert_if_new
from core.kinds import STANDING, Kind
from core.recipients import CHANNEL, to_member
from core.work import Work

END_STAYS_NEWS = timedelta(days=1)
CHANGE_STAYS_NEWS = timedelta(hours=6)
OVERRULED_STAYS_NEWS = timedelta(days=7)
IS_OWED = models.Notice.outcome.is_(None)
"""Neither told nor given up nor untrue by now. For queries."""


class Outcome(StrEnum):
    """What became of a notice; one that is still owed has none."""

    SENT = "sent"
    STALE = "stale"  # something changed first
    LATE = "late"  # no longer of use to anybody
    FAILED = "failed"  # could not be delivered, ever
    SILENT = "silent"  # the lab has no channel, or nothing was told there that this would add to
    UNWANTED = "unwanted"  # its reader chose not to be reminded


@dataclass(frozen=True)
class _Plan:
    kind: Kind
    whom: str
    due_at: datetime
    useful_until: datetime
    data: dict[str, Any] = field(default_factory=dict)
    about: int = 0


def plan(work: Work, held: facts.Reservation, *, announce: bool) -> None:
    """Owe what a new reservation calls for. `announce` tells the channel that it was booked, unless it starts soon."""
    _owe(work, held, _plans(work, held, Kind.BOOKED, set(), {}, announce=announce))


def replan(
    work: Work,
    held: facts.Reservation,
    news: Kind | None,
    data: dict[str, Any] | None = None,
    *,
    announce: bool,
) -> None:
    """After a change, owe what its new version calls for, and nothing of the old one.

    `news` is what to tell the channel at once; None when nothing has changed that is told. A change rewrites what the
    channel was told of it; `announce` makes it a message of its own where that cannot be. What nobody was told of needs
    no correction: its change is an announcement, and once cancelled it is none.
    """
    if news is None:
        _carry_over(work, held)
        return
    unsent = _withdraw(work, held)
    if news not in posts.REWRITING:
        _owe(work, held, _plans(work, held, news, unsent, data or {}, announce=announce))
        return
    data = data or {}
    channel = recipients.number(work, held.organization_id, CHANNEL)
    if posts.has_heard(work, held.id, channel):
        if not announce:
            data, announce = {**data, "quiet": True}, news is Kind.CANCELLED or _is_live(held)
    elif not (announce and posts.has_heard(work, held.id, channel, of_series=True)):
        if news is Kind.CANCELLED:
            news = None
        elif Kind.BOOKED in unsent or held.state is facts.State.UPCOMING:
            news = Kind.BOOKED
    _owe(work, held, _plans(work, held, news, unsent, data, announce=announce))


def _is_live(held: facts.Reservation) -> bool:
    return held.state in {facts.State.UPCOMING, facts.State.RUNNING}


def tell_holder(
    work: Work,
    held: facts.Reservation,
    before: facts.Reservation,
    action: facts.Action,
    by: facts.Member,
    why: str,
    *,
    part_of: Collection[int] = (),
    series: dict[str, Any] | None = None,
) -> None:
    """An admin has changed somebody's reservation: they are owed who it was, what it was before, and why.

    The channel reads so under what told of it, or of the reservations that it was a `part_of`. Where it is the first of
    a `series` that was changed as a whole, they are told of all of it, and the channel in one message of its own.
    """
    data = {
        "by": by.name,
        "by_slack_id": by.slack_id,
        "action": action,
        "why": why[:500],
        "was": before.range.written(),
        "had": [gpu.id for gpu in before.gpus],
        **({"series": series} if series is not None else {}),
    }
    to_holder = _Plan(Kind.OVERRULED, to_member(held.holder.id), work.now, work.now + OVERRULED_STAYS_NEWS, data)
    if series is not None:
        _owe(work, held, [to_holder])
        return
    names = [gpu.name for gpu in before.gpus]
    in_thread = {**data, "gpus": names, "quiet": True, "part_of": list(part_of)}
    _owe(work, held, [to_holder, _Plan(Kind.DETAILS, CHANNEL, work.now, work.now + CHANGE_STAYS_NEWS, in_thread)])


def owe_end(work: Work, held: facts.Reservation, data: dict[str, Any]) -> None:
    """A reservation was ended early: the channel hears so now, and nothing else of it is owed."""
    _withdraw(work, held)
    _owe(work, held, [_Plan(Kind.END, CHANNEL, work.now, work.now + END_STAYS_NEWS, {"early": True, **data})])


def hand_over(work: Work, taken: facts.Reservation, *, giver: facts.Member) -> None:
    """Owe what a reservation calls for that somebody has taken over: they and the channel hear from whom."""
    news = [
        _Plan(Kind.HANDED_OVER, whom, work.now, work.now + CHANGE_STAYS_NEWS, {"giver": giver.name})
        for whom in (CHANNEL, to_member(taken.holder.id))
    ]
    _owe(work, taken, [*news, *_but_start_now(work, taken)])


def go_on(work: Work, held: facts.Reservation) -> None:
    """Owe what a reservation calls for that was a part of another one: what runs in it has begun there."""
    _owe(work, held, list(_but_start_now(work, held)))


def _but_start_now(work: Work, held: facts.Reservation) -> Iterator[_Plan]:
    """Without a start at this very instant, which the hand-over itself tells."""
    return (plan for plan in _reminders(work, held, ()) if plan.kind is not Kind.START or plan.due_at > work.now)


def tell(
    work: Work,
    held: facts.Reservation,
    kind: Kind,
    whom: str,
    data: dict[str, Any],
    *,
    about: int,
    due_at: datetime | None = None,
    useful_until: datetime,
) -> None:
    """Owe CHANNEL or one member a notice that stands whatever becomes of the reservation. Due now, if nothing is said.

    `about` tells it from others of its kind.
    """
    _owe(work, held, [_Plan(kind, whom, due_at or work.now, useful_until, data, about)])


def take_back(work: Work, reservation_id: int, *kinds: Kind, about: int) -> bool:
    """Such notices, if they are still owed, have become untrue; whether any was that nobody can have read."""
    settled = work.session.execute(
        update(models.Notice)
        .where(models.Notice.reservation_id == reservation_id, models.Notice.kind.in_(kinds), IS_OWED)
        .where(models.Notice.about == about)
        .values(outcome=Outcome.STALE, settled_at=work.now)
        .returning(models.Notice.attempts, models.Notice.failure)
    )
    return any(attempts == 0 or failure is not None for attempts, failure in settled)


def correct(work: Work, reservation_id: int, kind: Kind, data: dict[str, Any], *, about: int) -> bool:
    """Such a notice, if it is still owed, tells this instead; whether any was."""
    corrected = work.session.execute(
        update(models.Notice)
        .where(models.Notice.reservation_id == reservation_id, models.Notice.kind == kind, IS_OWED)
        .where(models.Notice.about == about)
        .values(data=data)
        .returning(models.Notice.id)
    )
    return corrected.first() is not None


def owe_by_lab(
    work: Work,
    organization_id: int,
    kind: Kind,
    whom: str,
    due_at: datetime,
    *,
    useful_until: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Owe a notice that belongs to no reservation; once of its kind and moment, however many processes say so."""
    recipient_id = recipients.number(work, organization_id, whom)
    is_new = insert_if_new(
        work.session,
        models.Notice,
        recipient_id=recipient_id,
        version=0,
        kind=kind,
        due_at=due_at,
        useful_until=useful_until,
        data=data or {},
    )
    if not is_new:  # taken back before, perhaps
        work.session.execute(
            update(models.Notice)
            .where(_of_lab(kind), models.Notice.recipient_id == recipient_id, models.Notice.due_at == due_at)
            .where(models.Notice.outcome == Outcome.STALE)
            .values(outcome=None, settled_at=None)
        )
    work.owes(due_at)


def owed_by_lab(work: Work, organization_id: int, kind: Kind) -> frozenset[datetime]:
    """When such notices are owed that are not due yet."""
    owed = owed_in(organization_id).with_only_columns(models.Notice.due_at)
    return frozenset(work.session.scalars(owed.where(_of_lab(kind), models.Notice.due_at > work.now)))


def take_back_by_lab(work: Work, organization_id: int, kind: Kind, due_at: datetime) -> None:
    """Such a notice is wanted no longer."""
    meant = owed_in(organization_id).with_only_columns(models.Notice.id).where(_of_lab(kind))
    ids = work.session.scalars(meant.where(models.Notice.due_at == due_at)).all()
    settle(work, ids, Outcome.STALE)


def _of_lab(kind: Kind) -> ColumnElement[bool]:
    return and_(models.Notice.reservation_id.is_(None), models.Notice.kind == kind)


def owed_in(organization_id: int) -> Select[models.Notice]:
    """What is owed in a lab, due or not. For queries."""
    return (
        select(models.Notice).join(models.Recipient).where(IS_OWED, models.Recipient.organization_id == organization_id)
    )


def settle(work: Work, ids: Iterable[int], outcome: Outcome, *, failure: str | None = None) -> None:
    """Give those of these notices that are still owed their outcome."""
    work.session.execute(
        update(models.Notice)
        .where(models.Notice.id.in_(list(ids)), IS_OWED)
        .values(outcome=outcome, settled_at=work.now, failure=failure)
    )


def _plans(
    work: Work,
    held: facts.Reservation,
    news: Kind | None,
    unsent: Collection[Kind],
    data: dict[str, Any],
    *,
    announce: bool,
) -> list[_Plan]:
    plans = list(_reminders(work, held, {*unsent, Kind.START} if news is Kind.BOOKED else unsent))
    starts_now = any(plan.kind is Kind.START and plan.due_at <= work.now for plan in plans)
    if news is Kind.CHANGED and starts_now:
        data = {**data, "quiet": True}  # its start tells it
    if news and announce and not (news is Kind.BOOKED and (starts_now or _starts_soon(work, held))):
        plans.append(_Plan(news, CHANNEL, work.now, _stays_news(news, held, work.now), data))
    return plans


def _starts_soon(work: Work, held: facts.Reservation) -> bool:
    """Its start tells of it soon enough; who is in the way of maintenance wants to know before."""
    return held.range.start - work.now < leads.BOOKED_AHEAD and not held.maintenance


def _reminders(work: Work, held: facts.Reservation, unsent: Collection[Kind]) -> Iterator[_Plan]:
    """Every moment of a reservation that is still to come, and those in `unsent` that are due and still true.

    Nothing else is due before it was planned: a short booking gets no reminder before its end. Whoever books right
    before the start needs none of it either.
    """
    if not _is_live(held):
        return
    holder, span = to_member(held.holder.id), held.range
    moments = [_Plan(Kind.START, CHANNEL, span.start, span.end)]
    for kind, lead in leads.of(work, held).items():
        due_at = leads.reminder_due(kind, span.start, span.end, lead)
        if due_at is not None and (kind in unsent or not leads.is_needless(kind, span.start, work.now)):
            moments.append(_Plan(kind, holder, due_at, span.start if kind is Kind.BEFORE_START else span.end))
    moments.append(_Plan(Kind.END, CHANNEL, span.end, span.end + END_STAYS_NEWS))
    for plan in moments:
        if plan.due_at >= work.now or (plan.kind in unsent and plan.useful_until > work.now):
            yield replace(plan, due_at=max(plan.due_at, work.now))


def _stays_news(news: Kind, held: facts.Reservation, now: datetime) -> datetime:
    """A booking is news until its start, which is told anyway."""
    return held.range.start if news is Kind.BOOKED else now + CHANGE_STAYS_NEWS


def _carry_over(work: Work, held: facts.Reservation) -> None:
    """What is owed stays owed, for the new version."""
    work.session.execute(
        update(models.Notice)
        .where(models.Notice.reservation_id == held.id, IS_OWED, models.Notice.kind.not_in(STANDING))
        .values(version=held.version)
    )


def _withdraw(work: Work, held: facts.Reservation) -> set[Kind]:
    """Settle as stale what is owed for earlier versions; tells the kinds of those due that nobody has heard yet."""
    unsent = set()
    for notice in work.session.scalars(
        select(models.Notice)
        .where(models.Notice.reservation_id == held.id, IS_OWED, models.Notice.kind.not_in(STANDING))
        .order_by(models.Notice.id)
        .with_for_update()
    ):
        is_being_sent = notice.attempts > 0 and notice.failure is None
        if (notice.due_at <= work.now or notice.data.get("waited")) and not is_being_sent:
            unsent.add(Kind(notice.kind))
        notice.outcome, notice.settled_at = Outcome.STALE, work.now
    return unsent


_ADD = insert(models.Notice).returning(models.Notice.id)  # which makes of all rows one statement


def _owe(work: Work, held: facts.Reservation, plans: Sequence[_Plan]) -> None:
    planned = [
        {
            "recipient_id": recipients.number(work, held.organization_id, plan.whom),
            "reservation_id": held.id,
            "version": held.version,
            "kind": plan.kind,
            "due_at": plan.due_at,
            "useful_until": plan.useful_until,
            "data": plan.data,
            "about": plan.about,
        }
        for plan in plans
    ]
    if planned:  # in one statement: a booking has up to seven
        work.connection.execute(_ADD, planned)
        work.owes(min(plan.due_at for plan in plans))
