"""The outbox: what is owed to whom and when, written with the change that causes it.

A notice belongs to one version of its reservation. A sender claims what is due for one recipient, sends it outside any
transaction and settles it; a claim that was never settled lapses, so a crash delays and loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, update

from core import availability, facts, members, models, organizations
from core.work import Work

CHANNEL = "channel"
_MEMBER = "member:"

BEFORE_START = timedelta(minutes=10)
END_STAYS_NEWS = timedelta(days=1)
CHANGE_STAYS_NEWS = timedelta(hours=6)
LONG_RUN = timedelta(days=1)
BATCH = 20  # notices in one message


class Kind(StrEnum):
    """What a notice tells. Their order here is the order in which those due together are told."""

    UNDELIVERABLE = "undeliverable"  # to admins: a notice could not be delivered
    CANCELLED = "cancelled"
    CHANGED = "changed"
    FREED = "freed"  # some of its GPUs were given back early
    BOOKED = "booked"
    BEFORE_END_24H = "before_end_24h"
    BEFORE_END_3H = "before_end_3h"
    BEFORE_END = "before_end"
    END = "end"
    START = "start"
    BEFORE_START = "before_start"


_BEFORE_END = {Kind.BEFORE_END: timedelta(minutes=15)}
_BEFORE_END_OF_LONG_RUN = {
    Kind.BEFORE_END: timedelta(minutes=15),
    Kind.BEFORE_END_3H: timedelta(hours=3),
    Kind.BEFORE_END_24H: timedelta(hours=24),
}
_ORDER = list(Kind)


class Outcome(StrEnum):
    SENT = "sent"
    STALE = "stale"  # the reservation changed first
    LATE = "late"  # no longer of use to anybody
    FAILED = "failed"  # could not be delivered, ever
    SILENT = "silent"  # the lab has no channel


@dataclass(frozen=True)
class Owed:
    """A claimed notice, with the reservation as it is now."""

    id: int
    kind: Kind
    due_at: datetime
    reservation: facts.Reservation
    data: dict[str, Any]
    room: facts.Room  # who comes next on its GPUs, and when
    attempts: int  # how often it was tried, this time included


@dataclass(frozen=True)
class Batch:
    """Everything due for one recipient: the lab's channel, or one member."""

    organization: facts.Organization
    member: facts.Member | None
    owed: tuple[Owed, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(each.id for each in self.owed)


@dataclass(frozen=True)
class Health:
    """How the outbox stands. `late`: due for over a minute."""

    owed: int
    due: int
    late: int
    failed: int
    next_due: datetime | None


@dataclass(frozen=True)
class _Plan:
    kind: Kind
    whom: str
    due_at: datetime
    useful_until: datetime
    data: dict[str, Any] = field(default_factory=dict)


def to_member(member_id: int) -> str:
    return f"{_MEMBER}{member_id}"


def replan(
    work: Work,
    row: models.Reservation,
    news: Kind | None,
    data: dict[str, Any] | None = None,
    *,
    announce: bool,
) -> None:
    """After a change, owe what its new version calls for, and nothing of the old one.

    `news` is what to tell the channel at once, if the lab wants that. What nobody was told of needs no correction: an
    announcement still unsent is told anew instead of its change, and not at all once cancelled.
    """
    unsent = _withdraw(work, row)
    if Kind.BOOKED in unsent and news is not None:
        news = None if news is Kind.CANCELLED else Kind.BOOKED
    reservation = availability.fact(work, row)
    plans = [*_reminders(reservation, work.now, tell_start=news is Kind.BOOKED or Kind.START in unsent)]
    starts_now = any(plan.kind is Kind.START and plan.due_at <= work.now for plan in plans)
    if news and announce and not (starts_now and news in {Kind.BOOKED, Kind.CHANGED}):
        plans.append(_Plan(news, CHANNEL, work.now, _stays_news(news, reservation, work.now), data or {}))
    _owe(work, row, plans)


def owe_end(work: Work, row: models.Reservation) -> None:
    """A reservation was ended early: the channel hears so now, and nothing else of it is owed."""
    _withdraw(work, row)
    _owe(work, row, [_Plan(Kind.END, CHANNEL, work.now, work.now + END_STAYS_NEWS, {"early": True})])


def claim(work: Work, lease: timedelta) -> Batch | None:
    """Everything due for the recipient who has waited longest, ours for `lease`; None when nothing is due.

    What is stale or of no more use is settled on the way and not returned, so a batch can come back empty.
    """
    first = work.session.scalar(_due(work.now).order_by(models.Notice.due_at, models.Notice.id).limit(1))
    if first is None:
        return None
    rows = work.session.scalars(
        _due(work.now)
        .where(models.Notice.organization_id == first.organization_id, models.Notice.whom == first.whom)
        .order_by(models.Notice.due_at, models.Notice.id)
        .limit(BATCH)
    ).all()
    organization = work.session.get_one(models.Organization, first.organization_id)
    useful = [row for row in rows if _is_useful(work, row, organization)]
    for row in useful:
        row.claimed_until = work.now + lease
        row.attempts += 1
    owed = sorted((_owed(work, row) for row in useful), key=_telling_order)
    return Batch(organizations.fact(organization), _recipient(work, first), tuple(owed))


def sent(work: Work, ids: Iterable[int], slack_ts: str) -> None:
    _settle(work, ids, Outcome.SENT, slack_ts=slack_ts)


def put_off(work: Work, ids: Iterable[int], until: datetime, failure: str) -> None:
    """Temporary failure: owed still, and not tried before `until`."""
    work.session.execute(
        update(models.Notice)
        .where(models.Notice.id.in_(list(ids)), models.Notice.outcome.is_(None))
        .values(claimed_until=until, failure=failure[:500])
    )
    work.owes(until)


def failed(work: Work, ids: Iterable[int], failure: str) -> None:
    """Permanent failure: given up, and the lab's admins are told why."""
    listed = list(ids)
    _settle(work, listed, Outcome.FAILED, failure=failure[:500])
    for row in work.session.scalars(select(models.Notice).where(models.Notice.id.in_(listed))):
        if row.kind != Kind.UNDELIVERABLE:
            _tell_admins(work, row, failure)


def next_due(work: Work) -> datetime | None:
    """When the sender has to wake next: the soonest due time, or end of a claim; None when nothing is owed."""
    unclaimed = work.session.scalar(
        select(func.min(models.Notice.due_at)).where(
            models.Notice.outcome.is_(None), models.Notice.claimed_until.is_(None)
        )
    )
    claimed = work.session.scalar(select(func.min(models.Notice.claimed_until)).where(models.Notice.outcome.is_(None)))
    return min((instant for instant in (unclaimed, claimed) if instant), default=None)


def health(work: Work) -> Health:
    owed = models.Notice.outcome.is_(None)

    def count(*conditions: ColumnElement[bool]) -> int:
        return work.session.scalar(select(func.count()).select_from(models.Notice).where(*conditions)) or 0

    return Health(
        owed=count(owed),
        due=count(owed, models.Notice.due_at <= work.now),
        late=count(owed, models.Notice.due_at <= work.now - timedelta(minutes=1)),
        failed=count(models.Notice.outcome == Outcome.FAILED, models.Notice.settled_at > work.now - timedelta(days=1)),
        next_due=next_due(work),
    )


def _reminders(held: facts.Reservation, now: datetime, *, tell_start: bool) -> Iterator[_Plan]:
    """Every moment of a reservation that is still to come. Nothing is due before it was planned, but for its start."""
    if held.state not in {facts.State.UPCOMING, facts.State.RUNNING}:
        return
    holder, time = to_member(held.holder.id), held.range
    if time.start - BEFORE_START > now:
        yield _Plan(Kind.BEFORE_START, holder, time.start - BEFORE_START, time.start)
    if time.start > now or tell_start:
        yield _Plan(Kind.START, CHANNEL, max(time.start, now), time.end)
    leads = _BEFORE_END_OF_LONG_RUN if time.length > LONG_RUN else _BEFORE_END
    for kind, lead in leads.items():
        if time.end - lead > max(now, time.start):
            yield _Plan(kind, holder, time.end - lead, time.end)
    yield _Plan(Kind.END, CHANNEL, time.end, time.end + END_STAYS_NEWS)


def _stays_news(news: Kind, held: facts.Reservation, now: datetime) -> datetime:
    """A booking is news until its start, which is told anyway."""
    return held.range.start if news is Kind.BOOKED else now + CHANGE_STAYS_NEWS


def _withdraw(work: Work, row: models.Reservation) -> set[Kind]:
    """Settle as stale what is owed for earlier versions; tells the kinds of those that were due already."""
    unsent = set()
    for notice in work.session.scalars(
        select(models.Notice)
        .where(models.Notice.reservation_id == row.id, models.Notice.outcome.is_(None))
        .with_for_update()
    ):
        if notice.due_at <= work.now and notice.claimed_until is None:
            unsent.add(Kind(notice.kind))
        notice.outcome, notice.settled_at = Outcome.STALE, work.now
    return unsent


def _owe(work: Work, row: models.Reservation, plans: Iterable[_Plan]) -> None:
    belongs = {"organization_id": row.organization_id, "reservation_id": row.id, "version": row.version}
    planned = [belongs | vars(plan) for plan in plans]
    if planned:  # in one statement: a booking has up to seven
        work.session.execute(insert(models.Notice), planned)
        work.owes(min(plan["due_at"] for plan in planned))


def _due(now: datetime) -> Select[models.Notice]:
    return (
        select(models.Notice)
        .where(
            models.Notice.outcome.is_(None),
            models.Notice.due_at <= now,
            or_(models.Notice.claimed_until.is_(None), models.Notice.claimed_until <= now),
        )
        .with_for_update(skip_locked=True)
    )


def _is_useful(work: Work, row: models.Notice, organization: models.Organization) -> bool:
    """Whether to send it still; settles it when not."""
    outcome = _why_not(work, row, organization)
    if outcome is None:
        return True
    row.outcome, row.settled_at = outcome, work.now
    return False


def _why_not(work: Work, row: models.Notice, organization: models.Organization) -> Outcome | None:
    reservation = work.session.get_one(models.Reservation, row.reservation_id)
    if row.version != reservation.version:
        return Outcome.STALE
    if row.useful_until <= work.now:
        return Outcome.LATE
    if row.whom == CHANNEL and organization.channel is None:
        return Outcome.SILENT
    return None


def _owed(work: Work, row: models.Notice) -> Owed:
    held = availability.reservation(work, row.organization_id, row.reservation_id)
    room = availability.room(work, row.organization_id, held)
    return Owed(row.id, Kind(row.kind), row.due_at, held, row.data, room, row.attempts)


def _telling_order(owed: Owed) -> tuple[datetime, int, int]:
    return owed.due_at, _ORDER.index(owed.kind), owed.id


def _recipient(work: Work, row: models.Notice) -> facts.Member | None:
    if row.whom == CHANNEL:
        return None
    return members.fact(work.session.get_one(models.Member, int(row.whom.removeprefix(_MEMBER))))


def _organization(row: models.Organization) -> facts.Organization:
    return facts.Organization(row.id, row.slack_id, row.name, row.zone, row.language, row.channel, row.announce)


def _settle(
    work: Work,
    ids: Iterable[int],
    outcome: Outcome,
    *,
    slack_ts: str | None = None,
    failure: str | None = None,
) -> None:
    work.session.execute(
        update(models.Notice)
        .where(models.Notice.id.in_(list(ids)), models.Notice.outcome.is_(None))
        .values(outcome=outcome, settled_at=work.now, slack_ts=slack_ts, failure=failure)
    )


def _tell_admins(work: Work, row: models.Notice, failure: str) -> None:
    reservation = work.session.get_one(models.Reservation, row.reservation_id)
    plans = [
        _Plan(
            Kind.UNDELIVERABLE,
            to_member(admin.id),
            work.now,
            work.now + END_STAYS_NEWS,
            {"failure": failure, "whom": row.whom, "kind": row.kind},
        )
        for admin in members.admins(work, row.organization_id)
        if not _is_told(work, row, admin)
    ]
    _owe(work, reservation, plans)


def _is_told(work: Work, row: models.Notice, admin: facts.Member) -> bool:
    return bool(
        work.session.scalar(
            select(models.Notice.id).where(
                models.Notice.reservation_id == row.reservation_id,
                models.Notice.version == row.version,
                models.Notice.kind == Kind.UNDELIVERABLE,
                models.Notice.whom == to_member(admin.id),
            )
        )
    )
