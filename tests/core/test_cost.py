"""What things cost, in statements: the same however much is held, and few."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from core import availability, outbox, waitlist
from core.inventory import Wanted
from tests.core.conftest import Lab
from tests.core.wishers import HOUR, wait


@contextmanager
def statements_of(lab: Lab) -> Iterator[list[str]]:
    seen: list[str] = []

    def see(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(lab.database.engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(lab.database.engine, "before_cursor_execute", see)


def cost(lab: Lab, act: Callable[[], object]) -> int:
    with statements_of(lab) as seen:
        act()
    return len(seen)


def test_a_booking_costs_few_statements(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(1))

    # Three looks, five rows or sets of rows, and to begin; on PostgreSQL a lock, and to commit with word of it.
    assert cost(lab, lambda: lab.reserve(lab.alice, lab.hours(2), request_key="k")) <= 10


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(count=4), Wanted(names=("GPU3",))])
def test_a_booking_costs_the_same_however_much_is_held(lab: Lab, wanted: Wanted) -> None:
    for number in range(1, 6):
        lab.add_gpu("lab-node-1", f"GPU{number}")
    lab.reserve(lab.alice, lab.hours(1), wanted=wanted)
    before = cost(lab, lambda: lab.reserve(lab.alice, lab.hours(3), wanted=wanted))
    for hour in range(10, 30):
        lab.reserve(lab.bob, lab.hours(hour), wanted=Wanted(count=6))

    assert cost(lab, lambda: lab.reserve(lab.alice, lab.hours(5), wanted=wanted)) == before


def test_to_see_who_holds_what_costs_the_same_however_many_hold(lab: Lab) -> None:
    def look() -> object:
        with lab.database.read(lab.clock.now) as work:
            return availability.occupancy(work, lab.id)

    lab.reserve(lab.alice, lab.hours(0))
    before = cost(lab, look)
    for hour in range(1, 20):
        lab.reserve(lab.bob if hour % 2 else lab.charlie, lab.hours(hour))

    assert cost(lab, look) == before


def test_to_see_whether_something_far_ahead_has_come_near_costs_the_same_however_many_wait(lab: Lab) -> None:
    def look() -> object:
        with lab.database.read(lab.clock.now) as work:
            return waitlist.has_opened(work, lab.id, lab.clock.now - HOUR)

    far = timedelta(days=70)
    wait(lab, lab.alice, 1, after=lab.clock.now + far)
    before = cost(lab, look)
    for each in range(1, 4):
        wait(lab, lab.bob, 1, after=lab.clock.now + each * far)
        wait(lab, lab.charlie, 1, after=lab.clock.now + each * far)

    assert cost(lab, look) == before


def test_to_claim_what_is_due_costs_the_same_however_much_it_is(lab: Lab) -> None:
    def claim() -> int:
        with lab.database.begin(lab.clock.forward(minutes=1)) as work:
            batch = outbox.claim(work, lab.id, timedelta(seconds=20))
            assert batch is not None
            return len(batch.owed)

    counts, costs = [], []
    for several in (range(2, 4), range(10, 25)):
        for hour in several:
            lab.reserve(lab.alice, lab.hours(hour))
        costs.append(cost(lab, lambda: counts.append(claim())))

    assert counts == [2, 17]
    assert costs[0] == costs[1]
