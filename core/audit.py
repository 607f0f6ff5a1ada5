"""What was changed, when, by whom and why: written with the change itself, and never touched again.

The database refuses to change or delete an entry: see `core.db.write_audit_guard`. What a reservation was made into,
read in order, replays to what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import aliased

from core import facts, models
from core.actors import Actor, Operator
from core.facts import Action, Subject, Surface
from core.work import Work

_ADD = insert(models.AuditEntry).inline()  # nobody asks for its number

_AT_ONCE = 500
_FEW, _LOOKED_AT, _LATELY = 5, 40, timedelta(days=1)
_NEWS = frozenset(
    {
        Action.RESERVED,
        Action.CHANGED,
        Action.EXTENDED,
        Action.RELEASED,
        Action.CANCELLED,
        Action.TAKEN,
        Action.MOVED,
        Action.TAKEN_DOWN,
        Action.HANDED_OVER,
    }
)
Snapshot = dict[str, Any]  # JSON: what something was, or was made into


def record(
    work: Work,
    by: Actor | Operator,
    action: Action,
    subject: Subject,
    subject_id: int,
    *,
    before: Snapshot | None,
    after: Snapshot | None,
    concerns: int | None = None,
    why: str = "",
) -> None:
    """Write one entry. `before` is None for what is new, `after` for what is gone; `concerns` is the member whose
    history it belongs to; `why` is what was said.
    """
    entry = {
        "organization_id": by.organization_id,
        "at": work.now,
        "actor_id": by.member_id,
        "surface": by.surface,
        "action": action,
        "subject": subject,
        "subject_id": subject_id,
        "member_id": concerns,
        "before": before,
        "after": after,
        "why": why[:500],
    }
    work.connection.execute(_ADD, entry)
    work.owes(work.now)  # displays show it


def record_reservation(
    work: Work,
    by: Actor | Operator,
    action: Action,
    after: facts.Reservation,
    *,
    before: facts.Reservation | None = None,
    why: str = "",
) -> None:
    """The same for a reservation, which concerns its holder."""
    record(
        work,
        by,
        action,
        Subject.RESERVATION,
        after.id,
        before=snapshot(before) if before else None,
        after=snapshot(after),
        concerns=after.holder.id,
        why=why,
    )


def snapshot(held: facts.Reservation) -> Snapshot:
    """All that changes about a reservation, as JSON: instants in ISO 8601, slots by the number of their GPU."""
    offered = {"offered_until": held.offered_until.isoformat()} if held.offered_until else {}
    return {
        "holder": held.holder.id,
        "purpose": held.purpose,
        "cancelled": held.state is facts.State.CANCELLED,
        "slots": {str(slot.gpu.id): slot.range.written() for slot in held.slots},
        **offered,
    }


def entries(
    work: Work,
    organization_id: int,
    *,
    of: int | None = None,
    subject: Subject | None = None,
    older_than: int | None = None,
    limit: int = 50,
) -> tuple[facts.AuditEntry, ...]:
    """The newest first. `of` gives only what concerns that member; `older_than` the entry to go on from."""
    actor, concerned = aliased(models.Member), aliased(models.Member)
    asked = (
        select(models.AuditEntry, actor.name, concerned.name)
        .outerjoin(actor, models.AuditEntry.actor_id == actor.id)
        .outerjoin(concerned, models.AuditEntry.member_id == concerned.id)
        .where(models.AuditEntry.organization_id == organization_id)
        .order_by(models.AuditEntry.id.desc())
        .limit(limit)
    )
    if of is not None:
        asked = asked.where(models.AuditEntry.member_id == of)
    if subject is not None:
        asked = asked.where(models.AuditEntry.subject == subject)
    if older_than is not None:
        asked = asked.where(models.AuditEntry.id < older_than)
    return tuple(_fact(row, by, about) for row, by, about in work.session.execute(asked))


def lately(work: Work, organization_id: int) -> tuple[facts.AuditEntry, ...]:
    """What people did with reservations within a day, the newest first; a few."""
    # By number alone: a search by what they are about would go through the whole history.
    newest = entries(work, organization_id, limit=_LOOKED_AT)
    told = [
        entry
        for entry in newest
        if entry.subject is Subject.RESERVATION and entry.action in _NEWS and entry.at > work.now - _LATELY
    ]
    return tuple(told[:_FEW])


def everything(work: Work, organization_id: int) -> Iterator[facts.AuditEntry]:
    """All there is, the newest first, some at a time."""
    oldest = None
    while page := entries(work, organization_id, older_than=oldest, limit=_AT_ONCE):
        yield from page
        oldest = page[-1].id


def _fact(row: models.AuditEntry, by: str | None, about: str | None) -> facts.AuditEntry:
    return facts.AuditEntry(
        id=row.id,
        at=row.at,
        by=by,
        surface=Surface(row.surface),
        action=Action(row.action),
        subject=Subject(row.subject),
        subject_id=row.subject_id,
        concerns=about,
        before=row.before,
        after=row.after,
        why=row.why,
        is_own=row.actor_id == row.member_id,
    )
