"""When people are reminded. Where a lab changes that, it holds for what is booked already as well.

What was said before stays said: nobody is reminded twice of the same start or end. A moment that would have been in the
past comes at once, where its reminder is still owed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from core import facts, inventory, leads, members, models, organizations, placement, recipients, usage
from core.actors import Actor, Operator
from core.kinds import Kind
from core.notices import Outcome
from core.work import Work

_AT_ONCE = 500  # reservations whose notices are looked up together


@dataclass(frozen=True)
class _Moment:
    """Of which start or end a live reservation calls for a reminder; `due_at` None: for none."""

    reservation_id: int
    version: int
    member_id: int
    kind: Kind
    of: datetime
    due_at: datetime | None
    is_soon: bool  # so that whoever books it now needs none


def change_lab(work: Work, by: Actor | Operator, *, why: str = "", **settings: Any) -> facts.Organization:
    """Change a lab's settings as `organizations.change` does, and let reminders that are owed follow."""
    members.must_be_admin(work, by)
    members.lock_organization(work, by.organization_id)
    before = organizations.of_id(work, by.organization_id)
    after = organizations.change(work, by, why=why, **settings)
    if (before.before_start, before.before_end) != (after.before_start, after.before_end):
        placement.lock(work, after.id, inventory.gpus(work, after.id))  # nobody books meanwhile, as it was before
        live = _live(work, after.id)
        placement.lock_reservations(work, {row.id for row in live})
        moments = list(_moments(after, live, work.now))
        for start in range(0, len(moments), _AT_ONCE):
            _move(work, after.id, moments[start : start + _AT_ONCE])
    return after


def _live(work: Work, organization_id: int) -> Sequence[Any]:
    """What runs or is to come: as much as is booked ahead, however long the lab's history is."""
    held = (
        select(
            models.Reservation.id,
            models.Reservation.version,
            models.Reservation.member_id,
            func.min(models.Slot.start_at).label("start"),
            func.max(models.Slot.end_at).label("end"),
        )
        .join(models.Slot)
        .where(models.Slot.gpu_id.in_(usage.ALL_GPUS), models.Slot.live, models.Slot.end_at > work.now)
        .where(models.Slot.offered_until.is_(None))
        .group_by(models.Reservation.id)
        .order_by(models.Reservation.id)
    )
    return work.session.execute(held, {"lab": organization_id}).all()


def _moments(lab: facts.Organization, live: Sequence[Any], now: datetime) -> Iterator[_Moment]:
    for row in live:
        for kind, minutes, of in (
            (Kind.BEFORE_START, lab.before_start, row.start),
            (Kind.BEFORE_END, lab.before_end, row.end),
        ):
            lead = None if minutes is None else timedelta(minutes=minutes)
            due_at = leads.reminder_due(kind, row.start, row.end, lead) if of > now else None
            is_soon = leads.is_needless(kind, row.start, now)
            yield _Moment(row.id, row.version, row.member_id, kind, of, due_at, is_soon)


def _move(work: Work, organization_id: int, moments: Sequence[_Moment]) -> None:
    known: dict[tuple[int, str, datetime], list[models.Notice]] = {}
    for notice in work.session.scalars(
        select(models.Notice)
        .where(models.Notice.reservation_id.in_({moment.reservation_id for moment in moments}))
        .where(models.Notice.kind.in_([Kind.BEFORE_START, Kind.BEFORE_END]))
        .order_by(models.Notice.id)
        .with_for_update()
    ):
        assert notice.reservation_id is not None
        known.setdefault((notice.reservation_id, notice.kind, notice.useful_until), []).append(notice)
    for moment in moments:
        there = known.get((moment.reservation_id, moment.kind, moment.of), [])
        if all(_is_unsaid(notice) for notice in there):
            _plan(work, organization_id, moment, there)


def _is_unsaid(notice: models.Notice) -> bool:
    """Neither said nor just being said, nor settled for a reason that stays."""
    if notice.outcome is None:
        return notice.attempts == 0 or notice.failure is not None
    return notice.outcome == Outcome.STALE


def _plan(work: Work, organization_id: int, moment: _Moment, there: Sequence[models.Notice]) -> None:
    """One notice of it, of the version that is now, or none."""
    mine = next((notice for notice in there if notice.version == moment.version), None)
    is_owed = mine is not None and mine.outcome is None
    due_at = moment.due_at
    if due_at is None or (not is_owed and (due_at < work.now or moment.is_soon)):
        if mine is not None and is_owed:
            mine.outcome, mine.settled_at = Outcome.STALE, work.now
        return
    if mine is None:
        mine = models.Notice(
            recipient_id=recipients.number(work, organization_id, recipients.to_member(moment.member_id)),
            reservation_id=moment.reservation_id,
            version=moment.version,
            kind=moment.kind,
            data={},
            useful_until=moment.of,
            attempts=0,
        )
        work.session.add(mine)
    mine.due_at = max(due_at, work.now)
    mine.outcome = mine.settled_at = None
    work.owes(mine.due_at)
