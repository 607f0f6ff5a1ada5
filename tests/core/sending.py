"""What is owed, and the way of a sender with it: claim, send, settle."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from core import models, outbox
from core.kinds import Kind
from tests.core.conftest import Lab

LEASE = timedelta(seconds=30)


def owed(lab: Lab) -> dict[str, float]:
    """What is owed by kind, and in how many hours."""
    with lab.database.read(lab.clock.now) as work:
        rows = work.session.scalars(select(models.Notice).where(models.Notice.outcome.is_(None)))
        return {row.kind: (row.due_at - lab.clock.now) / timedelta(hours=1) for row in rows}


def claim(lab: Lab) -> outbox.Batch | None:
    with lab.database.begin(lab.clock.now) as work:
        return outbox.claim(work, lab.id, LEASE)


def claim_for_channel(lab: Lab) -> outbox.Batch:
    while True:
        batch = claim(lab)
        assert batch is not None
        if batch.member is None:
            return batch


def drain(lab: Lab) -> list[tuple[str, list[Kind]]]:
    """Send everything that is due; who got which kinds."""
    told = []
    lab.clock.forward(seconds=2)  # whoever was sent to just now is paced
    while (batch := claim(lab)) is not None:
        if batch.owed:
            told.append((batch.member.name if batch.member else "channel", [each.kind for each in batch.owed]))
        with lab.database.begin(lab.clock.now) as work:
            outbox.sent(work, batch, batch.ids, "1.0")
    return told
