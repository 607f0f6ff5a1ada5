"""Labs: found by their Slack workspace, made on the first start."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from core import audit, errors, facts, inventory, members, models, policy, recipients
from core.actors import Actor, Operator
from core.db import insert_if_new
from core.facts import Action, Subject
from core.work import Work

SETTINGS = (
    "zone",
    "language",
    "channel",
    "announce",
    "summary",
    "before_start",
    "before_end",
    "quiet_from",
    "quiet_until",
    "suggests",
    "offer_minutes",
)


def find(work: Work, slack_id: str) -> facts.Organization | None:
    """The lab of a Slack workspace (`T…`), or None."""
    row = work.session.scalar(select(models.Organization).where(models.Organization.slack_id == slack_id))
    return fact(row) if row else None


def only(work: Work) -> facts.Organization | None:
    """The lab of a deployment that serves one, for the admin's command line; None before the first start."""
    row = work.session.scalar(select(models.Organization).order_by(models.Organization.id).limit(1))
    return fact(row) if row else None


def of_id(work: Work, organization_id: int) -> facts.Organization:
    return fact(work.session.get_one(models.Organization, organization_id))


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
        inventory.add_gpu(work, Operator(row.id), node="lab-node-1", label="GPU0", model="RTX 5090", memory_gb=32)
        work.freed.clear()  # nobody waits in a new lab
    row.channel = row.channel or channel
    recipients.number(work, row.id, recipients.CHANNEL)
    return fact(row)


def change(work: Work, by: Actor | Operator, *, why: str = "", **settings: Any) -> facts.Organization:
    """Change those of a lab's SETTINGS that are given by name. `core.reminders` lets what is owed follow.

    Raises AdminsOnly, and BadOfferTime.
    """
    members.must_be_admin(work, by)
    if settings.get("offer_minutes", policy.MOST_OFFER_MINUTES) not in range(1, policy.MOST_OFFER_MINUTES + 1):
        raise errors.BadOfferTime(policy.MOST_OFFER_MINUTES)
    row = work.session.get_one(models.Organization, by.organization_id, with_for_update={"key_share": True})
    before = _settings(row)
    for name, value in settings.items():
        setattr(row, name, value)
    work.session.flush()
    after = _settings(row)
    if changed := {name for name in after if after[name] != before[name]}:
        audit.record(
            work,
            by,
            Action.CHANGED,
            Subject.LAB,
            row.id,
            before={name: before[name] for name in sorted(changed)},
            after={name: after[name] for name in sorted(changed)},
            why=why,
        )
    return fact(row)


def _settings(row: models.Organization) -> audit.Snapshot:
    return {name: getattr(row, name) for name in SETTINGS}


def ticked(work: Work, organization_id: int) -> None:
    """A sender has looked after the lab's notices; every process may see so."""
    work.session.execute(
        update(models.Organization).where(models.Organization.id == organization_id).values(ticked_at=work.now)
    )


def fact(row: models.Organization) -> facts.Organization:
    return facts.Organization(
        row.id,
        row.slack_id,
        row.name,
        row.zone,
        row.language,
        row.channel,
        row.announce,
        row.summary,
        row.before_start,
        row.before_end,
        row.quiet_from,
        row.quiet_until,
        row.suggests,
        row.offer_minutes,
    )
