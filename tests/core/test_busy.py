"""Stories of work that is still on a GPU when somebody else's time begins: whose it may be, and what they said last."""

from __future__ import annotations

import pytest

from core import busy, errors, facts, organizations
from core.actors import Actor
from core.facts import BusyAnswer
from core.kinds import Kind
from tests.core.conftest import Lab
from tests.core.sending import drain


def call(lab: Lab, actor: Actor, held: facts.Reservation) -> facts.BusyCall:
    with lab.database.begin(lab.clock.now) as work:
        (called,) = busy.call(work, actor, [held.id])
        return called


def answer(lab: Lab, actor: Actor, called: facts.BusyCall, said: BusyAnswer) -> facts.BusyCall:
    with lab.database.begin(lab.clock.now) as work:
        return busy.answer(work, actor, called.id, said)


def test_who_has_stopped_has_stopped(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 1))
    held = lab.reserve(lab.bob, lab.hours(1, 1)).reservation
    lab.clock.forward(hours=1)
    called = call(lab, lab.bob, held)
    assert called.asked.name == "Alice"
    assert answer(lab, lab.alice, called, BusyAnswer.LONGER).answer is BusyAnswer.LONGER
    assert answer(lab, lab.alice, called, BusyAnswer.STOPPED).answer is BusyAnswer.STOPPED
    late = answer(lab, lab.alice, called, BusyAnswer.LONGER)
    assert (late.again, late.answer) == (True, BusyAnswer.STOPPED)


def test_somebody_who_sleeps_is_asked_all_the_same(lab: Lab) -> None:
    """Somebody waits for it at this very moment."""
    with lab.database.begin(lab.clock.now) as work:
        organizations.change(work, lab.charlie, quiet_from="18:00", quiet_until="20:00")  # in Tokyo, where it is 18:00
    lab.reserve(lab.alice, lab.hours(0, 1))
    held = lab.reserve(lab.bob, lab.hours(1, 6)).reservation
    lab.clock.forward(hours=1)
    call(lab, lab.bob, held)
    assert ("Alice", [Kind.STILL_BUSY]) in drain(lab)


def test_who_held_it_a_day_ago_is_hardly_still_on_it(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 1))
    held = lab.reserve(lab.bob, lab.hours(25, 1)).reservation
    lab.clock.forward(hours=25)
    with pytest.raises(errors.NobodyBefore):
        call(lab, lab.bob, held)


def test_who_held_it_before_themselves_asks_nobody(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 1))
    lab.reserve(lab.bob, lab.hours(1, 1))
    held = lab.reserve(lab.bob, lab.hours(2, 1)).reservation
    lab.clock.forward(hours=2)
    with pytest.raises(errors.NobodyBefore):
        call(lab, lab.bob, held)
