"""Labs: found by their Slack workspace, made on the first start."""

from __future__ import annotations

from sqlalchemy import select, update

from core import facts, inventory, models
from core.db import insert_if_new
from core.work import Work


def find(work: Work, slack_id: str) -> facts.Organization | None:
    """The lab of a Slack workspace (`T…`), or None."""
    row = work.session.scalar(select(models.Organization).where(models.Organization.slack_id == slack_id))
    return fact(row) if row else None


def only(work: Work) -> facts.Organization | None:
    """The lab of a deployment that serves one, for the admin's command line; None before the first start."""
    row = work.session.scalar(select(models.Organization).order_by(models.Organization.id).limit(1))
    return fact(row) if row else None


def seed(work: Work, *, slack_id: str, name: str, zone: str, channel: str | None) -> facts.Organization:
    """The lab, made on its first start with one node and one GPU; afterwards the database's own settings stand.

    A channel given later fills a gap, and replaces nothing.
    """
    # Two processes may start at once: one of them makes it, the other finds it.
    is_new = insert_if_new(
        work.session, models.Organization, slack_id=slack_id, name=name, zone=zone, language="en", channel=channel
    )
    row = work.session.scalars(select(models.Organization).where(models.Organization.slack_id == slack_id)).one()
    if is_new:
        inventory.add_gpu(work, row.id, node="lab-node-1", label="GPU0", model="RTX 5090", memory_gb=32)
    row.channel = row.channel or channel
    return fact(row)


def change(
    work: Work,
    organization_id: int,
    *,
    zone: str | None = None,
    channel: str | None = None,
    announce: bool | None = None,
) -> facts.Organization:
    """Change a lab's settings; None leaves one as it is."""
    row = work.session.get_one(models.Organization, organization_id, with_for_update=True)
    row.zone = zone or row.zone
    row.channel = channel or row.channel
    row.announce = row.announce if announce is None else announce
    return fact(row)


def ticked(work: Work, organization_id: int) -> None:
    """A sender has looked after the lab's notices; every process may see so."""
    work.session.execute(
        update(models.Organization).where(models.Organization.id == organization_id).values(ticked_at=work.now)
    )


def fact(row: models.Organization) -> facts.Organization:
    return facts.Organization(row.id, row.slack_id, row.name, row.zone, row.language, row.channel, row.announce)
