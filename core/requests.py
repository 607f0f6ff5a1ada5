"""Requests that may be delivered more than once: what was carried out is remembered, and answered the next time."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import insert, select

from core import availability, facts, models, reservations
from core.actors import Actor
from core.facts import Receipt
from core.work import Work

_CARRIED_OUT = insert(models.Request).inline()  # nobody asks for its number


def done(work: Work, actor: Actor, request_key: str | None) -> Receipt | None:
    """The answer to a request that was carried out already, or None. Binding only under the lock."""
    if request_key is None:
        return None
    found = work.session.scalar(
        select(models.Request.reservation_id).where(
            models.Request.organization_id == actor.organization_id, models.Request.key == request_key
        )
    )
    return again(work, actor, found) if found else None


def is_done(work: Work, actor: Actor, request_key: str | None) -> bool:
    """Whether a request was carried out already that is about no reservation. Binding only under the lock."""
    if request_key is None:
        return False
    known = select(models.Request.id).where(models.Request.organization_id == actor.organization_id)
    return work.session.scalar(known.where(models.Request.key == request_key)) is not None


def again(work: Work, actor: Actor, reservation_id: int) -> Receipt:
    """The answer that a request gets that led to this reservation before."""
    held = reservations.of_id(work, actor.organization_id, reservation_id)
    return replace(receipt(work, held), again=True)


def receipt(work: Work, held: facts.Reservation) -> Receipt:
    return Receipt(held, availability.room(work, held.organization_id, held))


def remember_done(work: Work, actor: Actor, key: str | None) -> None:
    """This request was carried out, and is about no reservation."""
    if key is not None:
        carried_out = {"organization_id": actor.organization_id, "reservation_id": None, "made_at": work.now}
        work.connection.execute(_CARRIED_OUT, {"key": key, **carried_out})


def remember(work: Work, held: facts.Reservation, key: str | None) -> None:
    """This request has led to this reservation."""
    if key is not None:
        carried_out = {"organization_id": held.organization_id, "reservation_id": held.id, "made_at": work.now}
        work.connection.execute(_CARRIED_OUT, {"key": key, **carried_out})
