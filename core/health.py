"""How the whole stands: the schema, the senders, the outbox. The same whichever process is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from core import backlog, models
from core.backlog import Backlog
from core.migrate import revisions
from core.work import Database

SILENT_FOR = timedelta(minutes=1)  # after which senders that should tick are not well


@dataclass(frozen=True)
class Health:
    at: datetime
    revision: str | None
    expected: str | None  # the revision this code was written for
    last_tick: datetime | None  # of any sender of this lab
    outbox: Backlog

    @property
    def is_migrated(self) -> bool:
        return self.revision == self.expected

    @property
    def is_ticking(self) -> bool:
        return self.last_tick is not None and self.at - self.last_tick < SILENT_FOR

    @property
    def is_well(self) -> bool:
        return self.is_migrated and self.is_ticking


def look(database: Database, now: datetime, organization_id: int) -> Health:
    """Raises whatever the database raises: then that is what is not well."""
    revision, expected = revisions(database)
    with database.read(now) as work:
        ticked = work.session.scalar(
            select(models.Organization.ticked_at).where(models.Organization.id == organization_id)
        )
        return Health(now, revision, expected, ticked, backlog.of(work, organization_id))
