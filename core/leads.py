"""How long before the start of a reservation, and before its end, its holder is reminded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select

from core import facts, models
from core.kinds import Kind
from core.work import Work

BOOKED_AHEAD = timedelta(minutes=30)  # booked later than so long before the start, nobody is reminded of it
_LONG_RUN = timedelta(days=1)
_BEFORE_END_OF_LONG_RUN = {Kind.BEFORE_END_3H: timedelta(hours=3), Kind.BEFORE_END_24H: timedelta(hours=24)}

COLUMNS = (models.Organization.before_start.label("start_lead"), models.Organization.before_end.label("end_lead"))
"""How many minutes before its start, and before its end, a lab reminds of a reservation. For queries."""

_OF_LAB = select(*COLUMNS).where(models.Organization.id == bindparam("lab"))


def remember(work: Work, organization_id: int, row: Row[*tuple[Any, ...]]) -> None:
    """What a query has said of a lab with COLUMNS need not be asked again."""
    work.memo[of, organization_id] = row


def of(work: Work, held: facts.Reservation) -> dict[Kind, timedelta | None]:
    """How long before its start, and its end, the lab reminds of a reservation; None: not at all."""
    key = (of, held.organization_id)
    if key not in work.memo:
        work.memo[key] = work.connection.execute(_OF_LAB, {"lab": held.organization_id}).one()
    wanted: Any = work.memo[key]
    leads = {
        kind: None if minutes is None else timedelta(minutes=minutes)
        for kind, minutes in ((Kind.BEFORE_START, wanted.start_lead), (Kind.BEFORE_END, wanted.end_lead))
    }
    return leads | (_BEFORE_END_OF_LONG_RUN if held.range.length > _LONG_RUN else {})


def reminder_due(kind: Kind, start: datetime, end: datetime, lead: timedelta | None) -> datetime | None:
    """When a reminder is due that comes so long before the start, or before the end; None: there is none.

    Before the end of what is no longer than that, it would come before the start.
    """
    if lead is None:
        return None
    if kind is Kind.BEFORE_START:
        return start - lead
    return end - lead if lead < end - start else None


def is_needless(kind: Kind, start: datetime, now: datetime) -> bool:
    """Whoever books right before the start needs no reminder of it."""
    return kind is Kind.BEFORE_START and start - now < BOOKED_AHEAD
