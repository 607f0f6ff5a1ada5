"""People who wait, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import facts, organizations, outbox, policy, rules, waiting, waitlist
from core.actors import Actor
from core.facts import Subject, Waiting
from core.inventory import Wanted
from core.kinds import Kind
from core.timerange import TimeRange
from tests.core.conftest import Lab

HOUR = timedelta(hours=1)


def wait(lab: Lab, actor: Actor, hours: float, *, wanted: Wanted | None = None, **more: Any) -> Waiting:
    with lab.database.begin(lab.clock.now) as work:
        return waiting.ask(work, actor, wanted or Wanted(), hours * HOUR, **more)


def wish_of(lab: Lab, actor: Actor) -> facts.Wish:
    (wish,) = wishes_of(lab, actor)
    return wish


def wishes_of(lab: Lab, actor: Actor) -> tuple[facts.Wish, ...]:
    with lab.database.read(lab.clock.now) as work:
        return waiting.of_member(work, lab.id, actor.member_id)


def offer_to(lab: Lab, actor: Actor) -> facts.Reservation:
    offer = wish_of(lab, actor).offer
    assert offer is not None
    return offer


def take(lab: Lab, actor: Actor, offer: facts.Reservation, key: str | None = None) -> facts.Receipt:
    with lab.database.begin(lab.clock.now) as work:
        return waiting.take(work, actor, offer.id, request_key=key)


def decline(lab: Lab, actor: Actor, offer: facts.Reservation) -> facts.Wish:
    with lab.database.begin(lab.clock.now) as work:
        return waiting.decline(work, actor, offer.id)


def withdraw(lab: Lab, actor: Actor) -> facts.Wish:
    with lab.database.begin(lab.clock.now) as work:
        return waiting.withdraw(work, actor, wish_of(lab, actor).id)


def look(lab: Lab) -> None:
    """Somebody looks under the lock."""
    with lab.database.begin(lab.clock.now) as work:
        waitlist.lock(work, lab.id)


def span(lab: Lab, held: facts.Reservation | TimeRange) -> tuple[float, float]:
    """From when to when, in hours from now."""
    time = held if isinstance(held, TimeRange) else held.range
    return tuple((instant - lab.clock.now) / HOUR for instant in (time.start, time.end))  # type: ignore[return-value]


def told(lab: Lab, actor: Actor) -> list[Kind]:
    """What the member is told by what is due now."""
    found: list[Kind] = []
    lab.clock.forward(seconds=2)
    while True:
        with lab.database.begin(lab.clock.now) as work:
            batch = outbox.claim(work, lab.id, timedelta(seconds=30))
        if batch is None:
            return found
        if batch.member is not None and batch.member.id == actor.member_id:
            found += [owed.kind for owed in batch.owed]
        with lab.database.begin(lab.clock.now) as work:
            outbox.sent(work, batch, batch.ids, "1.0")


def let(lab: Lab, scope: Subject, subject_id: int, said: policy.Rules) -> None:
    with lab.database.begin(lab.clock.now) as work:
        rules.set_for(work, lab.charlie, scope, subject_id, said)


def again(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work:
        waitlist.look_again(work, lab.id)


def settle(lab: Lab, **settings: Any) -> None:
    with lab.database.begin(lab.clock.now) as work:
        organizations.change(work, lab.charlie, **settings)
