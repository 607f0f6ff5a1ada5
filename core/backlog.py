"""How a lab's outbox stands: what is owed, when its sender has to wake, and to whom something falls due soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from core import facts, members, models, recipients
from core.notices import Outcome, owed_in
from core.work import Work

_MOST_MET_AHEAD = 100  # people; Slack says of about as many in a minute who they are


@dataclass(frozen=True)
class Backlog:
    """How a lab's outbox stands. `late`: due for over a minute; `failed`: within a day."""

    owed: int
    due: int
    late: int
    failed: int
    next_due: datetime | None


def of(work: Work, organization_id: int) -> Backlog:
    def count(*conditions: ColumnElement[bool]) -> int:
        counted = owed_in(organization_id).with_only_columns(func.count()).where(*conditions)
        return work.session.scalar(counted) or 0

    return Backlog(
        owed=count(),
        due=count(models.Notice.due_at <= work.now),
        late=count(models.Notice.due_at <= work.now - timedelta(minutes=1)),
        failed=_failed_lately(work, organization_id),
        next_due=next_due(work, organization_id),
    )


def _failed_lately(work: Work, organization_id: int) -> int:
    counted = (
        select(func.count(models.Notice.id))
        .join(models.Recipient)
        .where(models.Notice.outcome == Outcome.FAILED, models.Notice.settled_at > work.now - timedelta(days=1))
        .where(models.Recipient.organization_id == organization_id)
    )
    return work.session.scalar(counted) or 0


def next_due(work: Work, organization_id: int) -> datetime | None:
    """When the lab's sender has to wake next; None when nothing is owed."""
    owed = owed_in(organization_id)
    to_come = work.session.scalar(
        owed.with_only_columns(models.Notice.due_at)
        .where(models.Notice.due_at > work.now)
        .order_by(models.Notice.due_at)
        .limit(1)
    )
    waiting = work.session.scalar(
        owed.with_only_columns(func.min(models.Recipient.free_at)).where(models.Notice.due_at <= work.now)
    )
    due = min((instant for instant in (to_come, waiting) if instant), default=None)
    hushed_until = _hushed_until(work, organization_id)
    return max(due, hushed_until) if due and hushed_until else due


def _hushed_until(work: Work, organization_id: int) -> datetime | None:
    return work.session.scalar(select(models.Organization.free_at).where(models.Organization.id == organization_id))


def awaiting(work: Work, organization_id: int, latest: datetime) -> tuple[facts.Member, ...]:
    """To whom something falls due until `latest` that is not due yet, soonest first; not more than can be met ahead.

    Nobody, while Slack wants to hear less.
    """
    hushed_until = _hushed_until(work, organization_id)
    if hushed_until and work.now < hushed_until:
        return ()
    soon = work.session.scalars(
        owed_in(organization_id)
        .with_only_columns(models.Recipient.whom)
        .where(models.Notice.due_at > work.now, models.Notice.due_at <= latest)
        .where(models.Recipient.whom.startswith(recipients.MEMBER))
        .group_by(models.Recipient.whom)
        .order_by(func.min(models.Notice.due_at))
        .limit(_MOST_MET_AHEAD)
    ).all()
    return tuple(members.fact(work.session.get_one(models.Member, recipients.member_in(whom))) for whom in soon)
