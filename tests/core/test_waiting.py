"""Asking to wait: what is had at once, what is held meanwhile, and how it ends."""

from __future__ import annotations

import pytest

from core import errors, waitlist
from core.facts import WishState
from core.kinds import Kind
from tests.core.conftest import Lab
from tests.core.wishers import HOUR, look, offer_to, span, take, told, wait, wish_of, wishes_of, withdraw


def test_what_is_free_now_is_had_at_once(lab: Lab) -> None:
    answer = wait(lab, lab.alice, 4, request_key="k")
    assert answer.wish is None
    assert answer.receipt is not None
    assert span(lab, answer.receipt.reservation) == (0, 4)
    assert wait(lab, lab.alice, 4, request_key="k").again
    assert len(lab.held_by(lab.alice)) == 1


def test_what_is_free_in_a_moment_is_not_waited_for(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 1 / 6))
    answer = wait(lab, lab.bob, 4)
    assert answer.wish is None
    assert answer.receipt is not None
    assert span(lab, answer.receipt.reservation) == (1 / 6, 4 + 1 / 6)


def test_the_next_free_time_is_held_meanwhile_and_moved_forward(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    answer = wait(lab, lab.bob, 4)
    assert answer.receipt is not None
    assert span(lab, answer.receipt.reservation) == (6, 10)

    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    wish = wish_of(lab, lab.bob)
    assert wish.offered is not None
    assert span(lab, wish.offered) == (0, 4)
    assert Kind.OFFERED in told(lab, lab.bob)
    with pytest.raises(errors.GpuTaken) as taken:
        lab.reserve(lab.charlie, lab.hours(1, 2))
    assert taken.value.clashes[0].holder.name == "Bob"

    held = take(lab, lab.bob, offer_to(lab, lab.bob)).reservation
    assert held.id == answer.receipt.reservation.id, "the same reservation, earlier"
    assert span(lab, held)[0] == 0
    assert wishes_of(lab, lab.bob) == ()
    lab.reserve(lab.charlie, lab.hours(5, 3))


def test_bounds_are_kept(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 100)).reservation
    with pytest.raises(errors.NoTimeToWait):
        wait(lab, lab.bob, 4, before=lab.clock.now + 3 * HOUR)
    answer = wait(lab, lab.bob, 4, after=lab.clock.now + 10 * HOUR, before=lab.clock.now + 20 * HOUR)
    assert answer.receipt is None
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    assert span(lab, offer_to(lab, lab.bob)) == (9, 13)


def test_a_wish_that_can_no_longer_be_served_is_over(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 100))
    wait(lab, lab.bob, 4, before=lab.clock.now + 6 * HOUR)
    lab.clock.forward(hours=3)
    assert wishes_of(lab, lab.bob) == ()


def test_the_same_is_not_waited_for_twice_and_not_for_too_much(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 100))
    wait(lab, lab.bob, 1, holds=False, request_key="once")
    assert wait(lab, lab.bob, 1, holds=False, request_key="once").again
    with pytest.raises(errors.AlreadyWaiting):
        wait(lab, lab.bob, 1)
    for hours in range(2, 6):
        wait(lab, lab.bob, hours, holds=False)
    with pytest.raises(errors.TooManyWishes):
        wait(lab, lab.bob, 9)


def test_ones_own_wishes_are_not_counted_among_those_who_asked_before(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 8))
    assert wait(lab, lab.bob, 4).ahead == 0
    assert wait(lab, lab.bob, 2).ahead == 0
    assert wait(lab, lab.charlie, 1).ahead == 2
    assert wait(lab, lab.bob, 1).ahead == 1


def test_withdrawing_passes_on_and_keeps_what_one_has(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    wait(lab, lab.bob, 4)
    wait(lab, lab.charlie, 4)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    assert withdraw(lab, lab.bob).state is WishState.WITHDRAWN
    assert span(lab, *lab.held_by(lab.bob)) == (5, 9)
    assert span(lab, offer_to(lab, lab.charlie)) == (0, 4)


def test_giving_back_what_one_has_ends_the_waiting(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 6))
    held = wait(lab, lab.bob, 4).receipt
    assert held is not None
    lab.act("cancel", lab.bob, held.reservation)
    assert wishes_of(lab, lab.bob) == ()


def test_extending_what_one_has_asks_for_as_much(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    held = wait(lab, lab.bob, 4).receipt
    assert held is not None
    lab.act("extend", lab.bob, held.reservation, by=2 * HOUR)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    offered = wish_of(lab, lab.bob).offered
    assert offered is not None
    assert span(lab, offered) == (0, 6)


def test_who_waits_in_vain_and_has_nothing_is_told(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 6))
    wait(lab, lab.bob, 1, before=lab.hours(3).start)
    wait(lab, lab.bob, 2, before=lab.hours(4).start)
    wait(lab, lab.charlie, 1)
    lab.clock.forward(hours=2, minutes=1)
    with lab.database.read(lab.clock.now) as work:
        assert waitlist.has_overdue(work, lab.id)
    look(lab)
    assert told(lab, lab.bob).count(Kind.IN_VAIN) == 1
    look(lab)
    assert Kind.IN_VAIN not in told(lab, lab.bob)
    assert Kind.IN_VAIN not in told(lab, lab.charlie)
    assert wishes_of(lab, lab.bob) == ()
