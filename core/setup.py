"""How far a lab is set up, for the admins who do it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core import audit, inventory, members, models, rulebook
from core.actors import Actor
from core.facts import Role, Subject
from core.work import Work

_LOOKED_AT = 200  # entries of the audit


class Step(StrEnum):
    """In the order in which they are best taken."""

    CHANNEL = "channel"
    GPUS = "gpus"
    LIMITS = "limits"
    LANGUAGE = "language"
    TEST = "test"


@dataclass(frozen=True)
class Progress:
    """Which steps are done. What a lab began with counts once somebody has touched it."""

    done: frozenset[Step]


def progress(work: Work, actor: Actor) -> Progress | None:
    """None for who is no admin, and once all is done or the list was put away."""
    lab = work.session.get_one(models.Organization, actor.organization_id)
    if actor.role is not Role.ADMIN or lab.set_up_at is not None:
        return None
    changed = audit.entries(work, lab.id, subject=Subject.LAB, limit=_LOOKED_AT)
    known = {
        Step.CHANNEL: lab.channel is not None,
        Step.GPUS: len(inventory.gpus(work, lab.id)) > 1,
        Step.LIMITS: bool(rulebook.everything_said(work, lab.id)),
        Step.LANGUAGE: any("language" in (entry.after or {}) for entry in changed),
        Step.TEST: lab.tested_at is not None,
    }
    done = frozenset(step for step, is_done in known.items() if is_done)
    return Progress(done) if len(done) < len(known) else None


def tested(work: Work, actor: Actor) -> None:
    """The lab's channel has taken a test message."""
    members.must_be_admin(work, actor)
    work.session.get_one(models.Organization, actor.organization_id).tested_at = work.now


def finish(work: Work, actor: Actor) -> None:
    """Put the list away, whatever is left on it."""
    members.must_be_admin(work, actor)
    work.session.get_one(models.Organization, actor.organization_id).set_up_at = work.now
